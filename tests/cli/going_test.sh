#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# fuzz --keep-going: past findings, and past inputs that show them each time.  --recover.
. "$(dirname "$0")/lib.sh"

with_broken
cd "$tree"
json_ids() { # of the findings, one a line
	sed 's/{"id": "/\n&/g' "$tmp/out" | sed -n 's/^{"id": "\([^"]*\)".*/\1/p' | sort
}

# The seed has a finding; an input of the working corpus has one, too.
"$cli" encode --output=bytes corpus >/dev/null
mkdir -p work/corpus/broken
cp bytes/seed work/corpus/broken/0123456789012345678901234567890123456789
expect 1 '^  found .*, [1-9][0-9]* times$' "$cli" fuzz --keep-going --for 8s --jobs 2 --sut broken --seed 1
[ "$(grep -c '^finding [^:]* on broken' "$tmp/out")" -ge 2 ] || bad "it did not go on: $(cat "$tmp/out")"
[ -z "$(grep '^finding [^:]* on broken' "$tmp/out" | cut -d ' ' -f 2 | sort | uniq -d)" ] || bad "one is told twice"
[ -e work/aside/broken/0123456789012345678901234567890123456789 ] || bad "the input is not set aside"
[ ! -e work/corpus/broken/0123456789012345678901234567890123456789 ] || bad "the input is in the corpus still"
cmp bytes/seed work/aside/broken/0123456789012345678901234567890123456789 || bad "the input has changed"
programs=$(sed -n 's/^  programs  *\([0-9]*\).*/\1/p' "$tmp/out")
[ "$programs" -gt 50 ] || bad "only $programs programs"

# The same by JSON, and programs that are there already are not made small again.
expect 1 'known from before: work/findings/broken/' "$cli" fuzz --keep-going --for 12s --jobs 2 --sut broken --json
json_ids >"$tmp/ids"
[ "$(wc -l <"$tmp/ids")" -ge 2 ] || bad "JSON: $(cat "$tmp/out")"
sort -u "$tmp/ids" | cmp - "$tmp/ids" || bad "JSON has one twice"

# Without it the first one ends the run.
expect 1 '^finding: [0-9]* programs in [0-4] s ' "$cli" fuzz --for 8s --jobs 1 --sut broken

# Of a run that was killed: inputs of which engines died become findings, and only those of its suts.
rm -rf work
mkdir -p work/runs/killed
cp bytes/seed work/runs/killed/broken-0-crash-0123456789012345678901234567890123456789
cp bytes/seed work/runs/killed/other-0-crash-0123456789012345678901234567890123456789
cp bytes/seed work/runs/killed/broken-0.log
rm corpus/seed.txt
expect 1 '^taking what work/runs/killed left$' "$cli" fuzz --for 2s --jobs 1 --sut broken --recover "$tree/work/runs/killed"
[ "$(find work/findings -name program.txt | wc -l)" -ge 1 ] || bad "nothing is settled: $(cat "$tmp/out")"
expect 66 'cannot read nowhere' "$cli" fuzz --for 2s --jobs 1 --sut broken --recover nowhere

# Ctrl-C while a finding is made small: the engines end well, and there is a summary.
rm -rf work
cp "$root"/corpus/*.txt corpus/
"$cli" fuzz --keep-going --for 60s --jobs 2 --sut broken >"$tmp/out" 2>&1 &
fuzz=$!
sleep 2
kill -INT $fuzz
code=0
wait $fuzz || code=$?
[ $code -eq 1 ] || [ $code -eq 130 ] || bad "exit $code after SIGINT"
grep -q '^finding: \|^interrupted: ' "$tmp/out" || bad "no summary after SIGINT: $(cat "$tmp/out")"
finish
