# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# preflight: the mails
# patch_mails: but for the letter
patch_mails() { mails | grep -v '/0000-cover-letter.patch$'; }
check_signed() { # signed off by the sender
	who=$(identity)
	[ -n "$who" ] || no "git knows no name of yours: git config user.name and user.email"
	mails >/dev/null
	[ "$(cat "$MAIL/state")" = "$(mail_state)" ] || no "the signed copy is of other patches, of another letter or sender: run $(again signoff)"
	for mail in $(patch_mails); do
		grep -qxF "Signed-off-by: $who" "$mail" || no "${mail##*/} is not signed by $who: run $(again signoff)"
	done
	echo "by $who, in the copy only"
}
check_assisted() { # assistants are named
	list=$(patch_mails) || exit
	# shellcheck disable=SC2086 # paths of ours
	tags=$(sed -n 's/^Assisted-by: //p' $list | sort | uniq -c | awk '{ n = $1; sub(/^ *[0-9]+ /, ""); printf "%s%s (%d patches)", sep, $0, n; sep = ", " }')
	[ -n "$tags" ] ||
		remark "none is: where an AI assistant took part, $(again signoff) with ASSISTED_BY='LLM [TOOL]...' (Documentation/process/coding-assistants.rst); that is yours to say"
	echo "$tags"
}
check_subject() { # subject prefix
	list=$(mails) || exit
	m=$(($(printf '%s\n' "$list" | wc -l) - 1)) n=0
	for mail in $list; do
		grep -q "^Subject: \[$prefix $n/$m\] ." "$mail" ||
			no "${mail##*/} does not begin with [$prefix $n/$m]: run $(again signoff)"
		n=$((n + 1))
	done
	echo "[$prefix n/$m]"
}
check_thread() { # the thread
	under=$(answers_to)
	list=$(mails) || exit
	for mail in $list; do
		id=$(sed -n '/^$/q; s/^[Mm]essage-[Ii][Dd]: //p' "$mail")
		to=$(sed -n '/^$/q; s/^In-Reply-To: //p' "$mail")
		[ -n "$id" ] || no "${mail##*/} has no message id: run $(again signoff)"
		case $mail in
		*/0000-cover-letter.patch) cover=$id want=$under ;;
		*) want=$cover ;;
		esac
		[ "$to" = "$want" ] || no "${mail##*/} replies to '$to', not to '$want': run $(again signoff)"
	done
	[ -n "$under" ] && under="replies to $under" || under="begins one"
	echo "the letter $under, the patches reply to the letter"
}
check_recipients() { # goes to all who matter
	list=$(mails) || exit
	all=$(people | sed 's/.*<//; s/>//')
	# the letter comes last: to everybody of the patches
	for mail in $(printf '%s\n' "$list" | sed '1{h;d}; $G'); do
		"$S/send/recipients.sh" "$mail" >"$tmp/who" 2>"$tmp/why" || no "$(tail -n 1 "$tmp/why")"
		{ thread list; cat "$tmp/who"; } | sed 's/.*<//; s/>.*//' | tr '[:upper:]' '[:lower:]' | sort >"$tmp/want"
		addresses "$mail" | cmp -s - "$tmp/want" ||
			no "${mail##*/} goes to others than get_maintainer.pl and scripts/send/people.tsv say: run $(again signoff)"
		lists=
		while read -r pattern names; do
			# shellcheck disable=SC2254 # a pattern
			case $pattern:${mail##*/} in '#'*) ;; "$pattern":$pattern) lists="$lists $names" ;; esac
		done <"$LISTS_OF"
		case $mail in */0000-cover-letter.patch) lists=$all ;; esac
		[ -n "$lists" ] || no "${LISTS_OF#"$TOP"/} has no row for ${mail##*/}"
		all="$all $lists"
		for address in $(people | sed 's/.*<//; s/>//') $lists; do
			grep -qiF "$address" "$tmp/want" ||
				no "${mail##*/} does not go to $address: see ${LISTS_OF#"$TOP"/}, scripts/send/people.tsv and get_maintainer.pl"
		done
	done
	echo "maintainers, lists and people.tsv; the letter to all $(wc -l <"$tmp/want")"
}
check_server() { # nothing adds a recipient
	server_of "$tmp/config"
	fault=$(server_fault "$tmp/config")
	[ -z "$fault" ] || no "$fault"
	echo "by $(ours config -f "$tmp/config" sendemail.smtpServer || ours config -f "$tmp/config" sendemail.sendmailCmd || echo 'the sendmail of this machine'); of your git configuration only server, passwords and name count"
}
check_mail() { # plain, unwrapped, UTF-8
	list=$(mails) || exit
	for mail in $list; do
		sed '/^$/q' "$mail" >"$tmp/head"
		! grep -qiE '^Content-Type:.*(format=flowed|multipart|html)|^Content-Transfer-Encoding: *(quoted-printable|base64)' "$tmp/head" ||
			no "${mail##*/} is not plain text: no format.attach or transfer encoding for git, then $(again signoff)"
		iconv -f UTF-8 -t UTF-8 <"$mail" >/dev/null 2>&1 || no "${mail##*/} is not UTF-8"
		! sed '1,/^$/d' "$mail" | LC_ALL=C grep -q '[^ -~	]' || grep -qix 'Content-Type: text/plain; charset=UTF-8' "$tmp/head" ||
			no "${mail##*/} does not say that it is UTF-8: run $(again signoff)"
	done
	# nothing was wrapped or mangled if the mails make the same tree
	export GIT_INDEX_FILE="$tmp/index"
	ours -C "$WORK" read-tree "$(mails_from)"
	for mail in $(patch_mails); do
		ours mailinfo "$tmp/message" "$tmp/patch" <"$mail" >/dev/null
		ours -C "$WORK" apply --cached "$tmp/patch" 2>"$tmp/why" || no "${mail##*/} does not apply: $(tail -n 1 "$tmp/why")"
	done
	[ "$(ours -C "$WORK" write-tree)" = "$(ours -C "$WORK" rev-parse "$last^{tree}")" ] || no "the mails make another tree than the patches: run $(again signoff)"
	unset GIT_INDEX_FILE
	echo "and the mails make the same tree as the patches"
}
check_stands_on() { # the note of the base is true
	list=$(mails) || exit
	# shellcheck disable=SC2086 # paths of ours
	note=$(sed -n '/^base-commit: /p; /^prerequisite-patch-id: /p' $list)
	[ "$note" = "$(base_block "$(mails_from)")" ] ||
		no "the mails name the base '$(echo "$note" | head -n 1)', which is not what they stand on: run $(again signoff)"
	commit=$(base_commit)
	echo "${commit:-no commit, since the tree is a package: the letter names its version}; $(echo "$note" | grep -c '^prerequisite' || :) prerequisites"
}
check_checkpatch() { # checkpatch of the mails
	list=$(patch_mails) || exit
	# shellcheck disable=SC2086 # paths of ours
	mkdir -p "$OUT${stack:+-$stack}" && SERIES=$stack "$CHECKPATCH" $list >"$tmp/found" 2>"$tmp/why" || {
		grep -E ': (ERROR|WARNING|CHECK):' "$tmp/why" >"$tmp/faults" || no "$(tail -n 1 "$tmp/why")"
		no "$(sed 1q "$tmp/faults"): fix that (who signs, or patches/), then run $(again signoff)"
	}
	cat "$tmp/found"
}
