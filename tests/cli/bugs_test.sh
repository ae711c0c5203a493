#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The gate of the planted bugs closes: where one is not found, or found as another,
# where what is no bug is blamed, and where not even the canary is found.
. "$(dirname "$0")/lib.sh"

folder=$tree/build/asan-bugs
bugs=$folder/pinprick-bugs
mkdir -p "$folder" "$tree/docs"
cp "$build-bugs/pinprick-bugs" "$build-bugs/fuzz_ops-bug-canary" "$build-bugs/fuzz_ops-bug-zone-stays" \
	"$folder/"
cp -R "$root/bugs" "$tree/"
cp "$root/docs/planted-bugs.md" "$tree/docs/"
cd "$tree"
one() { # one CODE PATTERN: with zone-stays, without minimising
	expect "$1" "$2" "$bugs" bugs --only zone-stays --seed 1 --no-minimize
}
row() { # row EXPRESSION: the row of zone-stays in the table, changed
	sed -i "/^| .zone-stays. /$1" docs/planted-bugs.md
}

one 0 '^detected 2, triggered 2, reached 2 of 2 planted bugs; '
grep -q '^zone-stays  *H18  *ops  *yes  *yes  *1/1 .* state\.managed@migrate/modern$' "$tmp/out" ||
	bad "the row: $(cat "$tmp/out")"

# Another rule than the patch names; and a budget of ten programs.
sed -i 's/^finds: .*/finds: state.list@enqueue\/modern/' bugs/zone-stays.patch
one 2 ' FOUND AS ANOTHER$'
cp "$root/bugs/zone-stays.patch" bugs/
row 's/| ops | [0-9]* |/| ops | 1 |/'
one 2 ' NOT FOUND$'
grep -q '^not as it should be: zone-stays$' "$tmp/out" || bad "no list: $(cat "$tmp/out")"
cp "$root/docs/planted-bugs.md" docs/

# What is to be accepted and is not.
sed -i '/^finds: /d; s/^engine: .*/&\ndetects: none/' bugs/zone-stays.patch
one 2 ' BLAMED$'
cp "$root/bugs/zone-stays.patch" bugs/

# A quick run tries what the table has not, and leaves out what takes long.
row d
expect 0 '^zone-stays ' "$bugs" bugs --quick --only zone-stays --seed 1
cp "$root/docs/planted-bugs.md" docs/
row 's/| ops | [0-9]* |/| ops | 1000000 |/'
expect 3 'none as found soon' "$bugs" bugs --quick --only zone-stays --seed 1
cp "$root/docs/planted-bugs.md" docs/

expect 64 "there is no planted bug 'zone'" "$bugs" bugs --only zone
expect 64 "there is no engine 'op'" "$bugs" bugs --engine op
expect 64 'write is for the whole bank' "$bugs" bugs --write --only zone-stays
sed -i '/^detects: /s/: .*/: state.list@enqueue\/modern/' bugs/canary.patch
one 3 'not even the canary is found'
rm bugs/canary.patch
one 3 'bugs/canary.patch is missing'
finish
