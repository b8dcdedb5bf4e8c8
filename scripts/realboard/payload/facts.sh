# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034
# For record: what board and kernel this is.

model=$(tr -d '\0' 2>/dev/null <"$root/proc/device-tree/model")
compatible=$(tr '\0' ' ' 2>/dev/null <"$root/proc/device-tree/compatible")
[ -n "$model$compatible" ] || lack "a device tree, so the board is unknown"
model=${model:-${compatible%% *}}
case $compatible in
*dummy-virt*) hardware=modelled ;;
'') hardware=unknown ;;
*) hardware=real ;;
esac
[ ! -d "$root/sys/module/vrf_model" ] || hardware=modelled

# the configuration, as far as it matters here
config() {
	if [ -r "$root/proc/config.gz" ]; then
		zcat "$root/proc/config.gz"
	elif [ -r "$root/boot/config-$(uname -r)" ]; then
		cat "$root/boot/config-$(uname -r)"
	fi
}
wanted='VIDEOBUF2|V4L2_MEM2MEM|VIDEO_HANTRO|ROCKCHIP_RGA|DMA_SHARED|SYNC_FILE|PROVE_LOCKING|LOCKDEP|DEBUG_ATOMIC|DEBUG_LOCK|KASAN|PREEMPT|HZ=|PANFROST|DRM_LIMA|FTRACE=|LOCALVERSION='
config=$(config | grep -E "^CONFIG_[A-Z0-9_]*($wanted)" | sort)
[ -n "$config" ] || lack "its configuration (/proc/config.gz, /boot/config-$(uname -r))"

option=n
if grep -q ' vb2_buffer_attach_release_fence$' "$root/proc/kallsyms" 2>/dev/null; then
	option=y
elif [ ! -r "$root/proc/kallsyms" ]; then
	option=unknown
	lack "/proc/kallsyms, so it is unknown whether the option is on"
else
	lack "a kernel with CONFIG_VIDEOBUF2_RELEASE_FENCES"
fi

# lockdep ends itself with its first report
lockdep="not built"
case $(grep debug_locks: "$root/proc/lockdep_stats" 2>/dev/null) in
*1) lockdep=on ;;
*0) lockdep="off since an earlier report" ;;
esac
[ "$lockdep" = on ] || lack "lockdep ($lockdep)"

devices() {
	for dev in "$root"/sys/class/video4linux/*; do
		[ ! -r "$dev/name" ] || echo "device: ${dev##*/} $(cat "$dev/name")"
	done
}
# nodes: "is-node: MINOR NODE DRIVER" each, as waited.awk reads it
nodes() {
	for dev in "$root"/sys/class/video4linux/*; do
		[ -r "$dev/dev" ] || continue
		driver=$(sed -n 's/^DRIVER=//p' "$dev/device/uevent" 2>/dev/null)
		echo "is-node: $(cut -d: -f2 "$dev/dev") ${dev##*/} ${driver:-$(cat "$dev/name")}"
	done
}
[ -n "$(devices)" ] || lack "any V4L2 device"

facts() {
	echo "hardware: $hardware"
	echo "model: ${model:-unknown}"
	if [ -r "$here/series" ]; then cat "$here/series"; else lack "the file 'series' of the tarball"; fi
	echo "kernel: $(uname -srvm)"
	if command -v sha256sum >/dev/null && [ -r "$root/sys/kernel/notes" ]; then
		echo "kernel-id: $(sha256sum <"$root/sys/kernel/notes" | cut -c1-20)"
	fi
	echo "option: $option"
	echo "lockdep: $lockdep"
	devices
	[ -z "$config" ] || echo "$config" | sed 's/^/config: /'
}
