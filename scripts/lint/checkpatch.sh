#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# checkpatch.sh [MAIL...]: the tree's own checkpatch, as linux-media wants it, over the series and
# the fixes, or over mails that are ready to send. Apart: a missing sign-off (only
# the sender can sign, so not in mails) and new files (the directories are in
# MAINTAINERS, see maintainers.sh), and commit ids where the tree has no history to
# look them up in.
. "$(dirname "$0")/../lib/common.sh"
for mail; do
	[ -f "$mail" ] && [ "${mail#/}" != "$mail" ] || die 2 "usage: $me [/path/of/MAIL...]"
done
PATH=/usr/bin:/bin:$PATH # Debian's python3, which has the modules that are wanted
# Documentation/driver-api/media/maintainer-entry-profile.rst
options="--strict --max-line-length=80"
words=$(python3 -c 'import os, codespell_lib; print(os.path.dirname(codespell_lib.__file__))' 2>/dev/null || :)/data/dictionary.txt
[ -f "$words" ] || die 3 "codespell's dictionary.txt is missing: run 'make deps'"
# patches/vim2m is for 7.0 and later
vim2m_patches() { case $(series_dir) in */v6.*) ;; *) ls "$PATCHES"/vim2m/*.patch 2>/dev/null || : ;; esac; }
# without the user's ~/.checkpatch.conf
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
log=$OUT/checkpatch.log
: >"$log"
cd "$WORK"
apart=FILE_PATH_CHANGES
[ $# != 0 ] || {
	apart="$apart|MISSING_SIGN_OFF"
	# shellcheck disable=SC2046 # paths of ours
	set -- "$(fixes_of "$(series_dir)")"/*.patch "$(series_dir)"/*.patch $(vim2m_patches)
}
n=0
for p; do
	[ -f "$p" ] || continue
	n=$((n + 1))
	# shellcheck disable=SC2086 # words
	HOME=$home perl scripts/checkpatch.pl $options --codespell --codespellfile="$words" \
		--show-types --terse "$p" >>"$log" 2>&1 && echo 'total: nothing' >>"$log" || true
done
# each patch ends with its total, and nothing was left out
[ "$(grep -c '^total: ' "$log")" = "$n" ] && ! grep -qE 'No codespell|No structs|Traceback|Can.t locate' "$log" || {
	grep -vE '^total: |^/' "$log" | head -n 5 >&2
	die 3 "checkpatch did not run in full, see $log"
}
[ "$(ours -C "$SRC" rev-list --count --max-count=1000 HEAD)" = 1000 ] || apart="$apart|UNKNOWN_COMMIT_ID"
found=$(grep -E ': (ERROR|WARNING|CHECK):' "$log" | grep -vE ":($apart):" || true)
unknown=$(grep ':UNKNOWN_COMMIT_ID:' "$log" | grep -cE ":($apart):" || true)
unsigned=$(grep ':MISSING_SIGN_OFF:' "$log" | grep -cE ":($apart):" || true)
files=$(grep -c ':FILE_PATH_CHANGES:' "$log" || true)
if [ -n "$found" ]; then
	printf '%s\n' "$found" | sed 's|^[^ ]*/||' >&2
	for kind in ERROR WARNING CHECK; do
		printf '%s %ss, ' "$(printf '%s\n' "$found" | grep -c ": $kind:" || true)" "$(echo "$kind" | tr "[:upper:]" "[:lower:]")"
	done
else
	printf '0 errors, 0 warnings, 0 checks, '
fi
echo "$n patches; apart: $unsigned unsigned (see make signoff), $files with new files, $unknown commit ids not looked up (no history)"
[ -z "$found" ]
