#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# A campaign with AFL++ that is killed at random moments: what it found is there in the
# end.  And AFL++ that goes on after findings.
. "$(dirname "$0")/../cli/lib.sh"

mkdir -p "$tree/build/afl-asan"
cp "$build"/fuzz_* "$build/pinprick-cli" "$tree/build/afl-asan/"
cp "$build"/fuzz_* "$tree/build/asan/"
cd "$tree"

code=0
sh "$root/tests/campaign/kills.sh" 20 4 1 "$tree/build/afl-asan/pinprick-cli" campaign --only ops-afl-asan \
	--sut modern >"$tmp/kills" 2>&1 || code=$?
[ $code -eq 0 ] || bad "exit $code: $(cat "$tmp/kills")"
grep -q '^4 kills in 20 s; of [1-9][0-9]* finds 0 lost' "$tmp/kills" || bad "$(cat "$tmp/kills")"
[ "$(grep -c '^recovered' work/campaigns/modern/journal)" -ge 2 ] || bad "$(cat work/campaigns/modern/journal)"

# What AFL++ wrote in the last second of its life, which no run of chance is sure to hit.
run=$tree/work/runs/20260101-000000-1/afl-modern/main
rm -rf work
mkdir -p "$run/queue" "$run/crashes" work/campaigns/modern
"$cli" encode --output=bytes "$root/corpus/locked-page-cannot-move.txt" >/dev/null
cp bytes/locked-page-cannot-move "$run/queue/id:000007,src:000000,time:9,execs:9,op:havoc,rep:2"
cat >work/campaigns/modern/journal <<END
pinprick journal 1
campaign	1796000000	7	10	ops-afl-asan	modern	
slice	1	ops-afl-asan	1796000000	1	5
run	${run%/afl-modern/main}
END
expect 0 '^going on after 0 s' "$tree/build/afl-asan/pinprick-cli" campaign --for 5s --only ops-afl-asan --sut modern
sum=$(cksum <bytes/locked-page-cannot-move)
cksum work/corpus/modern/* | cut -d ' ' -f 1,2 | grep -qx "$sum" || bad "what AFL++ found last is lost"

# Two mistakes, the first of which every third program shows, and the seed: the second is found, too.
rm -rf work
cp "$build/tests/afl/hides-cli" "$cli"
cp "$build/tests/afl/fuzz_ops-hides" "$tree/build/asan/"
expect 1 '^  found  ' "$cli" fuzz --keep-going --for 12s --jobs 2 --sut hides
grep -q '^finding state.events@enqueue/modern on hides, ' "$tmp/out" || bad "the deep one is not found: $(cat "$tmp/out")"
[ "$(grep -c '^finding state.managed@' "$tmp/out")" -ge 2 ] || bad "the shallow ones are not told: $(cat "$tmp/out")"
[ "$(grep '^finding ' "$tmp/out" | sort | uniq -d | wc -l)" -eq 0 ] || bad "one is told twice"
finish
