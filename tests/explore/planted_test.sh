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

found() { # found PLANTED SCENARIO ID
	expect 1 "^finding $3 on planted-$1\$" "$cli" explore --sut "planted-$1" "corpus/scenarios/$2.txt"
	grep -q '; replayed twice alike; ' "$tmp/out" || bad "$1: not replayed"
	again=$(sed -n 's/^run it again: //p' "$tmp/out")
	expect 1 "finding $3" "$cli" explore --strategy written --sut "planted-$1" "${again##* }"
}

found dies dequeue-beside-isolation 'sanitizer\.[^@]*@dequeue/modern'
found oldest-first two-deflations-beside-putback 'order.none@end/modern'
found page-lock-spins dequeue-beside-isolation 'progress.livelock@end/classic'
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
