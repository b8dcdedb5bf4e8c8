# SPDX-License-Identifier: GPL-2.0-only
# Of the record of the boots bench and bench-off: what they measured, and what follows
# from it: NAME VALUE UNIT. With the same figure twice, or without one that others are
# made of, it exits with 1.
function fault(text) { print "figures.awk: " text >"/dev/stderr"; bad = 1 }
function add(name, value, what) {
	if (name in figure)
		fault(name " is there twice")
	figure[name] = value
	unit[name] = what
}
function of(name) {
	if (!(name in figure))
		fault("there is no " name)
	return figure[name]
}
BEGIN { FS = "\t" }
$6 ~ /^[a-z]/ && split($7, words, " ") == 2 && words[1] + 0 == words[1] { add($6, words[1], words[2]) }
END {
	if (!length(figure))
		fault("nothing was measured")
	for (name in figure)
		if (name ~ /^job\..*\.on$/) {
			sub(/^job\./, "", name)
			sub(/\.on$/, "", name)
			kinds[name]
		}
	for (kind in kinds) {
		more = of("job." kind ".on") - of("job." kind ".off")
		add("more." kind, more, "instructions")
		add("share." kind, sprintf("%.2f", 100 * more / of("job." kind ".off")), "percent")
	}
	for (name in figure)
		print name, figure[name], unit[name]
	exit bad
}
