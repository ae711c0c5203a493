/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The search for an order: depth first, over the ops that may come next.  Two
 * ways to the same ops done and the same state have the same future, so each is
 * gone into once.
 */
#include "explore/history.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "explore/history_state.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

#define DEPTH	  (2 * HISTORY_OPS) /* a migration has two steps */
#define SEEN	  (1u << 20)
#define MAX_STEPS 2000000 /* a second or two */

struct history_cost history_cost;

/* Where the search has been; entries of an older call count as empty. */
static struct {
	uint64_t key;
	uint64_t call;
} seen[SEEN];
static uint64_t call;

static struct history_search search;
static struct history_state states[DEPTH + 1];
static uint8_t chosen[DEPTH]; /* the op that led from states[i] to states[i + 1] */

/* As far as any order has come. */
static struct history_state furthest;
static uint8_t furthest_chosen[DEPTH];
static unsigned int furthest_depth;

static uint64_t mix(uint64_t h, uint64_t value)
{
	h = (h ^ value) * 0x9e3779b97f4a7c15;
	return h ^ h >> 29;
}

static uint64_t mix_bytes(uint64_t h, const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint64_t word;

	for (; size >= sizeof(word); size -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		h = mix(h, word);
	}
	word = 0;
	memcpy(&word, bytes, size);
	return mix(h, word ^ (uint64_t)size << 56);
}

/*
 * A list, from its head.  Pages that no op to come takes out by their place, as
 * takes says, may lie in any order among themselves: or every order in which
 * enqueues that ran at the same time went in would be a state of its own.
 */
static uint64_t mix_list(uint64_t h, const struct model *m, unsigned int list, uint64_t takes)
{
	uint64_t others = 0;

	for (unsigned int frame = m->lists[list].first; frame != NO_FRAME;
	     frame = m->pages[frame].next) {
		if (!(takes & history_bit(frame))) {
			others |= history_bit(frame);
			continue;
		}
		h = mix(mix(h, others), frame);
		others = 0;
	}
	return mix(mix(h, others), list);
}

/* Counters are left out: no op's result hangs on them. */
static uint64_t hash_state(const struct history_state *state)
{
	const struct model *m = &state->model;
	uint64_t h = mix(mix(state->done, state->begun), state->doubtful), takes = 0;

	for (unsigned int i = 0; i < search.history->count; i++)
		if (!(state->done & history_bit(i)))
			takes |= search.facts[i].takes;
	h = mix(h, m->free);
	h = mix_bytes(h, m->isolated, sizeof(m->isolated));
	h = mix_bytes(h, m->registers, sizeof(m->registers));
	for (unsigned int i = 0; i < MODEL_LISTS; i++)
		h = mix_list(h, m, i, i < PROGRAM_DEVICES ? takes : ~(uint64_t)0);
	for (uint64_t used = ~m->free; used; used &= used - 1)
		/* Neighbours are behind the rest: lists have had their turn. */
		h = mix_bytes(h, &m->pages[__builtin_ctzll(used)],
			      offsetof(struct model_page, next));
	return h;
}

/* True the first time; also where no room is left to remember. */
static bool is_new(const struct history_state *state)
{
	uint64_t key = hash_state(state);

	for (unsigned int i = 0; i < 16; i++) {
		unsigned int slot = (unsigned int)(key + i) % SEEN;

		if (seen[slot].call != call) {
			seen[slot].key = key;
			seen[slot].call = call;
			return true;
		}
		if (seen[slot].key == key)
			return false;
	}
	return true;
}

/* May this op's next step come now, as far as time and nesting go? */
static bool is_due(const struct history_state *state, unsigned int number)
{
	const struct history_facts *facts = &search.facts[number];

	if ((state->done & history_bit(number)) || (facts->before & ~state->done) ||
	    (facts->around & ~state->begun))
		return false;
	if (!facts->two_steps || (state->begun & history_bit(number)))
		return !(facts->inside & ~state->done);
	return true;
}

/*
 * A page moves between its owner's register and its owner's list: nobody else
 * can tell whether that comes a little earlier or later.
 */
static bool is_private(unsigned int number)
{
	const struct record *r = &search.history->ops[number].record;
	uint64_t beside = search.facts[number].beside;

	if (r->op != OP_push && r->op != OP_pop)
		return false;
	for (; beside; beside &= beside - 1) {
		const struct record *other = &search.history->ops[__builtin_ctzll(beside)].record;

		if (record_context(other) == record_context(r))
			return false;
	}
	return true;
}

