#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Kills a campaign at random moments, goes on with it each time, and counts what was
# found before a kill and is nowhere in the end:
#
#   kills.sh SECONDS KILLS SEED COMMAND...
#
# COMMAND is the campaign's, without --for, and runs in the folder that has its work/;
# that must have no campaign under way.  The last line says what was lost; exit 1 if
# anything was.
set -eu

seconds=$1 kills=$2 seed=$3
shift 3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'kill -KILL "$campaign" 2>/dev/null; exit 130' INT TERM
mkdir "$tmp/deaths"
: >"$tmp/found"
: >"$tmp/begin"

sums() { # of the contents of the files that are named on standard input
	tr '\n' '\0' | xargs -0 -r cksum | cut -d ' ' -f 1,2 | sort -u
}

# What AFL++ found by itself, and what is in the corpora.
finds() {
	{
		[ ! -d work/runs ] || find work/runs -path '*/queue/id:*' -size +0 | grep -v ',orig:\|,sync:' || :
		[ ! -d work/corpus ] || find work/corpus -type f -size +0
		[ ! -d work/aside ] || find work/aside -type f
	} | sums
}

# Inputs of which engines died since this began: deaths/SUT/SUM.
keep_deaths() {
	{
		find work/runs -newer "$tmp/begin" -maxdepth 2 -name '*-crash-*' -o -newer "$tmp/begin" -maxdepth 2 -name '*-timeout-*'
		find work/runs -newer "$tmp/begin" -path '*/crashes/id:*' -o -newer "$tmp/begin" -path '*/hangs/id:*'
	} >"$tmp/list"
	while read -r file; do
		case $file in
		*/afl-*) sut=${file#*/afl-} sut=${sut%%/*} ;;
		*) sut=$(basename "$file" | sed 's/-[0-9]*-\(crash\|timeout\)-.*//') ;;
		esac
		mkdir -p "$tmp/deaths/$sut"
		cp "$file" "$tmp/deaths/$sut/$(cksum <"$file" | cut -d ' ' -f 1)"
	done <"$tmp/list"
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
	finds | sort -u - "$tmp/found" >"$tmp/more"
	mv "$tmp/more" "$tmp/found"
	keep_deaths
	printf 'killed after %s s: %s finds, %s deaths so far\n' "$pause" "$(wc -l <"$tmp/found")" \
		"$(find "$tmp/deaths" -type f | wc -l)"
done <"$tmp/pauses"

code=0
"$@" --for="${seconds}s" >"$tmp/end" 2>&1 </dev/null || code=$?
tail -n 40 "$tmp/end"
[ $code -le 1 ] || { echo "the last one ended with $code" && exit 2; }
finds | comm -23 "$tmp/found" - >"$tmp/lost"
lost=$(wc -l <"$tmp/lost")

# Each death is a finding that is kept, as far as the program alone shows it.  Built last: the
# command with the suts of this campaign.
cli=$(find build -mindepth 2 -maxdepth 2 -name pinprick-cli -path 'build/asan*' -not -path '*.run-*' -exec ls -t {} + |
	head -n 1)
find work/findings -mindepth 2 -maxdepth 2 -type d | sed 's/.*\///' | sort -u >"$tmp/kept"
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
	"$(wc -l <"$tmp/found")" "$lost" "$(wc -l <"$tmp/ids")" "$(find "$tmp/deaths" -type f | wc -l)" \
	"$(wc -l <"$tmp/unsettled")"
[ "$lost" -eq 0 ] && [ ! -s "$tmp/unsettled" ]
