#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Programs for drivers: fuzzed, replayed, shown and minimised like those for the core.
. "$(dirname "$0")/lib.sh"

mkdir "$tree/corpus/drivers"
cp "$root"/corpus/drivers/*.txt "$tree/corpus/drivers/"
cp "$build"/fuzz_drivers-* "$tree/build/asan/"
cd "$tree"

# A run from its beginning to its end.
expect 0 '^fuzzing drivers on modern in 1 process, .* 11 seeds$' "$cli" fuzz --drivers --for 4s --jobs 1 --seed 1
grep -q '^clean: .* on modern, modern-off, classic, classic-off$' "$tmp/out" || bad "no verdict"
grep -q '^  pages        [1-9].* inflated, [1-9].* deflated before the end; [1-9]' "$tmp/out" || bad "no pages"
grep -q '^  migrations   [1-9].* callbacks: [1-9].* moved, [1-9].* again, [1-9].* busy, [1-9].* gone$' "$tmp/out" ||
	bad "no migrations: $(cat "$tmp/out")"
grep -q '^  host  .* inflate, [1-9].* refused; .* deflate, [1-9].* refused$' "$tmp/out" || bad "the host refuses nothing"
grep -q transitions "$tmp/out" && bad "transitions are for the core"
grep -q '^run it again: ./pinprick fuzz --drivers --for=4s --seed=1 --jobs=1$' "$tmp/out" || bad "no command"
[ "$(find work/corpus/drivers-modern -type f | wc -l)" -gt 9 ] || bad "no working corpus"
[ -e work/corpus/modern ] && bad "the core's corpus is touched"
[ "$(find work/runs/*/seeds -type f | wc -l)" -eq 11 ] || bad "not the drivers' seeds alone"

expect 0 '"verb": "fuzz", "exit": 0, .*"drivers": true, "seed"' "$cli" fuzz --drivers --for 2s --jobs 1 \
	--sut classic --json
grep -q '"ran": {.*"attach": [1-9]' "$tmp/out" || bad "no ops in the JSON object"
grep -q '"driver_counts": {"programs": [1-9].*"moved": [1-9]' "$tmp/out" || bad "no drivers in the JSON object"
[ "$(wc -l <"$tmp/out")" -eq 1 ] || bad "more than the JSON object on standard output"

"$cli" fuzz --drivers --for 60s --jobs 2 >"$tmp/out" 2>&1 &
fuzz=$!
sleep 2
kill -INT $fuzz
code=0
wait $fuzz || code=$?
[ $code -eq 130 ] || bad "exit $code after SIGINT"
grep -q '^interrupted: ' "$tmp/out" || bad "no summary after SIGINT: $(cat "$tmp/out")"

# An engine that does next to nothing proves nothing, and is told so.
printf 'pinprick program 1\nattach b0 virtio\ninflate b0 1\n' >"$tmp/little.txt"
"$cli" encode "$tmp/little.txt" -o "$tmp/little" >/dev/null
cat >build/asan/fuzz_drivers-modern <<EOF
#!/bin/sh
exec '$build/fuzz_drivers-modern' '$tmp/little/little'
EOF
expect 2 '^modern: remove: 0, and 1 at least would prove something$' "$cli" fuzz --drivers --for 2s --sut modern
grep -q '^proved nothing: ' "$tmp/out" || bad "the verdict is another"
cp "$build/fuzz_drivers-modern" build/asan/

# The core's engines start from the core's seeds.
cp "$build/fuzz_ops-modern" build/asan/
expect 0 ' 1 seeds$' "$cli" fuzz --for 2s --jobs 1 --sut modern

# Files.
expect 0 '^clean: 11 programs on modern, modern-off, classic, classic-off$' "$cli" replay corpus/drivers
expect 0 '^clean: 12 programs on modern$' "$cli" replay --sut modern corpus
grep -q '^  transitions  modern [1-9]' "$tmp/out" || bad "the core's program is not counted"
expect 0 '^ *2  inflate b0 4   *4 units  b0: f3 f2 f1 f0$' \
	"$cli" replay --verbose --sut classic corpus/drivers/refused-pages-go-back.txt
grep -q '^ *4  deflate b0 4   *2 units  b0: +2 aside$' "$tmp/out" || bad "no state in the trace"
expect 0 '^ *6      compact f0 4   *4 moved  b0:' \
	"$cli" show --sut modern corpus/drivers/compaction-inside-the-allocation.txt
