#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# apply.sh CORE PATCH FOLDER: FOLDER/core becomes a copy of CORE with PATCH applied.
set -eu
mkdir -p "$3/core"
cp "$1/balloon.c" "$1/balloon.h" "$3/core/"
cd "$3"
if command -v patch >/dev/null; then
	patch --quiet --batch --forward -p1 <"$2"
else
	# Not as a part of the repository that may be around it.
	GIT_CEILING_DIRECTORIES=$(dirname "$PWD") git apply -p1 "$2"
fi
