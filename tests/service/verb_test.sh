#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# pinprick check-oss-fuzz: one combination, and what it says where something is wrong.
set -u
root=$1 failed=0
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
export PINPRICK_NO_INSTALL=1
machine=$(uname -m)

# expect CODE PATTERN COMMAND...
expect() {
	want=$1 pattern=$2 got=0
	shift 2
	"$@" >"$tmp/said" 2>&1 </dev/null || got=$?
	[ "$got" -eq "$want" ] && grep -Eq -e "$pattern" "$tmp/said" && return
	echo "FAILED: exit $got, not $want; or no line '$pattern': $*"
	cat "$tmp/said"
	failed=1
}

# In a tree of its own: another check may be under way in this one.
mkdir "$tmp/tree"
tar -C "$root" --exclude=./build --exclude=./work --exclude=./.git -cf - . | tar -C "$tmp/tree" -xf -
pinprick=$tmp/tree/pinprick

verb="check-oss-fuzz --combination"
# shellcheck disable=SC2086
{
	expect 64 "no combination 'address/none'" "$pinprick" $verb address/none
	expect 66 'takes a checkout of google/oss-fuzz' "$pinprick" $verb x --oss-fuzz /nowhere
	expect 0 '^address +libfuzzer .* ok +[0-9]+  14 targets' \
		"$pinprick" $verb "address/libfuzzer/$machine/newest"
	expect 0 '^address +honggfuzz .* not buildable ' "$pinprick" $verb address/honggfuzz/x86_64

	# What Debian has, and is not here.
	cp -rs /usr/bin "$tmp/bin"
	rm -f "$tmp/bin/afl-clang-fast"
	[ "$machine" != x86_64 ] || expect 3 '^address +afl .* not checked .*afl\+\+$' \
		env PATH="$tmp/bin" "$pinprick" $verb address/afl/x86_64

	# A build that fails, and one that leaves nothing.
	echo 'exit 1' >"$tmp/tree/oss-fuzz/build.sh"
	expect 1 ' failed .*does not build: see ' "$pinprick" $verb "address/libfuzzer/$machine/newest"
	echo 'true' >"$tmp/tree/oss-fuzz/build.sh"
	expect 1 'no fuzz target in it' "$pinprick" $verb "address/libfuzzer/$machine/newest"
}
[ "$failed" -eq 0 ] && echo ok
exit $failed
