#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Holds core/ to its boundary: it builds for bare targets without any library,
# needs nothing but what core/port.h declares (and memcpy, memset), uses all of
# that, and includes nothing else.  Then builds and runs the example port.
#
# Exit: 0 all of it holds, 1 something does not, 3 a compiler is missing.
set -u
LC_ALL=C
export LC_ALL

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 3
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

targets='x86_64-none-elf armv7-none-eabi riscv64-none-elf s390x-none-elf' # the last is big-endian
warnings='-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror'
migration='-DCONFIG_BALLOON_MIGRATION'

failures=0
fail() {
	failures=$((failures + 1))
	printf 'freestanding: FAIL %s\n' "$*"
}

# A check could not run at all; findings so far count more.
cannot() {
	printf 'freestanding: %s\n' "$*" >&2
	[ "$failures" -eq 0 ] && exit 3
	exit 1
}

find_clang() {
	command -v clang-19 && return
	version=40
	while [ "$version" -gt 9 ]; do
		command -v "clang-$version" && return
		version=$((version - 1))
	done
	command -v clang
}

clang=$(find_clang) || cannot 'needs clang, and none is installed (apt-get install clang-19)'
gcc=$(command -v gcc) || cannot 'needs gcc, and it is not installed (apt-get install gcc)'
builtin=$("$clang" -print-resource-dir)/include
[ -r "$builtin/stddef.h" ] || cannot "$clang has no headers of its own in $builtin"

# Any nm that reads foreign objects: clang's own, or the system's.
for nm in "$("$clang" -print-prog-name=llvm-nm)" llvm-nm nm; do
	command -v "$nm" >/dev/null && break
done
command -v "$nm" >/dev/null || cannot 'needs llvm-nm or nm (apt-get install binutils)'

cd -- "$root/core" || cannot "there is no $root/core"

# bare TARGET ARGUMENT...: the compiler, with nothing but its own headers.
bare() {
	bare_target=$1
	shift
	# shellcheck disable=SC2086 # the flags are words
	"$clang" --target="$bare_target" -std=gnu11 -ffreestanding -nostdinc \
		-isystem "$builtin" -I. -Iextern $warnings "$@"
}

# What is left of a file's include lines, in any spelling.
includes() {
	sed -E -n 's/^[[:space:]]*(#|%:)[[:space:]]*(include_next|include|import|embed)[[:space:]]*//p' "$1"
}

# may_include FILE HEADER...: FILE includes these, and only these.
may_include() {
	file=$1
	shift
	for header in "$@"; do printf '%s\n' "$header"; done | sort >"$tmp/may"
	includes "$file" | sort >"$tmp/does"
	cmp -s "$tmp/may" "$tmp/does" ||
		fail "core/$file may include $*; it includes:" "$(tr '\n' ' ' <"$tmp/does")"
}

may_include balloon.c '"balloon.h"'
may_include balloon.h '"port.h"'
may_include port.h '<stdbool.h>' '<stddef.h>' '"port_impl.h"'

# What port.h declares, without comments and without what it includes.
sed '/^#include/d' port.h | "$clang" -E -P -x c - 2>"$tmp/err" | tr -cs 'A-Za-z0-9_(' '\n' |
	sed -n 's/^\(port_[a-z0-9_]*\)(.*/\1/p' | sort -u >"$tmp/declared"
[ -s "$tmp/declared" ] || fail "no function found in core/port.h: $(cat "$tmp/err")"
printf '%s\n' memcpy memset | sort - "$tmp/declared" >"$tmp/allowed"

# A driver: brings in what balloon.h defines itself.
cat >"$tmp/driver.c" <<'EOD'
#include "balloon.h"
void driver(struct balloon_dev_info *balloon);
void driver(struct balloon_dev_info *balloon)
{
	balloon_devinfo_init(balloon);
}
EOD

# build TARGET FLAG...: leaves the undefined symbols in $tmp/undefined.
build() {
	name=$*
	{
		bare "$@" -c balloon.c -o "$tmp/core.o" &&
			bare "$@" -c "$tmp/driver.c" -o "$tmp/driver.o"
	} >"$tmp/err" 2>&1 || {
		fail "$name does not build"
		cat "$tmp/err"
		return 1
	}
	"$nm" -u "$tmp/core.o" "$tmp/driver.o" >"$tmp/nm" 2>"$tmp/err" || {
		fail "$name: $nm cannot read the objects"
		cat "$tmp/err"
		return 1
	}
	awk 'NF == 2 { print $2 }' "$tmp/nm" | sort -u >"$tmp/undefined"
	foreign=$(comm -23 "$tmp/undefined" "$tmp/allowed" | tr '\n' ' ')
	[ -z "$foreign" ] || fail "$name needs what core/port.h does not declare: $foreign"
}

for target in $targets; do
	before=$failures
	for level in -O0 -O2; do
		build "$target" "$level" || continue
		mv "$tmp/undefined" "$tmp/without"
		build "$target" "$level" $migration || continue
		unused=$(comm -23 "$tmp/declared" "$tmp/undefined" | tr '\n' ' ')
		[ -z "$unused" ] || fail "$target $level: declared in core/port.h and never used: $unused"
		extra=$(comm -23 "$tmp/without" "$tmp/undefined" | tr '\n' ' ')
		[ -z "$extra" ] || fail "$target $level: used only without migration: $extra"
	done
	[ "$failures" -eq "$before" ] && printf 'freestanding: ok %s (%s undefined with migration, %s without)\n' \
		"$target" "$(grep -c . "$tmp/undefined")" "$(grep -c . "$tmp/without")"
done

# What the compiler opens besides core/ is its own stdbool.h and stddef.h.
for config in '' $migration; do
	# shellcheck disable=SC2086 # an empty word is no word
	bare x86_64-none-elf $config -E balloon.c 2>/dev/null | sed -n 's/^# [0-9]* "\([^"<]*\)".*/\1/p' | sort -u |
		grep -v -x -e balloon.c -e '\./balloon\.h' -e '\./port\.h' -e 'extern/port_impl\.h' \
			-e '.*/stdbool\.h' -e '.*/stddef\.h' -e '.*/__stddef_[a-z_]*\.h' >"$tmp/opened"
	[ ! -s "$tmp/opened" ] || fail "the core reads other files: $(tr '\n' ' ' <"$tmp/opened")"
done

# The example port, for real.
toy=$root/docs/examples/toy_port
for cc in "$gcc" "$clang"; do
	before=$failures
	for config in '' $migration; do
		for level in -O0 -O2; do
			# shellcheck disable=SC2086 # the flags are words
			"$cc" -std=gnu11 $level $warnings $config -I. "-I$toy" balloon.c "$toy/main.c" \
				-o "$tmp/toy" >"$tmp/out" 2>&1 && "$tmp/toy" >"$tmp/out" 2>&1 &&
				[ "$(tail -n 1 "$tmp/out")" = 'toy port: ok' ] && continue
			fail "toy port with ${cc##*/} $level $config"
			cat "$tmp/out"
		done
	done
	[ "$failures" -eq "$before" ] && printf 'freestanding: ok toy port with %s\n' "${cc##*/}"
done

if [ "$failures" -gt 0 ]; then
	printf 'freestanding: %s failures\n' "$failures"
	exit 1
fi
printf 'freestanding: the core holds to its port: %s functions, all used (%s)\n' \
	"$(grep -c . "$tmp/declared")" "$("$clang" --version | head -n 1)"
