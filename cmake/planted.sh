#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# planted.sh ROOM NAME PATCH FOLDER: FOLDER gets a room of that name with copies of
# ROOM's NAME.c and NAME.h, if there is one, with PATCH applied.
set -eu
mkdir -p "$4/${1##*/}"
cp "$1/$2".[ch] "$4/${1##*/}/"
cd "$4"
if command -v patch >/dev/null; then
	patch --quiet --batch --forward -p1 <"$3"
else
	# Not as a part of the repository that may be around it.
	GIT_CEILING_DIRECTORIES=$(dirname "$PWD") git apply -p1 "$3"
fi
