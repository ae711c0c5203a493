#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# A fuzz run from its beginning to its end, whichever end that is.
. "$(dirname "$0")/lib.sh"

with_engines
engines() { # engines TREE: how many still run
	count=0
	for process in /proc/[0-9]*/exe; do
		case $(readlink "$process" 2>/dev/null) in "$1"/*fuzz_ops-*) count=$((count + 1)) ;; esac
	done
	echo $count
}

none_left() {
	sleep 1
	[ "$(engines "$tree")" -eq 0 ] || bad "$1 leaves an engine behind"
}

# Two at once, one process each: both end clean, each with its own folder.
"$cli" fuzz --for 3s --jobs 1 --seed 1 >"$tmp/first" 2>&1 &
first=$!
expect 0 '^clean: ' "$cli" fuzz --for 3s --jobs 2 --seed 9f3ac01b --json
grep -q '^run it again: .*--jobs=2$' "$tmp/err" || bad "the suts are named, or no command"
grep -q '"verb": "fuzz", "exit": 0' "$tmp/out" || bad "no JSON object"
[ "$(wc -l <"$tmp/out")" -eq 1 ] || bad "more than the JSON object on standard output"
wait $first || bad "the first of two at once: $(cat "$tmp/first")"
[ "$(find "$tree/work/runs" -name summary.json | wc -l)" -eq 2 ] || bad "not a summary for each run"
[ "$(find "$tree/work/corpus/modern" -type f | wc -l)" -gt 9 ] || bad "no working corpus"
none_left "the end"

# Ctrl-C: summary, 130, and what was learned stays.
for sig in INT TERM; do
	"$cli" fuzz --for 60s --jobs 2 >"$tmp/out" 2>&1 &
	fuzz=$!
	sleep 2
	kill -$sig $fuzz
	code=0
	wait $fuzz || code=$?
	[ $code -eq 130 ] || bad "exit $code after SIG$sig"
	grep -q '^interrupted: ' "$tmp/out" || bad "no summary after SIG$sig: $(cat "$tmp/out")"
	none_left "SIG$sig"
done

# A supervisor that cannot clean up takes its engines with it all the same.
"$cli" fuzz --for 60s --jobs 2 >/dev/null 2>&1 &
fuzz=$!
for second in 1 2 3 4 5 6 7 8 9 10; do
	running=$(engines "$tree")
	[ "$running" -ne 2 ] || break
	sleep 1
done
[ "$running" -eq 2 ] || bad "after $second s $running engines run, not 2"
kill -KILL $fuzz
wait $fuzz || :
none_left "SIGKILL"

# The suts to run again with, where they are not all.
expect 0 '^run it again: .* --sut=modern-off$' "$cli" fuzz --for 3s --jobs 1 --sut modern-off

# An engine that fails by itself is no finding.
printf '#!/bin/sh\necho out of cheese >&2\nexit 42\n' >"$tree/build/asan/fuzz_ops-modern"
expect 70 'out of cheese' "$cli" fuzz --for 5s --sut modern
rm "$tree/build/asan/fuzz_ops-modern"
expect 70 'cannot run ' "$cli" fuzz --for 5s --sut modern
finish
