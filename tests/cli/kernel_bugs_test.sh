#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Planted bugs in a user's kernel file.
. "$(dirname "$0")/lib.sh"

work=$build/kernel_bugs_test
kernel="$work/a tree"
rm -rf "$work"
mkdir -p "$work"
cp -R "$root/tests/trees/global-lock" "$kernel"
file=$kernel/mm/balloon.c

bugs() { # bugs NAMES WORD...
	names=$1
	shift
	"$root/pinprick" bugs --kernel "$kernel" --only="$names" --seed 1 "$@"
}

expect 64 "^pinprick: bugs/ has no 'nonsense'" bugs nonsense
expect 64 "^pinprick: bugs/ has no 'zone-stays' that says how" bugs zone-stays
expect 64 'with --kernel, bugs has no option --quick' bugs enqueue-at-tail --quick
expect 64 'bugs plants in one kernel tree, not in 2' bugs enqueue-at-tail --kernel "$kernel"

expect 65 'none of these fits .*: adjust-not-initialised$' bugs adjust-not-initialised

# Found by their names; the file stays as it is.
cp -R "$kernel" "$work/before"
expect 0 '^detected 2 of 2 planted bugs$' bugs enqueue-at-tail,adjust-not-initialised
grep -q 'do not fit: adjust-not-initialised$' "$tmp/err" || bad "not told: what does not fit"
grep -q '^enqueue-at-tail .* - .* - .* 1/1 .* state.list@.*/modern$' "$tmp/out" || bad "no line of the bug"
sed -n '/^bug /{n;p;}' "$tmp/out" | grep -q '^canary ' || bad "the canary is not first"
diff -r "$work/before" "$kernel" || bad "the tree was written to"

# An edit without effect is not found, and one that breaks the file is left out.
sed -i 's/__GFP_NOWARN/& | &/
	s/^\tgfp_t zone/\tgfp_t x__GFP_NORETRY = 0, unused = x__GFP_NORETRY;\n&/' "$file"
expect 2 '^not as it should be: alloc-warns$' bugs alloc-warns,alloc-retries --for 2s
grep -q 'do not compile .* left out: alloc-retries$' "$tmp/err" || bad "not told: what does not compile"
grep -q '^detected 1 of 2 planted bugs$' "$tmp/out" || bad "not one of two"

# Without its canary nothing is run.
sed -i 's/return list_first_entry.*/return NULL;/' "$file"
expect 3 'the canary does not fit' bugs alloc-warns
finish
