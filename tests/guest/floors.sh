#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Measures the floors of cli/drivers_floors.def: sh floors.sh BUILD [RUNS [SECONDS]]
# runs `fuzz --drivers` on each sut that often, from the seeds alone, and prints
# for each line of the table a tenth of the smallest of the suts' medians.
set -eu
root=$(cd -- "$(dirname -- "$0")/../.." && pwd)
build=$1
runs=${2:-20}
seconds=${3:-2}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/build/asan"
cp -R "$root/corpus" "$tmp/"
cp "$build/pinprick-cli" "$build"/fuzz_drivers-* "$tmp/build/asan/"

# A line for each number: SUT RUN SECTION NAME PER-MILLION
for sut in modern modern-off classic classic-off; do
	run=0
	while [ $run -lt "$runs" ]; do
		rm -rf "$tmp/work"
		"$tmp/build/asan/pinprick-cli" fuzz --drivers --json --sut=$sut --jobs=1 \
			--for="${seconds}s" --seed=$((run + 1)) 2>"$tmp/err" >"$tmp/out" || [ $? -le 2 ] ||
			{ cat "$tmp/err" && exit 1; }
		tr -s '{},' '\n' <"$tmp/out" | awk -v sut=$sut -v run=$run '
			/"(ran|skipped|faults|driver_counts)": *$/ { gsub(/[" :]/, ""); section = $0; next }
			/^ *"[a-z_]*": [0-9.]*$/ && section {
				gsub(/[":]/, "")
				value[section " " $1] = $2
				if (section == "ran")
					ops += $2
			}
			END { for (name in value) print sut, run, name, value[name] * 1e6 / ops }'
		run=$((run + 1))
	done
done >"$tmp/numbers"

median() { # median SECTION NAME NEEDS
	for sut in modern modern-off classic classic-off; do
		case $3:$sut in
		*FEATURE_migration*page_lock*:modern-off) continue ;;
		*page_lock*:*) ;;
		FEATURE_core_moves:classic* | FEATURE_*:*-off) continue ;;
		esac
		awk -v sut=$sut -v section="$1" -v name="$2" \
			'$1 == sut && $3 == section && $4 == name { print $5 }' "$tmp/numbers" |
			sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
	done | sort -n | awk 'NR == 1 { printf "%.0f\n", $1 / 10 < 1 ? 1 : $1 / 10 }'
}

sed -n 's/^\(RAN\|DID\|FIRED\)(\([a-z_]*\), [0-9]*, \(.*\))$/\1 \2 \3/p' "$root/cli/drivers_floors.def" |
	while read -r macro name needs; do
		case $macro in RAN) section=ran ;; DID) section=driver_counts ;; *) section=faults ;; esac
		echo "$macro($name, $(median $section "$name" "$needs"), $needs)"
	done
