#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The page of a campaign: what it says, and how it looks in a browser.
. "$(dirname "$0")/lib.sh"

campaigns=$tree/work/campaigns
page=$tree/work/report.html
hostile='<script>alert(1)</script> & "x" '"'y'"

# journal NAME: from standard input, with ~ for tabs.
journal() {
	mkdir -p "$campaigns/$1"
	{
		echo 'pinprick journal 1'
		tr '~' '\t'
	} >"$campaigns/$1/journal"
}

# slices LANES COUNT [WHAT...]: so many slices of these lanes in turn; WHAT is what awk
# prints in the slice n.
slices() {
	awk -v lanes="$1" -v count="$2" 'BEGIN {
		many = split(lanes, lane, ",")
		split("modern modern-off", sut, " ")
		for (n = 1; n <= count; n++) {
			name = lane[(n - 1) % many + 1]
			printf "slice~%d~%s~%d~%d~60\n", n, name, 1796064000 + n * 60, n
			printf "run~/nowhere/%d\n", n
			for (s = 1; s <= 2; s++) {
				if (name ~ /^stress/) {
					printf "did~%s~%d~calls~0~0~0~0~0\n", sut[s], 9000000 + n
					continue
				}
				printf "did~%s~%d~programs~4~5~%d~%d~%d\n", sut[s], 100000 * s + n,
					40 + s * 4, 300 * s + n * 3, 900 / s + n * 20
				printf "cell~%s~%d~page_free isolate not_movable\n", sut[s], 200 * n
				printf "cell~%s~%d~page_owned migrate no_memory\n", sut[s], 7
				printf "cell~%s~%d~page_owned enqueue ok\n", sut[s], 1234567
				printf "cell~%s~%d~memory alloc ok\n", sut[s], (n > 2)
				printf "cell~%s~%d~device_empty dequeue bug\n", sut[s], s == 1 ? n : 0
			}
			'"${3:-}"'
			printf "end~%d~'"${4:-0}"'~60.5\n", 1796064060 + n * 60
		}
	}'
}

# No campaign: what begins one.
cd "$tree"
expect 66 'begin one: ./pinprick campaign$' "$cli" report
mkdir -p "$campaigns/empty"
expect 66 'begin one: ./pinprick campaign$' "$cli" report
expect 66 'is no campaign.s folder' "$cli" report "$campaigns/empty"
expect 66 '^pinprick: /nowhere is no campaign' "$cli" report /nowhere
expect 64 'takes one folder, not 2' "$cli" report "$campaigns/empty" "$campaigns"
: | journal empty
expect 66 'no campaign has begun in .*begin one: ./pinprick campaign$' "$cli" report
echo 'something else' >"$campaigns/empty/journal"
expect 65 'is no journal of this pinprick' "$cli" report
[ ! -e "$page" ] || bad "a page of nothing"
rm -r "$campaigns/empty"

# A clean one.
{
	echo 'campaign~1796064000~42~480~ops-asan,diff-asan,stress-tsan,ops-plain~modern,modern-off~7'
	echo 'command~./pinprick campaign --jobs=2'
	slices ops-asan,diff-asan,stress-tsan,ops-plain 8
	echo 'done~1796064600~0'
} | journal clean
expect 0 '^report on work/campaigns/clean: clean; 8 slices in 8 m 4 s$' "$cli" report
expect 0 '^written to work/report.html$' "$cli" report
grep -q '<h1>.*Clean</span></h1>' "$page" || bad "no verdict"
grep -q 'no judge complained' "$page" || bad "clean is not told"
grep -q -e '--for=480s</span> <span>--seed=42' "$page" || bad "no command"
grep -q 'There is no table of them here' "$page" || bad "the table that is not there"
mkdir docs
cp "$root/docs/planted-bugs.md" docs/
expect 0 'written to clean.html' "$cli" report --output clean.html
grep -q '<th scope=.row.><code>canary</code></th>' clean.html || bad "no table of planted bugs"
grep -q 'measured by <code>./pinprick bugs ' clean.html || bad "no command of planted bugs"
expect 0 '^{"verb": "report", "exit": 0, "file": "clean.html", .*"verdict": "clean", "findings": 0,' \
	"$cli" report --json -o clean.html
