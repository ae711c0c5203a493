/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The run: contexts that hand over to each other where they stand, without a
 * scheduler of their own in between.  Nothing here calls libc while a run is
 * under way, which TSan would see.
 */
#include <stdlib.h>

#include "explore/run.h"
#include "shim/observe.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN
ORACLE_BEGIN

struct run_state state;
void (*schedule_observer)(unsigned int context, const char *name, const void *object);
bool (*schedule_interrupt)(unsigned int context);

static struct fiber outside; /* who called schedule_execute() */
static char fork_edge, join_edge;

/* The list to follow, by context and its numbers; the last one is for the start. */
#define LISTS (EXPLORE_CONTEXTS + 1)
static struct {
	struct schedule_switch list[EXPLORE_SWITCHES];
	unsigned int next[LISTS], end[LISTS];
} followed;

struct explored *run_self(void)
{
	return &state.contexts[backend_self()];
}

static unsigned int list_of(unsigned int context)
{
	return context < EXPLORE_CONTEXTS ? context : EXPLORE_CONTEXTS;
}

/* Sorts what is given in any order; as it was taken, it is nearly sorted. */
static void follow_begin(const struct schedule_run *run)
{
	unsigned int filled = 0;

	for (unsigned int l = 0; l < LISTS; l++) {
		unsigned int first = followed.next[l] = filled;

		for (unsigned int i = 0; i < run->follow_count && filled < EXPLORE_SWITCHES; i++) {
			unsigned int at = filled;

			if (list_of(run->follow[i].from) != l)
				continue;
			for (; at > first && followed.list[at - 1].point > run->follow[i].point;
			     at--)
				followed.list[at] = followed.list[at - 1];
			followed.list[at] = run->follow[i];
			filled++;
		}
		followed.end[l] = filled;
	}
}

/* What the list says for a context's number; nobody: nothing. */
static unsigned int follow(unsigned int context, unsigned int number)
{
	unsigned int l = list_of(context), *next = &followed.next[l];

	while (*next < followed.end[l] && followed.list[*next].point < number)
		++*next;
	if (*next == followed.end[l] || followed.list[*next].point != number)
		return EXPLORE_NOBODY;
	return followed.list[(*next)++].to;
}

static void note_deviation(unsigned int from, unsigned int number, unsigned int to)
{
	struct schedule_run *run = state.run;

	run->taken_all &= run->taken_count < EXPLORE_SWITCHES;
	if (run->taken_all)
		run->taken[run->taken_count++] = (struct schedule_switch){
			.from = (uint8_t)from, .to = (uint8_t)to, .point = (uint16_t)number
		};
}

static unsigned int lowest(unsigned int mask)
{
	return (unsigned int)__builtin_ctz(mask);
}

static bool has(unsigned int mask, unsigned int context)
{
	return context < EXPLORE_CONTEXTS && mask & 1u << context;
}

static unsigned int who_can(void)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < state.run->contexts; i++)
		if (has(state.alive, i) && wait_is_over(&state.contexts[i], i))
			mask |= 1u << i;
	return mask;
}

/*
 * Of those that can go on, those that may: who yields lets each other one make
 * a step first.  Where all wait for each other so, it is whoever did not come last.
 */
static unsigned int who_may(unsigned int can)
{
	unsigned int may = can;

	for (unsigned int i = 0; i < state.run->contexts; i++)
		if (state.contexts[i].behind & can)
			may &= ~(1u << i);
	if (!may)
		may = can & (can - 1) ? can & ~(1u << state.view.current) : can;
	return may;
}

static void go_first(unsigned int next)
{
	state.contexts[next].behind = 0;
	state.behind = 0;
	for (unsigned int i = 0; i < state.run->contexts; i++) {
		state.contexts[i].behind &= ~(1u << next);
		if (state.contexts[i].behind)
			state.behind |= 1u << i;
	}
}

/* The next one around the circle, of those that may. */
static unsigned int in_turn(unsigned int may, unsigned int current)
{
	unsigned int after = current < EXPLORE_CONTEXTS ? may & ~((2u << current) - 1) : 0;

	return lowest(after ? after : may);
}

/* Who goes on: as told, or as a rule. */
static unsigned int choose(unsigned int may)
{
	struct schedule_view *view = &state.view;
	unsigned int from = view->current, rule = has(may, from) ? from : lowest(may), next, number;

	number = from < EXPLORE_CONTEXTS ? state.contexts[from].numbers++ : 0;
	if (unlikely(view->step > EXPLORE_POINTS))
		return in_turn(may, from);
	if (state.run->strategy) {
		view->enabled = may;
		next = state.run->strategy->pick(view);
	} else {
		next = follow(from, number);
	}
	if (!has(may, next))
		next = rule;
	if (next != rule)
		note_deviation(from, number, next);
	state.run->preemptions += next != from && rule == from;
	return next;
}

static void leave(struct fiber *self, enum schedule_end end)
{
	state.end = end;
	state.run->points = state.view.step;
	fiber_switch(self, &outside);
}

/* Hands over to whoever goes on next; returns when that is self, again. */
static void hand_over(struct fiber *self)
{
	unsigned int can, next;

	if (!state.alive) {
		leave(self, SCHEDULE_DONE);
		return;
	}
	can = who_can();
	if (unlikely(!can)) {
		wait_explain();
		leave(self, SCHEDULE_DEADLOCK);
	}
	if (unlikely(++state.view.step > 2 * EXPLORE_POINTS))
		leave(self, SCHEDULE_LIVELOCK);
	next = choose(state.behind ? who_may(can) : can);
	if (unlikely(state.behind))
		go_first(next);
	state.view.yields = false;
	if (next == state.view.current)
		return;
	state.view.current = next;
	backend_context = next;
	fiber_switch(self, &state.contexts[next].fiber);
}

