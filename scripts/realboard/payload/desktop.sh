# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154
# For record: root has no desktop, so the command runs on that of a user.
runtime='' display='' home=''

find_desktop() {
	case $user in '' | -* | *[!A-Za-z0-9._-]*) die 2 "-u wants the name of a user" ;; esac
	uid=$(id -u "$user" 2>/dev/null) || die 2 "there is no user '$user'"
	command -v runuser >/dev/null ||
		die 3 "this board has no 'runuser', which -u needs: install util-linux (on Alpine: runuser)"
	runtime=$root/run/user/$uid
	for socket in "$runtime"/wayland-*; do
		case $socket in *.lock) continue ;; esac
		[ ! -e "$socket" ] || { display=${socket##*/}; break; }
	done
	[ -n "$display" ] || die 2 "'$user' is not logged in at a Wayland desktop: there is no $runtime/wayland-*"
	home=$(eval "echo ~$user")
}
as_user() {
	runuser -u "$user" -- env HOME="$home" USER="$user" LOGNAME="$user" XDG_RUNTIME_DIR="$runtime" \
		WAYLAND_DISPLAY="$display" DBUS_SESSION_BUS_ADDRESS="unix:path=$runtime/bus" "$@"
}
