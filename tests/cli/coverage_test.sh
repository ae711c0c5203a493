#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The judge of coverage, on a report with each kind of gap.
. "$(dirname "$0")/lib.sh"

cd "$tmp"
mkdir core
: >core/a.c
cat >report <<EOF
$tmp/core/a.c:
    1|       |static int f(int a)
    2|     12|{
    3|     12|	if (a)
  ------------------
  |  Branch (3:6): [True: 6, False: 0]
  ------------------
  |  Branch (3:6): [True: 0, False: 1.2k]
  ------------------
    4|      1|		return a ? 1 : 0;
  ------------------
  |  Branch (4:10): [True: 1, False: 0]
  ------------------
    5|      0|	return 0;
    6|     12|}

EOF
: >none
expect 1 '^core/a.c:5: never ran: return 0;$' "$cli" coverage report none "$tmp"
grep -q '^core/a.c:4:10: never false: return a ? 1 : 0;$' "$tmp/out" || bad "no branch"
grep -q 'a.c:3' "$tmp/out" && bad "the copies of a function are not taken together"
grep -q '^core: lines 4 of 5, branches 3 of 4, lines excused 0; NOT complete$' "$tmp/out" ||
	bad "wrong sums: $(cat "$tmp/out")"

cat >two <<'EOF'
# file:function:source text: reason
core/a.c:f:return 0;: cannot be reached
core/a.c:f:return a ? 1 : 0;: a is not 0 here
EOF
expect 0 'lines excused 2; complete' "$cli" coverage report two "$tmp"
{ cat two && echo 'core/a.c:f:if (a): it was feared'; } >three
expect 1 'core/a.c: f: the exception is covered now: if (a)' "$cli" coverage report three "$tmp"
echo 'core/a.c:g:return 0;: wrong function' >wrong
expect 1 'the exception is for a line that is not there: return 0;' "$cli" coverage report wrong "$tmp"
echo 'core/a.c:f:return 0;' >unreasoned
expect 65 'not file:function:source text: reason' "$cli" coverage report unreasoned "$tmp"
for i in 1 2 3 4 5 6 7 8 9 10 11; do echo "core/a.c:f:x$i: y"; done >many
expect 65 'more than 10 exceptions' "$cli" coverage report many "$tmp"
: >core/b.c
expect 3 'the report has 1 of the 2 files' "$cli" coverage report two "$tmp"
finish
