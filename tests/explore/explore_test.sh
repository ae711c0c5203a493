#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The verb explore: the shipped cores are clean within the bound, and every build
# goes the same way; planted bugs are found, replayed alike and made small.
#   sh explore_test.sh ROOT BUILD [RACES]   RACES: the build folder with planted races
. "$(dirname "$0")/../cli/lib.sh"

races=${3:-}
cli=$tree/build/${build##*/}/pinprick-cli
mkdir -p "${cli%/*}" "$tree/corpus"
cp "$build/pinprick-cli" "$build"/explore-* "${cli%/*}/"
cp -R "$root"/corpus/*.txt "$root/corpus/scenarios" "$tree/corpus/"
cd "$tree"

expect 64 "there is no strategy 'guess'; there are portfolio written exhaustive" "$cli" explore --strategy guess
expect 64 "not a number of preemptions: 'x'" "$cli" explore --bound x
expect 66 'cannot read' "$cli" explore nowhere.txt
expect 2 '^no op of one context gave way to one of another' "$cli" explore --for 1s corpus/seed.txt
grep -q '^proved nothing: ' "$tmp/out" || bad "one context alone proves something"
expect 0 '^clean: [0-9]* schedules in ' "$cli" explore --seed 1
runs=$(($(ls corpus/scenarios/*.txt | wc -l) * 4)) # each on both cores, with migration and without
grep -q "^  programs *$runs, $runs of them with every schedule within the bound\$" "$tmp/out" ||
	bad "not every schedule was run"
grep -q '; 64 of 64 pairs of the core.s own$' "$tmp/out" || bad "not every op beside every other"
expect 0 '"verdict": "clean"' "$cli" explore --seed 1 --json
sed -n 's/.*\("schedules": [0-9]*\).*\("trace": "[0-9a-f]*"\).*/exhaustive \1 \2/p' "$tmp/out" >"$tmp/traces"
for strategy in walk order few pct random; do
	expect 0 '"verdict": "clean"' "$cli" explore --strategy $strategy --for 3s --seed 7 --json \
		--sut modern,classic corpus/scenarios
done
cmp -s "$tmp/traces" "$root/tests/golden/schedules.txt" ||
	bad "not as in tests/golden/schedules.txt: other builds, or another corpus/scenarios: $(cat "$tmp/traces")"

# Drivers as they are in the kernel: what one context alone does not do (B5, B15).
as_is() { # as_is SUT SCENARIO ID ROW
	expect 1 "^finding $3 on $1\$" "$cli" explore --as-is --sut "$1" "corpus/scenarios/$2.txt"
	grep -q '; replayed twice alike; ' "$tmp/out" || bad "$2: not replayed"
	grep -q "^        as in the kernel, row .*$4" "$tmp/out" || bad "$2: it does not say which row"
	again=$(sed -n 's/^run it again: //p' "$tmp/out")
	expect 1 "finding $3" "$cli" explore --as-is --strategy written --sut "$1" "${again##* }"
	expect 0 '^clean: ' "$cli" explore --strategy written --sut "$1" "${again##* }"
}
as_is modern drivers-pseries-beside-compaction 'model.bug@deflate/modern' B5
as_is classic drivers-vmware-beside-compaction 'model.bug@deflate/classic' B15

# Programs that were written for one context after the other, in any order.
expect 0 '^clean: [0-9]* schedules in ' "$cli" explore --for 30s corpus/*.txt

# A schedule in a program: twice, alike; switches and interrupts where it says.
cat >"$tmp/schedule.txt" <<'EOF'
pinprick program 1
p0 = alloc near f0
p1 = alloc near f1
enqueue b0 p0
@1 p0 = isolate f0
@1 ! 2 -> @0
enqueue b0 p1
! 1 -> @1
irq ! 1 -> @0
irq p2 = dequeue b0
EOF
expect 0 ': clean on modern, [0-9]* points, twice trace [0-9a-f]*$' \
	"$cli" replay --trace --sut modern "$tmp/schedule.txt"
cat >"$tmp/columns" <<'EOF'
    @0                                @1                                
    p0 = alloc  f0
    p1 = alloc near f1  f1
    enqueue b0 p0
    | enqueue is interrupted
EOF
grep -A99 '^    @0' "$tmp/out" | head -n 5 | cmp -s - "$tmp/columns" || bad "other columns: $(cat "$tmp/out")"
expect 2 'has no finding, so there is nothing to keep' "$cli" minimize "$tmp/schedule.txt"

# Of long stretches without a switch only the ends.
{ cat corpus/scenarios/everything-beside-a-deflation.txt && echo '! 1 -> @1'; } >"$tmp/long.txt"
expect 0 '^    \.\.\. [0-9]* more$' "$cli" replay --trace --sut modern "$tmp/long.txt"
! grep -q 'list_enqueue' "$tmp/out" || bad "nothing was folded: $(cat "$tmp/out")"
expect 0 '^   1  p0 = alloc ' "$cli" replay --trace --sut modern corpus/seed.txt
find work/runs -type d -empty | grep . && bad "a folder without anything in it"
expect 0 '^modern, corpus/scenarios/dequeue-beside-isolation.txt: [0-9]* schedules' \
	"$cli" explore --scenario dequeue-beside-isolation --sut modern
expect 66 'cannot read .*corpus/scenarios/nothing.txt' "$cli" explore --scenario nothing
expect 64 'not both' "$cli" explore --scenario nothing corpus/seed.txt

if [ "$races" ]; then
	cp "$races/race-cli" "$races"/explore-race-* "${cli%/*}/"
	cli=${cli%/*}/race-cli
	found() { # found RACE SCENARIO ID
		expect 1 "^finding $3 on race-$1\$" "$cli" explore --sut "race-$1" "corpus/scenarios/$2.txt"
		grep -q '; replayed twice alike; ' "$tmp/out" || bad "$1: not replayed"
		again=$(sed -n 's/^run it again: //p' "$tmp/out")
		file=${again##* }
		expect 1 "^finding $3 on race-$1\$" "$cli" replay --sut "race-$1" "$file"
		grep -q '^    @0  *@1' "$tmp/out" || bad "$1: no columns"
	}
	found two-sections dequeue-beside-migration 'model.bug@dequeue/modern'
	[ "$(grep -c . "$file")" -le 12 ] || bad "not small: $(cat "$file")"
	grep -q '^@1 ! [0-9]* -> @0$' "$file" || bad "no schedule in $(cat "$file")"
	found owner-before-lock dequeue-beside-isolation 'race.data@page.private/modern'
	found isolated-outside-lock two-scanners-two-pages 'race.data@device.isolated_pages/modern'
	found isolated-outside-lock-classic two-scanners-two-pages 'race.data@device.isolated_pages/classic'
	found reference-late dequeue-beside-migration 'lock.not-held@migrate/modern'
fi
finish
