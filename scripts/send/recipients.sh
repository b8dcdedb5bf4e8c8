#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# recipients.sh MAIL: who gets a patch that is ready to send besides the list, one a line:
# whom get_maintainer.pl names in the patched tree, the author, and people.tsv, but for
# the sender. The cover letter goes to everybody who gets one of the patches next to it.
. "$(dirname "$0")/../lib/common.sh"
. "$S/send/common.sh"
[ $# = 1 ] && [ -f "$1" ] || die 2 "usage: [KDIR=/path | BASE=vX.Y] [SERIES=NAME] $me MAIL"
mail=$(cd "$(dirname "$1")" && pwd -P)/${1##*/}
[ -f "$WORK/scripts/get_maintainer.pl" ] || die 4 "the series is not applied: run $(again apply) first"
case $mail in
*/0000-cover-letter.patch) set -- "${mail%/*}"/[0-9]*[1-9]-*.patch "${mail%/*}"/[0-9]*[1-9]0-*.patch ;;
*) set -- "$mail" ;;
esac
cd "$WORK"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
who=
for p; do
	[ -f "$p" ] || continue
	# without recipients: get_maintainer.pl looks for keywords in them, too
	awk '
		/^$/ { body = 1 }
		!body && !/^[ \t]/ { on = /^(To|Cc):/ }
		body || !on' "$p" >"$tmp/${p##*/}"
	# of a HOME of the sender's it would read .get_maintainer.conf and .ignore
	more=$(HOME=/nonexistent perl scripts/get_maintainer.pl --nogit --nogit-fallback --norolestats "$tmp/${p##*/}" 2>"$tmp/why") &&
		[ -n "$more" ] || { cat "$tmp/why" >&2; die 1 "get_maintainer.pl names nobody for ${p##*/}"; }
	who="$who$more
$(sed -n '/^$/q; s/^From: //p' "$p")
"
done
{ printf '%s' "$who"; people; } | awk -v not="$(thread list) $(identity | sed 's/.*<//; s/>.*//')" '
	BEGIN { n = split(tolower(not), list, " "); for (i = 1; i <= n; i++) seen[list[i]] = 1 }
	{ sub(/ *\([^)]*\)$/, ""); address = tolower($0); sub(/^.*</, "", address); sub(/>.*$/, "", address) }
	address ~ /@/ && !(address in seen) { seen[address] = 1; print }'
