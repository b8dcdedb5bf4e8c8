# vb2 release fences: "make help". Each verb is one script in scripts/.
export KDIR BASE QUICK GIT_URL ARCHIVE CPUS JOBS PATCHES ONLY BOOTS EVIDENCE LETTER SEND MBOX INBOX

.PHONY: all help deps tree apply range-diff build lint check check-all test test-all test-kasan test-apps soak mutants evidence clean
.PHONY: bench bench-check cover-letter signoff preflight send watch board
.NOTPARALLEL:

all:	; @scripts/all
help:	; @scripts/help
deps:	; @scripts/deps
tree:	; @scripts/tree
apply: tree	; @scripts/apply
range-diff:	; @scripts/range-diff
build: apply	; @scripts/build
lint: apply	; @scripts/lint
check: build lint	; @scripts/check
check-all:	; @scripts/for-all all
test:	; @scripts/test
test-all:	; @scripts/for-all test
test-kasan:	; @scripts/test-kasan
test-apps:	; @scripts/test-apps
soak:	; @scripts/soak
mutants:	; @scripts/mutants
bench:	; @scripts/bench
bench-check:	; @scripts/bench check
evidence:	; @scripts/evidence
cover-letter:	; @scripts/cover-letter
signoff:	; @scripts/signoff
preflight:	; @scripts/preflight
send:	; @scripts/send
watch:	; @scripts/watch
board:	; @scripts/board
clean:	; @scripts/clean
