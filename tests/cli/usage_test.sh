#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Wrong words on the command line: exit 64, and the word that was meant.
. "$(dirname "$0")/lib.sh"

pinprick=$root/pinprick
expect 64 "no verb 'fuz'; did you mean 'fuzz'" "$pinprick" fuz
expect 64 "did you mean 'minimize'" "$pinprick" minimise
expect 64 "did you mean 'replay'" "$pinprick" relpay
expect 64 'has no option --fro; see pinprick fuzz --help' "$pinprick" fuzz --fro=1
expect 64 'test has no option --seed' "$pinprick" test --seed 1
expect 64 '--for needs a value' "$pinprick" fuzz --for
expect 64 '--json takes no value' "$pinprick" fuzz --json=yes
expect 64 "no flavour 'tsan2'" "$pinprick" fuzz --flavour tsan2
expect 64 "no flavour '\.\*'" "$pinprick" fuzz --flavour '.*'
expect 64 'no flavour' "$pinprick" fuzz --flavour 'asan
x'
expect 64 'clean takes no file: x' "$pinprick" clean x
# Before anything is built, so that nobody takes it for a fault of the tree.
kernel=$root/tests/trees/does-not-compile
expect 64 "not a time: '5x'" "$pinprick" fuzz --kernel "$kernel" --for 5x
expect 64 "not a time: 's'" "$pinprick" fuzz --kernel "$kernel" --for=s
expect 64 "not a number of processes: 'two'" "$pinprick" fuzz --kernel "$kernel" --jobs two
expect 64 "not a seed: 'xyz'" "$pinprick" fuzz --kernel "$kernel" --seed xyz
expect 64 "no system under test 'nonsense'; there are all,.*,kernel,kernel-off$" \
	"$pinprick" replay --kernel "$kernel" --sut kernel,nonsense x
expect 128 'no system under test' "$pinprick" fuzz --kernel "$kernel" --sut kernel2 --bisect
expect 64 "fuzz takes no file: \.; did you mean --kernel \.?$" "$pinprick" fuzz .
expect 64 'write fuzz --drivers --as-is' "$pinprick" fuzz --kernel "$kernel" --as-is
expect 64 'diff has no option --drivers' "$pinprick" diff --kernel "$kernel" --drivers
expect 64 '^{"verb": "fuzz", "verdict": "not run", "exit": 64}$' "$pinprick" fuzz --json --for 5x
[ "$(wc -l <"$tmp/out")" -eq 1 ] || bad "more than the JSON object on standard output"
expect 66 'cannot read /nowhere: ' "$pinprick" fuzz --sut-source /nowhere
expect 66 'cannot read /: not a regular file' "$pinprick" fuzz --sut-source /
expect 0 'Usage: pinprick VERB' "$pinprick" --help
for verb in setup fuzz replay show minimize corpus report test cover bench check-oss-fuzz clean; do
	expect 0 "Usage: pinprick $verb" "$pinprick" "$verb" --help
done

expect 64 "no verb 'fuz'" "$cli" fuz
expect 64 'no option --fro' "$cli" fuzz --fro=1
expect 64 'no option --flavour' "$cli" fuzz --flavour=asan
expect 64 "not a time: '10x'" "$cli" fuzz --for 10x
expect 64 "not a time: '-1'" "$cli" fuzz --for -1
expect 64 "not a time: '99999999999h'" "$cli" fuzz --for 99999999999h
expect 64 "not a seed: 'xyz'" "$cli" fuzz --seed xyz
expect 64 "not a number of processes: '0'" "$cli" fuzz --jobs 0
expect 64 "no system under test 'moder'" "$cli" fuzz --sut moder
expect 64 'usage: pinprick replay' "$cli" replay
expect 64 'minimize takes one file' "$cli" minimize a b
expect 64 "corpus takes merge, minimize, stats or check, not 'prune'" "$cli" corpus prune
expect 64 'merge needs what to take' "$cli" corpus merge
expect 64 '--output is for corpus merge' "$cli" corpus stats --output x
expect 64 'encode needs --output' "$cli" encode "$tree/corpus"
expect 64 'Usage' "$cli"
expect 0 'Usage: pinprick-cli replay' "$cli" replay --help
finish
