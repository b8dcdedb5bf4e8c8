#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Settings of the user and of the machine that must make no difference
. "$(dirname "$0")/lib.sh"

# hook DIR: a post-checkout hook that fails, as some have it for every clone
hook() {
	mkdir -p "$1"
	printf '#!/bin/sh\nexit 1\n' >"$1/post-checkout"
	chmod +x "$1/post-checkout"
}
test_clone_with_hooks_of_the_user() {
	repo server
	hook hooks
	git config --global core.hooksPath "$T/hooks"
	passes env GIT_URL="file://$T/server" "$S/tree/tree"
	! grep 'cut off' err || fail "a hook ended the clone"
	passes "$S/tree/tree"
}
test_clone_with_a_template_of_the_user() {
	repo server
	hook template/hooks
	git config --global init.templateDir "$T/template"
	passes env GIT_URL="file://$T/server" "$S/tree/tree"
	! grep 'cut off' err || fail "a hook ended the clone"
	rm -r "$CACHE/tree"
	git config --global --unset init.templateDir
	passes env GIT_TEMPLATE_DIR="$T/template" GIT_URL="file://$T/server" "$S/tree/tree"
	! grep 'cut off' err || fail "a hook ended the clone"
	[ -z "$(find "$CACHE/tree/v7.0/.git/hooks" -name post-checkout 2>/dev/null)" ] || fail "the hook is in the cache"
}
test_apply_with_configuration_in_the_environment() {
	tree_to_patch
	passes env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=apply.whitespace GIT_CONFIG_VALUE_0=nonsense \
		GIT_CONFIG_PARAMETERS="'commit.gpgsign'='true' 'gpg.program'='/bin/false'" "$S/tree/apply"
}
# git 3 makes such repositories
test_apply_where_sha256_is_the_default() {
	repo server
	series patches server
	export GIT_URL="file://$T/server" GIT_DEFAULT_HASH=sha256
	passes "$S/tree/tree"
	passes "$S/tree/apply"
}
# checkout OPTION: in a form of its own, and a series for it
checkout() {
	kernel linux
	git -C linux init -q -b master "$1" || return
	git -C linux add .
	git -C linux commit -qm kernel
	repo server
	series patches server
	export KDIR="$T/linux"
}
test_apply_to_a_checkout_with_sha256() {
	checkout --object-format=sha256
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	passes "$S/tree/apply"
	grep -q forty "$CACHE"/work/kdir-*/rga.c || fail "not applied"
	said '2 of 2 touched files unchanged'
	# the same place in another form
	rm -r linux/.git
	repo linux
	passes "$S/tree/tree"
	passes "$S/tree/apply"
}
test_apply_to_a_checkout_with_reftable() {
	checkout --ref-format=reftable 2>/dev/null || skip "this git has no reftable"
	passes "$S/tree/tree"
	passes "$S/tree/apply"
}
test_apply_where_reftable_is_the_default() {
	tree_to_patch
	export GIT_DEFAULT_REF_FORMAT=reftable
	passes "$S/tree/apply"
	passes "$S/tree/apply"
}
# git reads two files of the user without any configuration
test_apply_with_attributes_of_the_user() {
	repo server
	series patches server
	mkdir -p config/git
	echo '* text eol=crlf' >config/git/attributes
	echo '*.c' >config/git/ignore
	export XDG_CONFIG_HOME="$T/config" GIT_URL="file://$T/server"
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	kernel plain
	passes env KDIR="$T/plain" "$S/tree/tree"
	for copy in "$CACHE"/tree/* "$CACHE"/work/*; do
		! grep -q "$(printf '\r')" "$copy/rga.c" || fail "lines end in CR in $copy"
	done
}
# as a hook of git has them
test_apply_with_a_repository_in_the_environment() {
	tree_to_patch
	mkdir objects
	for variable in GIT_OBJECT_DIRECTORY="$T/objects" GIT_COMMON_DIR="$T/linux/.git" GIT_NAMESPACE=other \
		GIT_EXTERNAL_DIFF=false GIT_SHALLOW_FILE="$T/patches"; do
		rm -rf "$CACHE/work"
		passes env "$variable" "$S/tree/tree"
		passes env "$variable" "$S/tree/apply"
	done
}
# git status asks it, and it may write to the checkout
test_tree_of_a_checkout_with_a_monitor() {
	repo linux
	printf '#!/bin/sh\necho >"%s/ran"\n' "$T" >monitor
	chmod +x monitor
	git -C linux config core.fsmonitor "$T/monitor"
	passes env KDIR="$T/linux" "$S/tree/tree"
	[ ! -e ran ] || fail "it ran"
}
# as a service has it: the home of the user is known all the same
test_tree_without_home() {
	repo linux
	without getent
	printf '#!/bin/sh\necho "me:x:0:0::%s/home:/bin/sh"\n' "$T" >bin/getent
	chmod +x bin/getent
	passes env -u HOME PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
	passes env -u HOME -u XDG_CACHE_HOME PATH="$T/bin" KDIR="$T/linux" "$S/tree/tree"
	[ -d home/.cache/vb2-release-fences ] || fail "no cache there"
}
test_apply_of_patches_in_a_relative_path() {
	tree_to_patch
	for path in patches ./patches/; do
		passes env PATCHES=$path "$S/tree/apply"
		said 'the series in patches, for v7.0, fits'
		rm -r "$CACHE/work"
	done
}
# git of the project is ours or theirs (lib/common.sh); the clone in get-source.sh has a time limit, and
# git send-email a configuration of its own
test_scripts_call_git_in_one_place() {
	! grep -rnE '(^|[|;&{!]|\$\(|do|then|else|xargs( -r)?)[[:space:]]*(timeout .*)?git (-|[a-z])' "$S"/ |
		grep -vE '/lib/|/get-source.sh:|[0-9]:[[:space:]]*#' >bare || fail "$(cat bare)"
}
test_apply_again_with_hooks_of_the_user() {
	applied_series
	mkdir hooks
	printf '#!/bin/sh\nexit 1\n' | tee hooks/reference-transaction >hooks/post-checkout
	chmod +x hooks/*
	git config --global core.hooksPath "$T/hooks"
	rm patches/0002*
	passes "$S/tree/apply"
	said 'applied 0 fixes and 1 patches'
}
# What to run first is named with the tree that it is about
test_what_to_run_first() {
	refused 4 "run 'make tree BASE=v7.3' first" env BASE=v7.3 "$S/tree/apply"
	refused 4 "run 'make apply BASE=v7.3' first" env BASE=v7.3 "$S/build/build"
	refused 4 "run 'make apply SERIES=wait' first" env SERIES=wait "$S/build/build"
	mkdir linux
	refused 4 "run 'make apply KDIR=$T/linux' first" env KDIR=linux "$S/build/build"
	refused 2 "run 'make evidence WHAT=bench BASE=v7.2' first" env BASE=v7.2 EVIDENCE="$T" "$S/bench/bench" check
}
# the ids of a patch are made of its context, too
test_patch_ids_with_another_context() {
	applied_series
	takes tree/series.sh
	printf '%s\n' '. "$(dirname "$0")/../lib/common.sh"' '. "$S/tree/series.sh"' \
		'commit_ids fixes..series' >scripts/tree/ids
	sh scripts/tree/ids >want
	GIT_DIFF_OPTS=-u1 sh scripts/tree/ids | same want -
}
# A script whose lines end in CR does not run
test_project_under_autocrlf() {
	git init -q origin
	cp "$HERE/../../.gitattributes" "$HERE/lib.sh" origin/
	git -C origin add .
	git -C origin commit -qm project
	git config --global core.autocrlf true
	git clone -q origin clone
	! grep -q "$(printf '\r')" clone/lib.sh || fail "lines end in CR"
}
# git names its own remedy
test_checkout_of_another_user() {
	repo linux
	refused 4 'git does not read .*, see above$' env GIT_TEST_ASSUME_DIFFERENT_OWNER=1 KDIR="$T/linux" "$S/tree/tree"
	said 'git config --global --add safe.directory'
}
test_missing_checkout_is_named() {
	for verb in tree/tree tree/apply build/build; do
		refused 4 "no directory $T/none\$" env KDIR="$T/none" "$S/$verb"
	done
}
run_tests "$@"
