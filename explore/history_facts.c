/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is known of each op before any order is: registers and private lists
 * belong to one context, so what was in them follows from what the context saw.
 */
#include <errno.h>
#include <string.h>

#include "explore/history_state.h"
#include "harness/model_state.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* Frames in the contexts' registers and private lists, while the ops are gone through. */
struct holdings {
	uint8_t registers[PROGRAM_CONTEXTS][PROGRAM_REGISTERS];
	uint64_t lists[PROGRAM_CONTEXTS][PROGRAM_LISTS];
};

static uint64_t frame_set(unsigned int frame)
{
	return frame < PROGRAM_FRAMES ? history_bit(frame) : 0;
}

/* The operands are those of an op that ran, so they are within their limits. */
static uint64_t frames_of(const struct history_op *op, struct holdings *all)
{
	const struct record *r = &op->record;
	uint8_t *registers = all->registers[record_context(r)];
	uint64_t *lists = all->lists[record_context(r)], frames;

	switch (r->op) {
	case OP_alloc:
	case OP_dequeue:
		registers[r->a] = op->frame;
		return frame_set(op->frame);
	case OP_pop:
		registers[r->a] = op->frame;
		lists[r->b] &= ~frame_set(op->frame);
		return frame_set(op->frame);
	case OP_isolate:
	case OP_get:
		registers[r->a] = r->b;
		return frame_set(r->b);
	case OP_enqueue:
		return frame_set(registers[r->b]);
	case OP_push:
		lists[r->a] |= frame_set(registers[r->b]);
		return frame_set(registers[r->b]);
	case OP_list_enqueue:
		frames = lists[r->b];
		lists[r->b] = 0;
		return frames;
	case OP_list_dequeue:
		lists[r->b] |= op->pages;
		return op->pages;
	case OP_migrate:
		return frame_set(registers[r->a]) | frame_set(op->target);
	case OP_hand:
		all->registers[r->b][r->c] = registers[r->a];
		return 0;
	default:
		return frame_set(registers[r->a]);
	}
}

/* Pages that it took out of a balloon. */
static uint64_t pages_out(const struct history_op *op)
{
	if (op->record.op == OP_dequeue)
		return frame_set(op->frame);
	return op->record.op == OP_list_dequeue ? op->pages : 0;
}

/*
 * A dequeue takes pages by their place.  A refused trylock, too, hits whatever page
 * has that place: then the places of all pages count.
 */
static void learn_takers(struct history_search *search, unsigned int number)
{
	const struct history_op *op = &search->history->ops[number];
	uint64_t out = pages_out(op);
	bool by_place = op->record.op == OP_dequeue || op->record.op == OP_list_dequeue;

	search->facts[number].takes = out;
	if (by_place && (search->features & FEATURE_page_lock) &&
	    record_fault_kind(&op->record) == FAULT_lock)
		search->facts[number].takes = ~(uint64_t)0;
	for (; out; out &= out - 1)
		search->takers[__builtin_ctzll(out)] |= history_bit(number);
	if (op->record.op == OP_isolate && op->class == CLASS_ok)
		search->isolators[op->record.b] |= history_bit(number);
	if (op->record.op == OP_lock)
		search->locked |= search->facts[number].frames;
}

/* By their ends: an op fills registers when it ends, and what is nested in it has ended before. */
static void learn_frames(struct history_search *search)
{
	static struct holdings all;
	const struct history *h = search->history;
	uint64_t left = h->count ? ~(uint64_t)0 >> (64 - h->count) : 0;

	for (unsigned int c = 0; c < PROGRAM_CONTEXTS; c++) {
		for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
			all.registers[c][i] = NO_FRAME;
		for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
			all.lists[c][i] = 0;
	}
	while (left) {
		unsigned int next = (unsigned int)__builtin_ctzll(left);

		for (uint64_t map = left; map; map &= map - 1) {
			unsigned int i = (unsigned int)__builtin_ctzll(map);

			if (h->ops[i].end < h->ops[next].end)
				next = i;
		}
		left &= ~history_bit(next);
		search->facts[next].source = NO_FRAME;
		if (h->ops[next].record.op == OP_migrate)
			search->facts[next].source =
				all.registers[record_context(&h->ops[next].record)]
					     [h->ops[next].record.a];
		search->facts[next].frames = frames_of(&h->ops[next], &all);
	}
}

/* How two ops, x and y, lie to each other. */
static void learn_pair(struct history_search *search, unsigned int x, unsigned int y)
{
	const struct history_op *a = &search->history->ops[x], *b = &search->history->ops[y];
	struct history_facts *facts = search->facts;

	if (a->end < b->begin) {
		facts[y].before |= history_bit(x);
		return;
	}
	if (b->end < a->begin)
		return; /* its turn comes, or has been */
	facts[x].beside |= history_bit(y);
	if (record_context(&a->record) != record_context(&b->record) || a->begin > b->begin ||
	    a->end < b->end)
		return;
	/* y lies within x: an interrupt anywhere, a nested op where x calls its hook. */
	if (b->record.how & HOW_IRQ)
		return;
	facts[x].inside |= history_bit(y);
	/* At its first call, that is; the target that was seen is the last call's. */
	if (a->callbacks == 1)
		facts[y].around |= history_bit(x);
}

