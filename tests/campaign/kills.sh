#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Kills a campaign at random moments, goes on with it each time, and counts what was
# found before a kill and is nowhere in the end:
#
#   kills.sh SECONDS KILLS SEED COMMAND...
#
# COMMAND is the campaign's, without --for, and runs in the folder that has its work/;
# that must have no campaign under way.  A find is a program in a working corpus or in
# an engine's own folder; it is lost if that corpus has neither it nor what reaches as
# much, for libFuzzer replaces programs by smaller ones.  A finding is lost if an input
# of which an engine died shows it and nothing is kept of it.  Exit 1 if anything was.
set -eu

seconds=$1 kills=$2 seed=$3
shift 3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'kill -KILL "$campaign" 2>/dev/null; exit 130' INT TERM
mkdir "$tmp/finds" "$tmp/deaths" "$tmp/lost"
: >"$tmp/begin"

keep() { # keep FOLDER: copies of the files that are named on standard input, by their sums
	mkdir -p "$1"
	tr '\n' '\0' | xargs -0 -r cksum >"$tmp/sums"
	while read -r sum size file; do
		[ -e "$1/$sum-$size" ] || cp "$file" "$1/$sum-$size"
	done <"$tmp/sums"
}

# keep_all: of the runs since this began those of the last slice, whose lane says what they are for.
keep_all() {
	case $(cat work/campaigns/*/journal | sed -n 's/^slice	[0-9]*	\([a-z]*\)-.*/\1/p' | tail -n 1) in
	drivers) kind=drivers- ;;
	schedules) kind=schedules- ;;
	*) kind='' ;;
	esac
	for folder in work/corpus/*; do
		[ ! -d "$folder" ] || find "$folder" -type f -size +0 | keep "$tmp/finds/$(basename "$folder")"
	done
	for run in $(sed 's/.*\//work\/runs\//' "$tmp/runs"); do
		for folder in "$run"/corpus-* "$run"/afl-*; do
			[ -d "$folder" ] || continue
			sut=${folder#"$run"/*-}
			# What AFL++ found by itself; what libFuzzer wrote whole.
			{
				find "$folder" -path '*/queue/id:*' -size +0 | grep -v ',orig:\|,sync:' || :
				find "$folder" -maxdepth 1 -name '????????????????????????????????????????' |
					while read -r file; do
						[ "$(sha1sum <"$file")" != "$(basename "$file")  -" ] || echo "$file"
					done
			} | keep "$tmp/finds/$kind$sut"
			find "$folder" -path '*/crashes/id:*' -o -path '*/hangs/id:*' | keep "$tmp/deaths/$sut"
		done
		for file in "$run"/*-crash-* "$run"/*-timeout-* "$run"/*-oom-*; do
			[ ! -e "$file" ] || echo "$file" |
				keep "$tmp/deaths/$(basename "$file" | sed 's/-[0-9]*-\(crash\|timeout\|oom\)-.*//')"
		done
	done
}

count() { # count FOLDER: of files in it
	find "$1" -type f | wc -l
}

# Random pauses, which together leave a fifth of the time for the end.
awk -v seed="$seed" -v kills="$kills" -v time="$seconds" 'BEGIN {
	srand(seed)
	for (i = 0; i < kills; i++)
		sum += pause[i] = 0.1 + rand()
	for (i = 0; i < kills; i++)
		printf "%.1f\n", 1 + pause[i] / sum * time * 0.8
}' >"$tmp/pauses"
while read -r pause; do
	"$@" --for="${seconds}s" >>"$tmp/log" 2>&1 </dev/null &
	campaign=$!
	sleep "$pause"
	kill -KILL $campaign 2>/dev/null || { echo "it ended before it was killed: $(tail "$tmp/log")" && exit 2; }
	wait $campaign 2>/dev/null || :
	sleep 1
	# Of the last slice; settling schedules has one of its own.
	cat work/campaigns/*/journal | awk -F '\t' '$1 == "slice" { runs = "" } $1 == "run" { runs = runs $2 "\n" }
		END { printf "%s", runs }' >"$tmp/runs"
	keep_all
	printf 'killed after %s s: %s finds and %s deaths so far\n' "$pause" "$(count "$tmp/finds")" "$(count "$tmp/deaths")"
done <"$tmp/pauses"

code=0
"$@" --for="${seconds}s" >"$tmp/end" 2>&1 </dev/null || code=$?
tail -n 40 "$tmp/end"
[ $code -le 1 ] || { echo "the last one ended with $code" && exit 2; }
# What this campaign knows of, and what is kept of it.
cat work/campaigns/*/journal | awk -F '\t' '$1 == "campaign" { ids = "" } $1 == "finding" { ids = ids $2 "\n" }
	END { printf "%s", ids }' | tr '/@ ' '---' | sort -u >"$tmp/told"
find work/findings -mindepth 2 -maxdepth 2 -type d | sed 's/.*\///' | sort -u | comm -12 - "$tmp/told" >"$tmp/kept"

# Built last: the command with the suts of this campaign.
cli=$(find build -mindepth 2 -maxdepth 2 -name pinprick-cli -not -path '*.run-*' -exec ls -t {} + | head -n 1)
lost=0
for folder in "$tmp"/finds/*; do
	name=$(basename "$folder")
	find "work/corpus/$name" "work/aside/$name" -type f 2>/dev/null | tr '\n' '\0' | xargs -0 -r cksum |
		awk '{ print $1 "-" $2 }' | sort -u >"$tmp/there"
	ls "$folder" | sort | comm -23 - "$tmp/there" >"$tmp/missing"
	[ -s "$tmp/missing" ] || continue
	mkdir -p "$tmp/lost/$name"
	while read -r file; do
		cp "$folder/$file" "$tmp/lost/$name/"
	done <"$tmp/missing"
	case $name in
	*-vs-*) set -- ;;
	schedules-*) set -- --sut="${name#schedules-}" ;;
	*) set -- --sut="${name#drivers-}" ;;
	esac
	new=$("$cli" corpus merge "$@" "$tmp/lost/$name" 2>&1) || case $? in 1) ;; *) echo "$new" && exit 2 ;; esac
	new=$(printf '%s\n' "$new" | sed -n 's/.*: \([0-9]*\) programs are new to .*/\1/p')
	echo "$name: of $(wc -l <"$tmp/missing") that are not there $new reach more than what is"
	lost=$((lost + new))
done

# As far as the program alone shows it.
for folder in "$tmp"/deaths/*; do
	[ -d "$folder" ] || continue
	sut=$(basename "$folder")
	case $sut in
	*-vs-*) set -- diff --no-minimize --sut="${sut%-vs-*},${sut#*-vs-}" ;;
	*) set -- replay --sut="$sut" ;;
	esac
	"$cli" "$@" --json "$folder" 2>/dev/null | sed 's/{"id": "/\n&/g' | sed -n 's/^{"id": "\([^"]*\)".*/\1/p'
done | tr '/@ ' '---' | sort -u >"$tmp/ids"
comm -23 "$tmp/ids" "$tmp/kept" >"$tmp/unsettled"
sed 's/^/lost: /' "$tmp/unsettled"
printf '%s kills in %s s; of %s finds %s lost, of %s findings of %s inputs %s lost\n' "$kills" "$seconds" \
	"$(count "$tmp/finds")" "$lost" "$(wc -l <"$tmp/ids")" "$(count "$tmp/deaths")" "$(wc -l <"$tmp/unsettled")"
[ "$lost" -eq 0 ] && [ ! -s "$tmp/unsettled" ]
