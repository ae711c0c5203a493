#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Every rule that shim/ and harness/ can report stands in harness/rules.def, and
# every rule there is reported somewhere.
set -u
LC_ALL=C
export LC_ALL
cd -- "$(dirname -- "$0")/.." || exit 3
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT

# A literal like "oracle.rule" at the start of a string, for the oracles there are.
oracles=$(sed -n 's/^[A-Z_]*RULE("\([a-z]*\)\..*/\1/p' harness/rules.def | sort -u | paste -sd '|' -)
cat shim/*.[ch] harness/*.[ch] guest/*.[ch] stress/*.[ch] explore/*.[ch] |
	grep -Eo "\"($oracles)\.[a-zA-Z0-9%*-]+" | tr -d '"' |
	sed 's/^sanitizer\..*/sanitizer.*/' | sort -u >"$tmp/reported"
sed -n 's/^[A-Z_]*RULE("\([^"]*\)".*/\1/p' harness/rules.def | sort -u >"$tmp/table"

# So that neither list is empty by mistake.
count=$(grep -c . "$tmp/table")
if [ "$count" -lt 40 ]; then
	echo "rules: FAIL only $count rules found in harness/rules.def"
	exit 1
fi
if ! diff "$tmp/table" "$tmp/reported" >"$tmp/diff"; then
	echo "rules: FAIL (< in harness/rules.def only, > in the sources only)"
	grep '^[<>]' "$tmp/diff"
	exit 1
fi

# The contract has every row that the table names.
rows=$(sed -n 's/^[A-Z_]*RULE("[^"]*", "\([^"]*\)".*/\1/p' harness/rules.def | tr ',' '\n' |
	sed 's/^ *//; s/ step .*//' | sort -u)
failures=0
for row in $rows; do
	grep -Eq "^(\| $row |#+ $row )" docs/contract.md && continue
	echo "rules: FAIL docs/contract.md has no row $row"
	failures=$((failures + 1))
done

# The words that options take stand in their own lists; the help names them all.
word() { # word MACRO FILE OPTION
	names=$(sed -n "s/^$1(\([a-z]*\).*/\1/p" "$2")
	[ "$names" ] || names="nothing of $2"
	for name in $names; do
		grep -Eq "^OPTION\($3, .*[ \"]$name\b" cli/verbs.def && continue
		echo "rules: FAIL the help for --$3 does not name $name"
		failures=$((failures + 1))
	done
}
word STRATEGY explore/strategies.def strategy
word ROLE stress/roles.def roles
[ "$failures" -eq 0 ] || exit 1
echo "rules: $count, each reported and each in the table"
