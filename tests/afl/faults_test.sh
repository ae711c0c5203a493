#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The same as tests/cli/faults_test.sh, with AFL++; and two machines that share what they find.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/faults.sh"

cp "$build"/fuzz_* "$tree/build/asan/"
# What one machine has, the other takes every two seconds; rsync would do the same.
share() { # share FROM TO
	for program in "$tmp/$1/work/corpus/deeper"/*; do
		copy=$tmp/$2/work/corpus/deeper/${program##*/}
		[ -e "$copy" ] || { cp "$program" "$tmp/$2/new" && mv "$tmp/$2/new" "$copy"; }
	done
}

# Two that fuzz; then the one comes by a program that takes more than a minute to find.
machines() {
	for queue in one other; do
		until [ "$(find "$tmp/$queue/work/runs" -path '*/main/queue/id*' 2>/dev/null)" ]; do
			sleep 0.5
		done
	done
	deeper_program >"$tmp/deeper.txt"
	"$cli" encode --output="$tmp/one/work/corpus/deeper" "$tmp/deeper.txt" >/dev/null
	while sleep 2; do
		share one other
		share other one
	done
}

# Meanwhile, each in a tree of its own: they take their time.
for sut in hanging hungry; do
	fault_tree $sut $sut "$build/tests/afl"
done
fault_tree one deeper "$build/tests/afl"
fault_tree other deeper "$build/tests/afl"
# The same minimiser as there, which takes all of its half a minute for what hangs.
start_fault hanging --no-minimize
hanging=$!
start_fault hungry
hungry=$!
# Two machines, whose working corpora are copied to and fro.
start_fault one
one=$!
start_fault other
other=$!
machines &
machines=$!
cd "$tree"

# Files that cannot be read are told by their names; the rest is used, and nothing has gone.
odd_files
expect 0 '^clean: ' as_user timeout -k 5 60 "$cli" fuzz --for 2s --jobs 1 --sut modern
told_odd_files
[ "$(find work/runs/*/afl-modern/main/queue -name '*,orig:*' | wc -l)" -eq 7 ] ||
	bad "not the seed, five programs and nothing: $(ls work/runs/*/afl-modern/main/queue)"
rm -rf work

full_disks 800k
sudden_ends

settle_fault $hanging hanging 'progress.timeout@[a-z_]*enqueue'
settle_fault $hungry hungry 'sanitizer.out-of-memory@[a-z_]*enqueue'
is_small hungry
settle_fault $one one state.events@enqueue
settle_fault $other other state.events@enqueue
kill $machines
wait $machines || :
finish
