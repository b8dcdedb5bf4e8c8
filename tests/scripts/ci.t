# shellcheck shell=sh
# .ci/run: its last line counts, and a tree that cannot be had is never a pass

# ci TREE-EXIT-CODE TABLE TOTALS: a project of stubs
ci() {
	mkdir -p .ci scripts
	cp "$S/../.ci/run" .ci/
	printf '#!/bin/sh\n[ "$BASE" != v7.3 ] || exit 7\nexit %s\n' "$1" >scripts/tree
	chmod +x scripts/tree
	printf 'all:\n\t@echo "%s"\ndeps:\ntest:\n\t@echo "%s"\n' "$2" "$3" >Makefile
}
last() { [ "$(tail -n 1 out)" = "$1" ] || fail "the last line is: $(tail -n 1 out)"; }

test_ci_counts() {
	ci 0 '16 ok, 0 fell short' '# Totals: pass:60 fail:0 skip:2'
	passes .ci/run
	last '76 passed, 0 failed, 2 skipped'
	CI_BASES='v7.0 v7.3' passes .ci/run
	last '76 passed, 0 failed, 3 skipped'
	grep -q 'SKIPPED: NO TREE of v7.3' out || fail "the skip is not loud"
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
	sed -i 's/@echo/@! echo/' Makefile
	! .ci/run >out 2>&1 || fail "it passes when make fails"
	last '76 passed, 2 failed, 0 skipped'
	ci 8 'make: no table' 'no totals'
	! .ci/run >out 2>&1 || fail "it passes without results"
	last '0 passed, 2 failed, 0 skipped'
}
