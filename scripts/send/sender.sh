# shellcheck shell=sh
# For the verbs of who sends the series; sourced after common.sh. They are about what
# goes to the list, so without BASE and KDIR the base is that of the newest series.
EVIDENCE=${EVIDENCE:-$TOP/evidence}
LETTER=${LETTER:-$TOP/cover-letter}
MAIL=$OUT/mail # the signed copy, by signoff
export EVIDENCE LETTER MAIL KDIR BASE

# the newest series that there is
newest() {
	newest=v7.0
	for dir in $(printf '%s\n' "$PATCHES"/v[0-9]*/ | sort -V); do
		[ ! -f "$(printf '%s\n' "$dir"*.patch | head -n 1)" ] || newest=$(basename "$dir")
	done
	echo "$newest"
}
if [ -z "$KDIR$BASE" ]; then
	BASE=$(newest)
	exec "$0" "$@"
fi

# series: the directory of the series that was applied, or that has the name of the
# base; which one fits another base is known when it is applied. version: its name
series() {
	dir=$(cat "$WORK/.git/vb2-series" 2>/dev/null) || dir=
	case $dir in # maybe by another checkout
	"$PATCHES" | "$PATCHES"/v[0-9]*) ;;
	*) [ "$BASE" = v7.0 ] && dir=$PATCHES || dir=$PATCHES/${BASE:-none} ;;
	esac
	ls "$dir"/*.patch >/dev/null 2>&1 || die 4 "the series is not applied: run $(again apply) first"
	echo "$dir"
}
version() {
	dir=$(series) || exit
	[ "$dir" = "$PATCHES" ] && echo v7.0 || basename "$dir"
}
# evidence: where what was recorded of this series is
evidence() { v=$(version) || exit; echo "$EVIDENCE/$v"; }
# thread NAME: a value of the table "thread"
thread() { sed -n "s/^$1	*//p" "$S/send/thread"; }
SENT=$CACHE/sent/v$(thread reroll) # the mails that go out, and which went; not of one base
# went_out: 1 and a sentence if this version did
went_out() {
	[ ! -f "$SENT/done" ] || die 1 "v$(thread reroll) went out on $(cat "$SENT/done"): nobody wants it twice; $(raise)"
}
raise() { echo "for another version raise 'reroll' in scripts/send/thread, then run $(again signoff)"; }
# the verb as it has to be typed for this tree
again() { echo "'make $1 ${KDIR:+KDIR=$KDIR}${BASE:+BASE=$BASE}'"; }
# identity: who sends, as configured for git, else nothing
identity() { git -C "$TOP" -c user.useConfigOnly=true var GIT_COMMITTER_IDENT 2>/dev/null | sed 's/>.*/>/'; }
# no SENTENCE: for preflight.d: what is missing, and what to do
no() { echo "$*" >&2; exit 1; }
# mails: the files of the signed copy; it must be there
mails() {
	[ -f "$MAIL/state" ] || no "there is no signed copy: run $(again signoff)"
	printf '%s\n' "$MAIL"/*.patch
}
# kept NAME VERB: the file NAME of evidence, of this series or else of that for v7.0;
# nothing if there is none. One of other patches is an error: run VERB again.
kept() {
	v=$(version) && dir=$(series) || exit
	[ -f "$EVIDENCE/$v/$1" ] || { v=v7.0; dir=$PATCHES; }
	file=$EVIDENCE/$v/$1
	[ -f "$file" ] || return 0
	[ "$("$S/lib/patch-ids" "$dir"/*.patch)" = "$(sed -n 's/^# patch-id //p' "$file")" ] ||
		die 1 "${file#"$TOP"/} is of other patches than ${dir#"$TOP"/} holds: run 'make $2 BASE=$v' first"
	echo "$file"
}
# kept_on FILE: the kernel it was of
kept_on() { sed -n 's/^# base: Linux \([^ ]*\).*/\1/p' "$1"; }
