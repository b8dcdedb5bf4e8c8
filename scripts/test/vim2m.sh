# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What test-vim2m is made of; sourced after common.sh and kmake.sh. $OUT is its own folder in
# the cache, $TREE its tree.

# make_tree PATCHES: a tree like $WORK with PATCHES on top of the series. Tags there: base,
# series, vim2m.
make_tree() (
	patches=$1
	state=$(key "$(ours -C "$WORK" rev-parse base series)" "$(files "$patches"/*.patch)")
	[ "$(cat "$TREE/.git/vim2m-state" 2>/dev/null)" != "$state" ] || exit 0

	if [ ! -d "$TREE/.git" ]; then
		rm -rf "$TREE" "$TREE.new"
		mkdir -p "$TREE.new"
		# git makes a new file of each that it changes, so links will do
		find "$WORK" -mindepth 1 -maxdepth 1 ! -name .git -exec cp -al -t "$TREE.new" {} + &&
			cp -a "$WORK/.git" "$TREE.new/.git" || die_io 8 "cannot copy $WORK"
		mv "$TREE.new" "$TREE"
	fi
	cd "$TREE" || exit
	rm -rf .git/vim2m-state .git/rebase-apply
	ours fetch -qf "$WORK" 'refs/tags/*:refs/tags/*'
	ours checkout -qf --detach series
	export GIT_COMMITTER_NAME=vb2-release-fences GIT_COMMITTER_EMAIL=none
	ours am -q --committer-date-is-author-date "$patches"/*.patch >"$TREE.log" 2>&1 || {
		sed -n '1,5p' "$TREE.log" >&2
		ours am --abort
		die 6 "git am fails on the series with ${patches##*/patches/}, see above"
	}
	ours tag -f vim2m >/dev/null
	echo "$state" >.git/vim2m-state
)

# make_initramfs: $OUT/initramfs.cpio of the selftest in the tree, this machine's
# v4l2-compliance and busybox, and the first process of the emulated board
make_initramfs() (
	root=$OUT/root
	cc=$(cross x86_64)gcc
	log=$OUT/initramfs.log
	selftest=tools/testing/selftests/drivers/videobuf2
	recipe=$(key "$(ours -C "$TREE" rev-parse vim2m:$selftest vim2m:include/uapi)" "$($cc --version)" \
		"$(v4l2-compliance --version)" "$(busybox | sed -n 1p)" \
		"$(files "$S/test/vim2m.sh" "$S/test/vim2m-compliance.sh" "$TOP/tests/board/init.c")")
	[ "$(cat "$OUT/initramfs.recipe" 2>/dev/null)" != "$recipe" ] || exit 0

	rm -rf "$root" "$OUT/initramfs.recipe"
	mkdir -p "$root/bin" "$root/tests" "$OUT/selftest"
	ours -C "$TREE" checkout -qf --detach vim2m
	{
		kmake gcc "$TREE" "$OUT/objects" x86_64 headers &&
			make -C "$TREE/$selftest" OUTPUT="$OUT/selftest" CC="$cc" LDFLAGS=-static \
				KHDR_INCLUDES="-isystem $OUT/objects/usr/include" &&
			$cc -static -O2 -Wall -o "$root/init" "$TOP/tests/board/init.c"
	} >"$log" 2>&1 || {
		tail -n 5 "$log" >&2
		die_io 1 "the selftest does not build, see $log"
	}
	! grep 'warning:' "$log" >&2 || die 1 "the selftest builds with a warning, see $log"
	cp "$OUT/selftest/release_fence" "$root/tests/"
	cp "$S/test/vim2m-compliance.sh" "$root/tests/compliance"
	printf '%s\n' release_fence compliance >"$root/tests/list"
	cp "$(command -v busybox)" "$(command -v v4l2-compliance)" "$root/bin/"
	ln -s busybox "$root/bin/sh"
	# a busybox need not be static
	for program in v4l2-compliance busybox; do ldd "$root/bin/$program"; done 2>/dev/null | sed -n 's/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p' |
		while read -r lib; do
			mkdir -p "$root${lib%/*}"
			cp -L "$lib" "$root$lib"
		done
	(cd "$root" && find . | sort | cpio --quiet -o -H newc) >"$OUT/initramfs.cpio"
	echo "$recipe" >"$OUT/initramfs.recipe"
)

# boot_judged BOOT: boot $OUT/BOOT.bzImage in QEMU and judge its report, which is shown as it
# comes. $OUT/BOOT.console is the whole console, $OUT/BOOT.said what v4l2-compliance said.
# Exit code: 1 something failed, 5 no end within $LIMIT seconds.
boot_judged() (
	boot=$1
	limit=${LIMIT:-600}
	words=${ONLY:-} skips="nothing may be skipped"
	case $boot in
	base) words=compliance ;;
	off) skips="VIDEOBUF2_RELEASE_FENCES is not set" ;;
	esac
	accel="-accel tcg"
	[ "${KVM:-no}" = no ] || accel="-accel kvm -cpu host"
	# mawk reads in blocks, unless it is told that somebody waits
	awk="awk"
	case $(awk -W version 2>&1 </dev/null) in mawk*) awk="awk -W interactive" ;; esac
	rm -f "$OUT/$boot.said" "$OUT/$boot.status"
	rc=0
	# shellcheck disable=SC2086 # words
	{
		timeout --foreground "$limit" qemu-system-x86_64 -M pc $accel -smp 2 -m 512 \
			-nic none -vga none -display none -monitor none -no-reboot \
			-serial stdio -serial "file:$OUT/$boot.said" \
			-kernel "$OUT/$boot.bzImage" -initrd "$OUT/initramfs.cpio" \
			-append "console=ttyS0 loglevel=6 printk.devkmsg=on panic=-1 oops=panic ${words:+VRF_ONLY=\"$words\"}" \
			</dev/null 2>&1
		echo $? >"$OUT/$boot.status"
	} | tee "$OUT/$boot.console" | $awk -v skips="$skips" -v splats="$TOP/tests/board/splats.re" \
		-f "$TOP/tests/board/judge.awk" || rc=$?
	[ "$(cat "$OUT/$boot.status")" != 124 ] || {
		tail -n 25 "$OUT/$boot.console" >&2
		die 5 "no end after $limit s, see $OUT/$boot.console"
	}
	exit $rc
)
