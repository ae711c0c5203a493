#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Holds core/ to its boundary: both cores build for bare targets without any
# library, each needs exactly the functions that core/port.h and docs/porting.md
# mark as its (and memcpy, memset), and they include nothing else.  Then builds
# and runs the example port.
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
may_include balloon_compaction.c '"balloon_compaction.h"'
may_include balloon_compaction.h '"port.h"'
may_include port.h '<stdbool.h>' '<stddef.h>' '"port_impl.h"'

# What port.h declares, each with its marks: "port_x [modern] [migration]".
awk '/^[^ \/#].* \**port_[a-z_]*\(/ {
		name = $0
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
		text = ""
	}
	name != "" { text = text $0 }
	name != "" && /;/ {
		line = name
		while (match(text, /\[[a-z]+\]/)) {
			line = line " " substr(text, RSTART, RLENGTH)
			text = substr(text, RSTART + RLENGTH)
		}
		print line
		name = ""
	}' port.h | sort >"$tmp/declared"
[ -s "$tmp/declared" ] || fail 'no function found in core/port.h'

# docs/porting.md marks the same: [m] migration, [7] modern, [c] classic.
sed -n '/^## 3/,/^## 4/s/^| \(`port_[^|]*\) |.*/\1/p' ../docs/porting.md | awk '{
		marks = ""
		if (/\[7\]/) marks = marks " [modern]"
		if (/\[c\]/) marks = marks " [classic]"
		if (/\[m\]/) marks = marks " [migration]"
		gsub(/[`,]|\[.\]/, " ")
		for (i = 1; i <= NF; i++) print $i marks
	}' | sort >"$tmp/documented"
cmp -s "$tmp/declared" "$tmp/documented" || {
	fail 'docs/porting.md marks other functions than core/port.h (< port.h, > porting.md)'
	diff "$tmp/declared" "$tmp/documented"
}

# needs CORE MIGRATION: the functions marked so for this core and configuration.
needs() {
	case $1 in
	balloon) other=classic ;;
	*) other=modern ;;
	esac
	grep -v "\\[$other\\]" "$tmp/declared" |
		if [ -n "$2" ]; then cat; else grep -v '\[migration\]'; fi | sed 's/ .*//'
}

# build TARGET LEVEL MIGRATION CORE: leaves the undefined symbols in $tmp/undefined.
# A driver brings in what the core's header defines itself.
build() {
	name="$4.c for $1 $2 $3"
	printf '#include "%s.h"\nvoid driver(struct balloon_dev_info *balloon);\n%s\n' "$4" \
		'void driver(struct balloon_dev_info *balloon) { balloon_devinfo_init(balloon); }' \
		>"$tmp/driver.c"
	{
		bare "$1" "$2" ${3:+"$3"} -c "$4.c" -o "$tmp/core.o" &&
			bare "$1" "$2" ${3:+"$3"} -c "$tmp/driver.c" -o "$tmp/driver.o"
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
	awk 'NF == 2 && $2 != "memcpy" && $2 != "memset" { print $2 }' "$tmp/nm" | sort -u >"$tmp/undefined"
}

for core in balloon balloon_compaction; do
	for target in $targets; do
		before=$failures
		counts=
		for config in "$migration" ''; do
			needs $core "$config" >"$tmp/needs"
			for level in -O0 -O2; do
				build "$target" "$level" "$config" $core || continue
				cmp -s "$tmp/needs" "$tmp/undefined" && continue
				fail "$name: not what core/port.h marks (< marked, > needed)"
				diff "$tmp/needs" "$tmp/undefined"
			done
			counts="$counts$(grep -c . "$tmp/needs") ${config:+undefined with migration, }"
		done
		[ "$failures" -eq "$before" ] &&
			printf 'freestanding: ok %s.c for %s (%swithout)\n' $core "$target" "$counts"
	done
done

# What the compiler opens besides core/ is its own stdbool.h and stddef.h.
for config in '' $migration; do
	# shellcheck disable=SC2086 # an empty word is no word
	bare x86_64-none-elf $config -E balloon.c balloon_compaction.c 2>/dev/null | sed -n 's/^# [0-9]* "\([^"<]*\)".*/\1/p' | sort -u |
		grep -v -x -e '\(\./\)\{0,1\}balloon\(_compaction\)\{0,1\}\.[ch]' -e '\./port\.h' -e 'extern/port_impl\.h' \
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
printf 'freestanding: the cores hold to their port: %s functions, all used (%s)\n' \
	"$(grep -c . "$tmp/declared")" "$("$clang" --version | head -n 1)"
