#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Bad input, full disks and sudden ends: fuzz says what it was, and loses nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

with_engines
# Meanwhile, each in a tree of its own: they take their time.
for sut in hanging hungry deeper; do
	fault_tree $sut $sut "$build/tests/cli"
done
start_fault hanging
hanging=$!
start_fault hungry
hungry=$!
cd "$tree"

# Files that cannot be read are told by their names; the rest is used, and nothing has gone.
odd_files
expect 0 '^clean: ' as_user timeout -k 5 60 "$cli" fuzz --for 2s --jobs 1 --sut modern
told_odd_files
grep -q 'files: 6 ' work/runs/*/modern-0.log ||
	bad "not the seed and five programs: $(grep 'seed corpus' work/runs/*/modern-0.log)"
for word in stats check minimize merge; do
	expect 66 "cannot read .*/unreadable: Permission denied" as_user timeout -k 5 60 "$cli" corpus $word --sut modern $corpus
	grep -q 'cannot read .*/dangling: No such file' "$tmp/err" || bad "$word: $(cat "$tmp/err")"
	grep -q '/pipe is skipped: not a regular file' "$tmp/err" || bad "$word: $(cat "$tmp/err")"
	odd_files_left "corpus $word"
done
rm -rf work

# An engine that is cut off while it writes, and one that is between removing a program and
# writing what replaces it: nothing torn comes into the corpus, nothing is lost.
cat >"$tmp/engine" <<'EOT'
#!/bin/sh
# Its last argument but one is where it writes.
while [ $# -gt 2 ]; do shift; done
keep() {
	printf %s "$1" >"$own/new"
	mv "$own/new" "$own/$(printf %s "$1" | sha1sum | cut -d ' ' -f 1)"
}
own=$1
keep large
keep larger
sleep 2.5
rm "$own/$(printf large | sha1sum | cut -d ' ' -f 1)"
keep l
sleep 2.5
[ ! -e torn ] || printf torn >"$own/$(printf whole | sha1sum | cut -d ' ' -f 1)"
rm "$own/$(printf larger | sha1sum | cut -d ' ' -f 1)"
EOT
mv build/asan/fuzz_ops-modern "$tmp/real"
install -m 755 "$tmp/engine" build/asan/fuzz_ops-modern
for torn in torn nothing; do
	touch $torn
	expect 2 '^proved nothing: ' "$cli" fuzz --for 10s --jobs 1 --sut modern
	[ ! -e torn ] || grep -q 'work/runs/.* is left alone: the engine was stopped before it was whole' "$tmp/err" ||
		bad "a torn file is not told: $(cat "$tmp/err")"
	is_whole $corpus "by an engine that was cut off"
	[ "$(cat $corpus/* | tr -d l)" = arger ] && [ "$(find $corpus -type f | wc -l)" -eq 2 ] ||
		bad "not what it needs: $(cat $corpus/*)"
	rm -rf work torn
done
mv "$tmp/real" build/asan/fuzz_ops-modern

full_disks 800k
sudden_ends
"$cli" corpus check --sut modern $corpus >"$tmp/out" 2>&1 || :
! grep -v 'nothing wrong$\|corpus minimize makes it smaller$' "$tmp/out" || bad "corpus check finds something wrong"

settle_fault $hanging hanging 'progress.timeout@[a-z_]*enqueue'
is_small hanging
settle_fault $hungry hungry 'sanitizer.out-of-memory@[a-z_]*enqueue'
is_small hungry

# What comes into the working corpus from elsewhere, an engine that runs takes.
start_fault deeper
deeper=$!
deeper_program >"$tmp/deeper.txt"
sleep 3
"$cli" encode --output="$tmp/deeper/work/corpus/deeper" "$tmp/deeper.txt" >/dev/null
settle_fault $deeper deeper state.events@enqueue
finish
