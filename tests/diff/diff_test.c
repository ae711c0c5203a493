/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Differential runs: a wrong core differs from the real one at the right op, by
 * the right id, and by that the program is minimised; a core does not differ
 * from itself, nor by a quirk that its model predicts, nor where two contracts
 * do; and what is compared is not nothing.
 *
 * Usage: diff_test, in the project's folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/diff.h"
#include "harness/minimize.h"
#include "harness/mutate.h"
#include "shim/poison.h"
#include "shim/world.h"
#include "tests/wrong/wrong.h"

#ifdef PINPRICK_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#define PROGRAMS 2000

static unsigned int passed, failed;

static void judge(bool right, const char *name, const char *what)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAIL %s: %s\n", name, what);
}

/* What a wrong core's program must show, beside the real core. */
static const struct {
	const char *name, *id, *text;
	unsigned int record, steps; /* where, and how many ops agree before */
} expected[] = {
	{ "oldest-first", "diff.result@dequeue/modern",
	  "the page that is returned: f2 on modern, f1 on bug-oldest-first", 4, 4 },
	{ "count-off-by-one", "diff.result@list_enqueue/modern",
	  "the number that is returned: 2 on modern, 1 on ", 4, 4 },
	{ "putback-silent", "diff.result@putback/modern", "warnings: 1 on modern, 0 on ", 3, 3 },
	{ "empty-is-null", "diff.result@dequeue/modern", "the op: gives up on modern, ", 0, 0 },
	{ "enqueue-at-tail", "diff.state@enqueue/modern",
	  "f1, next page: the head on modern, f2 on ", 3, 3 },
	{ "owner-not-cleared", "diff.state@dequeue/modern", "f1, owner: 0 on modern, 1 on ", 2, 2 },
	{ "reference-taken", "diff.state@dequeue/modern", "f1, references: 1 on modern, 2 on ", 2,
	  2 },
	{ "isolated-flag-lost", "diff.state@migrate/modern", "f1, flags: 0x7 on modern, 0x3 on ", 3,
	  3 },
	{ "putback-count-kept", "diff.state@putback/modern",
	  "b0's isolated pages: 0 on modern, 1 on ", 3, 3 },
	{ "no-deflate-event", "diff.state@migrate/modern",
	  "deflate events of @0: 1 on modern, 0 on ", 3, 3 },
	{ "node-stays", "diff.state@migrate/modern", "node 0's balloon pages: 0 on modern, 1 on ",
	  3, 3 },
	{ "zone-stays", "diff.state@migrate/modern", "zone 0's managed pages: 0 on modern, -1 on ",
	  3, 3 },
	{ "total-not-adjusted", "diff.state@enqueue/modern",
	  "the total of pages: -1 on modern, 0 on ", 1, 1 },
	{ "neighbour-marked", "diff.finding@end/modern", "modern: no finding\nbug-", 2, 2 },
	{ "put-under-lock", "diff.finding@migrate/modern", "modern: no finding\nbug-", 3, 3 },
	{ "not-registered", "diff.finding@start/modern", "modern: no finding\nbug-", 0, 0 },
	{ "isolation-refused", "diff.result@isolate/modern",
	  "the outcome: ok on modern, refused on ", 2, 2 },
	{ "callback-skipped", "diff.result@migrate/modern",
	  "calls of the driver: 1 on modern, 0 on ", 3, 3 },
	{ "no-migrate-event", "diff.state@migrate/modern",
	  "migrate events of @0: 1 on modern, 0 on ", 3, 3 },
	{ "classic-one-event-for-a-list", "diff.state@list_enqueue/classic",
	  "inflate events of @0: 2 on classic, 1 on ", 4, 4 },
};

