#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The bank of planted bugs is whole: each head says what it must, each patch applies,
# each row of the contract's history has a bug or a reason why not, and each function
# of both cores has two that nobody named.
#   sh bugs.sh ROOT
set -u
LC_ALL=C
export LC_ALL
cd -- "$1" || exit 3
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
failures=0
bad() {
	echo "bugs: FAIL $*"
	failures=$((failures + 1))
}

key() { # key PATCH KEY
	sed -n "/^--- /q; s/^$2: //p" "$1"
}

mkdir -p "$tmp/tree" && cp -R core guest "$tmp/tree/" || exit 3
count=0
for patch in bugs/*.patch; do
	count=$((count + 1))
	for word in row story sut in engine; do
		[ "$(key "$patch" "$word")" ] || bad "$patch: its head has no '$word:'"
	done
	[ "$(key "$patch" 'finds[a-z-]*')$(key "$patch" detects)" ] || bad "$patch: finds nothing"
	sentences=$(sed -n '/^story: /,$p' "$patch" | sed '1s/^story//; 2,$ { /^ /!q; }' | grep -v '^[a-z]' |
		tr '\n' ' ' | sed 's/ [A-Z][a-z]*\. / /g' | grep -o '\.\( \|$\)' | wc -l)
	[ "$sentences" -ge 3 ] || bad "$patch: its story has $sentences sentences, not 3"
	! key "$patch" kernel | grep -qv '^[a-z_]*: .' || bad "$patch: not 'kernel: FUNCTION: SED COMMAND'"
	grep -q 'bug_probe(' "$patch" || bad "$patch: has no probe"
	row=$(key "$patch" row)
	case $row in
	own) ;;
	*) grep -Eq "^(\| $row |#+ $row[ .])" docs/contract.md || bad "$patch: the contract has no row $row" ;;
	esac
	(cd "$tmp/tree" && git apply --check -p1 "$OLDPWD/$patch" 2>"$tmp/err") ||
		bad "$patch: does not apply: $(head -n 1 "$tmp/err")"
done
[ "$count" -ge 60 ] || bad "there are $count planted bugs, not 60"

# History.
rows=$(sed -n 's/^| \(H[0-9]*b*\) | .*/\1/p' docs/contract.md)
[ "$(echo "$rows" | wc -l)" -ge 43 ] || bad "docs/contract.md has not all rows of history"
for row in $rows; do
	grep -q "^row: $row\$" bugs/*.patch || grep -q "^$row	." bugs/not-expressible ||
		bad "$row has neither a planted bug nor a line in bugs/not-expressible"
done

# Functions: whoever defines one, with its body behind it.
functions() { # functions FILE...
	awk '/^[a-z].*[a-z_]\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
		/^\{/ && name { print name; name = "" }
		/;$/ { name = "" }' "$@" | sort -u
}
for core in modern:balloon classic:balloon_compaction; do
	sut=${core%:*} file=core/${core#*:}
	names=$(functions "$file.c" "$file.h")
	[ "$(echo "$names" | wc -l)" -ge 14 ] || bad "$file: only these functions: $names"
	for name in $names; do
		own=0
		for patch in $(grep -l "^in: $name\$" bugs/*.patch); do
			[ -z "$(key "$patch" driver)" ] && [ "$(key "$patch" row)" = own ] || continue
			case $(key "$patch" sut) in "$sut"*) own=$((own + 1)) ;; esac
		done
		[ $own -ge 2 ] || bad "$file: $name has $own bugs that nobody named, not 2"
	done
done

# What was in the bank stays there.
sed -n 's/^| `\([a-z0-9-]*\)` .*/\1/p' docs/planted-bugs.md >"$tmp/told"
[ -s "$tmp/told" ] || bad "docs/planted-bugs.md has no table: ./pinprick bugs --seeds 5 --write"
while read -r name; do
	[ -e "bugs/$name.patch" ] || bad "bugs/$name.patch is gone, and docs/planted-bugs.md has it"
done <"$tmp/told"
for patch in bugs/*.patch; do
	name=${patch##*/}
	grep -qxF "${name%.patch}" "$tmp/told" ||
		bad "docs/planted-bugs.md has not $patch: ./pinprick bugs --seeds 5 --write"
done
[ $failures -eq 0 ] || exit 1
echo "bugs: $count, each applies; $(echo "$rows" | wc -l) rows of history"
