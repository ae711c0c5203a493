/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "tests/explore/scenarios.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "shim/sleep_lock.h"
#include "shim/world.h"

char found[64];

void observe_finding(const char *rule, const char *format, ...)
{
	(void)format;
	/* That rule is off: a deadlock is to be found by running into it. */
	if (!strcmp(rule, "lock.order"))
		return;
	snprintf(found, sizeof(found), "%s", rule);
}

void observe_warning(const char *what)
{
	(void)what;
}

_Noreturn void observe_bug(const char *what)
{
	(void)what;
	abort();
}

#define NOISE 10 /* rounds of locks that are nobody's concern */

static spinlock_t lock_a, lock_b, noise[EXPLORE_CONTEXTS];
static struct sleep_lock sleeping;
static struct page *page;
static unsigned int counter, counter_seen, contexts;
static bool wrong_seen;
static int flag;

unsigned int points_each[EXPLORE_CONTEXTS];
unsigned int interrupts_seen;

static void prepare(const struct scenario *s)
{
	static const spinlock_t quiet = SPINLOCK_INIT("a noisy lock");

	if (!world.pages && world_create(64))
		abort();
	world_set_zones((const uint8_t[4]){ 0, 1, 2, 3 });
	world.contexts_used = EXPLORE_CONTEXTS;
	lock_a = (spinlock_t)SPINLOCK_INIT("a");
	lock_b = (spinlock_t)SPINLOCK_INIT("b");
	sleeping = (struct sleep_lock)SLEEP_LOCK_INIT("sleeping");
	for (unsigned int i = 0; i < EXPLORE_CONTEXTS; i++)
		noise[i] = quiet;
	context_self()->request = (struct page_alloc_request){ 0, 0 };
	page = page_alloc(0);
	contexts = s->contexts;
	counter = counter_seen = interrupts_seen = 0;
	flag = 0;
	wrong_seen = false;
	found[0] = 0;
}

enum schedule_end scenario_run(const struct scenario *s, struct schedule_run *run)
{
	enum schedule_end end;

	prepare(s);
	run->contexts = s->contexts;
	run->body = s->body;
	end = schedule_execute(run);
	if (end == SCHEDULE_DONE)
		page_put(page);
	if (end == SCHEDULE_DONE && !found[0])
		world_reset();
	else
		world_restore();
	return end;
}

bool scenario_wrong(const struct scenario *s, enum schedule_end end)
{
	return end != SCHEDULE_DONE || found[0] || (s->wrong && s->wrong());
}

static bool miscounted(void)
{
	return counter != contexts;
}

static bool wrong_was_seen(void)
{
	return wrong_seen;
}

static unsigned int read_locked(void)
{
	unsigned int value;

	spin_lock(&lock_a);
	value = counter;
	spin_unlock(&lock_a);
	return value;
}

static void write_locked(unsigned int value)
{
	spin_lock(&lock_a);
	counter = value;
	spin_unlock(&lock_a);
}

static void make_noise(unsigned int context)
{
	for (unsigned int i = 0; i < NOISE; i++) {
		spin_lock(&noise[context]);
		spin_unlock(&noise[context]);
	}
}

static void lost(unsigned int context)
{
	(void)context;
	write_locked(read_locked() + 1);
}

/* One is half done in between; one looks; one has nothing to do with it. */
static void half_done(unsigned int context)
{
	make_noise(context);
	if (context == 0) {
		write_locked(1);
		write_locked(contexts);
	} else if (context == 1) {
		counter_seen = read_locked();
	}
	make_noise(context);
}

static bool half_seen(void)
{
	return counter_seen == 1;
}

static void locked(unsigned int context)
{
	unsigned long state = spin_lock_irqsave(&lock_a);

	(void)context;
	counter++;
	spin_unlock_irqrestore(&lock_a, state);
}

static void page_counts(unsigned int context)
{
	if (context == 0)
		while (!page_trylock(page, context + 1))
			backend_yield();
	else
		page_lock(page, context + 1);
	counter++;
	page_unlock(page, context + 1);
}

static void page_lost(unsigned int context)
{
	unsigned int value;

	page_lock(page, context + 1);
	value = counter;
	page_unlock(page, context + 1);
	page_lock(page, context + 1);
	counter = value + 1;
	page_unlock(page, context + 1);
}

static void two(spinlock_t *first, spinlock_t *second)
{
	spin_lock(first);
	spin_lock(second);
	counter++;
	spin_unlock(second);
	spin_unlock(first);
}

static void abba(unsigned int context)
{
	if (context == 0)
		two(&lock_a, &lock_b);
	else
		two(&lock_b, &lock_a);
}

static void page_and_lock(unsigned int context)
{
	if (context == 0) {
		page_lock(page, 1);
		sleep_lock(&sleeping);
		sleep_unlock(&sleeping);
		page_unlock(page, 1);
	} else {
		sleep_lock(&sleeping);
		page_lock(page, context + 1);
		page_unlock(page, context + 1);
		sleep_unlock(&sleeping);
	}
}

static void ordered(unsigned int context)
{
	(void)context;
	two(&lock_a, &lock_b);
}

