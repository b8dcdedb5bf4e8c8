# SPDX-License-Identifier: GPL-2.0-only
# Reads the console of the board: prints the KTAP report in it, fails the run
# for what a parser of KTAP lets pass: no plan, planned results that are missing,
# a splat of the kernel anywhere, and a test that was skipped for another reason
# than those in the variable "skips", since all that the tests need is there. The
# variable "splats" is the file of patterns that tell a splat. With a pattern in the
# variable "stop" it ends with the first failure that this matches: a test by its name,
# a splat by "the kernel: " and its line.
#
# Exit code: 0 all is there and passed, 1 not.

function fault(text) {
	print "# board: " text
	fflush()
	faults++
}

# The kernel's own alarms; what programs say comes with the report's prefix
function is_splat(line) {
	return line ~ alarms
}

function read_alarms(file) {
	while ((getline pattern < file) > 0)
		alarms = alarms (alarms == "" ? "" : "|") pattern
	if (alarms == "")
		fault("no patterns of a splat in " file)
}

function stop_at(failure) {
	if (stop != "" && failure ~ stop)
		exit
}

function close_plan(depth) {
	if (!(depth in planned))
		fault("no plan for " what[depth])
	else if (seen[depth] != planned[depth])
		fault(seen[depth] " of " planned[depth] " results of " what[depth])
	delete planned[depth]
	seen[depth] = 0
}

BEGIN {
	read_alarms(splats)
	if (skips == "")
		skips = "the timer of this kernel is not short|the option is off"
	what[0] = "the board"
	seen[0] = 0
}

{
	sub(/\r$/, "")
	line = $0
	stamped = sub(/^\[ *[0-9]+\.[0-9]+\](\[[^]]*\])? /, "", line)
	text = line
	depth = sub(/^    /, "", text)
}

stamped && text ~ /^(KTAP version|1\.\.[0-9]+$|ok [0-9]+ |not ok [0-9]+ |# |Bail out!)/ {
	print line
	fflush()
	if (text ~ /^# Subtest: /) {
		what[1] = substr(text, 12)
	} else if (text ~ /^1\.\./) {
		planned[depth] = substr(text, 4) + 0
		if (!planned[depth])
			fault("an empty plan for " what[depth])
	} else if (text ~ /^Bail out!/) {
		faults++
	} else if (text ~ /^(not )?ok /) {
		seen[depth]++
		number = text
		sub(/^(not )?ok /, "", number)
		if (number + 0 != seen[depth])
			fault("result " (number + 0) " of " what[depth] " came as " seen[depth])
		if (text ~ /^not ok/) {
			failed[depth]++
			sub(/^[0-9]+ /, "", number)
			stop_at(number)
		} else if (text ~ /# SKIP/) {
			skipped++
			if (text !~ "# SKIP (" skips ")$")
				fault("skipped, which it must not be here: " text)
		}
		if (!depth)
			close_plan(1)
	} else if (text == "# board: end") {
		ended = 1
	}
	next
}

is_splat(line) {
	fault("the kernel says: " line)
	stop_at("the kernel: " line)
	splat = 40
	next
}

# What belongs to it, so that it need not be looked up
splat > 0 {
	print "#   " line
	splat--
}

END {
	close_plan(0)
	if (!ended)
		fault("the report has no end")
	printf "# board: %d failed, %d skipped, %d faults\n", failed[1], skipped, faults
	exit failed[0] || failed[1] || faults ? 1 : 0
}