/* The same across generations, beside the classic core; program NULL: the wrong core's own. */
static const struct {
	const char *name, *program, *id, *text;
	unsigned int record;
} across_expected[] = {
	{ "oldest-first", NULL, "diff.result@dequeue/classic-modern",
	  "the page that is returned: f2 on classic, f1 on bug-", 4 },
	{ "enqueue-at-tail", NULL, "diff.state@enqueue/classic-modern",
	  "b0's list: f2 on classic, f1 on bug-", 3 },
	{ "count-off-by-one", NULL, "diff.result@list_enqueue/classic-modern",
	  "the number that is returned: 2 on classic, 1 on bug-", 4 },
	{ "isolation-refused", NULL, "diff.result@isolate/classic-modern",
	  "the outcome: ok on classic, refused on bug-", 2 },
	{ "putback-count-kept", NULL, "diff.state@putback/classic-modern",
	  "b0's listed and isolated pages, beyond those inflated: 0 on classic, 1 on bug-", 3 },
	/* The device's list is empty on both: only the private one tells. */
	{ "oldest-first",
	  "p0 = alloc near f1\np1 = alloc near f2\nenqueue b0 p0\nenqueue b0 p1\n"
	  "list_dequeue b0 l0 2\n",
	  "diff.state@list_dequeue/classic-modern", "list l0 of @0: f1 on classic, f2 on bug-",
	  4 },
};

/* What enqueue counts once too often, in turn. */
static const struct {
	long *counter;
	const char *text;
} counted[] = {
	{ &world.contexts[0].events[EVENT_INFLATE], "inflate events of @0: 1 on modern, 2 on " },
	{ &world.contexts[0].events[EVENT_DEFLATE], "deflate events of @0: 0 on modern, 1 on " },
	{ &world.contexts[0].events[EVENT_MIGRATE], "migrate events of @0: 0 on modern, 1 on " },
	{ &world.contexts[0].node_pages[0], "node 0's balloon pages: 1 on modern, 2 on " },
	{ &world.contexts[0].node_pages[1], "node 1's balloon pages: 0 on modern, 1 on " },
	{ &world.zones[0].managed, "zone 0's managed pages: 0 on modern, 1 on " },
	{ &world.zones[1].managed, "zone 1's managed pages: 0 on modern, 1 on " },
	{ &world.zones[2].managed, "zone 2's managed pages: 0 on modern, 1 on " },
	{ &world.zones[3].managed, "zone 3's managed pages: 0 on modern, 1 on " },
	{ &world.total_pages, "the total of pages: 0 on modern, 1 on " },
};

/* A quirk, the wrong core that has it, and whether its program does what is left out then. */
static const struct {
	const char *name;
	unsigned int bit;
	bool left_out;
} quirky[] = {
	{ "node-stays", QUIRK_node_left, false },
	{ "node-count-kept", QUIRK_node_leak, false },
	{ "null-callback", QUIRK_null_callback, true },
	{ "positive-result", QUIRK_positive_result, true },
	{ "dangling-link", QUIRK_dangling_link, false },
};

static void load(struct wrong *w, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), BUGS_FOLDER "/%s.patch", name);
	if (access(path, R_OK))
		snprintf(path, sizeof(path), WRONG_FOLDER "/%s.patch", name);
	wrong_load(w, path);
}

static void compare(const struct pair *pair, const struct program *p, struct stats *agreed,
		    struct diff *diff)
{
	if (!diff_program(pair, p, true, false, agreed, diff))
		exit(3);
}

static void parse(struct program *p, const char *lines)
{
	struct parse_error error;
	char text[1024];

	snprintf(text, sizeof(text), "pinprick program 1\n%s", lines);
	if (!program_parse(p, text, strlen(text), &error)) {
		printf("line %u: %s\n%s", error.line, error.message, text);
		exit(3);
	}
}

struct sought {
	struct pair pair;
	const char *id;
};

static bool shows(const void *context, const struct program *candidate)
{
	const struct sought *sought = context;
	static struct stats agreed;
	static struct diff diff;

	compare(&sought->pair, candidate, &agreed, &diff);
	return !strcmp(diff.finding.id, sought->id);
}

