# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What is kept as evidence, and when it may be quoted; sourced after tree/series.sh.
#
# Each file of evidence/BASE begins with the same header:
#	# what it is, and the verb that made it
#	# base: Linux RELEASE (BASE), tree ID
#	# commit: ID of this repository[, and changes that were not committed]
#	# date: DAY
#	# tools: VERSION; VERSION
#	# code: ID	(what the compiler sees, see code-id.sh)
#	# patch-id ID SUBJECT	(a line each: the fixes, the series, and what is on top of it)
# evidence/BASE/manifest lists the files, with their hashes. What was run may be quoted while the
# patches are the same or differ only in comments; what "make" found, which reads comments, only
# while they are the same. Nothing may be quoted that was recorded on another base. What other
# tests or scripts recorded may be: the quotation names the commit.
EVIDENCE=${EVIDENCE:-$TOP/evidence}
export EVIDENCE

# commit_of: the commit of this repository, and whether it has all that is run
commit_of() {
	commit=$(theirs -C "$TOP" rev-parse --short=12 HEAD 2>/dev/null) || { echo "unknown"; return; }
	changed=$(theirs -C "$TOP" status --porcelain -- . ':!evidence' ':!docs' ':!cover-letter')
	echo "$commit${changed:+, and changes that were not committed}"
}
# keep NAME VERB WHAT [TOOL...]: what stdin has becomes the file NAME
keep() {
	name=$1 verb=$2 what=$3 to=$EVIDENCE/$ID
	shift 3
	[ $# != 0 ] || set -- qemu-system-aarch64 aarch64-linux-gnu-gcc
	[ -f "$to/manifest" ] || rm -rf "$to" # of a form that nobody can check
	mkdir -p "$to" || die_io 8 "cannot write $to"
	{
		echo "# $what ($verb)"
		echo "# base: Linux $(version "$SRC") ($ID), tree $(ours -C "$SRC" rev-parse 'HEAD^{tree}')"
		echo "# commit: $(commit_of)"
		echo "# date: $(date '+%Y-%m-%d')"
		echo "# tools: $(for tool; do "$tool" --version | head -n 1; done | tr '\n' ';' | sed 's/;$//; s/;/; /g')"
		echo "# code: $(code_of "$ID" "$name")"
		# shellcheck disable=SC2046 # paths of ours
		patch_ids $(patch_files "$ID" "$name") | sed 's/^/# patch-id /'
		cat
	} >"$to/.$name.new" && mv "$to/.$name.new" "$to/$name" || die_io 8 "cannot write $to"
	{
		echo "#file	sha256	recorded by"
		{ ! grep -v -e '^#' -e "^$name	" "$to/manifest" 2>/dev/null || :; } >"$to/.manifest.old"
		{ cat "$to/.manifest.old"; printf '%s\t%s\t%s\n' "$name" "$(sha256sum <"$to/$name" | cut -d' ' -f1)" "$verb"; } | sort
	} >"$to/.manifest.new" && mv "$to/.manifest.new" "$to/manifest" || die_io 8 "cannot write $to"
	rm -f "$to/.manifest.old"
	say "kept in $to/$name"
}

# header FIELD FILE: of the header
header() { sed -n "/^#/!q; s/^# $1: //p" "$2"; }
# on_top BASE NAME: the patches on top of the series with which NAME is run
on_top() { case $2 in mutants | vim2m) stack_all vim2m "$1" ;; *wait | *rkvdec) stack_all "${2#mutants-}" "$1" ;; esac; }
# patch_files BASE NAME: all patches that NAME is about
patch_files() {
	dir=$(series_of "$1")
	find "$(fixes_of "$dir")" "$dir" -maxdepth 1 -name '*.patch' 2>/dev/null | sort
	on_top "$1" "$2"
}
# code_of BASE NAME: the id of the code that NAME is about; nothing without a tree of BASE
# shellcheck disable=SC2046 # paths of ours
code_of() { BASE=$1 KDIR='' "$S/evidence/code-id.sh" "$(series_of "$1")" $(on_top "$1" "$2"); }
# ids_of BASE [NAME]: sets $ids to the patch ids of what NAME is about, which are asked for once
ids_of() {
	of="$1 $(on_top "$1" "${2:-}")"
	[ "${ids_are_of:-}" != "$of" ] || return 0
	# shellcheck disable=SC2046 # paths of ours
	ids=$(patch_ids $(patch_files "$1" "${2:-}") | cut -d' ' -f1)
	ids_are_of=$of
}
# same_code FILE BASE: its patches differ from those of today in comments alone
same_code() {
	[ "${1##*/}" != check ] && [ -n "$(header code "$1")" ] &&
		[ "$(header code "$1")" = "$(code_of "$2" "${1##*/}")" ]
}
# why_not FILE BASE: why FILE must not be quoted for the series of BASE; nothing if it may
why_not() {
	ids_of "$2" "${1##*/}"
	[ "$(sed -n '/^#/!q; s/^# patch-id \([^ ]*\).*/\1/p' "$1")" = "$ids" ] || same_code "$1" "$2" ||
		echo "is of other patches than the series for $2 has"
	case $(header base "$1") in *" ($2), tree "*) ;; *) echo "does not say that it is of $2" ;; esac
	[ ! -d "$CACHE/tree/$2/.git" ] || [ -n "$KDIR" ] ||
		[ "$(header base "$1" | sed 's/.* tree //')" = "$(ours -C "$CACHE/tree/$2" rev-parse 'HEAD^{tree}')" ] ||
		echo "is of another tree than the one of $2 in the cache"
}
# kept NAME [BASE]: the file NAME of evidence, of this series or else of that for v7.0, or
# of BASE alone; nothing if there is none. 1 if it must not be quoted.
kept() {
	base=${2:-$(series_name)} || exit
	[ -n "${2:-}" ] || [ -f "$EVIDENCE/$base/$1" ] || base=v7.0
	file=$EVIDENCE/$base/$1
	[ -f "$file" ] || return 0
	why=$(why_not "$file" "$base" | head -n 1)
	[ -z "$why" ] || die 1 "${file#"$TOP"/} $why: run 'make evidence BASE=$base WHAT=$1' first, or remove it"
	echo "$file"
}
# kept_on FILE: the kernel it is of
kept_on() { header base "$1" | sed 's/^Linux //; s/ .*//'; }
# commits_recorded: those that any evidence is of, as the letter quotes that of all bases
commits_recorded() {
	for file in "$EVIDENCE"/v*/*; do
		[ ! -f "$file" ] || [ "${file##*/}" = manifest ] || header commit "$file"
	done | sort -u
}
# passed FILE: die unless the run that it records is whole and nothing failed in it
passed() {
	awk -F '\t' -v boots="$(case $1 in */bench | */mutants*) ;; *) echo y ;; esac)" '
		/^#/ { next }
		NF != 7 { bad = "a line has " NF " fields" }
		$5 == "fail" && $6 != "end" && !bad { bad = $2 ": " $3 " " $4 ($7 == "" ? "" : ": " $7) }
		{ n++; booted[$2] }
		$6 == "end" { ended[$2] }
		END {
			if (!n) bad = "it is empty"
			for (boot in booted) if (boots && !bad && !(boot in ended)) bad = boot ": the report has no end"
			if (bad) { print bad; exit 1 }
		}' "$1" >&2 || die 1 "${1#"$TOP"/}: the run did not pass, see above: record it again"
}
# recorded FILE: where and when
recorded() { echo "recorded at commit $(header commit "$1") on $(header date "$1")"; }
# faults_of DIR: what is wrong with the manifest, a line each
faults_of() {
	[ -f "$1/manifest" ] || { echo "there is no ${1#"$TOP"/}/manifest"; return; }
	for file in "$1"/*; do
		name=${file##*/}
		[ "$name" != manifest ] || continue
		sum=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' "$1/manifest")
		[ "$sum" = "$(sha256sum <"$file" | cut -d' ' -f1)" ] || echo "${file#"$TOP"/} is not as ${1##*/}/manifest has it"
	done
	awk -F '\t' '!/^#/ { print $1 }' "$1/manifest" | while read -r name; do
		[ -f "$1/$name" ] || echo "${1#"$TOP"/}/$name is gone, and the manifest has it"
	done
}
