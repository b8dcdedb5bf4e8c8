#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make tree: the user's own tree, and wrong ones
. "$(dirname "$0")/lib.sh"
test_tree_of_a_missing_directory() { refused 4 "no directory $T/none$" env KDIR="$T/none" "$S/tree/tree"; }
test_tree_of_no_kernel() {
	mkdir empty
	refused 4 'is no kernel tree' env KDIR="$T/empty" "$S/tree/tree"
}
test_tree_of_a_makefile_without_a_version() {
	kernel linux
	echo all: >linux/Makefile
	refused 4 'no VERSION' env KDIR="$T/linux" "$S/tree/tree"
}
test_tree_of_a_repository_without_a_commit() {
	kernel linux
	git -C linux init -q
	refused 4 'no commit' env KDIR="$T/linux" "$S/tree/tree"
}
test_tree_of_a_dirty_checkout() {
	repo linux
	echo >>linux/rga.c
	refused 5 'uncommitted changes .rga.c.*commit or stash' env KDIR="$T/linux" "$S/tree/tree"
	git -C linux add rga.c
	refused 5 'uncommitted changes' env KDIR="$T/linux" "$S/tree/tree"
	git -C linux reset -q --hard
	echo >linux/untracked
	passes env KDIR="$T/linux" "$S/tree/tree"
}
test_tree_of_a_checkout_with_a_stale_index() {
	repo linux
	touch -d 2020-01-01 linux/rga.c
	before=$(state linux)
	passes env KDIR="$T/linux" "$S/tree/tree"
	[ "$(state linux)" = "$before" ] || fail "the index was refreshed"
}
test_tree_leaves_the_checkout_alone() {
	repo linux
	series patches linux
	before=$(state linux)
	passes env KDIR="$T/linux" "$S/tree/tree"
	passes env KDIR="$T/linux" "$S/tree/apply"
	passes env KDIR="$T/linux" "$S/tree/tree"
	[ "$(state linux)" = "$before" ] || fail "the checkout was written to"
}
test_tree_follows_the_checkout() {
	repo linux
	passes env KDIR="$T/linux" "$S/tree/tree"
	git -C linux commit -q --allow-empty -m more
	passes env KDIR=linux "$S/tree/tree"
	said "commit $(git -C linux rev-parse --short=12 HEAD)"
}
test_tree_of_a_shallow_clone_and_a_worktree() {
	repo origin
	git -C origin commit -q --allow-empty -m more
	git clone -q --depth 1 "file://$T/origin" shallow
	passes env KDIR="$T/shallow" "$S/tree/tree"
	git -C origin worktree add -q "$T/worktree"
	passes env KDIR="$T/worktree" "$S/tree/tree"
	said "commit $(git -C origin rev-parse --short=12 HEAD)"
}
# git would fetch each file that is not there, into the user's clone
test_tree_of_a_partial_clone() {
	repo origin
	git -C origin config uploadpack.allowFilter true
	git clone -q --filter=blob:none --no-checkout "file://$T/origin" partial
	before=$(state partial)
	refused 4 'is a partial clone .*give a clone with all files' env KDIR="$T/partial" "$S/tree/tree"
	[ "$(state partial)" = "$before" ] || fail "the clone was written to"
}
test_tree_of_plain_files() {
	kernel linux
	echo '*' >linux/.gitignore
	before=$(state linux)
	passes env KDIR="$T/linux" "$S/tree/tree"
	first=$(sed -n 's/.*commit \([0-9a-f]*\).*/\1/p' err)
	[ "$(state linux)" = "$before" ] || fail "the tree was written to"
	ls "$CACHE"/tree/kdir-*/rga.c >/dev/null || fail "a file was left out"
	passes env KDIR="$T/linux" "$S/tree/tree"
	said "commit $first"
	echo 61 >>linux/rga.c
	passes env KDIR="$T/linux" "$S/tree/tree"
	! grep -q "$first" err || fail "the changed file was not seen"
}
test_tree_of_plain_files_inside_another_repository() {
	git init -q .
	kernel linux
	passes env KDIR="$T/linux" "$S/tree/tree"
}
test_tree_of_plain_files_that_were_built_in() {
	kernel linux
	touch linux/.config
	refused 5 'was built in' env KDIR="$T/linux" "$S/tree/tree"
}
test_tree_mends_a_touched_copy() {
	repo linux
	passes env KDIR="$T/linux" "$S/tree/tree"
	echo junk >"$(echo "$CACHE"/tree/kdir-*)/rga.c"
	echo junk >"$(echo "$CACHE"/tree/kdir-*)/junk"
	passes env KDIR="$T/linux" "$S/tree/tree"
	[ -z "$(git -C "$CACHE"/tree/kdir-* status --porcelain)" ] || fail "the copy is not pristine"
}

run_tests "$@"
