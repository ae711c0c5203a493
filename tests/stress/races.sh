#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# races.sh BUGS RACE-CLI [RUNS]: looks for each planted bug of the folder BUGS that
# stress must find, as its patch says, in RUNS runs with different seeds (default 1), each with the budget of a usual
# run, and says how long it took.  Fails where one is not found, or is found as
# something that its patch does not name.
set -eu
bugs=$1 cli=$2 runs=${3:-1}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
failed=0

printf '%-30s %9s %9s %9s  %s\n' race found median worst findings
for patch in "$bugs"/*.patch; do
	grep -q "^stress: " "$patch" || continue
	name=$(basename "$patch" .patch)
	: >"$tmp/times"
	: >"$tmp/ids"
	seed=0
	while [ $seed -lt "$runs" ]; do
		seed=$((seed + 1)) code=0
		"$cli" stress --json --seed $seed --for 60s --sut "race-$name" >"$tmp/json" 2>"$tmp/err" || code=$?
		id=$(sed -n 's/.*"findings": \[{"id": "\([^"]*\)".*/\1/p' "$tmp/json")
		if [ $code -ne 1 ] || [ -z "$id" ]; then
			echo "FAIL $name: exit $code with the seed $seed"
			tail -n 20 "$tmp/err"
			failed=1
			continue
		fi
		sed -n 's/.*"seconds": \([0-9.]*\).*/\1/p' "$tmp/json" >>"$tmp/times"
		echo "$id" >>"$tmp/ids"
		named=
		for finds in $(sed -n 's/^stress: //p' "$patch"); do
			# shellcheck disable=SC2254 # a pattern
			case $id in $finds) named=1 ;; esac
		done
		[ "$named" ] || {
			echo "FAIL $name: found as $id with the seed $seed, which its patch does not name"
			failed=1
		}
	done
	ids=$(sort "$tmp/ids" | uniq -c | sort -rn | awk '{ printf "%s%s x%s", (NR > 1 ? ", " : ""), $2, $1 }')
	sort -n "$tmp/times" | awk -v name="$name" -v runs="$runs" -v ids="$ids" '
		{ t[NR] = $1 }
		END { printf "%-30s %4d/%-4d %7.1f s %7.1f s  %s\n", name, NR, runs,
			t[int((NR + 1) / 2)], t[NR], ids }'
done
exit $failed
