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
grep -q '^core: lines 4 of 5, branches 3 of 4, conditions 0 of 0, lines excused 0; NOT complete$' "$tmp/out" ||
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
expect 3 'something ran in 1 of the 2 files' "$cli" coverage report two "$tmp"
rm core/b.c
sed 's/|     *[0-9]*|/|      0|/; s/True: [0-9]*, False: [0-9.k]*/True: 0, False: 0/' report >empty
expect 3 'something ran in 0 of the 1 files' "$cli" coverage empty none "$tmp"

# decision FROM TO CONDITION... -- RUN... -- PAIR...: as llvm-cov prints it.
decision() {
	printf '  ------------------\n  |---> MC/DC Decision Region (%s) to (%s)\n  |\n' "$1" "$2"
	shift 2
	count=0
	while [ "$1" != -- ]; do
		count=$((count + 1))
		printf '  |     Condition C%s --> (%s)\n' $count "$1"
		shift
	done
	shift
	printf '  |\n  |  Executed MC/DC Test Vectors:\n  |\n'
	count=0
	while [ "$1" != -- ]; do
		count=$((count + 1))
		printf '  |  %s { %s      }\n' $count "$1"
		shift
	done
	shift
	count=0
	for pair; do
		count=$((count + 1))
		printf '  |  C%s-Pair: %s\n' $count "$pair"
	done
	printf '  |  MC/DC Coverage for Decision: 50.00%%\n  |\n'
}

# Line and branches are covered, and neither the first nor the third condition.
three() { # three RUN...: the decision of the copy of f() that ran like this
	decision 2:6 3:10 2:7 2:12 3:9 -- "$@"
}
top() {
	printf '%s:\n    1|     12|static int f(int a, int b, int c) {\n' "$tmp/core/a.c"
	printf '    2|     12|	if ((a && b) /* && */\n    3|      9|	    || c)\n'
	for at in 3:9 2:7 2:12; do
		printf '  |  Branch (%s): [True: 6, False: 6]\n' $at
	done
}
bottom() {
	printf '    4|      6|		return "a || b";\n    5|      6|	return 0;\n    6|     12|}\n\n'
}
{
	top
	three 'T,  F,  F  = F' 'F,  -,  T  = T' 'T,  T,  -  = T' -- \
		'not covered' 'covered: (1,3)' 'not covered'
	bottom
} >conditions
expect 1 '^core/a.c:2:7: condition C1, a, never decided alone: missing is { F, -, F = F }, to go with { T, T, - = T }, which ran: (a && b) /\* && \*/ || c$' \
	"$cli" coverage conditions none "$tmp"
grep -q '^core/a.c:3:9: condition C3, c, never decided alone: missing is { [TF], [-TF], [TF] = [TF] }, to' "$tmp/out" ||
	bad "no third condition: $(cat "$tmp/out")"
grep -q '^core: lines 6 of 6, branches 2 of 2, conditions 1 of 3, lines excused 0; NOT' "$tmp/out" ||
	bad "wrong sums: $(cat "$tmp/out")"
grep -q C2 "$tmp/out" && bad "a covered condition is reported"

# Copies count together, but both runs of a pair belong in one of them.
{
	top
	three 'T,  F,  F  = F' 'F,  -,  T  = T' 'T,  T,  -  = T' -- \
		'not covered' 'covered: (1,3)' 'not covered'
	three 'F,  -,  F  = F' 'T,  F,  T  = T' 'T,  F,  F  = F' -- \
		'not covered' 'not covered' 'covered: (2,3)'
	bottom
} >copies
expect 1 'condition C1, a, .*: { [TF], [-T], [-TF] = [TF] } and { .* } ran, but in different builds: ' \
	"$cli" coverage copies none "$tmp"
grep -q 'conditions 2 of 3' "$tmp/out" || bad "the copies are not taken together: $(cat "$tmp/out")"
{ echo 'core/a.c:f:if ((a && b) /* && */: a and c are never 0 together' && echo 'core/a.c:f:|| c): the same'; } >both
expect 0 'conditions 1 of 3, lines excused 2; complete' "$cli" coverage conditions both "$tmp"
expect 1 'the exception is covered now: || c)' "$cli" coverage copies both "$tmp"

# What llvm-cov is silent about is not complete: not its conditions, not those of a macro.
{ top && bottom; } >silent
expect 3 '^core/a.c:2:9: conditions that cannot be measured: if ((a && b)' "$cli" coverage silent none "$tmp"
grep -q 'not measured 2, .*NOT complete' "$tmp/out" || bad "wrong sums: $(cat "$tmp/out")"
{
	top
	decision 2:6 3:10 2:6 3:9 -- 'F,  F  = F' 'F,  T  = T' 'T,  -  = T' -- \
		'covered: (1,3)' 'covered: (1,2)'
	bottom
} >inner
expect 3 '^core/a.c:3:6: conditions that cannot be measured' "$cli" coverage inner none "$tmp"
{
	printf '%s:\n    1|     12|#define BOTH(a, b) ((a) && (b))\n' "$tmp/core/a.c"
	decision 1:21 1:31 1:21 1:28 -- 'F,  -  = F' 'T,  F  = F' 'T,  T  = T' -- \
		'covered: (1,3)' 'covered: (2,3)'
} >macro
expect 3 '^core/a.c:1:25: conditions that cannot be measured' "$cli" coverage macro none "$tmp"
expect 0 '^f: lines 6 of 6, branches 2 of 2, conditions 1 of 3$' "$cli" uncovered conditions "$tmp/core/a.c"
grep -q "^  $tmp/core/a.c:2:7: condition C1, a, never" "$tmp/out" || bad "no place: $(cat "$tmp/out")"
expect 0 "^$tmp/core/a.c: lines 1 of 1, .* not measured 1$" "$cli" uncovered macro "$tmp/core/a.c"
expect 3 'something ran in 0 of 1 files' "$cli" uncovered empty "$tmp/core/a.c"
expect 3 'something ran in 1 of 2 files' "$cli" uncovered report "$tmp/core/a.c" "$tmp/core/b.c"
finish
