#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# detect.sh C_FILE HEADER_FILE [MIGRATE_C]
#
# Says what a kernel's balloon file needs of its adapter (harness/sut_kernel.c):
# one line `#define KERNEL_... 1` for each feature that its text shows, and one
# for each name that it exports or that its header declares.  Never a version: distributions port back.
# MIGRATE_C is the mm/migrate.c beside it, where there is one.
#
# Exit: 0; 64 wrong arguments; 65 a file that the stand-ins do not know; 66 not readable.
set -eu
LC_ALL=C
export LC_ALL

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

refuse() { # refuse CODE SENTENCE...
	code=$1
	shift
	printf '%s: %s\n' "$file" "$*" >&2
	exit "$code"
}

# The code of files, without comments and strings.
code_of() {
	awk '
	{
		line = $0 "\n"
		out = ""
		while (line != "") {
			if (inside) {
				if (!(end = index(line, "*/"))) { line = ""; continue }
				inside = 0
				line = substr(line, end + 2)
				continue
			}
			if (!match(line, "/[*]|//|\"([^\"\\\\]|\\\\.)*\"")) { out = out line; break }
			found = substr(line, RSTART, 2)
			out = out substr(line, 1, RSTART - 1) " "
			line = substr(line, RSTART + RLENGTH)
			if (found == "/*") inside = 1
			if (found == "//") { out = out "\n"; line = "" }
		}
		printf "%s", out
	}' "$@"
}

file=${1:-detect.sh}
[ $# -eq 2 ] || [ $# -eq 3 ] || refuse 64 "expected C_FILE HEADER_FILE [MIGRATE_C]"
for file; do
	if [ ! -f "$file" ] || [ ! -r "$file" ]; then
		refuse 66 "cannot be read"
	fi
done
file=$1
source=$(code_of "$1")
header=$(code_of "$2")
both="$source
$header"

# in_text TEXT PATTERN: an extended regular expression.
in_text() {
	printf '%s\n' "$1" | grep -Eq -- "$2"
}

define() {
	printf '#define KERNEL_%s 1\n' "$1"
}

# Unsupported files.
in_text "$header" 'struct[[:space:]]+balloon_dev_info' ||
	refuse 65 "not a balloon core: $2 defines no struct balloon_dev_info"
in_text "$both" 'balloon_page_alloc[[:space:]]*\(' ||
	refuse 65 "balloon_page_enqueue() allocates by itself here: that is a file from before 4.15," \
		"which is not supported (docs/kernels.md, Limits)"
known=$(grep -Eo '\<CONFIG_[A-Z0-9_]+' "$here/config.h" | sort -u)
unknown=$(printf '%s\n' "$both" | grep -Eo '\<CONFIG_[A-Za-z0-9_]+' | sort -u |
	while read -r name; do
		printf '%s\n' "$known" | grep -Fqx -- "$name" || printf ' %s' "$name"
	done)
[ -z "$unknown" ] ||
	refuse 65 "names$unknown, which the stand-ins do not know and would silently take for not set;" \
		"docs/kernels.md, A CONFIG_ symbol is not known, says how to teach them"

# How pages are marked as movable, and where their operations stand.
registered=
if in_text "$both" 'set_movable_ops|SetPageMovableOps'; then
	registered=1
	define REGISTERED
fi
! in_text "$both" 'address_space_operations' || define ADDRESS_SPACE

! in_text "$source" '(folio_trylock|trylock_page)' || define PAGE_LOCK
! in_text "$both" 'NR_BALLOON_PAGES' || define NODE_PAGES
in_text "$both" 'balloon_page_list_enqueue' || define NO_LIST_CALLS
! in_text "$header" 'balloon_page_delete' || define DELETE
! in_text "$header" 'balloon_page_push' || define PUSH
! in_text "$header" 'adjust_managed_page_count' || define ADJUSTS

# A driver moves pages with the header's balloon_page_insert(), and counts that; without
# it the core must.
if ! in_text "$header" 'balloon_page_insert' || in_text "$source" 'BALLOON_MIGRATE'; then
	define CORE_MOVES
fi

# Page migration as it calls the file: what the tree's own says, or what the file lets one guess.
if [ "$registered" ]; then
	define CALLER_7_0
elif [ $# -eq 3 ]; then
	! in_text "$(code_of "$3")" 'dst_folios' || define CALLER_6_12
elif ! in_text "$source" 'MIGRATE_SYNC_NO_COPY'; then
	define CALLER_6_12
fi

# Names that the builds of a file must not share: what it exports, and functions that
# its header declares.
functions() { # functions TEXT: that start at the left, behind their type
	printf '%s\n' "$1" | grep -Ev '^(static|typedef)\>' |
		sed -n 's/^[A-Za-z_][A-Za-z0-9_ *]*[ *]\([A-Za-z0-9_]\{1,\}\)(.*/\1/p' | sort -u
}
declared=$(functions "$header")
{
	printf '%s\n' "$source" | sed -n 's/^[[:space:]]*EXPORT_SYMBOL[A-Z_]*(\([A-Za-z0-9_]*\).*/\1/p'
	[ -z "$declared" ] || functions "$source" | grep -Fx -- "$declared" || :
} | sort -u | sed 's/.*/#define & KERNEL_NAME(&)/'