/* The ops that may come next, those first that end first; returns how many. */
static unsigned int next_ops(const struct history_state *state, uint8_t next[HISTORY_OPS])
{
	const struct history *h = search.history;
	unsigned int count = 0;

	for (unsigned int i = 0; i < h->count; i++) {
		unsigned int at = count;

		if (!is_due(state, i))
			continue;
		if (is_private(i)) {
			next[0] = (uint8_t)i;
			return 1;
		}
		for (; at && h->ops[next[at - 1]].end > h->ops[i].end; at--)
			next[at] = next[at - 1];
		next[at] = (uint8_t)i;
		count++;
	}
	return count;
}

static void note_furthest(unsigned int depth)
{
	if (depth <= furthest_depth)
		return;
	furthest = states[depth];
	furthest_depth = depth;
	memcpy(furthest_chosen, chosen, depth);
}

/* Returns the order's length in steps; 0: there is none. */
static unsigned int find_order(uint64_t all)
{
	static uint8_t next[DEPTH + 1][HISTORY_OPS];
	static unsigned int count[DEPTH + 1], tried[DEPTH + 1];
	unsigned int depth = 0;

	count[0] = next_ops(&states[0], next[0]);
	tried[0] = 0;
	for (;;) {
		uint8_t number;

		if (states[depth].done == all)
			return depth;
		if (tried[depth] == count[depth]) {
			if (!depth)
				return 0;
			depth--;
			continue;
		}
		if (history_cost.steps > MAX_STEPS) {
			history_cost.undecided = true;
			return 0;
		}
		number = next[depth][tried[depth]++];
		if (!history_step(&search, &states[depth], &states[depth + 1], number, NULL, 0) ||
		    history_is_hopeless(&search, &states[depth + 1], number) ||
		    !is_new(&states[depth + 1]))
			continue;
		chosen[depth++] = number;
		count[depth] = next_ops(&states[depth], next[depth]);
		tried[depth] = 0;
		note_furthest(depth);
	}
}

static void print_op(FILE *out, unsigned int number)
{
	const struct history_op *op = &search.history->ops[number];

	if (!record_context(&op->record))
		fputs("@0 ", out);
	record_print(out, &op->record);
	if (op->frame != NO_FRAME)
		fprintf(out, " = f%u", op->frame);
	if (op->target != NO_FRAME)
		fprintf(out, " -> f%u", op->target);
	if (op->value)
		fprintf(out, " = %d", op->value);
	if (op->class != CLASS_COUNT)
		fprintf(out, ": %s", class_names[op->class]);
}

static void print_refusal(FILE *out)
{
	static struct history_state scratch;
	static uint8_t next[HISTORY_OPS];
	unsigned int count = next_ops(&furthest, next);
	char why[128];

	fputs("no order of these ops gives what was seen; the longest that fits is\n", out);
	for (unsigned int i = 0; i < furthest_depth; i++) {
		unsigned int number = furthest_chosen[i];
		/* Of the two steps of a migration the second one says more. */
		bool first =
			search.facts[number].two_steps && !memchr(furthest_chosen, (int)number, i);

		fputs("  ", out);
		print_op(out, number);
		fputs(first ? " (begins)\n" : "\n", out);
	}
	fputs("and none of these fits behind it:\n", out);
	for (unsigned int i = 0; i < count; i++) {
		bool fits = history_step(&search, &furthest, &scratch, next[i], why, sizeof(why));

		fputs("  ", out);
		print_op(out, next[i]);
		fprintf(out, "   %s\n", fits ? "fits, but then no other does" : why);
	}
}

static void explain(char *text, size_t size)
{
	FILE *out;

	if (!size)
		return;
	text[0] = 0;
	out = fmemopen(text, size, "w");
	if (!out)
		return;
	print_refusal(out);
	fclose(out);
	text[size - 1] = 0;
}

bool history_allowed(const struct history *h, const struct program *p, unsigned int features,
		     unsigned int order[HISTORY_OPS], char *text, size_t size)
{
	uint64_t all = h->count ? ~(uint64_t)0 >> (64 - h->count) : 0;
	unsigned int steps, n = 0;

	history_cost = (struct history_cost){ 0, !h->complete };
	if (!h->complete)
		return true;
	call++;
	search.history = h;
	search.features = features;
	history_learn(&search, p);
	memset(&states[0], 0, sizeof(states[0]));
	model_init(&states[0].model, p, features);
	furthest = states[0];
	furthest_depth = 0;
	steps = find_order(all);
	if (!steps && h->count && !history_cost.undecided) {
		explain(text, size);
		return false;
	}
	/* Each where its last step stands. */
	for (unsigned int i = 0; i < steps; i++)
		if (states[i + 1].done & ~states[i].done)
			order[n++] = chosen[i];
	return true;
}

UNINSTRUMENTED_END
