# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The tools that a verb needs, by the table tools.tsv; common.sh sources it.
TOOLS_TSV=${TOOLS_TSV:-$S/lib/tools.tsv}
tab=$(printf '\t')

# need TOOL...: for a tool that is not asked of every user of a verb
need() {
	for tool; do
		has_tool "$tool" || die 3 "the tool '$tool' is missing: run 'make deps'"
	done
}

# need_for VERB...: all tools of these verbs (of every verb: '*'); what is missing is
# installed where that is possible, else it ends with a line to copy. The first verb is
# the one whose tools count as the tools of the steps that follow (once.sh).
need_for() {
	export VERB="$1"
	rows=$(rows_for "$@") || exit
	missing=$(printf '%s\n' "$rows" | while IFS=$tab read -r tool _ packages; do
		[ -z "$tool" ] || has_tool "$tool" || printf '%s\t%s\n' "$tool" "$packages"
	done)
	[ -z "$missing" ] || install_packages
}

# rows_for VERB...: their rows of the table
rows_for() {
	awk -F '\t' -v verbs=" $* " '
	/^#/ || NF < 5 { next }
	{
		n = split($2, of, " ")
		for (i = 1; i <= n; i++)
			if (verbs == " * " || of[i] == "all" || index(verbs, " " of[i] " ")) { print; next }
	}' "$TOOLS_TSV"
}

# has_tool SPEC: a command, or one of several (a|b), or what tools.tsv says at its head
has_tool() {
	case $1 in
	*"|"*) has_tool "${1%%|*}" || has_tool "${1#*|}" ;;
	/*) [ -e "$1" ] ;;
	header:*) [ -e "/usr/include/${1#header:}" ] ;;
	python:*) PATH=/usr/bin:/bin:$PATH python3 -c "import ${1#python:}" 2>/dev/null ;;
	perl:*) perl "-M${1#perl:}" -e 1 2>/dev/null ;;
	git:*) [ -x "$(git --exec-path 2>/dev/null)/git-${1#git:}" ] ;;
	llvm:*) [ -n "$(clang_suffix)" ] || new_clang "${1#llvm:}" ;;
	static:*) echo 'int main(void) { return 0; }' | "${1#static:}" -static -x c -o /dev/null - 2>/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# clang_suffix: that of clang 19, where it is whole; nothing otherwise
clang_suffix() {
	! has_tools clang-19 ld.lld-19 llvm-ar-19 || echo -19
}
has_tools() {
	for one; do command -v "$one" >/dev/null || return; done
}
# new_clang N: the clang without a suffix is at least N
new_clang() {
	has_tools clang ld.lld llvm-ar && [ "$(echo __clang_major__ | clang -E -P -x c - 2>/dev/null)" -ge "$1" ]
}

# packages COLUMN: what $missing is in, of a distribution: 2 Debian, 3 Fedora, 4 Arch
packages() {
	printf '%s\n' "$missing" | cut -f"$1" | tr ' ' '\n' | sort -u | grep -v '^-$' | tr '\n' ' ' | sed 's/ $//'
}

install_packages() {
	say "missing: $(printf '%s\n' "$missing" | cut -f1 | tr '\n' ' ')"
	if command -v apt-get >/dev/null; then
		command="apt-get install -y --no-install-recommends $(packages 2)"
	elif command -v dnf >/dev/null; then
		command="dnf install $(packages 3)"
	elif command -v pacman >/dev/null; then
		command="pacman -S --needed $(packages 4)"
	else
		die 3 "this system has none of apt-get, dnf and pacman: install what Debian has in: $(packages 2)"
	fi
	[ -z "${NO_INSTALL:-}" ] || die 3 "NO_INSTALL is set; as root: $command"
	[ "$(id -u)" = 0 ] || die 3 "run as root: $command"
	command -v apt-get >/dev/null || die 3 "only apt-get is run from here; run this: $command"
	say "installs, for which NO_INSTALL=1 is the way to say no: $(packages 2)"
	# shellcheck disable=SC2046 # a list of words
	set -- $(packages 2)
	export DEBIAN_FRONTEND=noninteractive
	# a new machine has no list of packages yet, an older one may have an old list
	[ -n "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | head -n 1)" ] || apt-get update -qq >&2 || :
	apt-get install -y -qq --no-install-recommends "$@" >&2 || {
		apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >&2
	} || die 3 "apt-get could not install $*: see above"
	missing=$(printf '%s\n' "$missing" | while IFS=$tab read -r tool _; do
		has_tool "$tool" || printf '%s ' "$tool"
	done)
	[ -z "$missing" ] || die 3 "still missing, though the packages are installed: $missing"
}

# tool_versions VERB: which files its tools are, of which size and age: a package that is
# upgraded brings others. (What they say of themselves would take a second each time.)
tool_versions() {
	rows_for "$1" | cut -f1 | tr '|' '\n' | while read -r tool; do
		case $tool in
		header:*) echo "/usr/include/${tool#header:}" ;;
		static:* | perl:* | git:*) ;;
		llvm:*) command -v "clang$(clang_suffix)" || : ;;
		python:*) echo /usr/bin/python3 ;;
		*) command -v "$tool" || : ;;
		esac
	done | sort -u | xargs -r stat -Lc '%n %s %Y' 2>/dev/null || :
}
