#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# fuzz --engine: which there are, and what becomes of it where AFL++ is not installed.
. "$(dirname "$0")/lib.sh"

cp -R "$root/cmake" "$root/CMakeLists.txt" "$root/CMakePresets.json" "$tree/"
mkdir "$tree/cli" "$tmp/bin"
cp "$root"/cli/verbs.* "$tree/cli/"
pinprick=$tree/pinprick
expect 64 "no engine 'honggfuzz'; there are libfuzzer and afl" "$pinprick" fuzz --engine honggfuzz
expect 64 "no flavour 'gcc' with '--engine afl'" "$pinprick" fuzz --engine afl --flavour gcc
expect 64 'stress has no option --engine' "$pinprick" stress --engine afl
expect 64 "no flavour 'afl-tsan'" "$pinprick" fuzz --flavour afl-tsan

# All commands that there are but AFL's.
ln -s /usr/bin/* "$tmp/bin/"
rm -f "$tmp"/bin/afl-*
expect 69 'to install them: .*apt-get install .* afl++' \
	env "PATH=$tmp/bin" "$pinprick" fuzz --engine afl --for 1s
expect 69 '^{"verb": "diff", "verdict": "not run", "exit": 69}$' \
	env "PATH=$tmp/bin" "$pinprick" diff --engine afl --for 1s --json
finish
