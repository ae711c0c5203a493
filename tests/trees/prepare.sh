#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# prepare.sh TREE OUT [SED]: what a build of harness/sut_kernel.c needs of a tree
# of this folder; with SED, of a copy in OUT whose .c file sed has changed.
# Exit: detect.sh's; 1 where SED changes nothing.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
tree=$1 out=$2
mkdir -p "$out/include/linux"
for name in balloon balloon_compaction; do
	[ ! -e "$tree/mm/$name.c" ] || break
done
source=$tree/mm/$name.c header=$tree/include/linux/$name.h migrate=$tree/mm/migrate.c
if [ "${3:-}" ]; then
	mkdir -p "$out/mm"
	sed "$3" "$source" >"$out/mm/$name.c"
	! cmp -s "$source" "$out/mm/$name.c" || { echo "$3 changes nothing in $source" >&2; exit 1; }
	source=$out/mm/$name.c
fi
[ -e "$migrate" ] || migrate=
printf '#include "%s"\n' "$header" >"$out/include/linux/$name.h"
{
	printf '#define KERNEL_SOURCE "%s"\n#define KERNEL_ORIGIN "%s"\n' "$source" "$source"
	sh "$root/shim/linux/detect.sh" "$source" "$header" ${migrate:+"$migrate"}
} >"$out/tree.h"