static void sleepers(unsigned int context)
{
	if (context == 0) {
		sleep_lock(&sleeping);
		counter += contexts;
		backend_point("count", NULL);
		sleep_unlock(&sleeping);
	} else {
		unsigned int before;

		sleep_lock_shared(&sleeping);
		before = counter;
		backend_point("count", NULL);
		if (counter != before)
			__atomic_store_n(&wrong_seen, true, __ATOMIC_RELAXED);
		sleep_unlock_shared(&sleeping);
	}
}

static void points(unsigned int context)
{
	for (unsigned int i = 0; i < points_each[context]; i++)
		backend_point("count", NULL);
}

static void spins(unsigned int context)
{
	if (context == contexts - 1) {
		for (unsigned int i = 0; i < 4; i++)
			backend_point("count", NULL);
		__atomic_store_n(&flag, 1, __ATOMIC_RELAXED);
	} else {
		while (!__atomic_load_n(&flag, __ATOMIC_RELAXED))
			backend_yield();
	}
}

static void tries(unsigned int context)
{
	while (!page_trylock(page, context + 1))
		backend_yield();
	backend_point("count", NULL);
	page_unlock(page, context + 1);
}

static void endless(unsigned int context)
{
	(void)context;
	while (!__atomic_load_n(&flag, __ATOMIC_RELAXED))
		backend_yield();
}

static void impolite(unsigned int context)
{
	if (context == 0)
		while (!__atomic_load_n(&flag, __ATOMIC_RELAXED))
			backend_point("count", NULL);
	else
		__atomic_store_n(&flag, 1, __ATOMIC_RELAXED);
}

/* Who yields goes on after one step of the other. */
static void lets(unsigned int context)
{
	if (context == 0) {
		backend_yield();
		counter_seen = __atomic_load_n(&counter, __ATOMIC_RELAXED);
	} else {
		for (unsigned int i = 0; i < 3; i++) {
			backend_point("count", NULL);
			__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
		}
	}
}

/* Its frames are left with what sanitizers keep beside variables. */
static void leaves(unsigned int context)
{
	char text[24 + 8];

	snprintf(text, sizeof(text), "%u", context);
	spin_lock(&lock_a);
	if (context == contexts - 1 && text[0] != '9')
		schedule_leave();
	backend_point("count", NULL);
	spin_unlock(&lock_a);
	backend_point("count", NULL);
}

/* Other frames in the same place; and it is not the same program each time. */
static void strays(unsigned int context)
{
	static unsigned int times;
	unsigned int now = __atomic_fetch_add(&times, context, __ATOMIC_RELAXED);
	char text[3][200];

	for (unsigned int i = 0; i < 3; i++)
		memset(text[i], (int)(now + i), sizeof(text[i]));
	for (unsigned int i = 0; i < 1u + (unsigned char)text[0][100] % 3; i++)
		backend_point("count", NULL);
}

static void refused(unsigned int context)
{
	if (context == 0) {
		if (page_trylock(page, 1))
			page_unlock(page, 1);
		else
			wrong_seen = true;
	} else {
		backend_point("count", NULL);
	}
}

static void interrupted(unsigned int context)
{
	backend_point("count", NULL);
	locked(context);
	backend_point("count", NULL);
}

static unsigned int bare_counter;

static void bare(unsigned int context)
{
	(void)context;
	bare_counter++;
}

static void recursion(unsigned int context)
{
	if (context == 0) {
		spin_lock(&lock_a);
		spin_lock(&lock_a);
		spin_unlock(&lock_a);
	} else {
		locked(context);
	}
}

const struct scenario scenario_lost = { "lost update", 2, lost, miscounted },
		      scenario_half = { "half done, in noise", 3, half_done, half_seen },
		      scenario_locked = { "locked update", 3, locked, miscounted },
		      scenario_page = { "page lock", 3, page_counts, miscounted },
		      scenario_page_lost = { "lost under a page lock", 3, page_lost, miscounted },
		      scenario_abba = { "a and b, b and a", 2, abba, NULL },
		      scenario_page_and_lock = { "page and lock", 2, page_and_lock, NULL },
		      scenario_ordered = { "a and b", 3, ordered, miscounted },
		      scenario_sleepers = { "readers and a writer", 3, sleepers, wrong_was_seen },
		      scenario_points = { "points", 2, points, NULL },
		      scenario_spins = { "polite spins", 3, spins, NULL },
		      scenario_tries = { "tries", 3, tries, NULL },
		      scenario_endless = { "endless", 2, endless, NULL },
		      scenario_impolite = { "impolite spin", 2, impolite, NULL },
		      scenario_leaves = { "leaves", 3, leaves, NULL },
		      scenario_lets = { "yields once", 2, lets, half_seen },
		      scenario_strays = { "strays", 2, strays, NULL },
		      scenario_refused = { "refused", 2, refused, wrong_was_seen },
		      scenario_interrupted = { "interrupted", 2, interrupted, NULL },
		      scenario_bare = { "bare counter", 2, bare, NULL },
		      scenario_recursion = { "recursion", 2, recursion, NULL };
