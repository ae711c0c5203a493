/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The explored back end and its strategies over small scenarios: what is wrong
 * is found, by every strategy and within so many runs; what is right is not
 * complained of; all schedules are all; and what was done can be done again.
 *
 * schedule_test [rates]: with the word, only how fast it is.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim/world.h"
#include "tests/explore/scenarios.h"

static unsigned int passed, failed;
const char *about = "";

void expect(bool good, const char *what, unsigned long got)
{
	passed += good;
	failed += !good;
	if (!good)
		printf("FAIL %s: %s: %lu\n", about, what, got);
}

/* The points of a run in their order, as a number. */
static uint64_t trace;
static unsigned int trace_points;

/* As every oracle, it orders nobody, nor races with itself. */
ORACLE static void see(unsigned int context, const char *name, const void *object)
{
	(void)object;
	trace = (trace ^ context ^ (uint64_t)(unsigned char)name[0] << 8) * 0x100000001b3;
	trace_points++;
}

static enum schedule_end traced(const struct scenario *s, struct schedule_run *run)
{
	enum schedule_end end;

	trace = trace_points = 0;
	schedule_observer = see;
	end = scenario_run(s, run);
	schedule_observer = NULL;
	return end;
}

struct search {
	unsigned int runs, first, wrong, most_preemptions; /* first: 0 for none */
	bool all;					   /* nothing was left to try */
	double estimate;
	enum schedule_end end; /* of the first wrong one */
	struct schedule_run run;
};

/* Depth first, to the end or to this many runs. */
static void search(struct search *r, const struct scenario *s, unsigned int bound,
		   unsigned int most)
{
	const struct strategy *all = &strategy_exhaustive;

	about = s->name;
	memset(r, 0, sizeof(*r));
	all->start(s->contexts, bound);
	while (r->runs < most) {
		struct schedule_run run = { .strategy = all };
		enum schedule_end end;

		r->all = !all->begin(0);
		if (r->all)
			return;
		end = scenario_run(s, &run);
		all->end();
		if (!r->runs++)
			r->estimate = all->estimate();
		if (run.preemptions > r->most_preemptions)
			r->most_preemptions = run.preemptions;
		if (!scenario_wrong(s, end))
			continue;
		if (!r->wrong++) {
			r->first = r->runs;
			r->end = end;
			r->run = run;
		}
	}
}

static void print_search(const struct search *r, const struct scenario *s, unsigned int bound)
{
	printf("%s, %u contexts, bound %u: %u runs%s (estimated %.0f), %u wrong, the first is number %u\n",
	       s->name, s->contexts, bound, r->runs, r->all ? ", all" : "", r->estimate, r->wrong,
	       r->first);
}

/* All orders of points are counted, and none twice: by hand. */
static void test_space(void)
{
	static const struct {
		unsigned int contexts, points[EXPLORE_CONTEXTS], bound, runs;
	} spaces[] = {
		{ 2, { 1, 1 }, 0, 2 }, /* one after the other */
		{ 2, { 1, 1 }, 1, 4 }, /* and each cut in two, around the other one */
		{ 2, { 1, 1 }, 2, 6 }, /* two pieces each: 4 over 2 */
		{ 2, { 1, 1 }, 9, 6 },
		{ 2, { 3, 2 }, 9, 35 }, /* 4 pieces and 3: 7 over 3 */
		{ 3, { 0, 0, 0 }, 0, 6 },
		/* 3 pieces each: 9! / (3! 3! 3!) */
		{ 3, { 2, 2, 2 }, 9, 1680 },
		/* one cut of 3 x 2: 6 ways, and orders of 4 pieces with those two apart: 6 */
		{ 3, { 2, 2, 2 }, 1, 6 + 6 * 6 },
		{ 4, { 1, 1, 1, 1 }, 9, 2520 }, /* 8! / 2!^4 */
	};
	static struct search r;

	for (unsigned int i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		struct scenario s = scenario_points;

		s.contexts = spaces[i].contexts;
		memcpy(points_each, spaces[i].points, sizeof(points_each));
		search(&r, &s, spaces[i].bound, 100000);
		expect(r.all && r.runs == spaces[i].runs, "runs of the whole space", r.runs);
		if (r.estimate > 0)
			expect(r.estimate < r.runs + .5 && r.estimate > r.runs - .5,
			       "estimated exactly", (unsigned long)r.estimate);
		expect(!r.wrong, "nothing is wrong with points", r.wrong);
		expect(r.most_preemptions <= spaces[i].bound, "preemptions", r.most_preemptions);
	}
}

