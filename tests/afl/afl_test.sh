#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Fuzzing with AFL++, to whichever end.
. "$(dirname "$0")/../cli/lib.sh"

cp "$build"/fuzz_* "$tree/build/asan/"
with() { # with SUT: of those that only this test has
	cp "$build/tests/afl/$1-cli" "$cli"
	cp "$build/tests/afl/fuzz_ops-$1" "$tree/build/asan/"
}

none_left() {
	for process in /proc/[0-9]*/exe; do
		case $(readlink "$process" 2>/dev/null) in
		"$tree"/*fuzz_*) bad "$1 leaves $process behind" ;;
		*/afl-fuzz)
			! tr '\0' '\n' <"${process%/exe}/cmdline" | grep -qF "$tree" ||
				bad "$1 leaves afl-fuzz behind"
			;;
		esac
	done
}

number() { # number NAME: of the JSON object
	sed -n "s/.*\"$1\": \([0-9.]*\).*/\1/p" "$tmp/out"
}

cd "$tree"

# Clean: its own figures say the same as the summary, and the same program takes the same way.
# Options of the user's that AFL would not start with, and no terminal, change nothing.
expect 0 '^clean: ' env TERM= ASAN_OPTIONS=print_stats=0 "$cli" fuzz --for 4s --jobs 2 --sut modern --json
grep -q '^fuzzing modern in 2 processes for 4 s with AFL++; asan' "$tmp/err" || bad "the first line"
grep -q '^run it again: .* --engine=afl .*--sut=modern$' "$tmp/err" || bad "no command"
grep -q '^  stability    100.00 %, in [0-9]* executions' "$tmp/err" ||
	bad "the same program does not take the same way: $(cat "$tmp/err")"
executions=$(awk '/^execs_done/ { sum += $3 } END { print sum }' work/runs/*/afl-modern/*/fuzzer_stats)
[ "$(number executions)" = "$executions" ] || bad "$(number executions) executions, not $executions"
programs=$(sed 's/.*"programs": \([0-9]*\),.*/\1/' "$tmp/out")
# Not counted by AFL: the first input of each process, and runs for CmpLog.
[ "$programs" -ge "$executions" ] && [ $((programs - executions)) -le $((executions / 100 + 20)) ] ||
	bad "$programs programs, $executions executions"
[ "$executions" -gt 2000 ] || bad "only $executions executions"
[ -d "$(echo work/runs/*)/afl-modern/secondary-1/queue" ] || bad "no secondary instance"
none_left "the end"

# What it found is in the working corpus, all of it, and a second run begins with that.
finds=$(find work/corpus/modern -name 'afl-*' | wc -l)
[ "$finds" -gt 50 ] || bad "only $finds finds in the working corpus"
sums() { # of the contents of the files that are named on standard input
	tr '\n' '\0' | xargs -0 cksum | cut -d ' ' -f 1,2 | sort -u
}
find work/corpus/modern -name 'afl-*' | sums >"$tmp/kept"
find work/runs/*/afl-modern/*/queue -maxdepth 1 -name 'id:*,op:*' | grep -v ',sync:' >"$tmp/found"
[ -s "$tmp/found" ] || bad "nothing in the queues"
sums <"$tmp/found" | comm -23 - "$tmp/kept" >"$tmp/lost"
[ ! -s "$tmp/lost" ] || bad "$(wc -l <"$tmp/lost") finds are not in the working corpus"
rm -rf work/runs
expect 0 '^clean: ' "$cli" fuzz --for 2s --jobs 1 --sut modern
queued=$(find work/runs/*/afl-modern/main/queue -name '*,orig:afl-*' | wc -l)
[ "$queued" -ge "$finds" ] || bad "of $finds finds a second run begins with $queued"

# Ctrl-C: summary, 130, and what was learned stays.
rm -rf work
"$cli" fuzz --for 60s --jobs 2 --sut classic >"$tmp/out" 2>&1 &
fuzz=$!
sleep 3
kill -INT $fuzz
code=0
wait $fuzz || code=$?
[ $code -eq 130 ] || bad "exit $code after SIGINT"
grep -q '^interrupted: ' "$tmp/out" || bad "no summary after SIGINT: $(cat "$tmp/out")"
[ "$(find work/corpus/classic -name 'afl-*' | wc -l)" -gt 20 ] || bad "SIGINT loses the finds"
none_left "SIGINT"

# A supervisor that cannot clean up takes everything with it all the same.
"$cli" fuzz --for 60s --jobs 2 --sut classic >/dev/null 2>&1 &
fuzz=$!
sleep 3
kill -KILL $fuzz
wait $fuzz || :
sleep 1
none_left SIGKILL

# A mistake that takes a fuzzer: found, made small, kept.
rm -rf work
with deep
expect 1 '^finding state.events@enqueue/modern on deep, record ' "$cli" fuzz --for 40s --jobs 2 --seed 1
tail -n 1 "$tmp/out" | grep -q '^run it again: ./pinprick replay --sut=deep work/findings/' ||
	bad "the last line is not the command: $(tail -n 1 "$tmp/out")"
expect 1 '^finding state.events@enqueue/modern' "$cli" replay work/findings/deep/*/program.txt
none_left "a finding"

# One that the first seed shows.
with broken
expect 1 '^finding .* on broken, record 2 of 2$' "$cli" fuzz --for 20s --jobs 1

# A core that remembers more than its balloons: nothing that it does can be relied on.
with unsteady
expect 70 'unsteady: stability [0-9.]* %' "$cli" fuzz --for 3s --jobs 1

# An engine that fails by itself is no finding.
printf '#!/bin/sh\nexit 42\n' >"$tree/build/asan/fuzz_ops-unsteady"
expect 70 'the engine failed' "$cli" fuzz --for 5s --jobs 1
finish
