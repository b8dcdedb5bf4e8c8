# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2034
# For the tests of what goes to the list: a series that could be sent, with evidence that
# is made up. Sourced after lib.sh.
# sendable: a tree v7.3, a series for it that could be sent, and all that is needed
# to send it but the signed copy: evidence, the letter, green checks
sendable() {
	command -v codespell >/dev/null || skip "no codespell"
	export BASE=v7.3 GIT_URL="file://$T/linux" EVIDENCE="$T/evidence" LETTER="$T/cover-letter" CHECKS="$T/checks.tsv" RESULTS="$T/results.md"
	MAIL=$CACHE/out/v7.3/mail
	fixture sendable linux patches xdg evidence cover-letter checks.tsv ids results.md
}
make_sendable() {
	repo linux
	cd linux || exit
	sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 3/' Makefile
	mkdir -p include/media drivers/media/platform/verisilicon drivers/media/platform/rockchip/rga
	echo 'config VIDEOBUF2_CORE' >drivers/media/common/videobuf2/Kconfig
	seq 1 9 | tee include/media/videobuf2-core.h drivers/media/platform/verisilicon/hantro_drv.c \
		>drivers/media/platform/rockchip/rga/rga.c
	# perl hands this to the shell
	cat >scripts/get_maintainer.pl <<'END'
#!/bin/sh
for mail; do :; done
[ ! -e "$HOME/.get_maintainer.conf" ] || exit 1
case $mail in *rga*) printf '%s\n' 'Jacob Chen <jacob@example.org>' 'linux-rockchip@lists.infradead.org (moderated)' ;; esac
printf '%s\n' '"Christian König" <christian.koenig@amd.com>' 'Tomasz Figa <tfiga@example.org>' \
	linux-media@vger.kernel.org dri-devel@lists.freedesktop.org linaro-mm-sig@lists.linaro.org
END
	# it finds what a mail says that it finds, and of a clean one it says nothing
	cat >scripts/checkpatch.pl <<'END'
#!/bin/sh
for mail; do :; done
[ ! -e "$HOME/.checkpatch.conf" ] || exit 1
if grep -q '^Signed-off-by: ' "$mail"; then
	grep -q '^checkpatch finds ' "$mail" || exit 0
else
	echo "$mail:1: ERROR:MISSING_SIGN_OFF: Missing Signed-off-by: line(s)"
