# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Sourced after common.sh.

# patch_ids [PATCH...]: "git patch-id --stable" and the subject of each patch; of the
# commits of the series in $WORK when no file is given. A message is not in the id.
patch_ids() {
	if [ $# = 0 ]; then
		applied
		ours -C "$WORK" log --reverse --format=%H base..series | while read -r commit; do
			echo "$(ours -C "$WORK" diff-tree -p "$commit" | id_of) $(ours -C "$WORK" log -1 --format=%s "$commit")"
		done
		return
	fi
	message=$(mktemp) diff=$(mktemp)
	for patch; do
		subject=$(ours mailinfo "$message" "$diff" <"$patch" | sed -n 's/^Subject: //p') ||
			die 2 "patch_ids: $patch is no patch"
		echo "$(id_of <"$diff") $subject"
	done
	rm -f "$message" "$diff"
}
id_of() { git patch-id --stable | cut -d' ' -f1; }