/* A schedule's own number. */
static uint64_t schedule_hash(const struct schedule_run *run)
{
	uint64_t hash = 1;

	for (unsigned int i = 0; i < run->taken_count; i++)
		hash = (hash ^ run->taken[i].from ^ (uint64_t)run->taken[i].to << 8 ^
			(uint64_t)run->taken[i].point << 16) *
		       0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

#define ALL_MOST 4000

/* With waiting, too: no schedule comes twice, and none that random runs find is missing. */
static void test_complete(const struct scenario *s, unsigned int bound)
{
	static uint64_t all[ALL_MOST];
	struct strategy chance = strategy_random;
	unsigned int count = 0, twice = 0, missing = 0, within = 0;

	about = s->name;
	strategy_exhaustive.start(s->contexts, bound);
	while (count < ALL_MOST && strategy_exhaustive.begin(0)) {
		struct schedule_run run = { .strategy = &strategy_exhaustive };

		scenario_run(s, &run);
		strategy_exhaustive.end();
		all[count++] = schedule_hash(&run);
	}
	expect(count < ALL_MOST && !exhaustive_strayed, "has an end", count);
	qsort(all, count, sizeof(*all), by_hash);
	for (unsigned int i = 1; i < count; i++)
		twice += all[i] == all[i - 1];
	expect(!twice, "schedules that came twice", twice);
	chance.refuse = NULL;
	chance.start(s->contexts, 0);
	for (unsigned int n = 0; n < 20000; n++) {
		struct schedule_run run = { .strategy = &chance };
		uint64_t hash;

		chance.begin(n);
		scenario_run(s, &run);
		chance.end();
		if (run.preemptions > bound)
			continue;
		hash = schedule_hash(&run);
		within++;
		missing += !bsearch(&hash, all, count, sizeof(*all), by_hash);
	}
	expect(within > 100, "random runs within the bound", within);
	expect(!missing, "schedules that are missing", missing);
}

/* Found within the bound, and with one less not. */
static void test_found(const struct scenario *s, unsigned int bound)
{
	static struct search r;

	if (bound) {
		search(&r, s, bound - 1, 100000);
		expect(r.all && !r.wrong, "found with less preemptions", r.first);
	}
	search(&r, s, bound, 100000);
	expect(r.wrong && r.all, "found by all schedules", r.runs);
	print_search(&r, s, bound);
}

static void test_right(const struct scenario *s, unsigned int bound)
{
	static struct search r;

	search(&r, s, bound, 100000);
	expect(!r.wrong, "wrong, and it is right", r.first);
	expect(r.all, "has an end", r.runs);
	print_search(&r, s, bound);
}

/*
 * Nobody is sent for what another one has.  Two that take a, then b: one after
 * the other, 2; one cut before a or before b, 4; both cut, of which each then
 * stands before a free a, 2.
 */
static void test_futile(void)
{
	struct scenario s = scenario_ordered;
	static struct search r;

	s.contexts = 2;
	search(&r, &s, 2, 1000);
	expect(r.all && !r.wrong && r.runs == 8, "runs without futile steps", r.runs);
}

static void test_deadlock(const struct scenario *s, const char *first, const char *second)
{
	static struct search r;
	unsigned int holder = 9;

	search(&r, s, 1, 1000);
	expect(r.wrong && r.end == SCHEDULE_DEADLOCK, "deadlock found", r.end);
	print_search(&r, s, 1);
	/* Once more, by what was done. */
	r.run.strategy = NULL;
	r.run.follow = r.run.taken;
	r.run.follow_count = r.run.taken_count;
	expect(scenario_run(s, &r.run) == SCHEDULE_DEADLOCK, "followed to the deadlock", 0);
	expect(schedule_waits(0, &holder) && !strcmp(schedule_waits(0, &holder), first) &&
		       holder == 1,
	       "0 waits for what 1 has", holder);
	expect(schedule_waits(1, &holder) && !strcmp(schedule_waits(1, &holder), second) &&
		       holder == 0,
	       "1 waits for what 0 has", holder);
	expect(!schedule_waits(2, &holder), "2 is not there", 0);
}

/* What was taken, followed, is the same run and the same list. */
static void test_follow(const struct scenario *s)
{
	static struct schedule_run run, again;

	about = s->name;
	for (unsigned int seed = 0; seed < 200; seed++) {
		const struct strategy *strategy = strategy_for(seed);
		enum schedule_end end;
		uint64_t first;

		strategy->start(s->contexts, 3);
		strategy->begin(seed);
		run = (struct schedule_run){ .strategy = strategy };
		end = traced(s, &run);
		strategy->end();
		first = trace;
		expect(trace_points <= run.points, "points seen", trace_points);
		again = (struct schedule_run){ .follow = run.taken,
					       .follow_count = run.taken_count };
		expect(traced(s, &again) == end, "followed to the same end", end);
		expect(first == trace, "followed with the same trace", seed);
		expect(again.taken_count == run.taken_count && run.taken_all && again.taken_all &&
			       !memcmp(again.taken, run.taken,
				       run.taken_count * sizeof(*run.taken)) &&
			       again.points == run.points && again.preemptions == run.preemptions,
		       "takes what it follows", seed);
	}
}

/* What is left of a list is a list. */
static void test_follow_part(void)
{
	const struct scenario *s = &scenario_half;
	static struct schedule_run run, part;

	about = "a part of a list";
	for (unsigned int seed = 0; seed < 100; seed++) {
		struct schedule_switch list[EXPLORE_SWITCHES];
		unsigned int count = 0;
		uint64_t first;

		strategy_random.start(s->contexts, 3);
		strategy_random.begin(seed);
		run = (struct schedule_run){ .strategy = &strategy_random };
		scenario_run(s, &run);
		/* Backwards, too: the order is nobody's concern. */
		for (unsigned int i = run.taken_count; i--;)
			if ((seed + i) % 3)
				list[count++] = run.taken[i];
		part = (struct schedule_run){ .follow = list, .follow_count = count };
		expect(traced(s, &part) == SCHEDULE_DONE, "ends", seed);
		expect(part.taken_count <= count, "nothing that was not asked for",
		       part.taken_count);
		first = trace;
		run = (struct schedule_run){ .follow = part.taken,
					     .follow_count = part.taken_count };
		expect(traced(s, &run) == SCHEDULE_DONE && trace == first, "and again", seed);
	}
}

/* The same seed after the same start: the same run; another one: not always. */
static void test_seeds(void)
{
	const struct scenario *s = &scenario_half;
	unsigned int same = 0;
	uint64_t before = 0;

	about = "seeds";
	for (unsigned int i = 0; strategies[i]; i++) {
		for (unsigned int n = 0; n < 40; n++) {
			struct schedule_run run = { .strategy = strategies[i] };
			uint64_t first;

			strategies[i]->start(3, 3);
			strategies[i]->begin(n);
			scenario_run(s, &run);
			strategies[i]->end();
			strategies[i]->start(3, 3);
			strategies[i]->begin(n);
			run = (struct schedule_run){ .strategy = strategies[i] };
			traced(s, &run);
			strategies[i]->end();
			first = trace;
			strategies[i]->start(3, 3);
			strategies[i]->begin(n);
			traced(s, &run);
			strategies[i]->end();
			expect(first == trace, strategies[i]->name, n);
			same += first == before;
			before = first;
		}
	}
	expect(same < 80, "seeds that change nothing", same); /* 40 are the exhaustive one's */
}

static void test_livelock(void)
{
	struct schedule_run run = { 0 };

	about = "livelock";
	expect(scenario_run(&scenario_endless, &run) == SCHEDULE_LIVELOCK, "endless yields", 0);
	expect(run.points > 2 * EXPLORE_POINTS, "points", run.points);
	run = (struct schedule_run){ 0 };
	expect(scenario_run(&scenario_impolite, &run) == SCHEDULE_DONE,
	       "a spin without a yield ends, run fairly", 0);
	expect(run.points > EXPLORE_POINTS && run.points < EXPLORE_POINTS + 10, "points",
	       run.points);
}

ORACLE static bool arrive(unsigned int context)
{
	struct context *cpu = &world.contexts[context];

	cpu->irq_depth++;
	interrupts_seen++;
	backend_point("count", NULL); /* itself no place for another one */
	cpu->irq_depth--;
	return true;
}

static void test_rest(void)
{
	struct schedule_run run = { 0 };
	static struct search r;

	about = "rest";
	expect(scenario_run(&scenario_leaves, &run) == SCHEDULE_LEFT, "left", 0);
	run = (struct schedule_run){ 0 };
	scenario_run(&scenario_recursion, &run);
	expect(!strcmp(found, "lock.recursion"), "recursion is the shim's to find", 0);
	schedule_interrupt = arrive;
	run = (struct schedule_run){ 0 };
	scenario_run(&scenario_interrupted, &run);
	schedule_interrupt = NULL;
	/* Before each of three points. */
	expect(interrupts_seen == 2 * 3, "interrupts", interrupts_seen);
	search(&r, &scenario_strays, 2, 1000);
	expect(exhaustive_strayed, "straying is seen", r.runs);
	search(&r, &scenario_refused, 1, 1000);
	expect(r.all && !r.wrong && !exhaustive_strayed, "refused unasked", r.first);
	exhaustive_refuses = true;
	search(&r, &scenario_refused, 1, 1000);
	exhaustive_refuses = false;
	expect(r.all && r.wrong, "a refusal is found", r.runs);
	print_search(&r, &scenario_refused, 1);
	r.run.strategy = NULL;
	r.run.follow = r.run.taken;
	r.run.follow_count = r.run.taken_count;
	scenario_run(&scenario_refused, &r.run);
	expect(scenario_refused.wrong() && r.run.taken_count == 1 &&
		       r.run.taken[0].to == EXPLORE_REFUSED,
	       "a refusal is followed", r.run.taken_count);
}

static unsigned long resident_pages(void)
{
	unsigned long all = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file) {
		if (fscanf(file, "%lu %lu", &all, &resident) != 2)
			resident = 0;
		fclose(file);
	}
	return resident;
}

