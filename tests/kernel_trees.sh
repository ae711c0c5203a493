#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The stand-ins of shim/linux and the trees of tests/trees, without a run: what
# detect.sh says of each tree; that the good ones compile with both compilers
# in both configurations, without a warning in the adapter; that the bad ones
# are refused, by the right sentence; that no header of the host fills in.
#
# Exit: 0 all of it holds, 1 something does not, 3 a compiler is missing.
set -u
LC_ALL=C
export LC_ALL

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 3
trees=$root/tests/trees
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0 failed=0
pass() {
	passed=$((passed + 1))
}
fail() {
	failed=$((failed + 1))
	printf 'kernel_trees: FAIL %s\n' "$*"
}

holds() { # holds SENTENCE COMMAND...
	sentence=$1
	shift
	if "$@"; then pass; else fail "$sentence"; fi
}

missing() {
	echo "kernel_trees: $1 is missing; ./pinprick setup" >&2
	exit 3
}

compilers=gcc
for version in '' -19 -18 -17 -16 -15 -14; do
	command -v "clang$version" >/dev/null && compilers="clang$version gcc" && break
done
for compiler in $compilers; do
	command -v "$compiler" >/dev/null || missing "$compiler"
done
[ "$compilers" != gcc ] || missing clang

# detect TREE: into $tmp/TREE, where the compiler then finds what it needs.
detect() {
	mkdir -p "$tmp/$1"
	sh "$trees/prepare.sh" "$trees/$1" "$tmp/$1" 2>"$tmp/$1/refused"
}

# compile TREE COMPILER FLAG...: as the build does (cmake/kernels.cmake).
compile() {
	out=$tmp/$1 compiler=$2
	shift 2
	"$compiler" -std=gnu11 -O2 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
		-Wmissing-prototypes -Wcast-qual -Wpointer-arith -Werror -nostdinc \
		-isystem "$("$compiler" -print-file-name=include)" -include "$out/tree.h" \
		-I "$out/include" -I "$root/shim/linux/include" -I "$root" \
		-DSUT=kernel -DSUT_NAME='"kernel"' "$@" \
		-c "$root/harness/sut_kernel.c" -o "$out/object.o" 2>"$out/errors"
}
on='-DCONFIG_BALLOON_MIGRATION=1 -DCONFIG_BALLOON_COMPACTION=1'

# good TREE FEATURE...: exactly these, and it compiles.
good() {
	tree=$1
	shift
	detect "$tree" || fail "$tree is refused: $(cat "$tmp/$tree/refused")"
	found=$(sed -n 's/^#define KERNEL_\([A-Z0-9_]*\) 1$/\1/p' "$tmp/$tree/tree.h" | sort | tr '\n' ' ')
	wanted=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
	if [ "$found" = "$wanted" ]; then pass; else fail "$tree has '$found', not '$wanted'"; fi
	for compiler in $compilers; do
		for configuration in "$on" ''; do
			# shellcheck disable=SC2086
			if compile "$tree" "$compiler" $configuration; then
				pass
			else
				fail "$tree, $compiler $configuration: $(cat "$tmp/$tree/errors")"
			fi
		done
	done
}

# refused TREE PATTERN: by detect.sh, with 65.
refused() {
	detect "$1"
	code=$?
	if [ $code -eq 65 ] && grep -Eq -- "$2" "$tmp/$1/refused"; then
		pass
	else
		fail "$1: exit $code, $(cat "$tmp/$1/refused")"
	fi
}

# broken TREE PATTERN: compiles with none, and each says so, with the user's path.
broken() {
	detect "$1" || fail "$1 is refused: $(cat "$tmp/$1/refused")"
	for compiler in $compilers; do
		# shellcheck disable=SC2086
		if compile "$1" "$compiler" $on; then
			fail "$1 compiles with $compiler"
		elif grep -E -- "$2" "$tmp/$1/errors" | grep -Fq "$trees/$1/mm/"; then
			pass
		else
			fail "$1, $compiler: $(cat "$tmp/$1/errors")"
		fi
	done
}

good no-list-calls ADDRESS_SPACE PAGE_LOCK DELETE NO_LIST_CALLS
good inode ADDRESS_SPACE PAGE_LOCK DELETE
good node-counters PAGE_LOCK NODE_PAGES PUSH CALLER_6_12
good page-type REGISTERED PAGE_LOCK NODE_PAGES CALLER_7_0
good global-lock REGISTERED NODE_PAGES ADJUSTS CORE_MOVES CALLER_7_0
good new-list-macro REGISTERED NODE_PAGES ADJUSTS CORE_MOVES CALLER_7_0
good new-idioms REGISTERED PAGE_LOCK NODE_PAGES CALLER_7_0