static void test_minimized(const struct wrong *w, const struct pair *pair, const char *id)
{
	static struct program p;
	struct sought sought = { *pair, id };
	struct minimize_report report;

	/* With something to leave out. */
	p = w->program;
	for (unsigned int i = 0; i < 20; i++)
		p.records[p.count++] = (struct record){ .op = OP_nop };
	judge(program_minimize_by(shows, &sought, &p, &report) && p.count <= w->program.count &&
		      shows(&sought, &p),
	      w->name, "its program is not minimised");
}

static void test_wrong(void)
{
	static struct wrong w;
	static struct stats agreed, before;
	static struct diff diff;

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		load(&w, expected[i].name);
		struct pair pair = { { w.real, w.sut } };

		before = agreed;
		compare(&pair, &w.program, &agreed, &diff);
		judge(!strcmp(diff.finding.id, expected[i].id), w.name, diff.finding.id);
		judge(!strncmp(diff.finding.text, expected[i].text, strlen(expected[i].text)),
		      w.name, diff.finding.text);
		judge(diff.finding.record == expected[i].record, w.name, "at another record");
		judge(diff.steps == expected[i].steps, w.name, "another number of steps agrees");
		judge(!memcmp(&before, &agreed, sizeof(agreed)), w.name, "counts as agreed");
		test_minimized(&w, &pair, expected[i].id);
		/* Their own program is the same to both, and so is the finding. */
		pair.suts[0] = w.sut;
		compare(&pair, &w.program, &agreed, &diff);
		judge(!diff.finding.id[0], w.name, "differs from itself");
		judge(agreed.runs == before.runs + 1 &&
			      agreed.ended_alike == before.ended_alike + 1,
		      w.name, "two alike findings are not counted");
	}
}

/* What kills one side is a difference, what kills both is none. */
static void test_deadly(void)
{
	static struct wrong w;
	static struct stats agreed;
	static struct diff diff;

	load(&w, "spins-for-isolated");
	struct pair pair = { { w.real, w.sut } }, alike = { { w.sut, w.sut } };

	judge(diff_program(&pair, &w.program, true, true, &agreed, &diff) &&
		      !strcmp(diff.finding.id, "diff.finding@dequeue/modern"),
	      w.name, "what kills one side is no difference");
	judge(!strncmp(diff.sides[1].id, "progress.", 9), w.name, diff.sides[1].id);
	judge(diff_program(&alike, &w.program, true, true, &agreed, &diff) && !diff.finding.id[0],
	      w.name, "what kills both sides is a difference");
}

static uint64_t sum(const uint64_t *counters, size_t count)
{
	uint64_t total = 0;

	while (count--)
		total += counters[count];
	return total;
}

/* No random program tells the two apart; each op is run.  Returns how many records are left out. */
static uint64_t test_alike(const struct pair *pair)
{
	static struct stats agreed;
	static struct program p;
	static struct diff diff;
	char name[80];

	memset(&agreed, 0, sizeof(agreed));
	snprintf(name, sizeof(name), "%s and %s", pair->suts[0]->name, pair->suts[1]->name);
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		program_generate(&p, 1 + i % 64, pair->suts[i % 2]->features, i);
		program_mutate(&p, pair->suts[i % 2]->features, i);
		compare(pair, &p, &agreed, &diff);
		if (diff.finding.id[0])
			break;
	}
	judge(!diff.finding.id[0], name, diff.finding.text);
	judge(agreed.runs == PROGRAMS && !agreed.ended_alike, name, "not every program agreed");
	/* More than half of the records run. */
	judge(sum(agreed.ran, OP_COUNT) > sum(agreed.skipped, SKIP_COUNT) + agreed.left_out, name,
	      "too few steps");
	for (unsigned int op = OP_nop + 1; op < OP_CORE_COUNT; op++) {
		/* Where nothing can be moved, nothing is ever isolated. */
		bool never = (op == OP_putback || op == OP_migrate) &&
			     !(pair->suts[0]->features & FEATURE_migration);

		judge(never == !agreed.ran[op], name, op_table[op].name);
	}
	return agreed.left_out;
}

