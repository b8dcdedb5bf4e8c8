# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# For the verbs that send the series; sourced after common.sh. Without BASE and KDIR they are
# about the series that is sent.
. "$S/lib/once.sh"
. "$S/tree/series.sh"
. "$S/evidence/keep.sh"
about_sent
LETTER=${LETTER:-$TOP/cover-letter}
MAIL=$OUT/mail # the signed copy, by signoff
export LETTER MAIL KDIR BASE

# thread NAME: a value of thread.tsv
thread() { sed -n "s/^$1	*//p" "$S/send/thread.tsv"; }
v1_link() { echo "https://lore.kernel.org/r/$(thread v1 | tr -d '<>')"; }
# people: the table, a line each
people() { awk -F '\t' '!/^#/ && NF { print $1 " <" $2 ">" }' "$S/send/people.tsv"; }
SENT=$CACHE/sent/v$(thread reroll) # the mails that go out; "out" is how many of them did; not of one base
# went_out: 1 and a sentence if this version did
went_out() {
	[ -f "$SENT/out" ] && [ "$(cat "$SENT/out")" = "$(find "$SENT" -name '*.patch' | wc -l)" ] || return 0
	die 1 "v$(thread reroll) was already sent on $(date -r "$SENT/out" '+%F %T'); $(raise)"
}
raise() { echo "for another version raise 'reroll' in scripts/send/thread.tsv, then run $(again signoff)"; }
# identity: who sends, as configured for git, else nothing
identity() { git -C "$TOP" -c user.useConfigOnly=true var GIT_COMMITTER_IDENT 2>/dev/null | sed 's/>.*/>/'; }
# mail_state: a hash of what a signed copy is made of
mail_state() {
	key "$(ours -C "$WORK" log --format=%T%B base..series)" "$(mails_from)" "$(base_commit)" \
		"$(files "$LETTER" "$S/send/thread.tsv" "$S/send/people.tsv" "$S/send/signoff" "$S/send/recipients.sh")" "$(identity)"
}
# base_commit: the commit that the tree is at, if others can have it; nothing for a tree
# that was made of a package, or that is ahead of all tags and remote branches
base_commit() {
	head=$(ours -C "$SRC" rev-parse -q --verify HEAD) || die 4 "there is no tree in the cache yet: run $(again tree) first"
	if [ -z "$KDIR" ]; then
		[ "$(ours -C "$SRC" log -1 --format=%ce)" = none ] || echo "$head"
	elif [ -e "$KDIR/.git" ]; then
		ref=$(git -C "$KDIR" for-each-ref --count=1 --contains "$head" refs/tags refs/remotes)
		[ -z "$ref" ] || echo "$head"
	fi
}
# mails_from: the tag at which the signed copy begins: fixes, or base with the fixes in it
mails_from() { cat "$MAIL/from" 2>/dev/null || echo fixes; }
# base_block FROM: the last lines of the letter; the fixes that are not in the mails are prerequisites
base_block() {
	base_commit | sed 's/^/base-commit: /'
	commit_ids "base..$1" | sed 's/^\([^ ]*\).*/prerequisite-patch-id: \1/'
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
	of=$(git -C "$TOP" config sendemail.identity || :)
	(umask 077 && : >"$1")
	for key in smtpServer smtpServerPort smtpServerOption smtpUser smtpPass smtpEncryption smtpDomain smtpAuth \
		smtpSSLCertPath smtpBatchSize smtpReloginDelay envelopeSender sendmailCmd; do
		type=
		[ $key != smtpSSLCertPath ] || type=--type=path
		for name in ${of:+"sendemail.$of.$key"} "sendemail.$key"; do
			# shellcheck disable=SC2086 # no word, or one
			git -C "$TOP" config $type --get-all "$name" >"$1.values" || continue
			while IFS= read -r value; do
				git config -f "$1" --add "sendemail.$key" "$value"
			done <"$1.values"
			break
		done
	done
	git -C "$TOP" config --get-regexp '^credential[.]' >"$1.values" || :
	while read -r name value; do
		git config -f "$1" --add "$name" "$value"
	done <"$1.values"
	rm "$1.values"
	git config -f "$1" user.name "$(identity | sed 's/ <.*//')"
	git config -f "$1" user.email "$(identity | sed 's/.*<//; s/>.*//')"
}
# server_fault FILE: why nothing is sent by this server; nothing if it may be
server_fault() {
	[ -z "$(alone /dev/null git config --list)" ] ||
		{ echo "this git reads more configuration than it is given: install git 2.32 or later"; return; }
	case $(git config -f "$1" sendemail.smtpServer) in
	*outlook* | *office365* | *amazonaws.com)
		echo "$(git config -f "$1" sendemail.smtpServer) gives every mail another message id, so no patch would hang under the letter: take another server (sendemail.smtpServer)"
		return
		;;
	esac
	for option in smtpServerOption sendmailCmd; do
		! git config -f "$1" --get-all sendemail.$option | names_address ||
			echo "sendemail.$option names an address, which could be one more recipient: take it out"
	done
}
# names_address: is there one in the words of stdin that is neither the account of msmtp nor the
# sender (-a, --account, -f, -F)?
names_address() {
	tr -s '[:space:]' '\n' | awk '
		value { value = 0; next }
		/^(-[afF]|--account)$/ { value = 1 }
		/@/ && !/^(-[afF]|--account=)/ { found = 1 }
		END { exit !found }'
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
