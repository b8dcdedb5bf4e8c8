#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# .ci/run: its last line counts, and a tree that cannot be had is never a pass
. "$(dirname "$0")/lib.sh"

# ci TREE-EXIT-CODE TABLE TOTALS: a project of stubs
ci() {
	mkdir -p .ci scripts/tree
	cp "$S/../.ci/run" .ci/
	printf '#!/bin/sh\n[ "$BASE" != v7.3 ] || exit 7\nexit %s\n' "$1" >scripts/tree/tree
	printf '#!/bin/sh\nsleep 1\necho "$*" >others\n' >scripts/each-base
	find scripts -type f -exec chmod +x {} +
	printf 'all:\n\t@echo "$(BASE) $(QUICK)$(SERIES)." >>log\n\t@echo "%s"\ndeps:\ntest:\n\t@echo "test $(BASE) $(ONLY)." >>log\n\t@echo "%s"\n' "$2" "$3" >Makefile
	export CI_BASES=v7.0 CI_BOARDS="" CI_VERBS="" CI_ON_TOP=""
	rm -f log others
}
last() { [ "$(tail -n 1 out)" = "$1" ] || fail "the last line is: $(tail -n 1 out)"; }
ran() { [ "$(tr '\n' ';' <log)" = "$1" ] || fail "it ran $(cat log)"; }

test_ci_counts() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:2'
	passes .ci/run
	last '76 passed, 0 failed, 2 skipped'
	CI_BASES='v7.0 v7.3' passes .ci/run
	last '76 passed, 0 failed, 3 skipped'
	grep -q 'SKIPPED: NO TREE of v7.3' out || fail "the skip is not loud"
}
test_ci_bases() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	unset CI_BASES
	passes .ci/run
	ran 'v7.0 .;v6.12 1.;test  .;'
	[ "$(cat others)" = 'tree v7.3 v6.12' ] || fail "the other trees: $(cat others)"
	last '92 passed, 0 failed, 1 skipped'
	sed -i 's/^.*v7.3.*$//' scripts/tree/tree
	rm log
	passes .ci/run
	ran 'v7.0 .;v7.3 1.;v6.12 1.;test  .;'
	last '108 passed, 0 failed, 0 skipped'
	rm log
	CI_BOARDS=v7.3 CI_SUBJECTS='show this' passes .ci/run
	ran 'v7.0 .;v7.3 1.;v6.12 1.;test  .;test v7.3 show this.;'
	last '168 passed, 0 failed, 0 skipped'
}
test_ci_on_top() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	export CI_ON_TOP='v7.0/wait v7.3/wait'
	passes .ci/run
	ran 'v7.0 .;test  .;v7.0 1wait.;'
	last '92 passed, 0 failed, 1 skipped'
	grep -q 'SKIPPED: NO TREE of v7.3: patches/wait' out || fail "the skip is not loud"
	sed -i 's/^all:/&\n\t@[ "$(SERIES)" != wait ] || { echo "15 ok, 1 fell short"; exit 1; }/' Makefile
	! .ci/run >out 2>&1 || fail "it passes with a series that failed"
	last '91 passed, 1 failed, 1 skipped'
}
# Two would write to the same place
test_ci_waits_for_the_other_trees() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	printf '#!/bin/sh\n[ $BASE = v7.0 ] || [ -e others ] || { echo "$BASE too early"; exit 1; }\n' >scripts/tree/tree
	CI_BASES='v7.0 v6.12 v7.2' passes .ci/run
	! grep 'too early' out || fail "two at a time"
	last '108 passed, 0 failed, 0 skipped'
}
test_ci_boards() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	export CI_BOARDS=v7.3
	passes .ci/run
	ran 'v7.0 .;test  .;'
	[ ! -e others ] || fail "other trees: $(cat others)"
	last '76 passed, 0 failed, 1 skipped'
	grep -q 'SKIPPED: NO TREE of v7.3: its board' out || fail "the skip is not loud"
	sed -i 's/^.*v7.3.*$//' scripts/tree/tree
	sed -i 's/^test:/&\n\t@[ "$(BASE)" != v7.3 ] || { echo "# Totals: pass:7 fail:2 skip:0"; exit 1; }/' Makefile
	! CI_BASES='v7.0 v7.3' .ci/run >out 2>&1 || fail "it passes with a board that failed"
	last '99 passed, 2 failed, 0 skipped'
}
test_ci_verbs() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	printf 'test-more:\n\t@echo more >>log; echo "# Totals: pass:3 fail:0 skip:1"\n' >>Makefile
	CI_VERBS=test-more passes .ci/run
	ran 'v7.0 .;test  .;more;'
	last '79 passed, 0 failed, 1 skipped'
	! CI_VERBS=test-none .ci/run >out 2>&1 || fail "it passes without such a verb"
	rm log
	CI_VERBS=test-more CI_MINUTES=-1 passes .ci/run
	ran 'v7.0 .;test  .;'
	grep -q 'SKIPPED: NO TIME for make test-more' out || fail "the skip is not loud"
}
test_ci_without_time() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	CI_BOARDS=v7.0 CI_MINUTES=-1 passes .ci/run
	ran 'v7.0 .;test  .;'
	last '76 passed, 0 failed, 1 skipped'
	grep -q 'SKIPPED: NO TIME for the board of v7.0' out || fail "the skip is not loud"
}
test_ci_without_any_tree() {
	ci 7 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	! .ci/run >out 2>&1 || fail "it passes without a tree"
	last '60 passed, 1 failed, 1 skipped'
}
test_ci_with_failures() {
	ci 0 '15 ok, 1 fell short' '# Totals: pass:60 fail:0 skip:0'
	! .ci/run >out 2>&1 || fail "it passes with a failed check"
	last '75 passed, 1 failed, 0 skipped'
	ci 0 '16 ok, 0 fell short' '# Totals: pass:59 fail:1 skip:0'
	! .ci/run >out 2>&1 || fail "it passes with a failed test"
	last '75 passed, 1 failed, 0 skipped'
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:0'
	sed -i 's/@echo "1/@! echo "1/; s/@echo "#/@! echo "#/' Makefile
	! .ci/run >out 2>&1 || fail "it passes when make fails"
	last '76 passed, 2 failed, 0 skipped'
	ci 8 'make: no table' 'no totals'
	! .ci/run >out 2>&1 || fail "it passes without results"
	last '0 passed, 2 failed, 0 skipped'
}

run_tests "$@"