/* The wrong core with its quirk named, beside the real one: nothing that stops a run. */
static void test_quirks(void)
{
	static struct wrong w;
	static struct stats agreed;
	static struct diff diff;
	uint64_t before;

	for (size_t i = 0; i < sizeof(quirky) / sizeof(quirky[0]); i++) {
		struct sut sut;

		load(&w, quirky[i].name);
		sut = *w.sut;
		sut.features |= quirky[i].bit;
		struct pair pair = { { w.real, &sut } };

		judge(diff_scope(&pair) == DIFF_BUT_QUIRKS, w.name, "is another contract");
		before = agreed.left_out;
		compare(&pair, &w.program, &agreed, &diff);
		judge(!diff.finding.id[0], w.name, diff.finding.text);
		judge(agreed.left_out == before + quirky[i].left_out, w.name,
		      "the wrong records are left out");
		test_alike(&pair);
	}
}

static void test_scope(void)
{
	const struct sut *modern = sut_find("modern"), *classic = sut_find("classic");
	struct pair same = { { modern, modern } }, across = { { modern, classic } };
	struct run_options options;

	diff_run_options(&across, true, &options);
	judge((run_features(classic, &options) & CALLER_FEATURES) == CALLER_7_0 &&
		      (run_features(modern, &options) & CALLER_FEATURES) == CALLER_7_0,
	      "scope", "another caller for classic than for modern");
	judge(diff_scope(&same) == DIFF_EVERYTHING, "scope", "modern and itself");
	judge(diff_scope(&across) == DIFF_COMMON, "scope", "modern and classic");
	judge(!test_alike(&same), "scope", "modern and itself leave something out");
	judge(test_alike(&across) > 0, "scope", "modern and classic leave nothing out");
	across.suts[0] = classic;
	across.suts[1] = modern;
	judge(test_alike(&across) > 0, "scope", "classic and modern leave nothing out");
	same.suts[0] = same.suts[1] = classic;
	judge(!test_alike(&same), "scope", "classic and itself leave something out");
	across.suts[0] = sut_find("modern-off");
	across.suts[1] = sut_find("classic-off");
	test_alike(&across);
}

/* Across generations: a mistake in what the contracts have in common. */
static void test_across(void)
{
	static struct wrong w;
	static struct stats agreed;
	static struct diff diff;

	for (size_t i = 0; i < sizeof(across_expected) / sizeof(across_expected[0]); i++) {
		const char *text = across_expected[i].text;

		load(&w, across_expected[i].name);
		struct pair pair = { { sut_find("classic"), w.sut } };

		if (across_expected[i].program)
			parse(&w.program, across_expected[i].program);
		compare(&pair, &w.program, &agreed, &diff);
		judge(!strcmp(diff.finding.id, across_expected[i].id), w.name, diff.finding.id);
		judge(!strncmp(diff.finding.text, text, strlen(text)), w.name, diff.finding.text);
		judge(diff.finding.record == across_expected[i].record, w.name,
		      "at another record");
	}
}

static void enqueue_losing(void *device, struct page *page)
{
	(void)device, (void)page;
}

/* A list that is shorter, across generations. */
static void test_shorter(void)
{
	static const char text[] = "b0's list: f0 on classic, its end on modern";
	static struct program p;
	static struct stats agreed;
	static struct diff diff;
	struct sut sut = *sut_find("modern");
	const struct pair pair = { { sut_find("classic"), &sut } };

	sut.enqueue = enqueue_losing;
	parse(&p, "p0 = alloc\nenqueue b0 p0\n");
	compare(&pair, &p, &agreed, &diff);
	judge(!strcmp(diff.finding.id, "diff.state@enqueue/classic-modern"), "shorter",
	      diff.finding.id);
	judge(!strncmp(diff.finding.text, text, strlen(text)), "shorter", diff.finding.text);
}

static long *counted_twice;

static void enqueue_counting_twice(void *device, struct page *page)
{
	sut_find("modern")->enqueue(device, page);
	++*counted_twice;
}

