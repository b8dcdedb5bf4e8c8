# SPDX-License-Identifier: GPL-2.0-only
# For watch: first file: ids seen before; second: the mails, a line each: id, ids it
# answers to, addresses, seconds, date, author, address, subject. Prints those of
# others in the thread of ROOT; MINE are the sender's addresses.
FNR == NR && FILENAME != ARGV[2] { seen[$1] = 1; next }
$1 != "" && !($1 in subject) {
	id[++n] = $1; refs[$1] = $2; to[$1] = $3; at[$1] = $4; date[$1] = $5
	author[$1] = $6; address[$1] = tolower($7); subject[$1] = $8
}
function is_patch(s) { return s ~ /^ *\[[^]]*PATCH[^]]*\]/ }
# "v2 3/4" of a subject with a tag
function tag(s, v, number) {
	if (!match(s, /\[[^]]*PATCH[^]]*\]/)) return ""
	s = substr(s, RSTART, RLENGTH)
	v = match(s, /v[0-9]+/) ? substr(s, RSTART, RLENGTH) : "v1"
	number = match(s, /[0-9]+\/[0-9]+/) ? substr(s, RSTART, RLENGTH) : "?"
	return v " " number
}
# of the nearest of the mails it answers to, or they answer to, that is a patch
function ancestor(i, depth, list, k, m, found) {
	m = depth < 50 ? split(refs[i], list, " ") : 0
	for (k = 1; k <= m; k++) {
		if (!(list[k] in subject)) continue
		if (is_patch(subject[list[k]])) return tag(subject[list[k]])
		found = ancestor(list[k], depth + 1)
		if (found != "") return found
	}
	return ""
}
function which(i, found) {
	found = ancestor(i, 0)
	if (found == "") found = tag(subject[i])
	return found == "" ? "?" : found
}
END {
	known[ENVIRON["ROOT"]] = 1
	do {
		more = 0
		for (i = 1; i <= n; i++) {
			if (id[i] in known) continue
			m = split(refs[id[i]], list, " ")
			for (k = 1; k <= m; k++)
				if (list[k] in known) { known[id[i]] = 1; more = 1; break }
		}
	} while (more)
	m = split(tolower(ENVIRON["MINE"]), list, " ")
	for (i = 1; i <= n; i++) {
		one = id[i]; mine = named = 0
		for (k = 1; k <= m; k++) {
			if (address[one] == list[k]) mine = 1
			if (index(to[one], list[k])) named = 1
		}
		if (!(one in known) || mine || one == ENVIRON["ROOT"]) continue
		printf "%s\t%s\t%s %s\t%-7s\t%s <%s>\t%s%s\n", at[one], one, one in seen ? " " : "*", date[one],
			which(one), author[one], address[one], subject[one], named ? "" : " (you are not addressed)"
	}
}
