# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# preflight: what v1's reviewers were promised
check_opt_in() { # opt-in, default n
	only_v2
	cd "$WORK" || exit
	kconfig=drivers/media/common/videobuf2/Kconfig
	ours show "series:$kconfig" | awk '/^config / { in_it = $2 == "VIDEOBUF2_RELEASE_FENCES" } in_it' >"$tmp/option"
	grep -q '	bool' "$tmp/option" || no "there is no bool VIDEOBUF2_RELEASE_FENCES in $kconfig"
	! grep -qE '	(default y|default m|def_bool y)' "$tmp/option" ||
		no "VIDEOBUF2_RELEASE_FENCES is on by default: v1's reviewers were promised the opposite"
	ours grep -q 'supports_release_fences' series -- include/media/videobuf2-core.h ||
		no "vb2_queue has no supports_release_fences"
	echo "VIDEOBUF2_RELEASE_FENCES, bool, off by default; vb2_queue::supports_release_fences"
}
# What lockdep has to see: the calls that the series must add, by file. The drivers open
# the section with the attach.
annotations() {
	case $SERIES in
	vim2m) echo drivers/media/test-drivers/vim2m.c v4l2_m2m_attach_release_fence dma_fence_begin_signalling dma_fence_end_signalling ;;
	rkvdec) echo drivers/media/platform/rockchip/rkvdec/rkvdec.c v4l2_m2m_attach_release_fence dma_fence_begin_signalling dma_fence_end_signalling ;;
	'') cat <<'TABLE'
drivers/media/common/videobuf2/videobuf2-release-fence.c dma_fence_begin_signalling dma_fence_end_signalling
drivers/media/platform/verisilicon/hantro_drv.c v4l2_m2m_attach_release_fence dma_fence_begin_signalling dma_fence_end_signalling
drivers/media/platform/rockchip/rga/rga.c v4l2_m2m_attach_release_fence dma_fence_end_signalling
TABLE
		;;
	esac
}
check_annotations() { # annotated for lockdep
	cd "$WORK" || exit
	annotations >"$tmp/annotations"
	[ -s "$tmp/annotations" ] || exit 10
	while read -r file calls; do
		# what the series adds there, without comments
		ours diff "$first" "$last" -- "$file" | sed -n '/^+[[:space:]]*\(\/\*\|\* \)/!s/^+//p' >"$tmp/added"
		for call in $calls; do
			grep -q "$call(" "$tmp/added" ||
				no "the series adds no $call() to $file: annotate it, or fix scripts/send/preflight.d/series.sh"
		done
	done <"$tmp/annotations"
	# each decoder that takes the cookie of hantro_end_prepare_run() ends the section
	for file in $(ours grep -l '= hantro_end_prepare_run(' "$last" -- drivers/media/platform/verisilicon/'*.c' | sed "s/^$last://"); do
		ours grep -q 'dma_fence_end_signalling(' "$last" -- "$file" || no "$file takes the cookie of hantro_end_prepare_run() and ends no section"
	done
	echo "$(wc -w <"$tmp/annotations") calls and files, each as it must be"
}
check_unsigned() { # unsigned in the repository
	# shellcheck disable=SC2046 # paths of ours
	! grep -l '^Signed-off-by:' $(own_patches) >"$tmp/signed" || no "patches in the repository are signed: leave that to 'make signoff'"
	echo "only the copy is signed"
}
