# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The series and their patches; sourced after common.sh.

# prepare: the tree, and the series applied; a fix that does not apply alone is no hindrance
prepare() {
	"$S/tree/tree" || exit
	rc=0
	"$S/tree/apply" >&2 || rc=$?
	[ $rc -le 1 ] || exit $rc
}
# series_names: the bases that have a series, in their order
series_names() {
	{
		echo v7.0
		for dir in "$PATCHES"/v[0-9]*/; do
			! ls "$dir"*.patch >/dev/null 2>&1 || basename "$dir"
		done
	} | sort -V
}
# sent: the base whose series goes to the list, by the table bases.tsv
sent() {
	base=$(awk '!/^#/ && $8 == "sent" { print $1; exit }' "$S/tree/bases.tsv")
	echo "${base:?no base of scripts/tree/bases.tsv is marked as sent}"
}
# about_sent: without BASE and KDIR the verb is about the series that is sent
about_sent() {
	[ -z "$KDIR$BASE" ] || return 0
	BASE=$(sent)
	export BASE
	tree_names
}
# series: the directory of the series that was applied, or that has the name of the
# base; which one fits another base is known when it is applied. series_name: its name
series() {
	dir=$(cat "$WORK/.git/vb2-series" 2>/dev/null) || dir=
	case $dir in # maybe by another checkout
	"$PATCHES" | "$PATCHES"/v[0-9]*) ;;
	*) dir=$(series_of "$ID") ;;
	esac
	ls "$dir"/*.patch >/dev/null 2>&1 || die 4 "the series is not applied: run $(again apply) first"
	echo "$dir"
}
series_of() { [ "$1" = v7.0 ] && echo "$PATCHES" || echo "$PATCHES/$1"; }
series_name() {
	dir=$(series) || exit
	[ "$dir" = "$PATCHES" ] && echo v7.0 || basename "$dir"
}

# commit_ids RANGE: "git patch-id --stable" and the subject of each commit in $WORK. A message is
# not in the id. patch_ids PATCH...: the same of files
commit_ids() {
	applied
	ours -C "$WORK" log --reverse --format=%H "$1" | while read -r commit; do
		echo "$(ours -C "$WORK" diff-tree -p "$commit" | id_of) $(ours -C "$WORK" log -1 --format=%s "$commit")"
	done
}
patch_ids() {
	mail=$(mktemp -d)
	for patch; do
		ours mailinfo "$mail/message" "$mail/diff" <"$patch" >"$mail/header" && [ -s "$mail/diff" ] || {
			rm -r "$mail"
			die 2 "patch_ids: $patch is no patch"
		}
		echo "$(id_of <"$mail/diff") $(sed -n 's/^Subject: //p' "$mail/header")"
	done
	rm -r "$mail"
}
id_of() { git patch-id --stable | cut -d' ' -f1; }

# again VERB: as it has to be typed for this tree
again() { echo "'make $1 ${KDIR:+KDIR=$KDIR}${BASE:+BASE=$BASE}'"; }