expect 2 'has no finding' "$cli" minimize corpus/drivers/refused-pages-go-back.txt
for seed in corpus/drivers/*.txt; do
	"$cli" show "$seed" >"$tmp/shown"
	sed '/^#/d' "$seed" | cmp - "$tmp/shown" || bad "$seed is not written as pinprick prints it"
done
seed=corpus/drivers/refused-pages-go-back.txt
expect 65 "^pinprick: $seed is a program for drivers, and diff compares cores" "$cli" diff --sut=modern,classic $seed
expect 0 '11 programs for drivers left out' "$cli" diff --sut=modern,classic corpus

# With the mistakes of the kernel's drivers.
expect 64 'write fuzz --drivers --as-is' "$cli" fuzz --as-is
expect 64 'diff has no option --as-is' "$cli" diff --as-is
expect 64 'diff has no option --drivers' "$cli" diff --drivers
expect 1 '^fuzzing drivers as they are in the kernel, on modern' "$cli" fuzz --drivers --as-is --for 20s --jobs 1 --sut modern
grep -q '^  *as in the kernel, row B4: ' "$tmp/out" || bad "the row is not named: $(cat "$tmp/out")"
tail -n 1 "$tmp/out" | grep -q '^run it again: ./pinprick replay --as-is --sut=modern work/findings/as-is-modern/' ||
	bad "the last line is not the command: $(tail -n 1 "$tmp/out")"
program=work/findings/as-is-modern/model.bug-oom-modern/program.txt
grep -q '^# drivers: as they are in the kernel (--as-is)$' $program || bad "the file does not say what drivers"
expect 0 'model.bug@oom/modern on modern, as expected' \
	"$cli" replay --as-is --sut modern --expect model.bug@oom/modern $program
expect 0 '^clean: ' "$cli" replay $program
seed=corpus/drivers/idle-balloon-out-of-memory.txt
expect 1 '^  *as in the kernel, row B4: ' "$cli" replay --as-is --sut modern $seed
expect 1 '"as_is": true.*row B4: ' "$cli" replay --as-is --sut modern --json $seed
seed=corpus/drivers/refused-pages-go-back.txt
expect 1 '^  *as in the kernel, row B15: ' "$cli" replay --as-is --sut classic $seed
grep -q "^minimise it: ./pinprick minimize --as-is --sut=classic $seed$" "$tmp/out" || bad "no command to minimise"
expect 0 '^# as in the kernel, row B15: ' "$cli" minimize --as-is --sut classic $seed
grep -q '^attach b0 vmware$' "$tmp/out" || bad "no program"

# A wrong core.
cp "$build/tests/cli/broken-cli" "$cli"
cp "$build/tests/cli/fuzz_drivers-broken" build/asan/
expect 1 '^finding accounting.I3@.*/modern on broken, record 2 of 2$' "$cli" fuzz --drivers --for 20s --jobs 1
tail -n 1 "$tmp/out" | grep -q '^run it again: ./pinprick replay --sut=broken work/findings/drivers-broken/' ||
	bad "the last line is not the command: $(tail -n 1 "$tmp/out")"

# A wrong driver: found, minimised, and the command that is printed shows it again.
cp "$build/tests/cli/broken-driver-cli" "$cli"
cp "$build/tests/cli/fuzz_drivers-broken-driver" build/asan/
expect 1 '^finding cookie.content@.*/modern on broken-driver, record [34] of [34]$' \
	"$cli" fuzz --drivers --for 20s --jobs 1
grep -q '^   1  attach b0 virtio   *ok  b0:$' "$tmp/out" || bad "no ops: $(cat "$tmp/out")"
program=$(echo work/findings/drivers-broken-driver/*/program.txt)
expect 1 '^ *[34]  .*<== cookie.content@' "$cli" replay --sut=broken-driver "$program"
{ cat "$program" && printf 'inflate b0 3\ndeflate b0 2\nremove b0\n'; } >"$tmp/long.txt"
expect 0 '^# finding: cookie.content@' "$cli" minimize "$tmp/long.txt"
sed '/^#/d' "$program" >"$tmp/small.txt"
sed '/^#/d' "$tmp/out" | cmp - "$tmp/small.txt" || bad "minimize makes something else of it"
finish