fi
sed -n "s|^checkpatch finds |$mail:1: |p" "$mail"
echo 'total: some'
exit 1
END
	chmod +x scripts/*.pl
	git add .
	git commit -qm v7.3
	git tag v7.3
	cd "$T" || exit
	git clone -q linux made
	cd made || exit
	printf 'config VIDEOBUF2_RELEASE_FENCES\n\tbool "fences, all of them"\n' >>drivers/media/common/videobuf2/Kconfig
	echo 'bool supports_release_fences;' >>include/media/videobuf2-core.h
	printf 'dma_fence_begin_signalling();\ndma_fence_end_signalling();\n' >drivers/media/common/videobuf2/videobuf2-release-fence.c
	git add .
	git commit -qm 'media: videobuf2: add fences, with a subject that is so long that git folds it in mails' \
		-m 'For the sake of implicit synchronisation, says the message.' --author='Author <author@example.org>'
	printf 'v4l2_m2m_attach_release_fence();\ndma_fence_begin_signalling();\ndma_fence_end_signalling();\n' |
		tee -a drivers/media/platform/verisilicon/hantro_drv.c >>drivers/media/platform/rockchip/rga/rga.c
	git commit -qam 'media: rga: publish fences' --author='Author <author@example.org>'
	git format-patch -q --zero-commit --no-signature -o "$T/patches/v7.3" v7.3
	cd "$T" || exit
	rm -rf made
	passes "$S/tree/tree"
	passes "$S/tree/apply"
	made_up_results
	made_up_evidence
	passes "$S/send/cover-letter"
}
# ran VERB NAME COMMAND: what "once" keeps of COMMAND, as if VERB of scripts/ had called it
ran() {
	VERB=${1#*/} NAME=$2 COMMAND=$3 sh -euc '. "$S/lib/common.sh"; . "$S/lib/once.sh"; once_again "$NAME" tests/scripts/lib.sh -- $COMMAND' \
		"$S/$1" >ran 2>&1 || [ "$3" = false ] || fail "$(cat ran)"
}
# made_up_results: as "make" and "make test" leave it when all is well
made_up_results() {
	printf 'build-one\t-\tarm64, option on\nlint-two\tfull\tsparse\n' >checks.tsv
	ran build/build build-one true
	ran lint/lint lint-two true
	ran test/test test true
}
# ids PATCH...: as patch_ids has them
ids() { sh -euc '. "$S/lib/common.sh"; . "$S/tree/series.sh"; patch_ids "$@"' "$S/tree/tree" "$@"; }
# has_header FILE: what stdin has, as "make evidence" would keep it
has_header() {
	{
		printf '# made up (make evidence)\n# base: Linux 7.3.0 (v7.3), tree %s\n' "$(git -C "$CACHE/tree/v7.3" rev-parse 'HEAD^{tree}')"
		printf '# commit: 0123456789ab\n# date: 2026-11-28\n# tools: qemu made up; gcc made up\n'
		sed 's/^/# patch-id /' ids
		cat
	} >"evidence/v7.3/$1"
	[ -n "${all:-}" ] || manifest
}
# manifest: all that is there is as it should be
manifest() {
	{
		echo '#file	sha256	recorded by'
		for file in evidence/v7.3/*; do
			[ "${file##*/}" = manifest ] || printf '%s\t%s\tmake evidence\n' "${file##*/}" "$(sha256sum "$file" | cut -d' ' -f1)"
		done
	} >manifest.new
	mv manifest.new evidence/v7.3/manifest
}
# made_up_evidence: as "make evidence" would leave it
made_up_evidence() {
	ids patches/v7.3/*.patch >ids.new
	mv ids.new ids
	all=1
	rm -rf evidence/v7.3
	mkdir -p evidence/v7.3 evidence/boards
	printf 'apply\tok\t0 hunks with an offset\twhich series fits\nbuild\tok\t46 objects\tarm64\n' | has_header check
	rows <<'END' | has_header board
fences;observe;rga.poll;pass;saw poll(POLLIN);rga | 62 | new content
fences;observe;rga.poll;pass;;
fences;observe;rga.sync_file;pass;;
fences;observe;vepu.poll;skip;;not here
fences;accounting;rga.every_fence_ends;pass;jobs;6234 jobs
fences;accounting;rga.every_fence_ends;pass;jobs-of-a-full-run;3400 jobs
fences;accounting;rga.every_fence_ends;pass;fences.begun;6234 fences
fences;accounting;rga.every_fence_ends;pass;fences.signalled;6233 fences
fences;accounting;rga.every_fence_ends;pass;fences.freed;6230 fences
fences;accounting;rga.every_fence_ends;pass;waits.begun;97 waits
fences;accounting;rga.every_fence_ends;pass;waits.ended;96 waits
fences;accounting;rga.every_fence_ends;pass;buffers.queued;12468 buffers
fences;accounting;rga.every_fence_ends;pass;buffers.done;12467 buffers
fences;accounting;rga.every_fence_ends;pass;;
fences;;;pass;lockdep;looked until the end
fences;;;pass;end;3 passed, 0 failed, 1 skipped
off;observe;rga.poll;pass;saw poll(POLLIN);rga | 0 | old content
off;observe;rga.poll;pass;;
off;observe;rga.sync_file;pass;;
off;;;pass;lockdep;looked until the end
off;;;pass;end;2 passed, 0 failed, 0 skipped
short;race;rga.job_meets_timer;pass;;
short;;;pass;lockdep;looked until the end
short;;;pass;end;1 passed, 0 failed, 0 skipped
record;record;the record is whole;pass;;
record;;;pass;lockdep;looked until the end
record;;;pass;end;1 passed, 0 failed, 0 skipped
END
	all=
	manifest
	(unset BASE && passes "$S/evidence/results" "$RESULTS") || exit
}
# rows: of a record, with ";" for tabs and without the base
rows() { sed 's/^/v7.3;/; s/;/\t/g'; }
# record NAME HARDWARE: a record of a board, of this series
record() {
	{
		printf 'record: 1\nname: %s\nhardware: %s\nmodel: Board %s\nbase: v7.3\n' "$1" "$2" "$1"
		sed 's/^/patch: /' ids
		printf '%s\n' 'kernel: Linux 7.3.0' 'option: y' 'lockdep: on' 'command: ./tests' 'exit: 0' 'seconds: 9' \
			'fences: 555 555 553' 'waits: 66 66' 'buffers: 777 777' 'order: 0 twice, 0 disordered' 'lost: 0' 'dropped: 0' \
			'splats: 0' 'lacks: nothing' end
	} >"evidence/boards/$1.record"
}
