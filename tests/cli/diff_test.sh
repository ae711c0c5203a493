#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Two systems under test that are compared, and what is done with a difference.
. "$(dirname "$0")/lib.sh"

cp "$build/pinprick-cli" "$cli"
for engine in "$build"/fuzz_diff-*; do
	case $engine in *.*) ;; *) cp "$engine" "$tree/build/asan/" ;; esac
done
cd "$tree"

# The pairs that were built: nothing tells them apart.
expect 0 '^clean: .* on modern-vs-classic, modern-off-vs-classic-off$' "$cli" diff --for 4s --seed 1
grep -q '^  steps agreed [1-9]' "$tmp/out" || bad "no steps agreed: $(cat "$tmp/out")"
grep -q '^  left out     [1-9].*by contract or by quirk$' "$tmp/out" || bad "nothing left out: $(cat "$tmp/out")"
grep -q '^modern and classic: their contracts differ' "$tmp/out" || bad "the scope is not said"
grep -q '^  features: node_pages, .* only in modern; .*mapping_mark only in classic$' "$tmp/out" ||
	bad "the features that differ are not said"
grep -q '^run it again: ./pinprick diff --for=4s --seed=1 ' "$tmp/out" || bad "no command"
expect 0 '^clean: ' "$cli" diff --for 2s --jobs 1 --json --seed 1
grep -q '"verb": "diff", "exit": 0, .*"other": "classic", "left_out": [1-9]' "$tmp/out" ||
	bad "no pair in the JSON object"

# Files, on the pairs and on any two.
expect 0 '^corpus/seed.txt: modern-off-vs-classic-off, no difference$' "$cli" diff corpus
expect 0 '^clean: 1 program on classic-vs-modern$' "$cli" diff --sut=classic,modern corpus/seed.txt

# What cannot be compared.
expect 64 'diff compares two' "$cli" diff --sut=modern corpus
expect 3 'no pair that was built' "$cli" diff --sut=modern,modern-off --for 3s
expect 66 'cannot read none.txt' "$cli" diff none.txt
printf 'pinprick program 1\n' >"$tmp/empty.txt"
expect 2 '^proved nothing: ' "$cli" diff "$tmp/empty.txt"

# A difference, found, minimised, shown side by side, and again from its file.
cp "$build/tests/cli/pair-cli" "$cli"
cp "$build/tests/cli/fuzz_diff-modern-vs-broken" "$tree/build/asan/"
expect 1 '^finding: ' "$cli" diff --for 20s --jobs 1
tail -n 1 "$tmp/out" | grep -q '^run it again: ./pinprick diff --sut=modern,broken work/findings/' ||
	bad "the last line is not the command: $(tail -n 1 "$tmp/out")"
program=$(echo work/findings/modern-vs-broken/*/program.txt)
grep -q '^# sut: modern-vs-broken$' "$program" || bad "the file does not name the pair"
expect 1 '^finding diff.state@enqueue/modern on modern-vs-broken, record 2 of 2$' \
	"$cli" diff --sut=modern,broken "$program"
grep -q "^  seen: node 0's balloon pages: 1 on modern, 0 on broken$" "$tmp/out" ||
	bad "what differs is not said: $(cat "$tmp/out")"
grep -q '^   modern  *| broken$' "$tmp/out" || bad "no columns: $(cat "$tmp/out")"
grep -q '^   ok  b0: f0  *! <== state.nodes@enqueue/modern  b0: f0$' "$tmp/out" ||
	bad "the op is not shown side by side: $(cat "$tmp/out")"
[ "$(sed -n '/ | broken$/,/^$/p' "$tmp/out" | wc -L)" -le 100 ] || bad "wider than 100 columns"
expect 1 '^  steps agreed 0 of 0 records$' "$cli" diff "$program"

# With more before it, only the last common step is shown.
cat >"$tmp/late.txt" <<'EOF'
pinprick program 1
p1 = alloc
p2 = alloc
p0 = alloc
enqueue b0 p0
EOF
expect 1 '2 records before, on which they agree$' "$cli" diff --no-minimize "$tmp/late.txt"
! grep -q 'p1 = alloc' "$tmp/out" || bad "a record from before the last common step is shown"
expect 1 '"id": "diff.state@enqueue/modern".*"sut": "modern-vs-broken"' "$cli" diff --json "$program"
finish
