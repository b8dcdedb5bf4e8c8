# shellcheck shell=sh
# make apply: which series fits, and what is said when none does
test_apply_before_tree() { refused 4 'make tree' "$S/apply"; }
# tree: a base to apply to, and its series
tree() {
	repo linux
	series patches linux
	export KDIR="$T/linux"
	passes "$S/tree"
}
test_apply() {
	tree
	passes "$S/apply"
	said '^apply: ok: .*0 hunks with an offset; 2 of 2 touched files as it was made on$'
	work=$(echo "$CACHE"/work/kdir-*)
	grep -q forty "$work/rga.c" || fail "not applied"
	[ "$(git -C "$work" tag -l | tr '\n' ' ')" = '1 2 base fixes series ' ] || fail "tags: $(git -C "$work" tag -l)"
	head=$(git -C "$work" rev-parse HEAD)
	echo junk >"$work/rga.c"
	passes "$S/apply"
	grep -q forty "$work/rga.c" || fail "not mended"
	rm -rf "$work"
	passes "$S/apply"
	[ "$(git -C "$work" rev-parse HEAD)" = "$head" ] || fail "the commits are not the same again"
}
test_apply_with_a_strange_git_configuration() {
	tree
	git config --global commit.gpgsign true
	git config --global gpg.program /bin/false
	git config --global core.autocrlf true
	git config --global apply.whitespace error-all
	git config --global core.hooksPath "$T/hooks"
	mkdir hooks
	printf '#!/bin/sh\nexit 1\n' >hooks/applypatch-msg
	chmod +x hooks/applypatch-msg
	passes "$S/apply"
	! grep -q "$(printf '\r')" "$CACHE"/work/kdir-*/rga.c || fail "lines end in CR"
}
test_apply_reports_offsets() {
	tree
	sed -i '1i zero' linux/rga.c
	git -C linux commit -qam offset
	passes "$S/tree"
	passes "$S/apply"
	said '0002-.*offset 1 line'
	said '1 hunks with an offset; 1 of 2 touched files .*, not rga.c'
}
test_apply_takes_no_fuzz() {
	tree
	sed -i 's/^38$/thirty-eight/' linux/rga.c
	git -C linux commit -qam fuzz
	passes "$S/tree"
	refused 6 'no series fits' "$S/apply"
	said 'in patches does not fit .*0002-rga-forty.patch fails: rga.c, the hunk at line 37'
	[ -z "$(ls "$CACHE/work")" ] || fail "a half-applied copy"
}
test_apply_picks_the_series() {
	tree
	sed -i 's/^38$/thirty-eight/; ' linux/rga.c
	sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 3/' linux/Makefile
	git -C linux commit -qam v7.3
	series patches/v7.3 linux
	passes "$S/tree"
	passes "$S/apply"
	said '^apply: ok: .*v7.3'
	said 'in patches does not fit'
}
test_apply_prefers_the_version_of_the_tree() {
	tree
	series patches/v7.3 linux
	series patches/v6.12 linux
	passes "$S/apply"
	said '^apply: ok: patches:'
	sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 10/' linux/Makefile
	git -C linux commit -qam v7.10
	passes "$S/tree"
	passes "$S/apply"
	said '^apply: ok: patches/v7.3:'
}
test_apply_changed_patches() {
	tree
	passes "$S/apply"
	sed -i 's/^+forty/+FORTY/' patches/0002*
	passes "$S/apply"
	grep -q FORTY "$CACHE"/work/kdir-*/rga.c || fail "the old patch is still there"
}
test_apply_fixes_on_top() {
	tree
	git clone -q linux made
	sed -i 's/^55$/fifty-five/' made/rga.c
	git -C made commit -qam 'fix: fifty-five'
	git -C made format-patch -q -1 -o "$T/patches/fixes"
	passes "$S/apply"
	git -C "$CACHE"/work/kdir-* diff --quiet series HEAD || fail "the fixes are in the series"
	git -C "$CACHE"/work/kdir-* show fixes:rga.c | grep -q fifty-five || fail "no fixes"
}
test_apply_without_patches() {
	tree
	rm -r patches
	refused 6 'no patches' "$S/apply"
}
test_apply_fixes_that_do_not_apply() {
	tree
	mkdir -p patches/fixes
	# applies after the series only
	git clone -q "$CACHE/tree/$(ls "$CACHE/tree")" made
	git -C made am -q "$T"/patches/*.patch
	sed -i 's/^twenty$/TWENTY/' made/drivers/media/common/videobuf2/videobuf2-core.c
	git -C made commit -qam 'fix: TWENTY'
	git -C made format-patch -q -1 -o "$T/patches/fixes"
	refused 1 'apply-fixes: FAIL: 0 of 1 fixes' "$S/apply"
	said 'does not apply to .* alone: 0001-fix-TWENTY.patch fails'
}
