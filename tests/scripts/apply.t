#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make apply: which series fits, and what is said when none does
. "$(dirname "$0")/lib.sh"
test_apply_before_tree() { refused 4 'make tree' "$S/tree/apply"; }
# tree: a base to apply to, and its series; where the scripts keep them
tree() {
	tree_to_patch
	src=$(echo "$CACHE"/tree/kdir-*)
	work=$CACHE/work/${src##*/}
}
test_apply() {
	tree
	passes "$S/tree/apply"
	said 'which series fits.*: ok, .*0 hunks with an offset; 2 of 2 touched files unchanged since the series. base$'
	grep -q forty "$work/rga.c" || fail "not applied"
	[ "$(git -C "$work" tag -l | tr '\n' ' ')" = '1 2 base fixes series ' ] || fail "tags: $(git -C "$work" tag -l)"
	head=$(git -C "$work" rev-parse HEAD)
	echo junk >"$work/rga.c"
	passes "$S/tree/apply"
	grep -q forty "$work/rga.c" || fail "not mended"
	rm -rf "$work"
	passes "$S/tree/apply"
	[ "$(git -C "$work" rev-parse HEAD)" = "$head" ] || fail "the commits are not the same again"
}
# A kernel has 90000 files, and the series changes 30
test_apply_links() {
	tree
	passes "$S/tree/apply"
	[ "$(stat -c %i "$work/Makefile")" = "$(stat -c %i "$src/Makefile")" ] || fail "a copy"
	[ -z "$(git -C "$src" status --porcelain)$(git -C "$work" status --porcelain)" ] || fail "the tree has the series"
	echo junk >"$work/Makefile"
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	cmp "$src/Makefile" linux/Makefile && cmp "$work/Makefile" linux/Makefile || fail "not mended"
}
test_apply_where_nothing_can_be_linked() {
	tree
	without cp
	printf '#!/bin/sh\ncase $1 in -al) [ ! -e "$5" ] || %s -a "$5" "$3"; exit 1 ;; esac\nexec %s "$@"\n' "$(command -v cp)" "$(command -v cp)" >bin/cp
	chmod +x bin/cp
	PATH=$T/bin passes "$S/tree/apply"
	grep -q forty "$work/rga.c" || fail "not applied"
	[ -z "$(git -C "$work" status --porcelain)" ] || fail "$(git -C "$work" status --porcelain)"
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
	passes "$S/tree/apply"
	! grep -q "$(printf '\r')" "$work/rga.c" || fail "lines end in CR"
}
test_apply_reports_offsets() {
	tree
	sed -i '1i zero' linux/rga.c
	git -C linux commit -qam offset
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	said '0002-.*offset 1 line'
	said '1 hunks with an offset; 1 of 2 touched files .*, not rga.c'
}
test_apply_takes_no_fuzz() {
	tree
	sed -i 's/^38$/thirty-eight/' linux/rga.c
	git -C linux commit -qam fuzz
	passes "$S/tree/tree"
	refused 6 'no series fits' "$S/tree/apply"
	said 'in patches does not fit .*0002-rga-forty.patch fails: rga.c, the hunk at line 37'
	[ -z "$(ls "$CACHE/work")" ] || fail "a half-applied copy"
}
test_apply_picks_the_series() {
	tree
	sed -i 's/^38$/thirty-eight/; ' linux/rga.c
	sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 3/' linux/Makefile
	git -C linux commit -qam v7.3
	series patches/v7.3 linux
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	said 'which series fits.*: ok, .*v7.3'
	said 'in patches does not fit'
}
test_apply_prefers_the_version_of_the_tree() {
	tree
	series patches/v7.3 linux
	series patches/v6.12 linux
	passes "$S/tree/apply"
	said 'which series fits.*: ok, .*: patches:'
	sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 10/' linux/Makefile
	git -C linux commit -qam v7.10
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	said 'which series fits.*: ok, .*: patches/v7.3:'
}
# Trying them all takes seconds, and what came out of it is still said
test_apply_tries_once() {
	tree
	series patches/v7.3 linux
	sed -i 's/^-40$/-41/' patches/v7.3/0002*
	rm project/scripts
	cp -r "$HERE/../../scripts" project/scripts
	echo "echo >>$T/tries" >>project/scripts/tree/try-patches.sh
	passes "$S/tree/apply"
	grep 'the series in' err >first
	[ "$(wc -l <tries)" = 1 ] || fail "$(wc -l <tries) tries that ended"
	passes "$S/tree/apply"
	[ "$(wc -l <tries)" = 1 ] || fail "tried again"
	grep 'the series in' err | diff first - || fail "it says something else"
	[ "$(wc -l <first)" = 2 ] || fail "it says of both: $(cat first)"
	echo 'any	Makefile	has	^VERSION	a VERSION' >changes
	CHANGES=$T/changes refused 6 'no series fits' "$S/tree/apply"
	said 'upstream: a VERSION'
	passes "$S/tree/apply"
}
test_apply_changed_patches() {
	tree
	passes "$S/tree/apply"
	sed -i 's/^+forty/+FORTY/' patches/0002*
	passes "$S/tree/apply"
	grep -q FORTY "$work/rga.c" || fail "the old patch is still there"
}
# the same patches in another checkout: what comes later looks for them there
test_apply_from_another_checkout() {
	tree
	passes "$S/tree/apply"
	mv patches others
	export PATCHES="$T/others"
	passes "$S/tree/apply"
	[ "$(cat "$work/.git/vb2-series")" = "$T/others" ] || fail "it still names the first checkout"
}
# fix [LINE WORD]: another patch in patches/fixes, which changes that line of rga.c
fix() {
	[ -d made ] || git clone -q linux made
	sed -i "s/^${1:-55}\$/${2:-fifty-five}/" made/rga.c
	git -C made commit -qam "fix: ${2:-fifty-five}"
	git -C made format-patch -q -1 --start-number "$(($(find patches/fixes -name '*.patch' 2>/dev/null | wc -l) + 1))" -o "$T/patches/fixes"
}
# based_on_the_fix: the second patch of the series changes the line that the fix changed
based_on_the_fix() {
	fix
	rm patches/0002*
	sed -i 's/^fifty-five$/FIFTY-FIVE/' made/rga.c
	git -C made commit -qam 'rga: more'
	git -C made format-patch -q -1 --start-number 2 -o "$T/patches"
	git -C made reset -q --hard HEAD~
}
test_apply_fixes_below() {
	tree
	based_on_the_fix
	passes "$S/tree/apply"
	[ "$(git -C "$work" log --reverse --format=%s base..series | tr '\n' ';')" = 'fix: fifty-five;vb2: twenty;rga: more;' ] ||
		fail "$(git -C "$work" log --oneline base..series)"
	[ "$(git -C "$work" log --format=%s base..fixes)" = 'fix: fifty-five' ] || fail "the tag fixes: $(git -C "$work" log --oneline base..fixes)"
	fixed=$CACHE/fixed/${src##*/}
	grep -q '^fifty-five$' "$fixed/rga.c" && ! grep -q twenty "$fixed"/drivers/media/common/videobuf2/* || fail "not the fixes alone"
	! grep -q fifty "$src/rga.c" || fail "the tree has the fixes"
	echo junk >"$fixed/rga.c"
	rm -rf "$work"
	passes "$S/tree/apply"
	grep -q '^fifty-five$' "$fixed/rga.c" || fail "the copy with the fixes is not mended"
	# another fix goes into all of them
	sed -i 's/^+fifty-five/+55/' patches/fixes/*
	sed -i 's/^-fifty-five/-55/' patches/0002*
	passes "$S/tree/apply"
	grep -q '^55$' "$fixed/rga.c" && grep -q FIFTY "$work/rga.c" || fail "the fix did not change"
}
test_apply_on_a_tree_that_has_the_fixes() {
	tree
	based_on_the_fix
	fix 5 five
	git -C linux am -q "$T"/patches/fixes/0001*
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	[ "$(git -C "$work" log --format=%s base..fixes)" = 'fix: five' ] || fail "$(git -C "$work" log --oneline base..fixes)"
	said '0001-fix-fifty-five.patch is in .* already'
	said ': 1 of 2 fixes apply, alone and below the series; 1 are in the tree already'
	# all of them, of which a later one changed the lines of an earlier one
	fix fifty-five FIVE
	sed -i 's/^-fifty-five/-FIVE/' patches/0002*
	git -C linux am -q "$T"/patches/fixes/000[23]*
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	[ "$(git -C "$work" rev-parse fixes)" = "$(git -C "$work" rev-parse base)" ] || fail "a fix was applied twice"
}
test_apply_refuses_the_series_without_its_fixes() {
	tree
	based_on_the_fix
	sed -i 's/^57$/fifty-seven/' linux/rga.c
	git -C linux commit -qam 'in the way'
	passes "$S/tree/tree"
	refused 6 'no series fits' "$S/tree/apply"
	said 'the series in patches does not fit .*: it is based on the fixes, and fixes/0001-fix-fifty-five.patch fails: rga.c, the hunk at line'
}
# What "git am" was at when somebody pressed Ctrl-C is no hindrance
test_apply_after_an_interrupt() {
	tree
	passes "$S/tree/apply"
	mkdir -p "$work/.git/rebase-apply"
	echo 1 | tee "$work/.git/rebase-apply/next" "$work/.git/rebase-apply/last" >"$work/.git/rebase-apply/applying"
	git -C "$work" tag -d series >/dev/null
	passes "$S/tree/apply"
	[ ! -e "$work/.git/rebase-apply" ] || fail "git am is not over"
}
test_apply_without_patches() {
	tree
	rm -r patches
	refused 6 'no patches' "$S/tree/apply"
}
# A stable kernel takes them one by one
test_apply_fixes_that_do_not_apply_alone() {
	tree
	fix
	fix 54 fifty-four
	refused 1 'patches/fixes.*: FAIL, .*: 1 of 2 fixes apply' "$S/tree/apply"
	said 'does not apply to .* alone: fixes/0002-fix-fifty-four.patch fails'
	grep -q fifty-four "$work/rga.c" || fail "the series is not there"
}
# off v7.0, other context
test_apply_fixes_of_another_series() {
	tree
	fix
	mkdir patches/v7.3
	cp patches/*.patch patches/v7.3/
	cp -r patches/fixes patches/v7.3/
	sed -i 's/^ 57$/ fifty-seven/' patches/v7.3/fixes/*
	sed -i 's/^57$/fifty-seven/' linux/rga.c
	git -C linux commit -qam 'in the way'
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	said 'which series fits.*: ok, .*v7.3'
	grep -q fifty-five "$CACHE/fixed/${src##*/}/rga.c" || fail "no fixes"
}
# Not with any shell: the checkout of the user is where it was called
test_apply_that_cannot_make_its_copy() {
	tree
	without mv
	printf '#!/bin/sh\ncase $* in *.new\ */work/*) exit 1 ;; esac\nexec %s "$@"\n' "$(command -v mv)" >bin/mv
	chmod +x bin/mv
	echo mine >linux/untracked
	git -C linux tag mine
	was=$(state linux)
	for shell in sh bash; do
		PATH=$T/bin refused 8 . env -C linux "$shell" "$S/tree/apply"
		said 'cannot make .*/work/'
		[ "$(state linux)" = "$was" ] || fail "$shell: it works on the checkout of the user"
	done
}
test_apply_names_every_hunk_that_fails() {
	repo linux
	core=drivers/media/common/videobuf2/videobuf2-core.c
	echo >linux/gone.c
	git -C linux add gone.c
	git -C linux commit -qm 'a file that goes away'
	git clone -q linux made
	sed -i 's/^20$/twenty/; s/^50$/fifty/' made/$core
	seq 3 >made/new.c
	git -C made add new.c
	git -C made commit -qam 'vb2: twenty'
	sed -i 's/^40$/forty/' made/rga.c
	echo more >made/gone.c
	git -C made commit -qam 'rga: forty'
	git -C made format-patch -q -2 -o "$T/patches"
	sed -i 's/^18$/eighteen/; s/^52$/fifty-two/' linux/$core
	sed -i 's/^38$/thirty-eight/' linux/rga.c
	git -C linux rm -q gone.c
	echo >linux/new.c
	git -C linux add new.c
	git -C linux commit -qam other
	export KDIR="$T/linux"
	passes "$S/tree/tree"
	refused 6 'no series fits' "$S/tree/apply"
	said '^  0001-vb2-twenty.patch fails: .*core.c, the hunk at line 17$'
	said '^  0001-vb2-twenty.patch fails: .*core.c, the hunk at line 47$'
	said '^  0001-vb2-twenty.patch fails: new.c, which is there already$'
	said '^  0002-rga-forty.patch fails: rga.c, the hunk at line 37$'
	said '^  0002-rga-forty.patch fails: gone.c, which is not there$'
	said 'does not fit .*, and 4 more$'
}
test_apply_knows_what_upstream_changed() {
	tree
	printf 'v7.0\t%s\tlacks\t%s\t%s\n' rga.c '^sixty-one$' 'it has no sixty-one' \
		rga.c '^60$' 'it has no sixty' >changes
	printf 'v7.0\t%s\thas\t%s\t%s\nany\t%s\thas\t.\t%s\nv6.12\tMakefile\thas\t.\tanother series\n' \
		rga.c '^61$' 'it has 61' none.c 'it has none' >>changes
	export CHANGES="$T/changes"
	refused 6 'no series fits' "$S/tree/apply"
	said 'in patches does not fit .*git can apply it, but: it has no sixty-one$'
	[ "$(grep -c '^  upstream:' err)" = 1 ] || fail "it says $(cat err)"
	printf '%s\n' 61 sixty-one >>linux/rga.c
	git -C linux commit -qam more
	passes "$S/tree/tree"
	refused 6 'no series fits' "$S/tree/apply"
	said '^  upstream: it has 61$'
	[ "$(grep -c '^  upstream:' err)" = 1 ] || fail "it says $(cat err)"
	sed -i '/^61$/d' linux/rga.c
	git -C linux commit -qam less
	passes "$S/tree/tree"
	passes "$S/tree/apply"
}
# What is in the tree already, in whatever form, has to go first
test_apply_on_an_earlier_form() {
	tree
	mkdir -p linux/include/media linux/drivers/media/platform/verisilicon
	echo x >linux/drivers/media/platform/verisilicon/hantro_drv.c
	echo 'int vb2_buffer_attach_release_fence(struct vb2_buffer *vb);' >linux/include/media/videobuf2-core.h
	git -C linux add .
	git -C linux commit -qm v1
	grep -E '^#|^any' "$S/tree/upstream-changes.tsv" >changes
	export CHANGES="$T/changes"
	passes "$S/tree/tree"
	refused 6 'no series fits' "$S/tree/apply"
	said 'an earlier form of this work is in this tree .*: revert it first$'
	git -C linux revert --no-edit HEAD >/dev/null
	echo x >linux/drivers/media/common/videobuf2/Kconfig
	mkdir -p linux/drivers/media/platform/verisilicon
	echo x >linux/drivers/media/platform/verisilicon/hantro_drv.c
	git -C linux add .
	git -C linux commit -qm hantro
	passes "$S/tree/tree"
	passes "$S/tree/apply"
}
test_changes_are_of_series_that_are_there() {
	while IFS='	' read -r series file state pattern sentence; do
		case $series in
		'#'*) continue ;;
		any) ;;
		v7.0) ls "$S"/../patches/*.patch >/dev/null ;;
		*) ls "$S/../patches/$series"/*.patch >/dev/null || fail "no $series" ;;
		esac
		[ "$state" = has ] || [ "$state" = lacks ] || fail "$file: $state"
		[ -n "$sentence" ] || fail "$file: no sentence"
		echo x | grep -qE -- "$pattern" || [ $? = 1 ] || fail "$file: $pattern"
	done <"$S/tree/upstream-changes.tsv"
}

run_tests "$@"
