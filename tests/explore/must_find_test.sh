#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The rows of the contract whose mistake takes a schedule, each planted: explore finds
# it within its bound, replays it alike and makes it small; the core without the mistake
# is clean over every schedule of the same scenario.  Prints a table of it.
#   sh must_find_test.sh ROOT BUILD FLAVOUR
. "$(dirname "$0")/../cli/lib.sh"

flavour=$3
planted=$tree/build/$flavour/planted-cli
cli=$tree/build/$flavour/pinprick-cli
mkdir -p "${cli%/*}"
cp "$build/pinprick-cli" "$build/explore-modern" "$build/explore-classic" \
	"$build/tests/explore/planted-cli" "$build"/tests/explore/explore-planted-* "${cli%/*}/"
cp -R "$root/corpus/scenarios" "$tree/corpus/"
cd "$tree"

printf '%-4s %-23s %-38s %-38s %6s %7s %8s %6s\n' row planted scenario finding found records switches clean
must_find() { # must_find ROW PLANTED SCENARIO ID [ID-IN-TSAN]
	row=$1 sut=planted-$2 program=corpus/scenarios/$3.txt id=$4 core=modern
	# A data race is reported there first, where it is one.
	[ "$flavour" != tsan ] || id=${5:-$id}
	expect 1 "^finding $id on $sut\$" "$planted" explore --sut "$sut" "$program"
	found=$(sed -n 's/.* after \([0-9]*\) schedules; replayed twice alike; .*/\1/p' "$tmp/out")
	[ "$found" ] || bad "$row: not replayed twice alike"
	seen=$(sed -n 's/^finding \([^ ]*\) on .*/\1/p' "$tmp/out")
	again=$(sed -n 's/^run it again: //p' "$tmp/out")
	file=${again##* }
	# What is left: records, and where one gives way to another or an interrupt comes.
	switches=$(grep -c '! [0-9]* -> @' "$file") || :
	records=$(grep -vc -e '^pinprick program' -e '^#' -e '^world' -e '^seed' -e '! [0-9]* -> @' "$file")
	[ "$records" -le 6 ] && [ "$switches" -le 3 ] || bad "$row: not small: $(cat "$file")"
	command='explore --strategy=written'
	[ "$switches" -eq 0 ] || command=replay
	# shellcheck disable=SC2086 # a command with its option
	expect 1 "^finding $id on $sut\$" "$planted" $command --sut "$sut" "$file"

	case $seen in */classic) core=classic ;; esac
	expect 0 '^clean: ' "$cli" explore --sut $core "$program"
	clean=$(sed -n 's/.*: \([0-9]*\) schedules of .*, every one with at most 2 preemptions.*; clean$/\1/p' "$tmp/out")
	[ "$clean" ] || bad "$row: $core did not go through all schedules"
	printf '%-4s %-23s %-38s %-38s %6s %7s %8s %6s\n' "$row" "$2" "$3" "$seen" \
		"$found" "$records" "$switches" "$clean"
}

must_find B10 looks-twice dequeue-beside-isolation 'model\.bug@dequeue/modern'
must_find B10 two-sections dequeue-beside-migration 'model\.bug@dequeue/modern'
must_find H5 chosen-then-locked dequeue-beside-isolation 'list\.not-linked@dequeue/classic'
# A protection fault on list poison, as it was; every flavour has its own words for it.
must_find H7 list-walk-without-lock dequeue-beside-isolation 'sanitizer\.[^@]*@dequeue/classic' \
	'race\.data@device\.pages/classic'
must_find H8 no-reference-at-cursor dequeue-beside-migration 'poison\.use-after-free@dequeue/classic'
must_find H13 old-page-without-lock dequeue-beside-migration 'model\.bug@dequeue/modern' \
	'race\.data@device\.isolated_pages/modern'
must_find H25 flags-not-atomic inflation-of-what-a-scanner-looks-at 'page\.unlock-unlocked@isolate/modern'
# Found before the interrupt lands on the lock: it has only to take it, too.
must_find H32 lock-with-interrupts-on interrupt-in-an-isolation 'lock\.irq-unsafe@dequeue/modern'
must_find H37 owner-before-lock dequeue-beside-isolation 'list\.not-linked@isolate/modern' \
	'race\.data@page\.private/modern'
must_find H40 count-lost interrupt-deflates-in-a-deflation 'accounting\.I2@run/modern'
finish
