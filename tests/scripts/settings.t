#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The user's settings, and repositories of other forms: neither stops the project's git
. "$(dirname "$0")/lib.sh"

# hooks DIR: hooks that fail, each of which leaves a trace
hooks() {
	mkdir -p "$1"
	for hook in post-checkout reference-transaction post-index-change applypatch-msg pre-applypatch pre-commit; do
		printf '#!/bin/sh\necho "$0" >>%s/ran\nexit 1\n' "$T" >"$1/$hook"
		chmod +x "$1/$hook"
	done
}
# from_server [NAME=VALUE...]: a tree from a git address, and the series applied to it, with these
# variables set; they come out as they do without any, and no hook runs
from_server() {
	[ -d server ] || { repo server && series patches server; }
	rm -rf "$CACHE"
	for verb in tree apply; do
		passes env GIT_URL="file://$T/server" BASE=v7.0 "$@" "$S/tree/$verb"
		! grep 'cut off' err || fail "with $*"
	done
	[ ! -e ran ] || fail "with $* these hooks ran: $(sort -u ran)"
	cat "$CACHE"/tree/v7.0/rga.c "$CACHE"/work/v7.0/rga.c >files
	{ sed 's/^40$/40/' server/rga.c; sed 's/^40$/forty/' server/rga.c; } >want
	same want files
	[ -z "$(git -C "$CACHE/work/v7.0" status --porcelain --ignored)" ] || fail "with $* the copy is not clean"
	[ "$(git -C "$CACHE/tree/v7.0" rev-parse HEAD)" = "$(git -C server rev-parse HEAD)" ] || fail "another commit"
}
test_settings_hooks() {
	repo server
	series patches server
	hooks hooks
	git config --global core.hooksPath "$T/hooks"
	from_server
}
test_settings_templates() {
	repo server
	series patches server
	hooks template/hooks
	from_server GIT_TEMPLATE_DIR="$T/template"
	git config --global init.templateDir "$T/template"
	from_server
}
test_settings_in_the_environment() {
	repo server
	series patches server
	hooks hooks
	from_server GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0="$T/hooks"
	from_server GIT_CONFIG_PARAMETERS="'core.hookspath'='$T/hooks'"
	from_server GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.autocrlf GIT_CONFIG_VALUE_0=true
}
test_settings_of_files() {
	repo server
	series patches server
	git config --global core.autocrlf true
	git config --global commit.gpgSign true
	git config --global user.useConfigOnly true
	from_server
	mkdir -p config/git
	echo '* text eol=crlf' >config/git/attributes
	echo '*.c' >config/git/ignore
	from_server XDG_CONFIG_HOME="$T/config"
	# a tree without git is added file by file
	kernel linux
	rm -rf "$CACHE"
	passes env XDG_CONFIG_HOME="$T/config" KDIR="$T/linux" "$S/tree/tree"
	cmp linux/rga.c "$CACHE"/tree/kdir-*/rga.c || fail "another file"
}
test_settings_of_a_repository() {
	repo server
	series patches server
	mkdir objects
	from_server GIT_OBJECT_DIRECTORY="$T/objects"
	from_server GIT_COMMON_DIR="$T/server/.git"
	from_server GIT_NAMESPACE=other
	from_server GIT_EXTERNAL_DIFF=false
}
test_settings_new_defaults() {
	repo server
	series patches server
	from_server GIT_DEFAULT_HASH=sha256 GIT_DEFAULT_REF_FORMAT=reftable
	kernel linux
	rm -rf "$CACHE"
	passes env GIT_DEFAULT_HASH=sha256 KDIR="$T/linux" "$S/tree/tree"
	[ "$(git -C "$CACHE"/tree/kdir-* rev-parse --show-object-format)" = sha1 ] || fail "another hash"
}
# An address is the user's to rewrite, as for a proxy
test_settings_of_an_address() {
	repo server
	git config --global url."file://$T/server".insteadOf nowhere:
	passes env GIT_URL=nowhere: BASE=v7.0 "$S/tree/tree"
	said 'clones v7.0'
	rm -rf "$CACHE"
	git config --global --remove-section url."file://$T/server"
	passes env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$T/server.insteadOf" GIT_CONFIG_VALUE_0=nowhere: \
		GIT_URL=nowhere: BASE=v7.0 "$S/tree/tree"
	said 'clones v7.0'
}
# git status starts a monitor where that is set, which writes to the checkout
test_settings_of_the_checkout() {
	repo linux
	series patches linux
	hooks hooks
	cp hooks/pre-commit monitor
	git -C linux config core.fsmonitor "$T/monitor"
	git config --global core.hooksPath "$T/hooks"
	passes env KDIR="$T/linux" "$S/tree/tree"
	[ ! -e ran ] || fail "these ran: $(sort -u ran)"
	# a checkout with the line endings that the user wants is no changed one
	git -C linux config --unset core.fsmonitor
	rm hooks/* && git config --global core.autocrlf true
	rm linux/rga.c && git -C linux checkout -q rga.c
	passes env KDIR="$T/linux" "$S/tree/tree"
}
# checkout_as OPTION: a checkout in this form, and a series for it
checkout_as() {
	kernel linux
	git init -q -b master "$1" linux 2>err || skip "this git has no $1: $(head -n 1 err)"
	git -C linux add .
	git -C linux commit -qm kernel
	series patches linux
	for verb in tree apply apply; do
		passes env KDIR="$T/linux" "$S/tree/$verb"
	done
	said 'with the fixes: ok as before'
	[ "$(sed -n 40p "$CACHE"/work/kdir-*/rga.c)" = forty ] || fail "the series is not applied"
}
test_checkout_in_sha256() {
	checkout_as --object-format=sha256
	# of patches from a repository with SHA-1 ids the files are the same, too
	repo other
	rm -r patches
	series patches other
	passes env KDIR="$T/linux" "$S/tree/apply"
	said '2 of 2 touched files unchanged'
	# the same place, another form
	rm -rf linux/.git
	repo linux
	for verb in tree apply; do
		passes env KDIR="$T/linux" "$S/tree/$verb"
	done
}
test_checkout_with_reftable() { checkout_as --ref-format=reftable; }
test_checkout_that_git_cannot_read() {
	repo linux
	git -C linux config core.repositoryFormatVersion 1
	git -C linux config extensions.unheardOf yes
	refused 4 "git cannot read $T/linux, see above" env KDIR="$T/linux" "$S/tree/tree"
	said 'unheardof'
}
test_checkout_of_another_owner() {
	repo linux
	series patches linux
	as=GIT_TEST_ASSUME_DIFFERENT_OWNER=1
	refused 4 "git cannot read $T/linux, see above" env $as KDIR="$T/linux" "$S/tree/tree"
	said "git config --global --add safe.directory $T/linux"
	git config --global --add safe.directory "$T/linux"
	chown -R 12345 linux 2>/dev/null || skip "only root can give a checkout to somebody else"
	passes env KDIR="$T/linux" "$S/tree/tree"
	passes env KDIR="$T/linux" "$S/tree/apply"
}
# The tags may be in no file of their own
test_apply_after_tags_were_packed() {
	applied_series
	git -C "$CACHE"/work/kdir-* pack-refs --all
	passes "$S/tree/apply"
	said 'with the fixes: ok as before'
	git -C "$CACHE"/work/kdir-* tag -d series >/dev/null
	passes "$S/tree/apply"
	said 'applied 0 fixes and 2 patches'
}
# A clone of this project has the bytes that were committed, whatever line endings the user wants
test_clone_with_other_line_endings() {
	mkdir origin
	(cd "$HERE/../.." && cp -RL .gitattributes Makefile scripts patches "$T/origin/")
	git init -q origin
	git -C origin add .
	git -C origin commit -qm project
	git clone -q -c core.autocrlf=true -c core.eol=crlf origin clone 2>/dev/null
	diff -r -q -x .git origin clone >differ || fail "$(head -n 3 differ)"
	[ -z "$(git -C clone status --porcelain)" ] || fail "the clone is not clean"
	passes clone/scripts/tree/tree --help
}
# The tests run stand-ins for other programs, and /tmp may be mounted noexec
test_tests_where_tmp_is_noexec() {
	mkdir noexec
	for options in -m -rm; do
		mounted="unshare $options"
		! $mounted mount -t tmpfs -o noexec none noexec 2>/dev/null || break
		mounted=
	done
	[ "$mounted" ] || skip "this user may not mount"
	# shellcheck disable=SC2016,SC2086 # of the other shell; words
	passes $mounted sh -euc 'mount -t tmpfs -o noexec none "$1"; TMPDIR=$1 "$2" test_watch_asks_b4' sh "$T/noexec" "$HERE/watch.t"
	says '^ok 1 '
}
# ours and theirs (common.sh) are the only ways to git
test_scripts_call_git_in_one_place() {
	! grep -nE '(^|[|;&{!]|\$\(|do|then|else|xargs( -r)?)[[:space:]]*(timeout .*)?git (-|[a-z-]+ )' -r "$S"/ --include='*' |
		grep -vE 'send/|tree/series.sh|lib/common.sh|tools.tsv|README:|show git |git --exec-path' >bare || fail "$(cat bare)"
}

run_tests "$@"
