#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What goes on top of the series: SERIES=NAME, tree/stack.sh
. "$(dirname "$0")/lib.sh"

# patch_on FOLDER LINE WORD: a patch on top of the series that writes WORD on this line of rga.c
patch_on() {
	mkdir -p "patches/$1"
	cp -r "$(echo "$CACHE"/work/kdir-*[0-9a-f])" made
	git -C made checkout -qf --detach series
	sed -i "s/^$2\$/$3/" made/rga.c
	git -C made commit -qam "rga: $3"
	git -C made format-patch -q -o "$T/patches/$1" HEAD~1
	rm -rf made
}
stacks() {
	applied_series
	patch_on vim2m 10 ten
	patch_on wait 50 fifty
	work=$(echo "$CACHE"/work/kdir-*)
}
# has TREE WORD..., lacks TREE WORD
has() {
	tree=$1
	shift
	for word; do grep -qx "$word" "$tree/rga.c" || fail "$tree lacks $word"; done
}
lacks() { ! grep -qx "$2" "$1/rga.c" || fail "$1 has $2"; }

test_stack_on_a_stack() {
	stacks
	SERIES="wait" passes "$S/tree/apply"
	said 'applied 1 patches of wait on top of vim2m'
	has "$work-wait" forty ten fifty
	has "$work-vim2m" forty ten
	lacks "$work-vim2m" fifty
	has "$work" forty
	lacks "$work" ten
	# what it is compared with
	has "$CACHE/fixed/${work##*/}-wait" ten
	lacks "$CACHE/fixed/${work##*/}-wait" fifty
	[ "$(git -C "$work-wait" tag -l | tr '\n' ' ')" = "1 base fixes series " ] || fail "tags: $(git -C "$work-wait" tag -l)"
	git -C "$work-wait" diff --quiet base fixes
	[ "$(git -C "$work-wait" diff --name-only base series)" = rga.c ] || fail "base is not what is below"
	# the same in the tree of the series, where kernels are built
	git -C "$work" diff --quiet refs/stacks/wait "$(git -C "$work-wait" rev-parse series)"
}
test_stack_for_this_series_alone() {
	stacks
	patch_on wait/v7.0 55 fifty-five
	SERIES="wait" passes "$S/tree/apply"
	has "$work-wait" forty fifty-five
	lacks "$work-wait" ten
	lacks "$work-wait" fifty
}
test_stack_that_changes() {
	stacks
	SERIES="wait" passes "$S/tree/apply"
	SERIES="wait" passes "$S/tree/apply"
	! grep -q 'applied 1' err || fail "it is applied again"
	rm -r patches/wait
	patch_on wait 51 fifty-one
	SERIES="wait" passes "$S/tree/apply"
	has "$work-wait" fifty-one
	lacks "$work-wait" fifty
	rm -r patches/vim2m
	patch_on vim2m 11 eleven
	SERIES="wait" passes "$S/tree/apply"
	has "$work-wait" eleven fifty-one
	lacks "$work-wait" ten
}
test_stack_that_does_not_apply() {
	stacks
	sed -i 's/^ 49$/ 94/' patches/wait/*.patch
	SERIES="wait" refused 6 'git am fails on .* with wait/0001-rga-fifty.patch' "$S/tree/apply"
	SERIES="wait" refused 6 'git am fails' "$S/tree/apply"
	rm -r patches/wait
	patch_on wait 50 fifty
	SERIES="wait" passes "$S/tree/apply"
	has "$work-wait" fifty
}
test_stack_of_no_such_name() {
	stacks
	SERIES=nosuch refused 2 'SERIES=nosuch is none of vim2m wait rkvdec' "$S/tree/apply"
	SERIES=rkvdec refused 6 'patches/rkvdec has nothing for the series for v7.0' "$S/tree/apply"
	SERIES="wait" refused 2 'SERIES is for building and checking' "$S/test/test-board"
}
test_stack_checks_its_own_patches() {
	stacks
	# shellcheck source=scripts/tree/series.sh
	. "$S/tree/series.sh"
	# shellcheck disable=SC2034 # of series.sh
	SERIES='' PATCHES=$T/patches ID=${work##*/}
	[ "$(all_patches | sed 's|.*patches/||' | tr '\n' ' ')" = "0001-vb2-twenty.patch 0002-rga-forty.patch vim2m/0001-rga-ten.patch wait/0001-rga-fifty.patch " ] ||
		fail "$(all_patches)"
	SERIES="wait"
	[ "$(all_patches | sed 's|.*patches/||')" = wait/0001-rga-fifty.patch ] || fail "$(all_patches)"
}
run_tests "$@"
