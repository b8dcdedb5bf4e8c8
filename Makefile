# vb2 release fences: "make help". Each verb is one script in scripts/.
export KDIR BASE QUICK GIT_URL ARCHIVE CPUS JOBS PATCHES ONLY BOOTS KVM EVIDENCE LETTER SEND MBOX INBOX

.PHONY: all help deps tree apply range-diff build lint check check-all test test-all test-kasan test-apps test-vim2m soak mutants evidence clean
.PHONY: bench bench-check cover-letter signoff preflight send watch board
.NOTPARALLEL:

all:	; @scripts/all
help:	; @scripts/help
deps:	; @scripts/deps
tree:	; @scripts/tree/tree
apply: tree	; @scripts/tree/apply
range-diff:	; @scripts/tree/range-diff
build: apply	; @scripts/build/build
lint: apply	; @scripts/lint/lint
check: build lint	; @scripts/build/check
check-all:	; @scripts/for-all all
test:	; @scripts/test/test
test-all:	; @scripts/for-all test
test-kasan:	; @scripts/test/test-kasan
test-apps:	; @scripts/test/test-apps
test-vim2m:	; @scripts/test/test-vim2m
soak:	; @scripts/test/soak
mutants:	; @scripts/test/mutants
bench:	; @scripts/bench/bench
bench-check:	; @scripts/bench/bench check
evidence:	; @scripts/evidence/evidence
cover-letter:	; @scripts/send/cover-letter
signoff:	; @scripts/send/signoff
preflight:	; @scripts/send/preflight
send:	; @scripts/send/send
watch:	; @scripts/send/watch
board:	; @scripts/realboard/realboard
clean:	; @scripts/clean
