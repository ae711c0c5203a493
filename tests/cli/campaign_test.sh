#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Campaigns: they go on where they were, whatever ended them, and tell what they found.
. "$(dirname "$0")/lib.sh"

with_engines
cp "$build"/fuzz_diff-* "$tree/build/asan/"
cd "$tree"
journal=work/campaigns/modern/journal
lines() { # lines KIND: how many the journal has
	grep -c "^$1	" "$journal"
}

expect 64 "there is no lane 'ops-gcc'" "$cli" campaign --only ops-gcc
expect 64 'of which there are 2, it takes 10 s: ' "$cli" campaign --only ops-asan,diff-asan --for 8s
expect 3 'the lane stress-tsan needs .*/build/tsan/pinprick-cli' "$cli" campaign --only stress-tsan
rm -rf work

# To its end: every lane had its turn, and what it did is in the journal.
expect 0 '^clean: [0-9]* slices* in ' "$cli" campaign --for 12s --only ops-asan,diff-asan --sut modern --seed 5
grep -q '^  ops-asan  *[0-9]* slices* .* programs .*/s; ok$' "$tmp/out" || bad "no sum of a lane: $(cat "$tmp/out")"
grep -q '^run it again: ./pinprick campaign --only=ops-asan,diff-asan --sut=modern --for=12s --seed=5$' "$tmp/out" ||
	bad "no command: $(cat "$tmp/out")"
[ "$(lines slice)" -ge 2 ] && [ "$(lines slice)" -eq "$(lines end)" ] || bad "slices: $(cat $journal)"
for lane in ops-asan diff-asan; do
	grep -q "^slice	[0-9]*	$lane	" $journal || bad "no slice of $lane"
done
grep -Eq '^did	modern	[1-9][0-9]*	programs	9[0-9]	97	[1-9][0-9]*	[1-9][0-9]*	[1-9]' $journal ||
	bad "what it did: $(grep '^did' $journal)"
[ "$(lines cell)" -ge 97 ] || bad "$(lines cell) cells"
[ -z "$(ls work/runs)" ] || bad "runs that found nothing are left: $(ls work/runs)"

# The same again is a new one.  Ctrl-C, and the same command goes on; it ends when its time is over.
"$cli" campaign --for 20s --only ops-asan --sut modern >"$tmp/first" 2>&1 &
campaign=$!
sleep 4
expect 3 'another campaign is at work in work/campaigns/modern' "$cli" campaign --only ops-asan --sut modern
kill -INT $campaign
code=0
wait $campaign || code=$?
[ $code -eq 130 ] || bad "exit $code after SIGINT: $(cat "$tmp/first")"
grep -q '^go on: ./pinprick campaign --only=ops-asan --sut=modern --for=20s$' "$tmp/first" ||
	bad "no way to go on: $(cat "$tmp/first")"
[ "$(lines campaign)" -eq 2 ] || bad "not a new campaign"
# Cut off in its last field: it must not pass for whole.
printf 'end	1796000000	0	6' >>$journal
expect 0 '^going on after ' "$cli" campaign --for 8s --only ops-asan --sut modern
grep -q 'line.* are torn' "$tmp/err" || bad "a torn line is not told"
! grep -q '^end	1796000000	0	6$' $journal || bad "a torn line became a whole one"
[ "$(lines campaign)" -eq 2 ] && [ "$(lines resume)" -eq 1 ] || bad "not the same campaign: $(cat $journal)"
# The verb alone is killed: told, and the next slice takes what it left.
"$cli" campaign --for 20s --only ops-asan --sut modern >"$tmp/first" 2>&1 &
campaign=$!
sleep 4
verb=$(pgrep -P $campaign)
kill -KILL $verb
wait $campaign || bad "exit $? after the verb was killed: $(cat "$tmp/first")"
grep -q '^   1 ops-asan .*: failed$' "$tmp/first" || bad "a killed verb is not told: $(cat "$tmp/first")"
tail -n +"$(grep -n '^campaign' $journal | tail -n 1 | cut -d : -f 1)" $journal | grep -q '^recovered' ||
	bad "what a killed verb left is not taken: $(cat $journal)"
