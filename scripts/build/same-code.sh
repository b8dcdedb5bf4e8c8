#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# same-code.sh PREFIX A B: have two objects the same allocated sections, of the same size and
# content, with the same relocations? 1 if not.
# same-code.sh -f PREFIX A B: print the functions and data that differ, wherever they are;
# nothing if only their order does. A string counts by what it says, all of them
# together, since the compiler puts it next to the function that it compiles first.
# same-code.sh -a PREFIX A B NAME: the same for the object NAME in the builds A and B, when it
# is compiled again as it was, but with every function and its strings in a section of its
# own: the compiler may put them in another order, and then all that refers to strings looks
# different. Warnings were told when it was built.
set -eu
usage() { echo "usage: same-code.sh [-f] PREFIX A B | -a PREFIX A B NAME" >&2; exit 2; }
names='' again=''
case ${1:-} in
-f) names=1; shift ;;
-a) again=1; shift ;;
esac
[ $# = 3 ] || { [ $# = 4 ] && [ "$again" ]; } || usage
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

# compiled BUILD NAME OUTPUT: by the command that kbuild keeps
compiled() {
	command=$(sed -n 's/^savedcmd_[^ ]* := //p' "$1/${2%/*}/.${2##*/}.cmd" |
		sed "s| -Wp,-MMD,[^ ]*||; s| -o [^ ]*| -w -ffunction-sections -fdata-sections -o $3|")
	[ -n "$command" ] || { echo "same-code.sh: kbuild kept no command for $2 in $1" >&2; exit 1; }
	(cd "$1" && CCACHE_DISABLE=1 sh -c "$command") >&2 ||
		{ echo "same-code.sh: cannot compile $2 in $1 again" >&2; exit 1; }
}
if [ -n "$again" ]; then
	[ $# = 4 ] && [ -d "$2" ] && [ -d "$3" ] || usage
	compiled "$2" "$4" "$tmp/a.o"
	compiled "$3" "$4" "$tmp/b.o"
	set -- "$1" "$tmp/a.o" "$tmp/b.o"
	names=1
fi
[ -f "$2" ] && [ -f "$3" ] || usage

# the allocated sections: name and size; whether there is content
sections() {
	"$1objdump" -h "$2" | awk '$1 ~ /^[0-9]+$/ { name = $2; size = $3; next }
		/ALLOC/ { print name, size, /CONTENTS/ ? "content" : "-" }'
}
# content PREFIX OBJECT FLAG SECTION...: one objdump for all of them
content() {
	tool=$1 object=$2 flag=$3
	shift 3
	for section; do
		set -- "$@" -j "$section"
		shift
	done
	[ $# = 0 ] || "${tool}objdump" "$flag" "$@" "$object" | sed '/file format/d'
}

if [ -z "$names" ]; then
	i=0
	for o in "$2" "$3"; do
		i=$((i + 1))
		sections "$1" "$o" >"$tmp/$i"
		all=$(awk '$3 == "content" && $2 !~ /^0+$/ { print $1 }' "$tmp/$i")
		# shellcheck disable=SC2086 # words
		{ content "$1" "$o" -s $all; content "$1" "$o" -r $all; } >"$tmp/$i.all"
	done
	cmp -s "$tmp/1" "$tmp/2" && cmp -s "$tmp/1.all" "$tmp/2.all"
	exit
fi

# where a string is, in a relocation
unplaced() { sed -E 's/\.rodata[^ ]*\.str[0-9.]+(\+0x[0-9a-f]+)?/STRING/g'; }
# one line per function, addresses left out
functions() {
	"$1objdump" -dr --no-show-raw-insn --no-addresses "$2" | unplaced |
		awk '/^Disassembly|^$/ { next } /^<.*>:$/ { if (f) print f "\t" t; f = $0; t = ""; next } f { t = t "|" $0 } END { if (f) print f "\t" t }' | sort
}
# one line per line of the dumps, after the name of its section and its size
data() {
	sections "$1" "$2" | awk '$3 == "content" && $1 !~ /text|^__mcount|^__patchable|^\.altinst|^__bug|^__ex_table|^\.rodata.*\.str[0-9]/' >"$tmp/data"
	all=$(cut -d' ' -f1 "$tmp/data")
	# shellcheck disable=SC2086 # words
	{
		tr ' ' '\t' <"$tmp/data"
		content "$1" "$2" -s $all | awk '/^Contents of section / { name = $4; sub(/:$/, "", name); next } { print name "\t" $0 }'
		content "$1" "$2" -r $all | unplaced | awk '/^RELOCATION RECORDS FOR / { name = $4; gsub(/\[|\]|:/, "", name); next } NF { print name "\t" $0 }'
	} | sort
}
strings() {
	for s in $(sections "$1" "$2" | awk '$1 ~ /^\.rodata.*\.str[0-9]/ { print $1 }'); do
		"$1objcopy" --dump-section "$s=$tmp/string" "$2" /dev/null
		tr '\0' '\n' <"$tmp/string"
	done | sort | cksum | sed 's/^/strings\t/'
}
for what in functions data strings; do
	$what "$1" "$2" >"$tmp/1"
	$what "$1" "$3" >"$tmp/2"
	comm -3 "$tmp/1" "$tmp/2" | sed 's/^\t//' | cut -f1 | tr -d '<>' | sed 's/:$//' | sort -u
done
