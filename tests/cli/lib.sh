# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# For the tests of the command: sh NAME_test.sh ROOT BUILD.  A test works in
# $tmp, in a tree of its own with copies of the built programs.
set -eu

root=$1
build=$2
tmp=$(mktemp -d)
tree=$tmp/tree
cli=$tree/build/asan/pinprick-cli
failed=0
export NO_COLOR=1 PINPRICK_NO_INSTALL=1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

mkdir -p "$tree/build/asan" "$tree/corpus"
cp "$build/pinprick-cli" "$tree/build/asan/"
cp "$root/pinprick" "$tree/"
cat >"$tree/corpus/seed.txt" <<'EOF'
pinprick program 1
p0 = alloc
enqueue b0 p0
p1 = dequeue b0
free p1
EOF

# broken: the sut with the planted mistake of broken_core.c, in command and engine.
with_broken() {
	cp "$build/tests/cli/broken-cli" "$cli"
	cp "$build/tests/cli/fuzz_ops-broken" "$tree/build/asan/"
}

with_engines() {
	cp "$build"/fuzz_ops-* "$tree/build/asan/"
}

bad() {
	printf 'FAILED: %s\n' "$*"
	failed=1
}

# expect CODE PATTERN COMMAND...: the exit code, and a basic regular expression
# that some line of the output or of the errors must match.
expect() {
	want=$1 pattern=$2
	shift 2
	got=0
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
	[ "$got" -eq "$want" ] || {
		bad "exit $got, not $want: $*"
		cat "$tmp/out" "$tmp/err"
	}
	grep -q -e "$pattern" "$tmp/out" "$tmp/err" || {
		bad "no line '$pattern': $*"
		cat "$tmp/out" "$tmp/err"
	}
}

finish() {
	[ "$failed" -eq 0 ] || exit 1
	echo ok
}
