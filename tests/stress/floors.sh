#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# floors.sh [RUNS [SECONDS]]: measures what cli/stress_floors.def says: runs
# `pinprick stress` RUNS times (default 20) with different seeds and prints the
# lines of that file: a tenth of the median, of the sut that has least, for a
# million calls of the core.  What comes less than 50 times in a million gets no floor.
set -eu
cd -- "$(dirname -- "$0")/../.."
runs=${1:-20} seconds=${2:-16}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

seed=0
while [ $seed -lt "$runs" ]; do
	seed=$((seed + 1))
	./pinprick stress --json --seed $seed --for "${seconds}s" 2>>"$tmp/log" >>"$tmp/json" || {
		# Below the floors that stand there now: that is what this is for.
		[ $? -eq 2 ] || { tail -n 20 "$tmp/log"; exit 3; }
	}
done
python3 - "$tmp/json" <<'END'
import json, statistics, sys

calls = ["alloc", "enqueue", "list_enqueue", "dequeue", "list_dequeue", "isolate", "putback", "migrate"]
movers = {"isolate", "putback", "migrate"}
runs = [json.loads(line) for line in open(sys.argv[1])]
per_million = {}
for run in runs:
    for sut in run["suts"]:
        total = sum(sum(of.values()) for of in sut["calls"].values())
        def note(what, count):
            per_million.setdefault((what, sut["sut"]), []).append(count * 1e6 / total)
        for call in calls:
            note(("CALL", call), sum(sut["calls"][call].values()))
        for i, a in enumerate(calls[1:], 1):
            for b in calls[i:]:
                for where in "device", "page":
                    matrix = sut["overlap_" + where]
                    note((where, a, b), matrix[a][b] + (matrix[b][a] if a != b else 0))

def floor(what):
    names = set(what[1:])
    least = min(statistics.median(counts) for (w, sut), counts in per_million.items()
                if w == what and not (sut.endswith("-off") and names & movers))
    return int(least / 10) if least >= 50 else 0

for call in calls:
    print(f"CALL({call}, {floor(('CALL', call))}, {int(call in movers)})")
for i, a in enumerate(calls[1:], 1):
    for b in calls[i:]:
        if floor(("device", a, b)):
            print(f"OVERLAP({a}, {b}, {floor(('device', a, b))}, {floor(('page', a, b))})")
END
