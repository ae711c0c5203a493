#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What fuzz does with a finding, also where it cannot be written down.
. "$(dirname "$0")/lib.sh"

with_broken
cd "$tree"
expect 1 '^finding: ' "$cli" fuzz --for 20s --jobs 1 --sarif found.sarif
is_sarif found.sarif 1 './pinprick replay --sut=broken work/findings/'
tail -n 1 "$tmp/out" | grep -q '^run it again: ./pinprick replay --sut=broken work/findings/' ||
	bad "the last line is not the command: $(tail -n 1 "$tmp/out")"
program=$(echo work/findings/broken/*/program.txt)
expect 1 '^finding .* on broken, record 2 of 2$' "$cli" replay "$program"
cp "$program" "$tmp/program.txt"

# With --json the ops are there all the same, and the object is alone.
expect 1 '^ *2  enqueue .*<== ' "$cli" replay --json "$program"
[ "$(wc -l <"$tmp/out")" -eq 1 ] || bad "more than the JSON object on standard output"

# Findings that no record has.
expect 1 '^finding .* on broken-START, before the first record$' \
	"$build/tests/cli/places-cli" replay corpus/seed.txt
grep -q '^finding .* on broken-END, after the last record$' "$tmp/out" ||
	bad "no place after the last record: $(cat "$tmp/out")"

# Again: the program that is there is not made worse, nor is it unminimised.
expect 1 'from before, no longer than this one, stays' "$cli" fuzz --for 20s --no-minimize
grep -q '^minimise it: ./pinprick minimize' "$tmp/out" || bad "no command to minimise"
cmp "$program" "$tmp/program.txt" || bad "a small program was replaced"

# A program in the way that no longer shows the finding is replaced.
cp corpus/seed.txt "$program"
sed -i '/enqueue\|dequeue/d' "$program"
expect 1 '^finding: ' "$cli" fuzz --for 20s --jobs 1
expect 1 '^finding .* on broken, record 2 of 2$' "$cli" replay "$program"

# Not writable: said, and the program is printed instead.
mv work/findings "$tmp/away"
: >work/findings
expect 73 'cannot make the folder .*work/findings' "$cli" fuzz --for 20s --jobs 1
grep -q '^pinprick program 1$' "$tmp/out" || bad "the program is lost: $(cat "$tmp/out")"
rm -rf work
: >work
expect 73 'cannot make the folder' "$cli" fuzz --for 5s
rm work

# A full disk, where this user may make one: room for the one seed, no more.
mkdir work
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	cat >"$tmp/full.sh" <<'EOF'
mount -t tmpfs -o size=64k none work
cat /dev/zero >work/filler 2>/dev/null
truncate -s -4096 work/filler
exec "$1" fuzz --for 20s --jobs 1
EOF
	expect 74 'cannot write .*/program.txt: No space left' unshare -m sh "$tmp/full.sh" "$cli"
	grep -q '^pinprick program 1$' "$tmp/out" || bad "the program is lost: $(cat "$tmp/out")"
fi
finish
