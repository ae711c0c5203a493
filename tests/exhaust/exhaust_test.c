/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The search of small scopes: merging states loses nothing against the whole tree of
 * programs; planted bugs (bugs/) come at their smallest depth and not before;
 * and failing fault points finds what the programs themselves do not show.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/exhaust.h"
#include "shim/poison.h"
#include "tests/wrong/wrong.h"

#define SUTS	     4 /* the first of suts[]: those without a mistake */
#define PROGRAMS_MAX 128

static struct program programs[PROGRAMS_MAX];
static unsigned int program_count, passed, failed;

/* With a mistake: of the bank, or of tests/wrong. */
static const struct sut *find_planted(const char *name)
{
	static const char *const kinds[] = { "bug", "wrong" };
	const struct sut *sut = NULL;
	char full[80];

	for (unsigned int i = 0; i < 2 && !sut; i++) {
		snprintf(full, sizeof(full), "%s-%s", kinds[i], name);
		sut = sut_find(full);
	}
	if (!sut) {
		printf("%s: no such planted bug is built in\n", name);
		exit(3);
	}
	return sut;
}

static void judge(bool right, const char *name, const char *what)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAIL %s: %s\n", name, what);
}

static void search(const struct sut *sut, struct exhaust_scope scope, struct exhaust *x)
{
	memset(x, 0, sizeof(*x));
	x->scope = scope;
	exhaust_run(sut, x);
}

/* The same states in the same depth, the same transitions, the same findings. */
static void compare(const struct sut *sut, unsigned int ops, unsigned int devices)
{
	static struct exhaust tree, merged;
	bool cells = true, findings = true;

	search(sut, (struct exhaust_scope){ ops, 2, devices, true }, &tree);
	search(sut, (struct exhaust_scope){ ops, 2, devices, false }, &merged);
	judge(tree.complete == ops && merged.complete == ops, sut->name, "did not come to its end");
	judge(!memcmp(tree.states, merged.states, sizeof(tree.states)) &&
		      tree.states_sum == merged.states_sum,
	      sut->name, "has other states where none are merged");
	for (unsigned int i = 0; i < CELL_COUNT; i++)
		cells &= !tree.stats.cells[i] == !merged.stats.cells[i];
	judge(cells, sut->name, "has other transitions where no states are merged");
	for (unsigned int i = 0; i < tree.found_count; i++) {
		bool known = false;

		for (unsigned int k = 0; k < merged.found_count; k++)
			known |= !strcmp(tree.found[i].finding.id, merged.found[k].finding.id);
		findings &= known;
	}
	judge(findings && tree.found_count == merged.found_count, sut->name,
	      "has other findings where no states are merged");
	printf("%s, %u ops, 2 pages, %u devices: %llu states; %llu runs of the tree, %llu with states merged\n",
	       sut->name, ops, devices, (unsigned long long)tree.states[ops],
	       (unsigned long long)tree.stats.runs, (unsigned long long)merged.stats.runs);
}

/* Where no state is merged wrongly, and each is reached again. */
static void check_clean(const struct sut *sut, unsigned int ops)
{
	static struct exhaust x;

	search(sut, (struct exhaust_scope){ ops, 2, 1, false }, &x);
	judge(x.complete == ops && !x.violations, sut->name, "is not clean");
	judge(x.audited >= 20 && !x.misjudged && !x.strayed, sut->name,
	      "has states that are not what their key says");
	judge(x.transitions[ops] > 5000, sut->name, "has too few transitions to prove anything");
	for (unsigned int i = 0; i < program_count; i++)
		exhaust_faults(sut, &programs[i], &x);
	judge(!x.fault_violations && !x.astray, sut->name, "is not clean where faults are added");
	judge(x.points > 100 && x.pairs > 20, sut->name, "has too few fault points");
}

/* Mistakes, and how many ops it takes to see them: none less. */
static const struct {
	const char *name, *id;
	unsigned int ops;
} planted[] = {
	{ "count-off-by-one", "model.result@list_enqueue/modern", 1 },
	{ "putback-silent", "model.warning@putback/modern", 2 },
	{ "two-orders", "lock.order@dequeue/modern", 3 },
	{ "reference-dropped", "ledger.refs@dequeue/modern", 3 },
	{ "zone-stays", "state.managed@migrate/modern", 4 },
	{ "no-deflate-event", "state.events@migrate/modern", 4 },
	{ "lock-not-for-interrupts", "lock.irq-unsafe@enqueue/modern", 4 },
	{ "oldest-first", "model.page@dequeue/modern", 5 },
	{ "classic-mark-kept", "page.free-mapping@free/classic", 2 },
	{ "classic-contended-is-bug", "model.bug@dequeue/classic", 3 },
	{ "classic-contended-again", "model.page@dequeue/classic", 3 },
	{ "classic-list-enqueue-goes-on", "state.type@list_enqueue/classic", 5 },
};

static void check_planted(void)
{
	static struct exhaust x;

	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		const struct sut *sut = find_planted(planted[i].name);
		bool found = false;

		search(sut, (struct exhaust_scope){ planted[i].ops - 1, 2, 1, false }, &x);
		judge(!x.found_count, sut->name, "is found with fewer ops than it takes");
		search(sut, (struct exhaust_scope){ planted[i].ops, 2, 1, false }, &x);
		for (unsigned int k = 0; k < x.found_count; k++)
			found |= !strcmp(x.found[k].finding.id, planted[i].id);
		judge(found, sut->name, "is not found");
	}
}

/* No shipped program shows it as it is; one more fault does. */
static void check_fault_only(void)
{
	const struct sut *sut = find_planted("classic-contended-again");
	struct run_options options = { .full_checks = true };
	static struct stats stats;
	static struct exhaust x;
	struct verdict v;
	bool clean = true;

	for (unsigned int i = 0; i < program_count; i++) {
		run_program(sut, &programs[i], &options, &stats, &v);
		clean &= verdict_clean(&v);
		exhaust_faults(sut, &programs[i], &x);
	}
	judge(clean, sut->name, "is found without a fault that was added");
	judge(x.fault_violations, sut->name, "is not found by failing fault points");
}

static void load_programs(void)
{
	struct parse_error error;
	glob_t found;
	size_t size;

	if (glob("corpus/*.txt", 0, NULL, &found)) {
		puts("no corpus/ here; run this in the project's folder");
		exit(3);
	}
	for (size_t i = 0; i < found.gl_pathc && program_count < PROGRAMS_MAX; i++) {
		char *text = file_text(found.gl_pathv[i], &size);

		program_count += program_parse(&programs[program_count], text, size, &error);
		free(text);
	}
	globfree(&found);
}

int main(void)
{
	load_programs();
	judge(program_count >= 40, "corpus", "has too few programs");
	for (unsigned int i = 0; i < SUTS; i++) {
		compare(suts[i], 3, 1);
		compare(suts[i], 2, 2);
		check_clean(suts[i], 5);
	}
	compare(find_planted("two-orders"), 3, 1);
	compare(find_planted("classic-contended-again"), 3, 1);
	check_planted();
	check_fault_only();
	printf("exhaust: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
