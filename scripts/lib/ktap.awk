# SPDX-License-Identifier: GPL-2.0-only
# The one reader of KTAP. It prints the report that it finds in the console of a machine, where
# each line has a time stamp (with the variable plain: in any other output), and fails what a
# parser of KTAP lets pass: no plan, planned results that are missing, a splat of the kernel, and
# a test that was skipped for another reason than those in the variable "skips", since all that
# the tests need is there. A splat fails the test in which it came. The file "splats" has the
# patterns that tell a splat. With a pattern in "stop" it ends with the first failure that this
# matches: a test by its name, a splat by "the kernel: " and its line.
#
# "record" is a file for the record of the run, tab separated, a line each:
#	base boot subject test status metric value
# A result has no metric; its status is pass, fail or skip, and its value is why. A line
# "# figure: NAME VALUE UNIT" is a metric of the test in which it comes, and "# saw: NAME | TEXT"
# another. What fails the run without a test has "fault" as its metric. The last line is that of
# the metric "end".
#
# The last line printed is "# Totals: pass:N fail:N skip:N". Exit code: 0 all is there and
# passed, 1 not.

function row(test, status, metric, value) {
	gsub(/\t/, " ", value)
	rows[++n_rows] = base "\t" boot "\t" subject "\t" test "\t" status "\t" metric "\t" value
}

function fault(text) {
	print "# board: " text
	fflush()
	row("", "fail", "fault", text)
	faults++
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

function close_plan(depth, of) {
	of = depth ? subject : "the board"
	if (!(depth in planned))
		fault("no plan for " of)
	else if (seen[depth] != planned[depth])
		fault(seen[depth] " of " planned[depth] " results of " of)
	delete planned[depth]
	seen[depth] = 0
}

# Of the test that ends: its figures, and its result with those splats that came meanwhile
function result(test, status, why, i) {
	if (splat_of_test != "") {
		status = "fail"
		why = "the kernel: " splat_of_test
	}
	for (i = 1; i <= figures; i++)
		row(test, status, figure[i], value_of[i])
	row(test, status, "", why)
	count[status]++
	figures = 0
	splat_of_test = ""
	running = ""
	return status
}

# A result line, as it has to be
function a_result(number, name, why) {
	seen[depth]++
	number = text
	sub(/^(not )?ok /, "", number)
	if (number + 0 != seen[depth])
		fault("result " (number + 0) " of " (depth ? subject : "the board") " came as " seen[depth])
	name = number
	sub(/^[0-9]+ *(- )?/, "", name)
	why = name
	if (sub(/.* # SKIP */, "", why) || sub(/^# SKIP */, "", why))
		sub(/ *# SKIP.*/, "", name)
	else
		why = ""
	if (text ~ /^not ok/) {
		depth ? result(name, "fail", "") : bad++
		stop_at(name)
	} else if (text ~ /# SKIP/) {
		if (!plain && why !~ "^(" skips ")$")
			fault("unexpected skip: " text)
		if (depth)
			result(name, "skip", why)
	} else if (depth && result(name, "pass", "") == "fail") {
		sub(/ok/, "not ok", line)
		stop_at(name)
	}
	if (!depth)
		end_of_subject(name, why)
}

function end_of_subject(name, why) {
	if (subject == "") # a report without subjects
		result(name, text ~ /^not/ ? "fail" : text ~ /# SKIP/ ? "skip" : "pass", why)
	else
		close_plan(1)
	if (splat_of_test != "")
		fault("the kernel: " splat_of_test)
	if (text !~ /^not/ && count["fail"] + faults > failed_before)
		sub(/ok/, "not ok", line)
	failed_before = count["fail"] + faults
	subject = splat_of_test = ""
}

BEGIN {
	if (skips == "")
		skips = "the timer of this kernel is not short|the option is off"
	if (!plain)
		read_alarms(splats)
	seen[0] = 0
}

{
	sub(/\r$/, "")
	line = $0
	stamped = sub(/^\[ *[0-9]+\.[0-9]+\](\[[^]]*\])? /, "", line) || plain
	text = line
	depth = sub(/^    /, "", text)
}

stamped && text ~ /^(KTAP version|1\.\.[0-9]+|ok [0-9]+|not ok [0-9]+|#|Bail out!)/ {
	if (text ~ /^# Subtest: /) {
		subject = substr(text, 12)
	} else if (text ~ /^1\.\./) {
		planned[depth] = substr(text, 4) + 0
		if (!planned[depth])
			fault("an empty plan for " (depth ? subject : "the board"))
	} else if (text ~ /^Bail out!/) {
		fault(text)
	} else if (text ~ /^(not )?ok /) {
		a_result()
	} else if (text ~ /^# +RUN +/) {
		running = text
		sub(/^# +RUN +/, "", running)
		sub(/ *\.\.\.$/, "", running)
	} else if (text ~ /^# figure: [^ ]+ [^ ]+ /) {
		split(text, word, " ")
		figure[++figures] = word[3]
		value_of[figures] = word[4] " " word[5]
	} else if (text ~ /^# saw: .* [|] /) {
		at = index(text, " | ")
		figure[++figures] = "saw " substr(text, 8, at - 8)
		value_of[figures] = substr(text, at + 3)
	} else if (text ~ /^# board: lockdep looked until the end/) {
		row("", "pass", "lockdep", "looked until the end")
	} else if (text == "# board: end") {
		ended = 1
	}
	print line
	fflush()
	next
}

plain { print; next }

line ~ alarms {
	print "# board: the kernel says: " line
	fflush()
	if (subject == "")
		fault("the kernel: " line)
	else if (splat_of_test == "")
		splat_of_test = line
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
	# a test that did not come to its end
	if (splat_of_test != "" || running != "")
		result(running, "fail", "no result")
	close_plan(0)
	if (!ended && !plain)
		fault("the report has no end")
	failed = count["fail"] + faults + (bad && !count["fail"] && !faults)
	printf "# Totals: pass:%d fail:%d skip:%d\n", count["pass"], failed, count["skip"]
	if (record == "")
		exit failed ? 1 : 0
	subject = ""
	row("", failed ? "fail" : "pass", "end", count["pass"] + 0 " passed, " failed " failed, " count["skip"] + 0 " skipped")
	for (i = 1; i <= n_rows; i++)
		print rows[i] >record
	exit failed ? 1 : 0
}