/* An interrupt comes before the operation is announced: others get in between by its own points. */
static void interrupt(struct explored *self, unsigned int number)
{
	const struct context *cpu = &world.contexts[number];

	if (self->interrupted || cpu->irqs_off || cpu->irq_depth)
		return;
	self->interrupted = true;
	schedule_interrupt(number);
	self->interrupted = false;
}

static void announce(struct explored *self, unsigned int number, const char *name,
		     const void *object)
{
	state.view.pending[number].name = name;
	state.view.pending[number].object = object;
	state.view.pending[number].points++;
	self->object = object;
	self->waits_for = name;
	hand_over(&self->fiber);
	self->wait = WAIT_NOT;
	if (schedule_observer)
		schedule_observer(number, name, object);
}

void run_point(const char *name, const void *object)
{
	unsigned int number = backend_self();
	struct explored *self = &state.contexts[number];

	if (unlikely(schedule_interrupt))
		interrupt(self, number);
	self->wait = wait_before(name);
	announce(self, number, name, object);
	state.passed++;
}

void run_wait(void)
{
	struct explored *self = run_self();

	state.view.pending[backend_self()].points++;
	hand_over(&self->fiber);
	self->wait = WAIT_NOT;
}

void run_yield(void)
{
	unsigned int number = backend_self();
	struct explored *self = &state.contexts[number];

	if (unlikely(schedule_interrupt))
		interrupt(self, number);
	self->behind = who_can() & ~(1u << number);
	if (self->behind)
		state.behind |= 1u << number;
	state.view.yields = true;
	announce(self, number, "yield", NULL);
}

bool run_choose(const char *name)
{
	unsigned int context = backend_self(), number = state.contexts[context].numbers++;
	const struct strategy *strategy = state.run->strategy;
	bool refused;

	if (state.view.step > EXPLORE_POINTS)
		return false;
	if (strategy)
		refused = strategy->refuse && strategy->refuse(context, name);
	else
		refused = follow(context, number) == EXPLORE_REFUSED;
	if (refused)
		note_deviation(context, number, EXPLORE_REFUSED);
	return refused;
}

/* Each context's life: a body, then the wait for the next run. */
static void loop(void)
{
	for (;;) {
		unsigned int number = backend_self();
		struct explored *self = &state.contexts[number];

		self->begun = true;
		fiber_acquire(&fork_edge);
		state.run->body(number);
		fiber_release(&join_edge);
		self->ended = true;
		state.alive &= ~(1u << number);
		state.view.pending[number].name = "end";
		state.view.pending[number].object = NULL;
		hand_over(&self->fiber);
	}
}

static void make_fibers(void)
{
	static bool made;

	if (made)
		return;
	fiber_adopt(&outside);
	for (unsigned int i = 0; i < EXPLORE_CONTEXTS; i++)
		if (!fiber_make(&state.contexts[i].fiber, loop))
			abort();
	made = true;
}

static void run_begin(struct schedule_run *run)
{
	state.run = run;
	state.alive = (1u << run->contexts) - 1;
	state.passed = state.behind = 0;
	state.view.current = EXPLORE_NOBODY;
	state.view.step = 0;
	state.view.yields = false;
	for (unsigned int i = 0; i < EXPLORE_CONTEXTS; i++) {
		struct explored *e = &state.contexts[i];

		e->wait = WAIT_NOT;
		e->object = NULL;
		e->stuck = NULL;
		e->numbers = e->behind = 0;
		e->begun = e->ended = e->interrupted = false;
		state.view.pending[i].name = "begin";
		state.view.pending[i].object = NULL;
		state.view.pending[i].points = 0;
	}
	run->taken_count = run->preemptions = run->points = 0;
	run->taken_all = true;
	if (!run->strategy)
		follow_begin(run);
}

/* Everybody has ended, or never will: then what they did comes before what follows. */
static void join(void)
{
	for (unsigned int i = 0; i < state.run->contexts; i++) {
		struct explored *e = &state.contexts[i];

		if (!e->begun || e->ended)
			continue;
		fiber_release_for(&e->fiber, &outside, &join_edge);
		fiber_reset(&e->fiber);
	}
	fiber_acquire(&join_edge);
}

enum schedule_end schedule_execute(struct schedule_run *run)
{
	unsigned int context = backend_context;

	if (state.run || !run->contexts || run->contexts > EXPLORE_CONTEXTS)
		abort();
	make_fibers();
	run_begin(run);
	fiber_release(&fork_edge);
	hand_over(&outside);
	join();
	backend_context = context;
	state.run = NULL;
	return state.end;
}

_Noreturn void schedule_leave(void)
{
	if (state.run)
		leave(&run_self()->fiber, SCHEDULE_LEFT);
	abort();
}

const char *schedule_waits(unsigned int context, unsigned int *holder)
{
	if (context >= EXPLORE_CONTEXTS || !state.contexts[context].stuck)
		return NULL;
	*holder = state.contexts[context].holder;
	return state.contexts[context].stuck;
}

unsigned int schedule_now(void)
{
	return state.view.step;
}

ORACLE_END
UNINSTRUMENTED_END
