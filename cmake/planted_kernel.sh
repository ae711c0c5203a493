#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# planted_kernel.sh TREE OUT [NAMES]: plants the bugs of bugs/ in copies of a kernel
# tree's balloon file and header, each in a folder OUT/BUG, and prints the names of
# those bugs: the canary, and which NAMES has, a list with commas (default: all).
# Which do not fit is said on standard error.
#
# In a bug's head a line says what is changed in a function of the file or header:
#   kernel: FUNCTION: SED COMMAND
# and kernel-detects: a rule that it may be found by there, beside those of its findings.
# A bug fits where each of its lines changes something.  Those of bugs/classic-NAME
# are for kernels of before 7.0, where they stand for those of bugs/NAME.
# TREE is DIR or DIR@REV.  In OUT only what has changed is written, so that nothing
# is built again for nothing.
# Exit codes: 3 where the canary does not fit, 65 where it alone does, 64 to 74 as in sysexits.h.
set -eu

here=$(dirname -- "$(readlink -f -- "$0")")
bugs=$here/../bugs
# shellcheck source=cmake/say.sh
. "$here/say.sh"

# put FILE: standard input, where that changes the file.
put() {
	mkdir -p "${1%/*}" || fail 73 "cannot make ${1%/*}"
	cat >"$1~" || fail 73 "cannot write $1"
	if cmp -s "$1~" "$1"; then
		rm "$1~"
	else
		mv "$1~" "$1" || fail 73 "cannot write $1"
	fi
}

# ranges FUNCTION FILE: sed addresses of its definitions, not of declarations.
ranges() {
	awk -v name="$1" '
	!start && /^[a-z]/ && $0 ~ "[ *]" name "\\(" { start = NR }
	start && /;/ && !body { start = 0 }
	start && /^{/ { body = 1 }
	start && /^}/ { print start "," NR; start = body = 0 }' "$2"
}

# script FILE LINE...: what the lines of a head are for sed.
script() {
	file=$1
	shift
	for line; do
		for range in $(ranges "${line%%: *}" "$file"); do
			printf '%s{\n%s\n}\n' "$range" "${line#*: }"
		done
	done
}

# changes LINE: does it change anything?
changes() {
	for file in "$source" "$header"; do
		script "$file" "$1" >"$scratch/sed"
		sed -f "$scratch/sed" "$file" | cmp -s - "$file" || return 0
	done
	return 1
}

# plant NAME: false where it does not fit.
plant() {
	set --
	while IFS= read -r line; do
		changes "$line" || return 1
		set -- "$@" "$line"
	done <"$scratch/lines"
	for file in "$source" "$header"; do
		script "$file" "$@" >"$scratch/sed"
		sed -f "$scratch/sed" "$file" | put "$out/$name${file#"$top"}"
	done
	[ ! -e "$top/mm/migrate.c" ] || put "$out/$name/mm/migrate.c" <"$top/mm/migrate.c"
}

# is_meant NAME: by NAMES, and for this generation?
is_meant() {
	case $1 in
	canary) return 0 ;;
	classic-*) [ ! "$modern" ] || return 1 ;;
	*) [ "$modern" ] || ! grep -qs '^kernel: ' "$bugs/classic-$1.patch" || return 1 ;;
	esac
	case ,${names:-$1}, in *,"$1",*) return 0 ;; *) return 1 ;; esac
}

[ $# -eq 2 ] || [ $# -eq 3 ] || fail 64 "usage: planted_kernel.sh DIR[@REV] OUT [NAMES]"
out=$2 names=${3:-} left=${3:-},
while [ "${left%,}" ]; do
	grep -qs '^kernel: ' "$bugs/${left%%,*}.patch" ||
		fail 64 "bugs/ has no '${left%%,*}' that says how it is planted in a kernel's file (kernel: ...)"
	left=${left#*,}
done
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
scratch=$(mktemp -d)
sh "$here/kernel_tree.sh" "$1" "$out/.tree" >/dev/null
source=$(sed -n 's/^#define KERNEL_SOURCE "\(.*\)"$/\1/p' "$out/.tree/tree.h")
top=${source%/mm/*}
header=$top/include/linux/$(basename -- "$source" .c).h
modern=$(sed -n '/KERNEL_CORE_MOVES/p' "$out/.tree/tree.h")

misfits='' count=0
for patch in "$bugs"/*.patch; do
	name=$(basename -- "$patch" .patch)
	sed -n '/^--- /q; s/^kernel: //p' "$patch" >"$scratch/lines"
	if [ ! -s "$scratch/lines" ] || ! is_meant "$name"; then
		continue
	fi
	if plant "$name"; then
		printf '%s\n' "$name"
		count=$((count + 1))
	elif [ "$name" = canary ]; then
		fail 3 "the canary does not fit $source: without it nothing that is found or not means anything"
	else
		misfits="$misfits $name"
	fi
done
[ $count -gt 1 ] || [ -z "$misfits" ] || fail 65 "none of these fits $1:$misfits"
say "$count planted bugs fit $1; do not fit:${misfits:- none}"
