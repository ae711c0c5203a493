#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Files that are no programs, or hardly: a clear message and a documented exit code.
. "$(dirname "$0")/lib.sh"

cd "$tmp"
expect 66 'cannot read nowhere.txt: No such file' "$cli" replay nowhere.txt
mkdir empty
expect 66 'no program in empty' "$cli" replay empty
expect 66 'cannot read /proc/self/mem' "$cli" replay /proc/self/mem

# Nothing that may never end is opened; among other files it is left out.
mkfifo fifo
expect 66 'cannot read fifo: not a regular file' timeout 20 "$cli" replay fifo
expect 66 'cannot read fifo: not a regular file' timeout 20 "$cli" minimize fifo
expect 66 'cannot read /dev/zero: not a regular file' "$cli" show /dev/zero
mkdir mixed
cp "$tree/corpus/seed.txt" mixed/
mkfifo mixed/fifo
expect 0 'mixed/fifo is skipped: not a regular file' timeout 20 "$cli" replay mixed
grep -q 'mixed/seed.txt: clean on modern,' "$tmp/out" || bad "a FIFO hides a program"
from_pipe() {
	# shellcheck disable=SC2002 # it is the pipe that is tried
	cat "$tree/corpus/seed.txt" | "$cli" show /dev/stdin
}
expect 0 '^enqueue b0 p0$' from_pipe

: >nothing
expect 2 'nothing: 0 bytes, not even a header' "$cli" replay nothing
expect 2 'proved nothing: 1 program' "$cli" replay nothing
printf x >one
expect 2 'one: 1 bytes, not even a header' "$cli" replay one
: >nothing.txt
expect 65 '^nothing.txt:1:1: ' "$cli" replay nothing.txt

cp "$build"/explore-* "${cli%/*}/" # noise may have a schedule
head -c 1048576 /dev/urandom >noise
expect 0 'noise: only the first 2056 bytes are a program' "$cli" show noise
"$cli" replay noise >out 2>&1 || [ $? -eq 2 ] || { bad "noise"; cat out; }

printf 'pinprick program 1\np0 = alloc\nenqueue b0 p0\np1 = dequoue b0\n' >typo.txt
expect 65 '^typo.txt:4:6: ' "$cli" replay typo.txt
expect 65 '^typo.txt:4:6: ' "$cli" show typo.txt
expect 65 '^typo.txt:4:6: ' "$cli" minimize typo.txt
printf 'pinprick program 2\n' >later.txt
expect 65 '^later.txt:1:' "$cli" replay later.txt
{ printf 'pinprick program 1\n' && head -c 2000000 /dev/zero | tr '\0' '#'; } >long.txt
expect 65 'long.txt: longer than a program can be' "$cli" replay long.txt

# A bad file among good ones is told, and does not hide what the good ones say.
cp "$tree/corpus/seed.txt" good.txt
expect 65 'good.txt: clean on modern,' "$cli" replay typo.txt good.txt

"$cli" encode good.txt --output bytes >/dev/null
[ "$(wc -c <bytes/good)" -eq 40 ] || bad "4 records are not 40 bytes"
head -c 35 bytes/good >cut.bin
expect 0 'cut.bin: 3 bytes after the last whole record are ignored' "$cli" show cut.bin
[ "$("$cli" show cut.bin 2>/dev/null | wc -l)" -eq 4 ] || bad "a cut program keeps its whole records"
finish
