#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# apply.sh CORE NAME PATCH FOLDER: FOLDER/core gets copies of CORE's NAME.c and
# NAME.h with PATCH applied.
set -eu
mkdir -p "$4/core"
cp "$1/$2.c" "$1/$2.h" "$4/core/"
cd "$4"
if command -v patch >/dev/null; then
	patch --quiet --batch --forward -p1 <"$3"
else
	# Not as a part of the repository that may be around it.
	GIT_CEILING_DIRECTORIES=$(dirname "$PWD") git apply -p1 "$3"
fi
