# SPDX-License-Identifier: GPL-2.0-only
# OLD NEW: figures of NEW that are more than "percent" above those of OLD; exits with 1
# if there is one, or one is missing. Figures of others (peers), latencies, and what is
# there to explain are not judged. What a job takes "more" is the difference of two large
# numbers, each of which repeats to within a thousandth.
/^#/ { next }
FILENAME == ARGV[1] { if ($1 ~ /^(on|more|other|memory|growth)\./) old[$1] = $2; next }
{ new[$1] = $2 }
function slack(name) { return sub(/^more\./, "", name) ? new["job." name ".off"] / 1000 : 0 }
END {
	for (name in old) {
		judged++
		if (!(name in new)) {
			print name " is missing, it was " old[name]
			worse++
		} else if (new[name] > old[name] * (1 + percent / 100) + slack(name)) {
			printf "%s was %s, is %s: %+.1f %%\n", name, old[name], new[name], 100 * (new[name] / (old[name] ? old[name] : 1) - 1)
			worse++
		}
	}
	if (!judged) {
		print "there is nothing to compare with"
		exit 1
	}
	print judged " figures compared, " worse + 0 " of them more than " percent " % worse"
	exit worse > 0
}
