#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The list of what continuous integration runs: the workflow is made from it, every
# flavour is in it, and the verb says how each entry ended.   ci.sh ROOT
set -eu

root=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
export PINPRICK_NO_INSTALL=1

bad() {
	printf 'FAILED: %s\n' "$*"
	failed=1
}

"$root/pinprick" ci --workflow | cmp - "$root/.github/workflows/ci.yml" ||
	bad "the workflow is not what the list says: ./pinprick ci --workflow >.github/workflows/ci.yml"

# Of AFL++'s flavours the tested one; cover is what the tests of `cover` build.
for flavour in $(sed -n "s/^tested='\([^']*\)'.*/\1/p" "$root/pinprick") \
	$(sed -n 's/^ *"name": "\([a-z0-9-]*\)",$/\1/p' "$root/CMakePresets.json" |
		grep -Evx 'any|clang|cover|afl-.*'); do
	grep -q "test --flavour=$flavour\$" "$root/cmake/ci.list" || bad "no entry tests the flavour $flavour"
done
grep -vc '^#' "$root/cmake/ci.list" >"$tmp/count"
[ "$(cat "$tmp/count")" -ge 10 ] || bad "the list is next to empty"

# The verb, with a list and a verb of our own.
tree=$tmp/tree
mkdir -p "$tree/cli"
cp -R "$root/cmake" "$root/pinprick" "$root/CMakeLists.txt" "$root/CMakePresets.json" "$tree/"
cp "$root"/cli/verbs.* "$tree/cli/"
cat >"$tree/cmake/verbs/test.sh" <<'EOF'
case $flavour_given in asan) exit 0 ;; gcc) exit 1 ;; msan) exit 69 ;; esac
EOF
here=$(uname -m | sed 's/x86_64/x86-64/; s/aarch64/arm64/')
cat >"$tree/cmake/ci.list" <<EOF
# A comment.
fine $here,elsewhere test --flavour=asan
wrong $here test --flavour=gcc
cannot $here test --flavour=msan
strange $here test --flavour=none
far elsewhere test --flavour=asan
EOF

# ends CODE NAME...: how the run of these ends.
ends() {
	want=$1 got=0
	shift
	"$tree/pinprick" ci "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
	[ $got -eq "$want" ] || {
		bad "exit $got, not $want: ci $*"
		cat "$tmp/out" "$tmp/err"
	}
}
has() {
	grep -Eq "$1" "$tmp/out" || bad "no line '$1' in: $(cat "$tmp/out")"
}

ends 1
has '^fine +[0-9]+  ok$'
has '^wrong +[0-9]+  failed: exit 1$'
has '^cannot +[0-9]+  could not run: exit 69$'
has '^strange +[0-9]+  could not run: exit 64$'
has '^far +-  not on this machine: needs elsewhere$'
grep -q 'pinprick test --flavour=asan --junit=build/ci/fine.xml' "$tmp/err" || bad "no JUnit file is asked for"
ends 0 fine far
ends 3 fine cannot
ends 2 far
ends 64 fine nobody
[ "$(wc -l <"$tmp/out")" -eq 0 ] || bad "something ran before a name was refused"

# JUnit: what does not build is an error in it.
cp "$root/cmake/verbs/test.sh" "$tree/cmake/verbs/test.sh"
got=0
"$tree/pinprick" test --flavour gcc --junit "$tmp/tests.xml" >"$tmp/out" 2>&1 || got=$?
[ $got -eq 3 ] || bad "exit $got, not 3, where nothing builds"
grep -q '<testsuite name="gcc" tests="1" errors="1">' "$tmp/tests.xml" || bad "JUnit hides it: $(cat "$tmp/tests.xml")"
got=0
"$tree/pinprick" test --flavour gcc --junit /nowhere/tests.xml >"$tmp/out" 2>&1 || got=$?
[ $got -eq 73 ] || bad "exit $got, not 73, where JUnit cannot be written"

[ $failed -eq 0 ] || exit 1
echo "ci: the workflow and the list agree"