static void test_counters(void)
{
	static struct program p;
	static struct stats agreed;
	static struct diff diff;
	struct sut sut = *sut_find("modern");
	const struct pair pair = { { sut_find("modern"), &sut } };

	sut.enqueue = enqueue_counting_twice;
	parse(&p, "p0 = alloc\nenqueue b0 p0\n");
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		counted_twice = counted[i].counter;
		compare(&pair, &p, &agreed, &diff);
		judge(!strcmp(diff.finding.id, "diff.state@enqueue/modern"), counted[i].text,
		      diff.finding.id);
		judge(!strncmp(diff.finding.text, counted[i].text, strlen(counted[i].text)),
		      counted[i].text, diff.finding.text);
	}
}

static void enqueue_unlocking(void *device, struct page *page, unsigned int frame)
{
	sut_find("modern")->enqueue(device, page);
	if (page_frame(page) == frame)
		page_unlock(page, 1);
}

static void enqueue_unlocking_f1(void *device, struct page *page)
{
	enqueue_unlocking(device, page, 1);
}

static void enqueue_unlocking_f2(void *device, struct page *page)
{
	enqueue_unlocking(device, page, 2);
}

/* One finding on both sides, on one a record later: it is named after the first of them. */
static void test_later(void)
{
	static struct program p;
	static struct stats agreed;
	static struct diff diff;
	struct sut early = *sut_find("modern"), late = early;
	const struct pair pairs_of_two[] = { { { &early, &late } }, { { &late, &early } } };

	early.enqueue = enqueue_unlocking_f1;
	late.enqueue = enqueue_unlocking_f2;
	parse(&p, "p0 = alloc near f1\np1 = alloc near f2\nenqueue b0 p0\nenqueue b0 p1\n");
	for (unsigned int i = 0; i < 2; i++) {
		compare(&pairs_of_two[i], &p, &agreed, &diff);
		judge(!strcmp(diff.finding.id, "diff.finding@enqueue/modern"), "later",
		      diff.finding.id);
		judge(!strcmp(diff.sides[0].id, "page.unlock-unlocked@enqueue/modern") &&
			      !strcmp(diff.sides[1].id, diff.sides[0].id),
		      "later", "not the same finding on both sides");
		judge(diff.finding.record == 2 && diff.steps == 2, "later", "at another record");
	}
}

static struct sut changing;

static int init_and_change(void)
{
	changing.features |= QUIRK_null_callback;
	return sut_find("modern")->init();
}

/* Records that one side does not run: in the middle, and at the end. */
static void test_one_sided(void)
{
	static struct wrong w;
	static struct program p;
	static struct stats agreed;
	static struct diff diff;
	struct sut first = *sut_find("modern");

	load(&w, "callback-skipped");
	struct pair pair = { { w.real, w.sut } };

	w.program.records[w.program.count++] =
		(struct record){ .op = OP_alloc, .how = HOW_NESTED, .a = 1 };
	compare(&pair, &w.program, &agreed, &diff);
	judge(!strcmp(diff.finding.id, "diff.result@alloc/modern"), w.name, diff.finding.id);
	judge(!strcmp(diff.finding.text,
		      "record 5 runs on modern, record 4 on bug-callback-skipped"),
	      w.name, diff.finding.text);
	/* Two that agree on what runs until the first of them does. */
	changing = first;
	first.init = init_and_change;
	pair = (struct pair){ { &first, &changing } };
	parse(&p, "world no_callback=b0\np0 = alloc near f1\nenqueue b0 p0\np0 = isolate f1\n"
		  "misuse migrate p0 -> f9\n");
	compare(&pair, &p, &agreed, &diff);
	judge(!strcmp(diff.finding.id, "diff.result@migrate/modern"), "one-sided", diff.finding.id);
	judge(!strncmp(diff.finding.text, "record 4 runs on modern only", 28), "one-sided",
	      diff.finding.text);
	judge(diff.finding.record == 3 && diff.steps == 3, "one-sided", "at another record");
}

int main(void)
{
#ifdef PINPRICK_ASAN
	__sanitizer_set_death_callback(child_sanitizer_death);
#endif
	test_wrong();
	test_deadly();
	test_quirks();
	test_scope();
	test_across();
	test_shorter();
	test_counters();
	test_later();
	test_one_sided();
	printf("differential: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
