#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# variant.sh rows [VARIANT]: the rows of the table variants.tsv that are to be built, with
# QUICK=1 or without.
# variant.sh build VARIANT: the states of the series that its row asks for, and the base if
# that is needed to tell whether a warning is new; none may be. The finding is on stdout.
# variant.sh base|fixes VARIANT: the objects of the unpatched tree, or of the one with the fixes,
# without the last fragment (the option, which is not known there), in $OUT/base-VARIANT or
# $OUT/fixes-VARIANT, the log in vb2-base.log. Warnings are compared with the base, so that those
# of the fixes count, and code with the fixes, so that what differs is the series' own.
. "$(dirname "$0")/../lib/common.sh"
. "$S/lib/once.sh"
. "$S/build/kmake.sh"

# with SERIES, before a fragment of configs/objects the one that is there for this series, too
rows() {
	awk -F '\t' -v quick="$QUICK" -v v="${1:-}" -v series="$SERIES" -v configs="$TOP/configs/" '
	function all(fragments, n, i, f, own, list) {
		n = split(fragments, f, " ")
		for (i = 1; i <= n; i++) {
			own = f[i]
			sub(/\//, "/" series "-", own)
			if (own != f[i] && series != "" && (getline line <(configs own ".config")) > 0) list = list own " "
			list = list f[i] " "
		}
		return list
	}
	/^#/ || (v != "" && $1 != v) { next }
	{ states = quick ? $6 : $5 }
	states != "-" { print $1, $2, $3, $4, states, all($7) }' "$S/build/variants.tsv"
}

# clean: without objects of an earlier run, whose warnings would not be seen again
clean() { rm -rf "$o/drivers/media" "$o"/vb2-*.log; }

# below: the objects of $tree, as of a step of its own
below() {
	what="no patch of the series"
	say "$variant: without the series ($do)"
	clean
	# shellcheck disable=SC2086
	"$S/build/configure.sh" "$compiler" "$tree" "$o" "$arch" tinyconfig ${configs% *}
	objects "$compiler" "$tree" "$o" "$arch" "$o/vb2-base.log"
	echo "built"
}

# knows TAG: the option, the last fragment, is there from one of the patches on
knows() { ours -C "$WORK" grep -q VIDEOBUF2_RELEASE_FENCES "$1" -- drivers/media/common/videobuf2/Kconfig; }

# states: the tags that the words of the row mean
states() {
	for state in $(echo "$wanted" | tr ',' ' '); do
		case $state in
		all) seq "$n" ;;
		each) for i in $(seq "$n"); do ! knows "$i" || echo "$i"; done ;;
		series) echo "$n" ;;
		*) echo "$state" ;;
		esac
	done
}

# builtin_only: is the whole life of a release fence in vmlinux, with nothing of it in a module
# or calling into one? For a build with videobuf2 as modules.
builtin_only() (
	cross=$(cross arm64)
	cd "$o/drivers/media" || exit
	fence=common/videobuf2/videobuf2-release-fence.o
	bad() { say "$*"; rc=1; }
	rc=0

	"${cross}ar" t common/videobuf2/built-in.a | grep -q "$(basename $fence)\$" ||
		bad "$fence is not in built-in.a"
	modules=$(find . -name "*.mod" -exec cat {} + | sed "s,^drivers/media/,,"; echo v4l2-core/v4l2-mem2mem.o)
	for part in common/videobuf2/videobuf2-core.o common/videobuf2/videobuf2-dma-contig.o \
		platform/verisilicon/hantro_drv.o platform/rockchip/rga/rga.o; do
		printf '%s\n' "$modules" | grep -qx "$part" || bad "$part is no part of a module: the build proves nothing"
	done
	printf '%s\n' "$modules" | grep -qx "$fence" && bad "$fence is part of a module"

	# shellcheck disable=SC2086 # paths of the kernel
	"${cross}nm" -A $modules | awk '$2 == "U" && $3 ~ /^dma_fence_init/' | grep . >&2 &&
		bad "a module makes fences of its own"
	# shellcheck disable=SC2086
	"${cross}nm" $modules | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort -u >"$o/vb2-defined"
	"${cross}nm" -u $fence | awk '{ print $2 }' | sort -u | comm -12 - "$o/vb2-defined" | grep . >&2 &&
		bad "$fence calls into a module"
	exit $rc
)

build() {
	n=$(ours -C "$WORK" tag -l '[0-9]*' | wc -l)
	states=$(states)
	# What the objects need is the same for an architecture, or nearly
	start_from "$OUT/$arch-n" "$o"
	clean
	trap 'ours -C "$WORK" checkout -qf --detach series' EXIT
	i=0
	for state in $states; do
		i=$((i + 1))
		what="patch $state of $n"
		[ "$state" != fixes ] || what="the fixes alone"
		progress "$what"
		ours -C "$WORK" checkout -qf --detach "$state"
		use=$configs
		knows HEAD || [ "$state" = "$n" ] || use=${configs% *}
		# shellcheck disable=SC2086
		"$S/build/configure.sh" "$compiler" "$WORK" "$o" "$arch" tinyconfig $use
		objects "$compiler" "$WORK" "$o" "$arch" "$o/vb2-$i.log"
	done
	[ $i != 0 ] || die 1 "no state of the series to build for $variant"
	warnings "$o"/vb2-*.log >"$o/vb2-warnings"
	# what the bytes are compared with
	[ "$variant" != arm64-n ] || "$S/build/variant.sh" fixes "$variant" >&2
	if [ -s "$o/vb2-warnings" ]; then
		"$S/build/variant.sh" base "$base" >&2
		warnings "$OUT/base-$base/vb2-base.log" >"$o/vb2-warnings.base"
		no_new W=1 "$o/vb2-warnings.base" "$o/vb2-warnings"
	fi
	[ "$variant" != arm64-m ] || builtin_only || { echo "a part of the release fences lives in a module"; exit 1; }
	count=$(find "$o/drivers/media" -name '*.o' | wc -l)
	echo "$count objects; $i states of the series; no new warning with W=1"
}

usage="usage: $me rows [VARIANT] | build|base|fixes VARIANT, of the table variants.tsv"
case ${1:-}$# in
rows[12])
	rows "${2:-}"
	exit
	;;
build2 | base2 | fixes2) ;;
*) die 2 "$usage" ;;
esac
do=$1
row=$(rows "$2")
[ -n "$row" ] || die 2 "$usage"
# shellcheck disable=SC2086
set -- $row
variant=$1 arch=$2 compiler=$3 base=$4 wanted=$5
shift 5
configs=
for f; do configs="$configs $TOP/configs/$f.config"; done
if [ "$do" = build ]; then
	o=$OUT/$variant
	build
	exit
fi
o=$OUT/$do-$variant tree=$SRC
[ "$do" = base ] || tree=$FIXED
# shellcheck disable=SC2086
VERB=build made="$o/vb2-base.log" about=base once "$do-$variant" "$row" $configs \
	"$(ours -C "$tree" rev-parse HEAD)" -- below
