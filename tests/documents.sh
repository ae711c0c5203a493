#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The documents that are made from tables are as the tables say, and every file
# that a document points at is there.   documents.sh PINPRICK-CLI
set -eu
cli=$1
cd "$(dirname -- "$0")/.."
bad=0

if ! "$cli" format | cmp -s - docs/programs.md; then
	echo "FAIL docs/programs.md differs from: $cli format"
	bad=1
fi
for document in README.md docs/*.md core/*.md corpus/*.md corpus/*/*.md tests/*/*.md; do
	for link in $(sed -n 's/.*](\([^)#]*\)[^)]*).*/\1/p' "$document"); do
		case $link in
		*://*) continue ;;
		esac
		if ! [ -e "$(dirname -- "$document")/$link" ]; then
			echo "FAIL $document points at $link, which is not there"
			bad=1
		fi
	done
done
[ $bad -eq 0 ] && echo "documents: as the tables say, and no link leads nowhere"
exit $bad
