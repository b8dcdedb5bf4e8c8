# SPDX-License-Identifier: GPL-2.0-only
# Markdown tables as text of at most 72 columns, for a mail. A cell that is too long is
# broken between words.
function longest_word(text, n, w, i, most) {
	n = split(text, w, " ")
	for (i = 1; i <= n; i++) if (length(w[i]) > most) most = length(w[i])
	return most
}
# widths: as wide as the cells are, and where that is too much the widest gives way
function widths(r, c, sum, widest) {
	split("", width); split("", least); split("", words)
	for (r = 1; r <= rows; r++)
		for (c = 1; c <= cols; c++) {
			if (length(cell[r, c]) > width[c]) width[c] = length(cell[r, c])
			if (longest_word(cell[r, c]) > least[c]) least[c] = longest_word(cell[r, c])
			if (r > 1 && cell[r, c] !~ /^(-|[0-9][-0-9.,\/ %a-z]*)?$/) words[c] = 1
		}
	do {
		sum = 2 * cols
		widest = 0
		for (c = 1; c <= cols; c++) {
			sum += width[c]
			if (width[c] > least[c] && (!widest || width[c] > width[widest])) widest = c
		}
		if (sum <= 72 || !widest) return
		width[widest]--
	} while (1)
}
# piece COLUMN: what of the rest of its cell goes on this line
function piece(c, at, text) {
	text = rest[c]
	if (length(text) > width[c]) {
		for (at = width[c] + 1; at > 1 && substr(text, at, 1) != " "; at--) ;
		rest[c] = substr(text, at + 1)
		text = substr(text, 1, at - 1)
	} else
		rest[c] = ""
	if (rest[c] != "") more = 1
	return text
}
function table(r, c, line) {
	widths()
	for (r = 1; r <= rows; r++) {
		for (c = 1; c <= cols; c++) rest[c] = cell[r, c]
		do {
			more = 0
			line = ""
			for (c = 1; c <= cols; c++)
				line = line sprintf("  %" (c in words || c == 1 ? "-" : "") width[c] "s", piece(c))
			sub(/ +$/, "", line)
			print line
		} while (more)
	}
	rows = 0
}
/^\|[- |:]+$/ { next }
/^\|/ {
	n = split($0, part, / *[|] */)
	cols = n - 2
	rows++
	for (i = 1; i <= cols; i++) {
		gsub(/[*`]/, "", part[i + 1])
		cell[rows, i] = part[i + 1]
	}
	next
}
rows { table() }
{ print }
END { if (rows) table() }