[ "$(wc -l <"$tmp/out")" -eq 1 ] || bad "more than the JSON object on standard output"
python3 -m json.tool "$tmp/out" >/dev/null || bad "no JSON: $(cat "$tmp/out")"
expect 73 'cannot write nowhere/x.html' "$cli" report -o nowhere/x.html

# One with findings, names that are no friends, and a file that is gone.  It was written last.
mkdir -p findings/one findings/stress "$campaigns/found/stories"
{
	printf 'pinprick program 1\n# %s\n\033[1m\377\342\200\256 torn\n' "$hostile"
	echo 'p0 = alloc'
} >findings/one/program.txt
cp findings/one/program.txt findings/one/longer.txt
echo 'free p0' >>findings/one/longer.txt
cat >"$campaigns/found/stories/model.bug-dequeue-modern.txt" <<END
found something; minimising

finding model.bug@dequeue/modern on modern, schedule 3
  seen: $hostile

@0                                @1                                @2
p0 = alloc  f0
enqueue b0 p0
| dequeue before lock the balloon lock: @1
                                  p0 = isolate f0  ok
                                  | migrate before lock the balloon lock: @2
                                                                    free p0  ok
<== model.bug@dequeue/modern

run it again: not for the page
finding: 1 program
END
echo 'finding race.data@run/modern: what threads did' >findings/stress/report.txt
{
	echo 'campaign~1796064000~43~480~ops-asan,stress-tsan~modern,kernel~8'
	echo "origin~kernel~modern~/src/$hostile/mm/balloon.c"
	slices ops-asan,stress-tsan 4 '
		one = "'"$PWD"'/findings/one"
		if (n == 1 || n == 3) {
			printf "finding~model.bug@dequeue/modern~modern~%s/longer.txt~./pinprick replay 1\n", one
			printf "finding~model.bug@dequeue/modern~kernel~%s/program.txt~./pinprick replay 2\n", one
			printf "finding~%s@x/%s~kernel~/gone/x.txt~./pinprick replay /gone/x.txt\n",
				"no<b>such&", "a-generation-that-is-long-and-goes-on-and-on-for-ever"
		}
		if (n == 2)
			printf "finding~race.data@run/modern~modern~%s~./pinprick stress\n",
				"'"$PWD"'/findings/stress"' 1
	echo 'done~1796064600~1'
} | journal found
touch -d '2 minutes ago' "$campaigns/clean/journal"
expect 0 'found, written last of 2 campaigns: 3 findings; 4 slices' "$cli" report -o found.html
expect 0 '"verdict": "finding", "findings": 3,' "$cli" report --json -o found.html
grep -q 'replay</span> <span>2</span></pre>' found.html || bad "not the smallest program's command"
grep -q 'replay</span> <span>1</span></pre>' found.html && bad "the larger program's command"
grep -q 'ops-asan (4)' found.html || bad "not how often each lane found it"
grep -q 'what threads did' found.html || bad "no report of threads"
grep -q 'not for the page' found.html && bad "more of the story than there is"
grep -q '/gone/x.txt</code> is not there' found.html || bad "a file that is gone"
grep -q 'no&lt;b&gt;such&amp;<wbr>@x' found.html || bad "an id that is not escaped"
[ "$(grep -c 'class=.never' found.html)" -ge 1 ] || bad "no cell that was never seen"
grep -q '<dd>9 <small>of 10<' found.html || bad "not how many transitions"
expect 0 'clean: clean; 8 slices' "$cli" report work/campaigns/clean
rm findings/one/longer.txt

