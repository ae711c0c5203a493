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

# is_sarif FILE COUNT REPLAY: its form, and that so many findings are in it, each with a
# file that is there and a command that begins like that.
is_sarif() {
	[ "$(grep -c '"ruleId": ' "$1")" -eq "$2" ] || bad "not $2 results: $(cat "$1")"
	python=$(command -v python3) || return 0
	"$python" - "$1" "$3" <<'EOF' || bad "not as it should be: $(cat "$1")"
import json, os, sys
log = json.load(open(sys.argv[1]))
assert log["version"] == "2.1.0" and len(log["runs"]) == 1
run = log["runs"][0]
assert run["tool"]["driver"]["name"] == "pinprick"
rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
assert len(rules) == len(set(rules))
for result in run["results"]:
    assert result["ruleId"] in rules and result["message"]["text"]
    assert result["properties"]["id"].startswith(result["ruleId"] + "@")
    assert result["properties"]["sut"]
    assert result["properties"]["replay"].startswith(sys.argv[2])
    place, = result["locations"]
    assert os.path.exists(place["physicalLocation"]["artifactLocation"]["uri"])
EOF
}

finish() {
	[ "$failed" -eq 0 ] || exit 1
	echo ok
}
