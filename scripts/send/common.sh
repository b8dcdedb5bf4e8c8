# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# For the verbs that send a series; sourced after common.sh. Without BASE and KDIR they are
# about the base whose series is sent, and without SERIES about v2 of the release fences.
. "$S/lib/once.sh"
. "$S/tree/series.sh"
. "$S/evidence/keep.sh"
about_sent
SERIES=${SERIES:-}
[ "$SERIES" != v2 ] || SERIES=''
# row FIELD: of series.tsv
row() { awk -F '\t' -v name="${SERIES:-v2}" -v field="$1" '$1 == name { print $field }' "$S/send/series.tsv"; }
[ -n "$(row 1)" ] || die 2 "SERIES=$SERIES: give one of $(sed -n 's/^\([a-z0-9]*\)	.*/\1/p' "$S/send/series.tsv" | tr '\n' ' ')or leave it out"
# What is sent are the commits $first..$last in $WORK. v2 and the fixes are in the tree $below; what
# follows them ($stack) is on top of it, by stack.sh.
below=$CACHE/work/$ID WORK=$CACHE/work/$ID OUT=$CACHE/out/$ID
MAIL=$OUT/mail${SERIES:+-$SERIES} # the signed copy, by signoff
stack=''
case $SERIES in
'') first=fixes last=series LETTER=${LETTER:-$TOP/cover-letter} LETTER_IN=${LETTER_IN:-$TOP/cover-letter.in} ;;
fixes) first=base last=fixes ;;
*) stack=$SERIES WORK=$below-$stack last=HEAD first=HEAD~$(find "$PATCHES/$stack" -name '*.patch' ! -path '*/v[0-9]*/*' | wc -l) ;;
esac
LETTER=${LETTER:-$OUT/cover-letter-$SERIES} LETTER_IN=${LETTER_IN:-$PATCHES/$SERIES/cover-letter}
export SERIES LETTER MAIL KDIR BASE WORK OUT

# again VERB: as it has to be typed for this series
again() {
	case $1 in
	cover-letter | signoff | preflight | send* | watch) of=$SERIES ;;
	all) of=$stack ;;
	*) of='' ;;
	esac
	echo "'make $1 ${of:+SERIES=$of }${KDIR:+KDIR=$KDIR}${BASE:+BASE=$BASE}'"
}
# stacked: the series is applied, and what follows v2 is on top of it
stacked() { if [ -z "$stack" ]; then applied; else SERIES='' "$S/tree/stack.sh" "$stack" >/dev/null; fi; }
# own_patches: the files of the series
own_patches() {
	if [ -n "$SERIES" ]; then
		find "$PATCHES/$SERIES" -name '*.patch' ! -path '*/v[0-9]*/*'
	else
		find "$(cat "$below/.git/vb2-series")" -maxdepth 1 -name '*.patch'
	fi
}

