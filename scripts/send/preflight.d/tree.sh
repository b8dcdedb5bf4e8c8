# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154
# preflight: the tree that the series is for
check_applies() { # applies to the tree
	"$S/tree/apply" >"$tmp/apply" 2>&1 || no "$(tail -n 1 "$tmp/apply")"
	awk -F '\t' '{ print $NF }' "$OUT/results/apply"
}
check_base() { # made for the right base
	used=$(series_dir)
	wanted=$(series_of "$(sent)")
	[ "$used" = "$wanted" ] || no "the series that is sent is ${wanted#"$TOP"/} (scripts/tree/bases.tsv), not ${used#"$TOP"/}: take BASE=$(sent)"
	if [ -z "$KDIR" ]; then
		case v$(version "$SRC"). in "$(series_name)".*) ;; *) no "${used#"$TOP"/} is for $(series_name), not for $BASE: take BASE=$(series_name)" ;; esac
	fi
	echo "${used#"$TOP"/} on Linux $(version "$SRC")"
}
check_built() { # built and linted
	plan >"$tmp/plan"
	while IFS=$tab read -r row _; do
		once_good "$row" || no "'make' failed or was not run for these patches ($row): run $(again all)"
	done <"$tmp/plan"
	echo "$(wc -l <"$tmp/plan") checks, of exactly these patches"
}
check_tested() { # tested
	once_good test || no "'make test' failed or was not run for these patches: run $(again test)"
	echo "by 'make test', of exactly these patches: $(cut -f6 "$OUT/results/test")"
}