expect 0 'a new one begins' env PINPRICK_IDENTITY=1 sh -c "
	\"$cli\" campaign --for 60s --only ops-asan --sut modern >/dev/null & sleep 2; kill -KILL \$!; wait \$!
	PINPRICK_IDENTITY=2 \"$cli\" campaign --for 5s --only ops-asan --sut modern"

# Killed: the run under way left a finding and nobody settled it.
with_broken
mkdir -p work/campaigns/broken work/runs/20260101-000000-1
printf 'pinprick program 1\np0 = alloc\nenqueue b0 p0\n' >seed.txt
"$cli" encode --output=bytes seed.txt >/dev/null
"$cli" replay --sut broken seed.txt >"$tmp/replay" && bad "no finding to begin with"
cp bytes/seed* work/runs/20260101-000000-1/broken-0-crash-0123456789012345678901234567890123456789
rm corpus/seed.txt
cat >work/campaigns/broken/journal <<END
pinprick journal 1
campaign	1796000000	7	10	ops-asan	broken	
slice	1	ops-asan	1796000000	1	5
run	$tree/work/runs/20260101-000000-1
END
expect 1 '^going on after 0 s' "$cli" campaign --for 5s --only ops-asan --sut broken
journal=work/campaigns/broken/journal
[ "$(lines recovered)" -eq 1 ] || bad "nothing recovered: $(cat $journal)"
id=$(sed -n 's/^finding	\([^	]*\)	.*/\1/p' $journal | head -n 1)
first=$(grep -n '^finding' $journal | head -n 1 | cut -d : -f 1)
[ "$first" -lt "$(grep -n '^recovered' $journal | cut -d : -f 1)" ] || bad "the finding was not recovered"
grep -q "^     finding $id on broken$" "$tmp/out" || bad "the finding is not told: $(cat "$tmp/out")"
[ "$(find work/findings -name program.txt | wc -l)" -eq "$(grep -c '^    run it again' "$tmp/out")" ] ||
	bad "not one program for each id: $(find work/findings -type f; cat "$tmp/out")"
grep -q '<== ' work/campaigns/broken/stories/*.txt || bad "no story"

# A longer one in place of the smallest: it comes to less again, and one that is smallest stays.
program=$(echo work/findings/broken/*/program.txt | cut -d ' ' -f 1)
cp "$program" "$tmp/smallest"
cp "$program" "$tmp/longer"
printf 'p1 = alloc\np2 = alloc\n' >>"$tmp/longer"
expect 1 '^finding: ' "$cli" campaign --for 5s --only ops-asan --sut broken
cmp "$program" "$tmp/smallest" || bad "the smallest program did not stay"

# A full disk: told, with nothing lost, and the same command goes on.
cp "$build/pinprick-cli" "$cli"
cp "$root"/corpus/*.txt corpus/
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	cat >"$tmp/full.sh" <<'END'
rm -rf "$PWD/work"
mkdir work
mount -t tmpfs -o size=24m none work
"$1" campaign --for 30s --only ops-asan --sut modern >"$2" 2>&1 &
sleep 4
cat /dev/zero >work/filler 2>/dev/null
code=0
wait $! || code=$?
cat "$2"
[ $code -eq 74 ] || [ $code -eq 73 ] || exit 99
grep -q '^slice' work/campaigns/modern/journal || exit 98
rm work/filler
"$1" campaign --for 6s --only ops-asan --sut modern
END
	expect 0 'going on after ' unshare -m sh "$tmp/full.sh" "$cli" "$tmp/full"
	grep -q 'what it had is there: once there is room' "$tmp/out" || bad "a full disk is not told: $(cat "$tmp/out")"
fi
finish
