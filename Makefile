# SPDX-License-Identifier: GPL-2.0-only
# vb2 release fences. Each verb is one script in scripts/, in the folder of its stage; the
# lines that begin with two # are what "make help" says.
export KDIR BASE QUICK GIT_URL ARCHIVE CPUS JOBS PATCHES ONLY BOOTS EVIDENCE LETTER SEND MBOX INBOX
export V NO_INSTALL KVM WARM WHAT DIRTY ASSISTED_BY FIXES

.PHONY: all help deps tree apply range-diff build lint check check-all test test-scripts test-board test-all
.PHONY: test-kasan test-rt test-apps test-vim2m test-fresh soak mutants bench bench-check evidence results realboard clean
.PHONY: cover-letter signoff preflight send watch
.NOTPARALLEL:

## make             all of it: tree, apply, build, lint, check; ends in one table
all:	; @scripts/all
help:	; @sed -n 's/^## \{0,1\}//p' Makefile
## make tree        a pristine tree of the base in the cache
tree:	; @scripts/tree/tree
## make apply       git am of the series that fits onto a scratch copy of the tree
apply: tree	; @scripts/tree/apply
## make range-diff  how the series for the other bases differ from the one for v7.0
range-diff:	; @scripts/tree/range-diff
## make build       objects: arm64 with the option on, off and videobuf2 as modules, patch by
##                  patch; arm and x86_64, with clang, too; the fixes
build: apply	; @scripts/build/build
## make lint        checkpatch, get_maintainer, kernel-doc, sphinx, sparse, Kconfig.fragment
lint: apply	; @scripts/lint/lint
## make check       build, lint, and the objects: with the option off videobuf2 is the same code
check: build lint	; @scripts/build/check
## make check-all   all of 'make' for every base: v7.0, v7.2, v7.3, v6.12
check-all:	; @scripts/each-base all
##
## make test        the tests in tests/, in KTAP: of the scripts, and the emulated board;
##                  unchanged script results are replayed
test:	; @scripts/test/test
## make test-scripts  of the scripts alone; make test-board: of the emulated board alone
test-scripts:	; @scripts/test/test-scripts
test-board:	; @scripts/test/test-board
## make test-all    all of 'make test' for every base
test-all:	; @scripts/each-base test
## make test-kasan  the board with KASAN, kmemleak and DEBUG_OBJECTS
test-kasan:	; @scripts/test/test-kasan
## make test-rt     the board with PREEMPT_RT, whose interrupt handlers lockdep follows
test-rt:	; @scripts/test/test-rt
## make test-apps   v4l2-compliance and GStreamer (Debian, arm64) on the board, with the
##                  series and without: they must say the same
test-apps:	; @scripts/test/test-apps
## make test-vim2m  patches/vim2m and its selftest on an x86_64 kernel in QEMU; BOOTS="vim2m-base
##                  vim2m vim2m-off vim2m-rt" says which kernels, KVM=yes takes KVM
test-vim2m:	; @scripts/test/test-vim2m
## make test-fresh  make and make test in a minimal Debian (root, mmdebstrap); WARM=yes lends
##                  it the downloads and the compiler's cache
test-fresh:	; @scripts/test/test-fresh
## make soak        the accounting of fences over many jobs (JOBS)
soak:	; @scripts/test/soak
## make mutants     deliberate errors in the series, one at a time: each has to be caught;
##                  BOOTS=vim2m: those of the core, by the selftest of vim2m alone
mutants:	; @scripts/test/mutants
## make bench       what the fences cost, in instructions of the emulated board
bench:	; @scripts/bench/bench
## make bench-check  fails when one is more than 5 % above what is kept there
bench-check:	; @scripts/bench/bench check
## make evidence    runs make and the board, and keeps what they said in evidence/; WHAT=all, or
##                  some of check board kasan rt apps soak bench vim2m mutants, says what is run;
##                  with WHAT=mutants ONLY names some of them
evidence:	; @scripts/evidence/evidence
## make results     writes docs/results.md of what evidence/ has, and prints all tables
results:	; @scripts/evidence/results
## make realboard   a tarball for a real board: test programs, and a script that records (of the
##                  series that is sent without BASE)
realboard:	; @scripts/realboard/realboard
## make deps        installs what any verb needs (root, apt), or says how
deps:	; @scripts/deps
## make clean       empties the cache but for the downloads
clean:	; @scripts/clean
##
## For whoever sends the series; without BASE about the series that is sent:
## make cover-letter  writes the letter: cover-letter.in and what evidence/ holds
cover-letter:	; @scripts/send/cover-letter
## make signoff     a copy in the cache, with the letter and your Signed-off-by;
##                  ASSISTED_BY='LLM [TOOL]...' adds the tag for an AI assistant;
##                  FIXES=yes sends the fixes as its first patches
signoff:	; @scripts/send/signoff
## make preflight   the list of what has to be there before it is sent
preflight:	; @scripts/send/preflight
## make send        git send-email of that copy: a dry run, with SEND=yes for good
send:	; @scripts/send/send
## make watch       who answered in the thread, to which patch
watch:	; @scripts/send/watch
##
## BASE=v7.0        the kernel to work on, of v7.0, v7.2, v7.3 and v6.12;
## KDIR=/path       your own checkout of Linux instead, which is only read
## GIT_URL=...      where to clone a base from; ARCHIVE=... the Debian archive to take its
##                  source package from, instead of apt's configured archive
## QUICK=1          builds less: arm64 alone, one state of the series where on is not
## ONLY="export"    make test runs these subjects or tests of the board alone, with 50 jobs of
##                  each kind where they run many; BOOTS="fences off" says which boots
## EVIDENCE=dir     takes evidence from another place than evidence/, LETTER=file the letter
##                  from another than cover-letter
## MBOX=file        where make watch reads the thread; or INBOX=url, a public-inbox
## JOBS=n           how many jobs of each kind make soak runs, and the tests that run many
## CPUS=n           how many compilers at once; all processors otherwise
## NO_INSTALL=1     installs no packages, but says what is missing
## V=1              shows the commands; NO_COLOR=1: no colours
## XDG_CACHE_HOME   trees, downloads and objects are in vb2-release-fences below it
##                  (otherwise below ~/.cache): 8 GB per tree
##
## Every script in scripts/ says what it does with --help. They exit with 0 done, 1 a check
## found something, 2 wrong usage, 3 a tool is missing, 4 no kernel tree, 5 the tree has
## uncommitted changes, 6 no series fits, 7 the tree cannot be had, 8 the cache is full or
## cannot be written, 130 interrupted.
