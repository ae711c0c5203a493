#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "harness/exhaust.h"
#include "harness/transitions.h"
static struct exhaust x;
int main(int argc, char **argv)
{
	struct timespec a, b;
	(void)argc;
	x.scope = (struct exhaust_scope){ (unsigned)atoi(argv[1]), (unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]), argc > 5 };
	clock_gettime(CLOCK_MONOTONIC, &a);
	exhaust_run(sut_find(argv[4]), &x);
	clock_gettime(CLOCK_MONOTONIC, &b);
	double t = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	for (unsigned i = 0; i <= x.complete; i++)
		printf("%u: %lu states, %lu transitions\n", i, x.states[i], x.transitions[i]);
	printf("runs %lu in %.2f s = %.0f/s, strayed %lu, audited %lu misjudged %lu violations %lu, sum %lx\n", x.stats.runs, t, (double)x.stats.runs / t, x.strayed, x.audited, x.misjudged, x.violations, x.states_sum);
	for (unsigned i = 0; i < x.found_count; i++) { printf("%s: %s\n", x.found[i].finding.id, x.found[i].finding.text); program_print(stdout, &x.found[i].program); }
	if (argc > 5) {
		static struct exhaust y;
		y.scope = x.scope; y.scope.tree = false;
		exhaust_run(sut_find(argv[4]), &y);
		for (unsigned i = 0; i <= y.complete; i++)
			printf("%u: %lu states, %lu transitions\n", i, y.states[i], y.transitions[i]);
		printf("sum %lx\n", y.states_sum);
		for (unsigned c = 0; c < CELL_COUNT; c++) if (!x.stats.cells[c] != !y.stats.cells[c]) { transition_print(stdout, c); printf(" differs\n"); }
	}
	return 0;
}
