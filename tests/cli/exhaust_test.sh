#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Small scopes: what is complete, what was too much for the time, what is found.
. "$(dirname "$0")/lib.sh"

# The corpus of this tree has one program: faults that it never meets are named.
expect 2 "^classic: no program of corpus/ has a fault point 'lock' in isolate$" \
	"$cli" exhaust --ops 4 --sut classic
cp -r "$root/corpus/." "$tree/corpus/"
expect 0 '^classic: 4 ops, 2 pages, 1 device: [0-9]* states, [0-9]* transitions, 0 violations$' \
	"$cli" exhaust --ops 4
[ "$(grep -c ' 0 violations$' "$tmp/out")" -eq 8 ] || bad "not two lines for each of four suts"
first=$(grep ' ops, ' "$tmp/out")
expect 0 '^clean: ' "$cli" exhaust --ops 4 --jobs 1
[ "$(grep ' ops, ' "$tmp/out")" = "$first" ] || bad "one process counts otherwise than two"
expect 0 '"verdict": "clean", .*"ops": 3, "pages": 3, "devices": 2, ' \
	"$cli" exhaust --ops 3 --pages 3 --devices 2 --sut modern-off --json

# Time: says how far it came, and that it is less than was asked for.
expect 2 'not all programs of [0-9]* ops were run' "$cli" exhaust --ops 12 --for 2s --sut modern
expect 0 '^modern: [0-9] ops, ' "$cli" exhaust --for 2s --sut modern
expect 64 'not a number of ops' "$cli" exhaust --ops 13
expect 64 'not a number of pages' "$cli" exhaust --pages 5
expect 64 'not a number of devices' "$cli" exhaust --devices 4

# A planted mistake: shown, kept, found again.
with_broken
expect 1 '^run it again: ' "$cli" exhaust --ops 4
found=$(find "$tree/work/findings" -name program.txt | head -n 1)
[ -n "$found" ] || bad "nothing is kept"
expect 1 '^finding ' "$cli" replay "$found"
finish
