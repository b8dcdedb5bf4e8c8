#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the virtual machine: v4l2-compliance on vim2m as a test. What it says goes to
# the second serial port; here it must only come to its end.
[ "${1:-}" != -l ] || exit 1 # it has no tests to choose from
echo 1..1
v4l2-compliance -d /dev/video0 -s >/tmp/said 2>&1
busybox cat /tmp/said >/dev/ttyS1
if busybox grep -q '^Total for vim2m device /dev/video0: ' /tmp/said; then
	echo "ok 1 v4l2-compliance # $(busybox tail -n 1 /tmp/said)"
else
	echo "not ok 1 v4l2-compliance"
	exit 1
fi
