#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Planted mistakes that end a run without a judge's word, that only the order of
# the ops shows, or that a driver makes beside another context: each is found by
# explore, with its schedule, in every flavour.
#   sh planted_test.sh ROOT BUILD FLAVOUR
. "$(dirname "$0")/../cli/lib.sh"

flavour=$3
cli=$tree/build/$flavour/planted-cli
mkdir -p "${cli%/*}"
cp "$build/tests/explore/planted-cli" "$build"/tests/explore/explore-planted-* \
	"$build/tests/explore/stress-planted-deep-stack" "${cli%/*}/"
cp -R "$root/corpus/scenarios" "$tree/corpus/"
cd "$tree"

found() { # found PLANTED SCENARIO ID [OPTION...]
	planted=$1 scenario=$2 id=$3
	shift 3
	expect 1 "^finding $id on planted-$planted\$" "$cli" explore --sut "planted-$planted" "$@" \
		--sarif "$tmp/sarif" "corpus/scenarios/$scenario.txt"
	grep -q '; replayed twice alike; ' "$tmp/out" || bad "$planted: not replayed"
	again=$(sed -n 's/^run it again: //p' "$tmp/out")
	is_sarif "$tmp/sarif" 1 "$again"
	file=${again##* }
	command=replay
	[ "$flavour" = tsan ] || grep -q '^\(@. \)*! ' "$file" || command='explore --strategy=written'
	echo "$again" | grep -q " ${command%% *} " || bad "not the command to run it again: $again"
	# shellcheck disable=SC2086 # a command with its option
	expect 1 "^finding $id on planted-$planted\$" "$cli" $command --sut "planted-$planted" "$file"
}

found dies dequeue-beside-isolation 'sanitizer\.[^@]*@dequeue/modern'
# In place of a debugger: what it would be started with.
mkdir "$tmp/bin"
printf '#!/bin/sh\nwc -c <"$PINPRICK_EXPLORE"\necho "gdb $*"\n' >"$tmp/bin/gdb"
chmod +x "$tmp/bin/gdb"
expect 0 '^gdb -q -batch .* -ex run -ex backtrace --args .*/explore-planted-dies$' \
	env PATH="$tmp/bin:$PATH" "$cli" replay --gdb --sut planted-dies "$file"
grep -q '^[1-9][0-9]*$' "$tmp/out" || bad "no program for the engine: $(cat "$tmp/out")"
expect 64 'none in corpus/seed.txt' "$cli" replay --gdb --sut planted-dies corpus/seed.txt
found oldest-first two-deflations-beside-putback 'order.none@end/modern'
found page-lock-spins dequeue-beside-isolation 'progress.livelock@end/classic' --strategy pct --seed 1
found counts-before-mutex drivers-virtio-beside-out-of-memory 'model.bug@oom/modern'
found gone-without-reservation drivers-free-beside-compaction 'model.bug@deflate/modern'
found frames-after-unlock drivers-virtio-beside-compaction 'host.not-inflated@deflate/modern'
if [ "$flavour" = tsan ]; then
	# Where races are seen: the next driver's start, and a callback that is still to come.
	found goes-at-once drivers-free-beside-offline 'race.data@memory/modern'
	# A signal waits there for the next call into the library, and none comes.
	expect 1 '^finding progress.timeout@run/modern on planted-hangs$' \
		"$cli" explore --sut planted-hangs corpus/scenarios/dequeue-beside-isolation.txt
	again=$(sed -n 's/^run it again: //p' "$tmp/out")
	echo "$again" | grep -q -- ' --strategy=exhaustive --bound=2 --seed=[0-9]* --for=[0-9]*s --sut=planted-hangs corpus/scenarios/dequeue-beside-isolation.txt$' ||
		bad "not the command that looks for it again: $again"
else
	found goes-at-once drivers-free-beside-offline 'accounting.I1@run/modern'
	expect 1 '^finding progress.timeout@dequeue/modern on planted-hangs$' "$cli" explore --no-minimize \
		--sut planted-hangs corpus/scenarios/dequeue-beside-isolation.txt
	grep -q '; replayed twice alike$' "$tmp/out" || bad "the schedule that hangs was not kept"
	grep -q '^    | dequeue before ' "$tmp/out" || bad "no trace of the schedule that hangs"
fi
if [ "$flavour" != tsan ]; then
	# Ops and schedules both by chance, then by feedback.
	cp "$build/tests/explore/fuzz_schedule-planted-two-sections" "${cli%/*}/"
	expect 1 '^finding model.bug@dequeue/modern on planted-two-sections$' \
		"$cli" fuzz --schedules --for 60s --seed 1 --sut planted-two-sections
	grep -q '; replayed twice alike; ' "$tmp/out" || bad "fuzz_schedule: not replayed"
	again=$(sed -n 's/^run it again: //p' "$tmp/out" | head -n 1)
	expect 1 '^finding model.bug@dequeue/modern on planted-two-sections$' \
		"$cli" replay --sut planted-two-sections "${again##* }"
	[ "$(grep -c . "${again##* }")" -le 14 ] || bad "not small: $(cat "${again##* }")"
	expect 64 'not both' "$cli" fuzz --schedules --drivers
fi
# A core that does not do the same twice: but for one time in 64, so that it has six tries.
printf 'pinprick program 1\n@1 p0 = isolate f8\n@1 ! 0 -> @0\n' >"$tmp/strays.txt"
for page in 0 1 2 3 4 5; do
	printf 'p%s = alloc\nenqueue b0 p%s\np%s = dequeue b0\n' $page $page $page >>"$tmp/strays.txt"
done
expect 3 'two runs of one schedule differ on planted-strays' \
	"$cli" replay --sut planted-strays "$tmp/strays.txt"
if [ "$flavour" != tsan ]; then
	engine=${cli%/*}/fuzz_schedule-planted-strays
	cp "$build/tests/explore/fuzz_schedule-planted-strays" "$engine"
	expect 77 '^finding: schedule.differs$' "$engine" -runs=20000 -max_len=2056 -seed=1
	# What does next to nothing proves nothing.
	printf 'pinprick program 1\np0 = alloc\n@1 p0 = alloc\n' >"$tmp/little.txt"
	"$cli" encode "$tmp/little.txt" -o "$tmp/little" >/dev/null
	printf '#!/bin/sh\nexec "%s" "%s"\n' "$build/fuzz_schedule-modern" "$tmp/little/little" >"$engine"
	expect 2 '^planted-strays: [0-9]* pairs of ops gave way to each other, and 150 at least would prove something; ' \
		"$cli" fuzz --schedules --for 2s --sut planted-strays
fi
if [ "$flavour" = plain ]; then
	expect 1 '^finding sanitizer.signal@run/modern on planted-deep-stack$' \
		"$cli" stress --for 5s --sut planted-deep-stack
fi
if [ "$flavour" != tsan ]; then
	cp "$build/pinprick-cli" "$build/stress-modern" "${cli%/*}/"
	expect 0 '^clean: ' "${cli%/*}/pinprick-cli" stress --for 3s --sut modern
	grep -q "^$flavour sees no data races; --flavour tsan does$" "$tmp/out" ||
		bad "it does not say what $flavour does not see"
fi
finish
