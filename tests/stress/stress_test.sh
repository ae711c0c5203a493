#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The verb stress as a person uses it: what it takes, what it refuses, what it
# says, how it ends.   sh stress_test.sh ROOT BUILD
. "$(dirname "$0")/../cli/lib.sh"

cli=$tree/build/tsan/pinprick-cli
mkdir -p "$tree/build/tsan"
cp "$build/pinprick-cli" "$build/stress-modern" "$build/stress-modern-off" "$build/stress-classic" \
	"$build/stress-classic-off" "$tree/build/tsan/"
cd "$tree"

# What makes no sense.
expect 64 "not a number of threads: '1'; write one from 2 to 16" "$cli" stress --threads 1
expect 64 "not a number of threads: '17'" "$cli" stress --threads=17
expect 64 "not a number of pages: 'many'" "$cli" stress --pages many
expect 64 "not a multiple of 256: '300' pages" "$cli" stress --pages 300
expect 64 "there is no role 'sleep'; there are inflate deflate" "$cli" stress --roles inflate,sleep
expect 64 "there is no driver 'xen'; there are free virtio vmware pseries" "$cli" stress --devices virtio,xen
expect 64 '1 to 8 devices, not 9' "$cli" stress --devices 9
expect 64 'the role corpus needs --corpus' "$cli" stress --roles corpus
expect 64 'stress has no option --expect' "$cli" stress --expect x
expect 64 "stress takes no file: x.txt" "$root/pinprick" stress x.txt
expect 64 "not a number: 'two'" "$root/pinprick" stress --threads two

# All suts, and what a run says of itself.
expect 0 '^clean: ' "$cli" stress --for 8s --seed 5
for line in '^stressing modern for 3 s, modern-off for .*; .* threads, 4096 pages; tsan, ' '^devices b0 free' \
	'^preflight: a planted race is reported$' 'in flight together, on one device / on one page' \
	'^  classic: [0-9]* calls of the core in ' '^    roles  *inflate [0-9]' '^    faults  *host refused [0-9]'; do
	grep -q "$line" "$tmp/out" || bad "no line '$line'"
done
again=$(sed -n 's/^run it again: //p' "$tmp/out")
[ "$again" = "$(echo "$again" | sed -n '/^\.\/pinprick stress --for=8s --seed=5 --threads=[0-9]* --pages=4096$/p')" ] ||
	bad "not the command that runs it again: $again"
expect 0 '^{"verb": "stress", "verdict": "clean", "exit": 0, "seed": 5, "flavour": "tsan"' \
	"$cli" stress --for 2s --sut modern --seed 5 --json --sarif clean.sarif
python=$(command -v python3 || :)
[ -z "$python" ] || "$python" -c 'import json, sys; json.load(open(sys.argv[1]))' "$tmp/out" || bad "no JSON"
is_sarif clean.sarif 0 ''
expect 73 'cannot write /nowhere/sarif: ' "$cli" stress --for 2s --sut modern --seed 5 --sarif /nowhere/sarif

# The corpus on threads, chosen roles and devices.
expect 0 '^    corpus  *[0-9]' "$cli" stress --for 3s --sut classic --corpus
expect 0 '^corpus: 1 programs on threads$' "$cli" stress --for 2s --sut modern --corpus --roles corpus
expect 0 '^devices b0 virtio' "$cli" stress --for 2s --sut modern --devices virtio,free --roles inflate,deflate,compact
grep -q '^    roles .* refuse ' "$tmp/out" && bad "a role that nobody asked for"

# A run that did next to nothing proves nothing.
expect 2 '^proved nothing: ' "$cli" stress --for 2s --sut modern --roles deflate
grep -q 'calls that put pages into a balloon: 0, and 1 at least would prove something$' "$tmp/out" || bad "it does not say what is missing"

# Interrupted: it parks, judges, drains and says what it did.
"$cli" stress --for 60s --sut modern >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 3
kill -INT $pid
code=0
wait $pid || code=$?
[ $code -eq 130 ] || bad "exit $code, not 130, after an interruption"
grep -q '^interrupted: ' "$tmp/out" || bad "no summary after an interruption"
grep -q '^  modern: [0-9]* calls' "$tmp/out" || bad "no workload after an interruption"

# Without an engine, and where the engine cannot tell of races: never a skip.
mv build/tsan/stress-modern "$tmp/"
expect 3 'there is no engine .*/stress-modern' "$cli" stress --sut modern --for 1s
printf '#!/bin/sh\necho FATAL: ThreadSanitizer: unexpected memory mapping; exit 66\n' >build/tsan/stress-modern
chmod +x build/tsan/stress-modern
expect 3 'so a run would prove nothing. .*sudo sysctl vm.mmap_rnd_bits=28' "$cli" stress --sut modern --for 1s
grep -q 'unexpected memory mapping' "$tmp/err" || bad "the engine's own words are not shown"
cp "$tmp/stress-modern" build/tsan/
expect 3 'TSan is silent about a planted race' env TSAN_OPTIONS=report_bugs=0 "$cli" stress --sut modern --for 1s

# A finding: kept, explained, and looked for again by the printed command.
for file in race-cli stress-race-isolated-outside-lock; do
	cp "$build/tests/stress/$file" build/tsan/
done
cli=$tree/build/tsan/race-cli
expect 1 '^finding race.data@device.isolated_pages/modern on race-isolated-outside-lock$' \
	"$cli" stress --for 30s --seed 3 --sut race-isolated-outside-lock
grep -q ' by balloon_page_putback (.*core/balloon.c:[0-9]*)' "$tmp/out" || bad "the report is not put in words"
grep -q '^  @1, role ' "$tmp/out" || bad "no lanes"
folder=$(sed -n 's/^kept in //p' "$tmp/out")
[ -s "$folder/report.txt" ] && grep -q 'WARNING: ThreadSanitizer: data race' "$folder/engine.log" ||
	bad "nothing is kept in $folder"
expect 1 '"findings": \[{"id": "race.data@device.isolated_pages/modern"' \
	"$cli" stress --until-finding --sut race-isolated-outside-lock --json --sarif found.sarif
is_sarif found.sarif 1 "./pinprick stress "
finish
