# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# preflight: the letter
check_letter() { # the letter is generated
	[ -f "$LETTER" ] || no "there is no letter: run $(again cover-letter)"
	"$S/send/cover-letter" "$tmp/letter" 2>"$tmp/why" || no "$(tail -n 1 "$tmp/why")"
	cmp -s "$LETTER" "$tmp/letter" ||
		no "line $(cmp "$LETTER" "$tmp/letter" 2>&1 | sed 's/.*line //') is not what evidence says: run $(again cover-letter); texts belong in ${LETTER_IN##*/}"
	# what cannot be broken stands alone
	! grep -nE '.{73}' "$LETTER" | grep -vE '^[0-9]+: *[^ ]+$' >"$tmp/long" || no "line $(sed 's/:.*//;q' "$tmp/long") is longer than 72 characters: break it in ${LETTER_IN##*/}"
	lines=$(wc -l <"$LETTER")
	[ "$lines" -le 85 ] || no "the letter has $lines lines, more than 85, which nobody reads to their end: shorten ${LETTER_IN##*/}"
	echo "$lines lines, as evidence has it"
}
check_figures() { # no figure typed in
	# words that are numbers; H.264 and v7.3 are names, 2017 is a year, #1 an issue
	typed=$(sed 's|https*://[^ ]*||g; s/#[0-9]*//g' "$LETTER_IN" | tr -cs 'A-Za-z0-9._+-' '\n' | sed 's/^[.+-]*//; s/[.+-]*$//' | { grep -xE '[0-9][0-9.]*' | grep -vxE '20[0-9][0-9]' || true; } | sort -u | tr '\n' ' ')
	[ -z "$typed" ] || no "${LETTER_IN##*/} has ${typed% } typed in: take figures from evidence, as @name@"
	echo "all of them are of evidence"
}
check_v1() { # links v1 at lore
	only_v2
	link=$(grep -o 'https://lore.kernel.org/r/[^ ]*' "$LETTER" | head -n 1)
	id=$(thread v1 | tr -d '<>')
	[ -n "$link" ] && [ "${link##*/}" = "${id:-"${link##*/}"}" ] || no "the letter does not link https://lore.kernel.org/r/$id, as submitting-patches.rst asks: write it in cover-letter.in"
	echo "$link"
}