# thread NAME: a value of thread.tsv
thread() { sed -n "s/^$1	*//p" "$S/send/thread.tsv"; }
# answers_to: the message that the letter is a reply to, if any
answers_to() { [ -n "$SERIES" ] || thread v1; }
# people: the table, a line each
people() {
	awk -F '\t' -v name="${SERIES:-v2}" '!/^#/ && index(" " $3 " ", " " name " ") { print $1 " <" $2 ">" }' "$S/send/people.tsv"
}
reroll=$(row 3)
# shellcheck disable=SC2034 # of signoff and preflight
prefix="$(row 2)$([ "$reroll" = 1 ] || echo " v$reroll")"
sends="${SERIES:+$SERIES }v$reroll"
SENT=$CACHE/sent/${SERIES:+$SERIES-}v$reroll # the mails that go out; "out" is how many of them did; not of one base
# went_out: 1 and a sentence if this version did
went_out() {
	[ -f "$SENT/out" ] && [ "$(cat "$SENT/out")" = "$(find "$SENT" -name '*.patch' | wc -l)" ] || return 0
	die 1 "$sends was already sent on $(date -r "$SENT/out" '+%F %T'); $(raise)"
}
raise() { echo "for another version raise 'reroll' in scripts/send/series.tsv, then run $(again signoff)"; }
# identity: who sends, as configured for git, else nothing
identity() { theirs -C "$TOP" -c user.useConfigOnly=true var GIT_COMMITTER_IDENT 2>/dev/null | sed 's/>.*/>/'; }
# mail_state: a hash of what a signed copy is made of
mail_state() {
	key "$(ours -C "$WORK" log --format=%T%B "$(ours -C "$below" rev-parse base)..$last")" "$(mails_from)" "$(base_commit)" \
		"$(files "$LETTER" "$S"/send/*.tsv "$S/send/signoff" "$S/send/recipients.sh")" "$(identity)"
}
# base_commit: the commit that the tree is at, if others can have it; nothing for a tree
# that was made of a package, or that is ahead of all tags and remote branches
base_commit() {
	head=$(ours -C "$SRC" rev-parse -q --verify HEAD) || die 4 "there is no tree in the cache yet: run $(again tree) first"
	if [ -z "$KDIR" ]; then
		[ "$(ours -C "$SRC" log -1 --format=%ce)" = none ] || echo "$head"
	elif [ -e "$KDIR/.git" ]; then
		ref=$(theirs -C "$KDIR" for-each-ref --count=1 --contains "$head" refs/tags refs/remotes)
		[ -z "$ref" ] || echo "$head"
	fi
}
# mails_from: where the signed copy begins: $first, or base for v2 with the fixes in it
mails_from() { cat "$MAIL/from" 2>/dev/null || echo "$first"; }
# base_block FROM: the last lines of the letter; what is below FROM are prerequisites
base_block() {
	base_commit | sed 's/^/base-commit: /'
	commit_ids "$(ours -C "$below" rev-parse base)..$1" | sed 's/^\([^ ]*\).*/prerequisite-patch-id: \1/'
}
# addresses FILE: who gets a mail, by its To and Cc, an address a line
addresses() {
	awk '
		/^$/ { exit }
		/^[ \t]/ { if (on) text = text " " $0; next }
		{ on = tolower($0) ~ /^(to|cc|bcc):/ }
		on { sub(/^[^:]*:/, ","); text = text $0 }
		END {
			n = split(text, list, ",")
			for (i = 1; i <= n; i++) {
				gsub(/^.*<|>.*$|^[ \t]+|[ \t]+$/, "", list[i])
				if (list[i] != "") print tolower(list[i])
			}
		}' "$1" | sort
}

# server_of FILE: what git send-email sees: of the user's configuration the server, its
# passwords and the name, and nothing else
server_of() {
	of=$(theirs -C "$TOP" config sendemail.identity || :)
	(umask 077 && : >"$1")
	for key in smtpServer smtpServerPort smtpServerOption smtpUser smtpPass smtpEncryption smtpDomain smtpAuth \
		smtpSSLCertPath smtpBatchSize smtpReloginDelay envelopeSender sendmailCmd; do
		type=
		[ $key != smtpSSLCertPath ] || type=--type=path
		for name in ${of:+"sendemail.$of.$key"} "sendemail.$key"; do
			# shellcheck disable=SC2086 # no word, or one
			theirs -C "$TOP" config $type --get-all "$name" >"$1.values" || continue
			while IFS= read -r value; do
				ours config -f "$1" --add "sendemail.$key" "$value"
			done <"$1.values"
			break
		done
	done
	theirs -C "$TOP" config --get-regexp '^credential[.]' >"$1.values" || :
	while read -r name value; do
		ours config -f "$1" --add "$name" "$value"
	done <"$1.values"
	rm "$1.values"
	ours config -f "$1" user.name "$(identity | sed 's/ <.*//')"
	ours config -f "$1" user.email "$(identity | sed 's/.*<//; s/>.*//')"
}
# server_fault FILE: why nothing is sent by this server; nothing if it may be
server_fault() {
	[ -z "$(alone /dev/null git config --list)" ] ||
		{ echo "this git reads more configuration than it is given: install git 2.32 or later"; return; }
	case $(ours config -f "$1" sendemail.smtpServer) in
	*outlook* | *office365* | *amazonaws.com)
		echo "$(ours config -f "$1" sendemail.smtpServer) gives every mail another message id, so no patch would hang under the letter: take another server (sendemail.smtpServer)"
		return
		;;
	esac
	# an account or a sender may look like an address
	for key in smtpServerOption sendmailCmd; do
		case $(ours config -f "$1" --get-all "sendemail.$key" | tr '\n' ' ' |
			sed -E 's/(^| )(-a|--account|-f|-F)[ =]?[^ ]+/ /g') in
		*@*) echo "sendemail.$key names an address, which could be one more recipient: take it out" ;;
		esac
	done
}
# alone CONFIG COMMAND...: with no other configuration of git, and outside of every
# repository, whose hooks and configuration would count
# shellcheck disable=SC2154 # $tmp is the caller's
alone() (
	unset GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS
	export GIT_CONFIG_GLOBAL="$1" GIT_CONFIG_NOSYSTEM=1 GIT_CEILING_DIRECTORIES="$tmp"
	shift
	mkdir -p "$tmp/nowhere" && cd "$tmp/nowhere" || exit
	exec "$@"
)