# column NAME MIGRATE_C...: which column page migration is said to have; none is 6.1.
column() {
	wanted=$1 tree=$trees/$2
	shift 2
	if ! said=$(sh "$root/shim/linux/detect.sh" "$tree/mm/balloon_compaction.c" \
		"$tree/include/linux/balloon_compaction.h" "$@"); then
		fail "$tree $*: refused"
		return
	fi
	got=$(printf '%s\n' "$said" | sed -n 's/^#define KERNEL_\(CALLER_.*\) 1$/\1/p')
	if [ "$got" = "$wanted" ]; then pass; else fail "$tree $*: column '$got', not '$wanted'"; fi
}

echo 'static void batch(struct list_head *dst_folios);' >"$tmp/batch.c"
echo '/* dst_folios came later */ static void one(void) { puts("dst_folios"); }' >"$tmp/one.c"
column CALLER_6_12 node-counters
column CALLER_6_12 node-counters "$tmp/batch.c"
column '' node-counters "$tmp/one.c"
column '' inode
column CALLER_6_12 inode "$tmp/batch.c"
column CALLER_7_0 page-type
column CALLER_7_0 page-type "$tmp/batch.c"
column CALLER_7_0 page-type "$tmp/one.c"

# A lock of folios is one of pages.
sed 's/trylock_page(p)/folio_trylock(page_folio(p))/' "$trees/page-type/mm/balloon_compaction.c" >"$tmp/folios.c"
sh "$root/shim/linux/detect.sh" "$tmp/folios.c" \
	"$trees/page-type/include/linux/balloon_compaction.h" >"$tmp/folios.h"
holds 'a file that tries to lock folios has not PAGE_LOCK' \
	grep -Fqx '#define KERNEL_PAGE_LOCK 1' "$tmp/folios.h"

# Two builds of a file share no function.
holds 'a function that the header declares is not renamed' \
	grep -Fqx '#define balloon_is_empty KERNEL_NAME(balloon_is_empty)' "$tmp/new-idioms/tree.h"

refused enqueue-allocates '^[^:]*mm/balloon_compaction.c: .* from before 4\.15'
refused unknown-config '^[^:]*mm/balloon.c: names CONFIG_BALLOON_TELEPATHY, which .*docs/kernels.md, A CONFIG_ symbol is not known'

[ -e /usr/include/linux/virtio_balloon.h ] ||
	fail 'this host has no <linux/virtio_balloon.h>, so missing-header proves nothing'
broken missing-symbol 'error: .*kasan_poison_page'
broken missing-header 'fatal error: .*linux/virtio_balloon.h'
broken does-not-compile "error: expected ';'"

# The headings that messages name.
docs=$root/docs/kernels.md
for heading in 'A CONFIG_ symbol is not known' 'A symbol is missing' Limits; do
	holds "docs/kernels.md has no '## $heading'" grep -q "^## $heading\$" "$docs"
done

# Its tables: the features are those of detect.sh, the symbols are there.
features=$(sed -n 's/.*define \([A-Z][A-Z0-9_]*\)$/\1/p' "$root/shim/linux/detect.sh" | sort -u)
for feature in $features; do
	holds "docs/kernels.md does not tell of $feature" grep -q "^| \`$feature\` | .* | .* |$" "$docs"
done
symbols=$(sed -n '/^| feature | symbols |$/,/^$/p' "$docs" | tail -n +3 | cut -d '|' -f 3 |
	grep -Eo '[a-zA-Z_]+')
[ "$symbols" ] || fail 'docs/kernels.md has no table of symbols'
# defined SYMBOL: as a macro, a type, an enumerator or a function; what a comment says is none.
defined() {
	sed 's|/[*].*[*]/||;/^\/[*]/,/[*]\//d' "$root"/shim/linux/*.h "$root/shim/count.h" |
		grep -Eq -- "^#define $1([(]|[[:space:]])|^struct $1 [{]|^enum .*[{ ]$1[ ,]|^[a-z].*[ *]$1[(][^;]*(;|,|[)])\$"
}
for symbol in $symbols; do
	holds "no stand-in has $symbol" defined "$symbol"
done
if defined balloon; then fail 'a word in a comment is taken for a stand-in'; else pass; fi

printf 'kernel_trees: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