static void many_runs(unsigned int count)
{
	for (unsigned int n = 0; n < count; n++) {
		const struct strategy *strategy = strategy_for(n);
		struct schedule_run run = { .strategy = strategy };
		const struct scenario *s = n % 100 == 99   ? &scenario_leaves
					   : n % 100 == 50 ? &scenario_strays
							   : &scenario_lost;

		if (!(n % 1000))
			strategy->start(3, 3);
		strategy->begin(n);
		scenario_run(s, &run);
		strategy->end();
	}
}

static void test_memory(void)
{
	unsigned long before, after;

	about = "memory";
	many_runs(20000);
	before = resident_pages();
	many_runs(200000);
	after = resident_pages();
	printf("memory: %ld KiB more after %d runs\n",
	       (long)(after - before) * (sysconf(_SC_PAGESIZE) >> 10), 200000);
	expect(after <= before + 1024, "pages more", after - before);
}

int main(void)
{
	about = "data races";
	tsan_test(); /* first: a child counts what was reported before it */
	test_space();
	test_complete(&scenario_lost, 2);
	test_complete(&scenario_page, 2);
	test_complete(&scenario_abba, 3);
	test_complete(&scenario_sleepers, 3);
	test_complete(&scenario_tries, 2);
	test_complete(&scenario_page_and_lock, 3);
	test_found(&scenario_lost, 1);
	test_found(&scenario_lets, 1);
	test_found(&scenario_page_lost, 1);
	test_right(&scenario_locked, 3);
	test_right(&scenario_page, 2);
	test_right(&scenario_ordered, 2);
	test_right(&scenario_sleepers, 2);
	test_right(&scenario_spins, 2);
	test_right(&scenario_tries, 2);
	test_futile();
	test_deadlock(&scenario_abba, "b", "a");
	test_deadlock(&scenario_page_and_lock, "sleeping", "the page lock");
	test_follow(&scenario_half);
	test_follow(&scenario_abba);
	test_follow(&scenario_tries);
	test_follow(&scenario_refused);
	test_follow_part();
	test_seeds();
	strategies_test();
	test_livelock();
	test_rest();
	test_memory();
	printf("schedules: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
