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
	dir=$(cat "$CACHE/work/$ID/.git/vb2-series" 2>/dev/null) || dir=
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

# stack_field NAME FIELD: of stacks.tsv. Of NAME on top of SERIES (v7.0, ...): stack_own, the folder
# for this series alone, if any; stack_below, what it is on top of; stack_files, the patches
stack_names() { grep -v '^#' "$S/tree/stacks.tsv" | cut -f1; }
stack_field() { awk -F '\t' -v name="$1" -v field="$2" '$1 == name { print $field }' "$S/tree/stacks.tsv"; }
stack_own() { [ ! -d "$PATCHES/$1/$2" ] || echo "$1/$2"; }
stack_below() {
	on=$(stack_field "$1" 2)
	[ -z "$(stack_own "$@")" ] && [ -n "$(stack_files "$on" "$2")" ] || on=series
	echo "$on"
}
stack_files() {
	folders=$(stack_own "$@")
	since=$(stack_field "$1" 3)
	[ -n "$folders" ] || [ "$(printf '%s\n' "$since" "$2" | sort -V | sed -n 1p)" != "$since" ] ||
		folders=$(stack_field "$1" 4)
	for folder in $folders; do
		find "$PATCHES/$folder" -maxdepth 1 -name '*.patch' 2>/dev/null | sort
	done
}
# stack_all NAME SERIES: all patches on top of the series that the tree NAME has
stack_all() (
	on=$(stack_below "$1" "$2")
	[ "${on:-series}" = series ] || stack_all "$on" "$2"
	stack_files "$1" "$2"
)
# patches: those that were applied to this tree: the series, or what SERIES says on top of it.
# all_patches: with the fixes below the series, and all that goes on top of it
patches() {
	if [ -n "$SERIES" ]; then
		stack_files "$SERIES" "$(series_name)"
	else
		find "$(series)" -maxdepth 1 -name '*.patch' | sort
	fi
}
all_patches() {
	[ -n "$SERIES" ] || find "$(fixes_of "$(series)")" -name '*.patch' | sort
	patches
	[ -n "$SERIES" ] || for name in $(stack_names); do stack_files "$name" "$(series_name)"; done
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
id_of() { ours patch-id --stable | cut -d' ' -f1; }
