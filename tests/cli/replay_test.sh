#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# replay, show, minimize and encode agree with each other and with themselves.
. "$(dirname "$0")/lib.sh"

cd "$tmp"
cp "$tree/corpus/seed.txt" .
for i in 1 2; do
	"$cli" replay --verbose --sut modern seed.txt >"trace$i"
done
cmp trace1 trace2 || bad "the same program left two traces"
grep -q 'trace [0-9a-f]\{16\}$' trace1 || bad "no trace hash"

# Text, bytes and text again are the same program.
"$cli" encode seed.txt -o bytes >/dev/null
"$cli" show bytes/seed >again.txt
"$cli" show seed.txt | cmp - again.txt || bad "bytes and text differ"
expect 0 "$(sed -n 's/^seed.txt: clean on modern, //p' trace1)" "$cli" replay bytes
expect 0 '"verb": "replay", "exit": 0' "$cli" replay --json seed.txt
expect 2 'has no finding' "$cli" minimize seed.txt
expect 1 'no program shows model' "$cli" replay --expect model.x@y/z seed.txt
write_full() {
	"$cli" show seed.txt >/dev/full
}
expect 74 'cannot write to standard output' write_full

with_broken
{ cat seed.txt && printf 'p2 = alloc\np3 = alloc\nfree p2\n'; } >long.txt
expect 1 '^ *2  enqueue b0 p0  *<== ' "$cli" replay long.txt
id=$(sed -n 's/^finding \(.*\) on broken, .*/\1/p' "$tmp/out")
[ "$id" ] || bad "the finding has no id"
expect 0 'as expected' "$cli" replay --expect "$id" long.txt
expect 0 "^# finding: $id" "$cli" minimize long.txt
cp "$tmp/out" small.txt
expect 1 "finding $id on broken, record 2 of 2" "$cli" replay small.txt
cp long.txt before.txt
expect 0 '2 records from 7' "$cli" minimize long.txt -o small2.txt
cmp small.txt small2.txt || bad "minimize -o writes something else"
cmp long.txt before.txt || bad "minimize changed its input"
expect 74 'cannot write /dev/full: No space left' "$cli" minimize long.txt -o /dev/full
expect 73 'cannot write nowhere/x: No such file' "$cli" minimize long.txt -o nowhere/x
finish