/* A world in which nobody else is: the migration of its only page. */
static void learn_alone(struct history_search *search, const struct program *p, unsigned int number)
{
	const struct record *r = &search->history->ops[number].record;
	static struct program world;
	static struct model m;
	unsigned int frame;
	struct step s;

	for (unsigned int i = 0; i < 2; i++) {
		world = *p;
		world.no_callback = i ? 0xff : 0;
		model_init(&m, &world, search->features);
		frame = model_alloc(&m, 0, SUBJECT_page_isolated);
		*model_reg(&m, r, r->a) = (struct model_register){ KIND_ISOLATED, (uint8_t)frame };
		m.pages[frame].refs = 2; /* the balloon's and the isolator's */
		m.isolated[0] = 1;
		model_begin(&m, r, &s);
		model_end(&m, r, &s);
		search->facts[number].alone[i] = (struct history_alone){ s.value, s.callbacks };
	}
}

/* May this migration have found a page locked, or had a target before the one that was seen? */
static bool is_loose(const struct history_search *search, unsigned int number)
{
	const struct history_facts *facts = &search->facts[number];

	if (search->history->ops[number].callbacks != 1 ||
	    record_fault_kind(&search->history->ops[number].record) == FAULT_lock)
		return true;
	for (uint64_t map = facts->beside; map; map &= map - 1)
		/* A stranger may have locked any page that was its target. */
		if (search->history->ops[__builtin_ctzll(map)].record.op == OP_lock)
			return true;
	return history_locked_beside(search, number, facts->source);
}

void history_learn(struct history_search *search, const struct program *p)
{
	const struct history *h = search->history;

	for (unsigned int i = 0; i < h->count; i++) {
		search->facts[i] = (struct history_facts){ .source = NO_FRAME };
		search->facts[i].two_steps =
			h->ops[i].record.op == OP_migrate && h->ops[i].callbacks;
	}
	for (unsigned int x = 0; x < h->count; x++)
		for (unsigned int y = 0; y < h->count; y++)
			if (x != y)
				learn_pair(search, x, y);
	learn_frames(search);
	search->locked = 0;
	memset(search->takers, 0, sizeof(search->takers));
	memset(search->isolators, 0, sizeof(search->isolators));
	for (unsigned int i = 0; i < h->count; i++) {
		learn_takers(search, i);
		if (h->ops[i].record.op != OP_migrate)
			continue;
		learn_alone(search, p, i);
		search->facts[i].loose = is_loose(search, i);
	}
}

uint64_t history_beside(const struct history_search *search, unsigned int number,
			unsigned int frame, uint64_t kinds)
{
	uint64_t found = 0;

	for (uint64_t map = search->facts[number].beside; map; map &= map - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(map);

		if ((kinds & history_bit(search->history->ops[i].record.op)) &&
		    history_works_on(search, i, frame))
			found |= history_bit(i);
	}
	return found;
}

/* Does this op, of those that work on a page, ever have its lock? */
static bool ever_locks(const struct history_search *search, const struct history_op *op)
{
	switch (op->record.op) {
	case OP_isolate:
		/* One that has found no page to isolate, or has not got the lock, has not had it.
		 */
		return op->class == CLASS_ok || op->class == CLASS_refused ||
		       op->class == CLASS_busy;
	case OP_lock:
		return op->class == CLASS_ok;
	case OP_putback:
	case OP_migrate:
	case OP_unlock:
		return true;
	case OP_enqueue:
	case OP_dequeue:
	case OP_list_enqueue:
	case OP_list_dequeue:
		/* In the classic contract the core takes it, too, for a page that goes in or out.
		 */
		return search->features & FEATURE_page_lock;
	default:
		return false;
	}
}

bool history_locked_beside(const struct history_search *search, unsigned int number,
			   unsigned int frame)
{
	for (uint64_t map = history_beside(search, number, frame, ~(uint64_t)0); map;
	     map &= map - 1)
		if (ever_locks(search, &search->history->ops[__builtin_ctzll(map)]))
			return true;
	return false;
}

/* May this dequeue pass the page over?  In the classic contract, where it is locked. */
static bool may_pass_over(const struct history_search *search, unsigned int number,
			  unsigned int frame)
{
	if (!(search->features & FEATURE_page_lock))
		return false;
	return record_fault_kind(&search->history->ops[number].record) == FAULT_lock ||
	       (search->locked & history_bit(frame)) ||
	       history_locked_beside(search, number, frame);
}

/*
 * above lies on a list, and below behind it; left are the ops to come.  Will
 * below have to come out while above is still there?
 */
static bool is_in_the_way(const struct history_search *search, uint64_t left, unsigned int above,
			  unsigned int below)
{
	uint64_t takes_above = search->takers[above] & left;
	uint64_t takes_below = search->takers[below] & left;
	unsigned int taker;

	/* Either may be isolated first, and come back elsewhere or not. */
	if (!takes_below || (takes_below & (takes_below - 1)) ||
	    ((search->isolators[above] | search->isolators[below]) & left))
		return false;
	taker = (unsigned int)__builtin_ctzll(takes_below);
	if (may_pass_over(search, taker, above))
		return false;
	if (!takes_above)
		return true;
	if (takes_above & (takes_above - 1))
		return false;
	return search->facts[__builtin_ctzll(takes_above)].before & takes_below;
}

bool history_is_hopeless(const struct history_search *search, const struct history_state *state,
			 unsigned int number)
{
	const struct model *m = &state->model;

	for (uint64_t map = search->facts[number].frames; map; map &= map - 1) {
		unsigned int above = (unsigned int)__builtin_ctzll(map), below;

		if (m->pages[above].state != SUBJECT_page_listed)
			continue;
		for (below = m->pages[above].next; below != NO_FRAME; below = m->pages[below].next)
			if (is_in_the_way(search, ~state->done, above, below))
				return true;
	}
	return false;
}

int history_answer(const struct record *r, unsigned int call)
{
	if (call < record_eagains(r) || model_fault_hits(r, FAULT_callback, call))
		return -EAGAIN;
	return record_result(r);
}

UNINSTRUMENTED_END