# Torn, and killed; then at work, which its lock says.
{
	echo 'campaign~1796064000~44~4800~ops-asan,stress-tsan,drivers-asan~modern,modern-off~8'
	echo 'command~./pinprick campaign'
	slices ops-asan,stress-tsan 3
	echo 'slice~4~ops-as'
	echo 'slice~4~stress-tsan~1796064500~9~60'
	echo 'run~/nowhere'
	printf 'did~mod'
} | journal torn
expect 0 '2 line(s) of .*torn/journal are torn' "$cli" report -o torn.html
expect 0 'torn.*: no finding so far, interrupted; 4 slices' "$cli" report -o torn.html
expect 0 '"state": "interrupted", .*"torn": 2}' "$cli" report --json -o torn.html
grep -q 'Slice 4, stress-tsan: <strong>killed<' torn.html || bad "a killed slice is not told"
grep -q '<h3>Go on</h3>' torn.html || bad "nobody says how to go on"
grep -q -e '--seed=' torn.html && bad "going on takes no seed"
flock "$campaigns/torn" sh -c "'$cli' report -o running.html" >"$tmp/out" 2>&1 || bad "$(cat "$tmp/out")"
grep -q 'no finding so far, still running' "$tmp/out" || bad "not running: $(cat "$tmp/out")"
grep -q 'Slice 4, stress-tsan: <strong>at work<' running.html || bad "the slice at work is not told"

# One that proved nothing, and one in which a lane could not run.
{
	echo 'campaign~1796064000~45~60~ops-asan,diff-asan~modern~8'
	slices ops-asan,diff-asan 2 '' 2
	echo 'done~1796064600~2'
} | journal nothing
expect 0 'nothing.*: proved nothing; 2 slices' "$cli" report -o nothing.html
grep -q 'These lanes proved nothing: ops-asan, diff-asan\.' nothing.html || bad "not which lanes"
sed -i 's/^\(end.[0-9]*.\)2/\13/; s/^\(done.[0-9]*.\)2/\13/' "$campaigns/nothing/journal"
expect 0 'nothing.*: not all lanes could run' "$cli" report -o nothing.html
grep -q 'could not run, the last time: ops-asan, diff-asan\.' nothing.html || bad "not which lanes"
grep -q 'could not run (exit 3)</strong>. Its log' nothing.html || bad "no word of the log"

# A large one: 20 lanes, 100 slices, 20 findings with long programs.
lanes=$(sed -n 's/^LANE("\([^"]*\)".*/\1/p' "$root/cli/lanes.def" | paste -sd , -)
mkdir findings/long
seq 9999 | sed 's/$/ <&> a line of a long program/' >findings/long/program.txt
{
	echo "campaign~1796064000~46~28800~$lanes~modern,modern-off~8"
	slices "$lanes" 100 '
		if (n % 5 == 1)
			printf "finding~model.result@op%d/modern~modern~%s/long/program.txt~./pinprick replay %d\n",
				n, "'"$PWD"'/findings", n' 1
	echo 'done~1796099999~1'
} | journal large
expect 0 'large.*: 20 findings; 100 slices' "$cli" report -o large.html
[ "$(wc -c <large.html)" -lt 2000000 ] || bad "a page of $(wc -c <large.html) bytes"
grep -q 'That is its beginning; all of it is in <code>' large.html || bad "a program is cut in silence"

# A real one, which tells how it was begun.
with_engines
expect 0 'a page of it: ./pinprick report$' "$cli" campaign --only=ops-asan --for=5s --jobs=1 --sut=modern
expect 0 'modern, written last of 6 campaigns: clean; 1 slices' "$cli" report -o real.html
grep -q '<span>./pinprick</span> <span>campaign</span> .*<span>--only=ops-asan</span> <span>--sut=modern' \
	real.html || bad "not the command: $(grep 'class=.command' real.html)"

for one in *~ work/*~; do
	[ ! -e "$one" ] || bad "left behind: $one"
done

command -v python3 >/dev/null || {
	bad "no python3, which looks at the pages; to install it: apt-get install -y --no-install-recommends python3"
	finish
}
expect 1 'to install it: apt-get install -y --no-install-recommends chromium chromium-driver$' \
	env PATH=/nowhere "$(python3 -c 'import sys; print(sys.executable)')" "$root/tests/cli/report_page.py" found.html
python3 "$root/tests/cli/report_page.py" found.html "$hostile" "/src/$hostile/mm/balloon.c" \
	"                                                                    free p0  ok" -- \
	clean.html 'detected 1' -- large.html -- running.html 'still running' || bad "a page"
finish
