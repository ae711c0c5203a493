#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What OSS-Fuzz and ClusterFuzzLite run in a checkout of pinprick to fill $OUT.
# Compiler, flags and engine are theirs: $CC, $CXX, $CFLAGS, $CXXFLAGS,
# $LIB_FUZZING_ENGINE; cmake/flavours.cmake adds nothing.

# The folder may remember another sanitizer's flags.
rm -rf "$WORK/command" "$WORK/targets" "$WORK/seeds"

# The command makes seeds and dictionaries here and now, so it has none of the
# flags, which may be for another machine, and with AFL_NOOPT no instrumentation.
env CFLAGS= CXXFLAGS= LDFLAGS= LIB_FUZZING_ENGINE= AFL_NOOPT=1 \
	cmake -G Ninja -S . -B "$WORK/command"
AFL_NOOPT=1 cmake --build "$WORK/command" --target pinprick-cli
command=$WORK/command/pinprick-cli

cmake -G Ninja -S . -B "$WORK/targets"
cmake --build "$WORK/targets" --target service

# seeds NAME FIND-ARGUMENT...
seeds() {
	local name=$1
	shift
	find "$@" -name '*.txt' -exec "$command" encode --output="$WORK/seeds/$name" {} +
}
seeds core corpus -name drivers -prune -o -name scenarios -prune -o
seeds drivers corpus/drivers
# Those of whole drivers are not what fuzz_schedule runs.
seeds schedule corpus/scenarios ! -name 'drivers-*'

for target in "$WORK"/targets/fuzz_*; do
	name=$(basename "$target")
	source=${name%%-*}
	seeds=core
	[ ! -d "$WORK/seeds/${source#fuzz_}" ] || seeds=${source#fuzz_}
	cp "$target" "$OUT/"
	cp "fuzz/$source.options" "$OUT/$name.options"
	"$command" dictionary >"$OUT/$name.dict"
	(cd "$WORK/seeds/$seeds" && zip -q "$OUT/${name}_seed_corpus.zip" -- *)
done
