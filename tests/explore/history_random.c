/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Histories made from random programs: the model runs one op at a time, others in
 * the callbacks of migrations, and each op is then stretched over others so that
 * this order stays possible.
 */
#include <stdio.h>
#include <string.h>

#include "explore/history.h"
#include "harness/mutate.h"
#include "harness/random.h"
#include "tests/explore/history_test.h"

#define PROGRAMS 2000
#define RECORDS	 60 /* of which up to HISTORY_OPS run */
#define TICKS	 64 /* between two ops */

static unsigned int order[HISTORY_OPS];
static char text[16384];

/* The head of a private list, to which list_dequeue has added count pages. */
static uint64_t pages_taken(const struct model *m, const struct record *r, int count)
{
	unsigned int frame = m->lists[model_private_list(record_context(r), r->b)].first;
	uint64_t pages = 0;

	for (; count; count--, frame = m->pages[frame].next)
		pages |= (uint64_t)1 << frame;
	return pages;
}

/* A program under way.  Inside a migration's callback others go on, and what is nested runs. */
struct making {
	struct history *history;
	struct program *program;
	struct random *rng;
	struct model model;
	unsigned int next; /* record */
	unsigned int now;
	bool over; /* a BUG */
};

static void note(struct history_op *op, const struct step *s, const struct model *m)
{
	const struct record *r = &op->record;

	op->frame = s->frame;
	op->value = s->value;
	op->callbacks = s->callbacks;
	op->warnings = s->warnings;
	if (r->op == OP_isolate || r->op == OP_get || r->op == OP_lock)
		op->class = s->class;
	if (r->op == OP_list_dequeue)
		op->pages = pages_taken(m, r, s->value);
}

static void run_next(struct making *w, const struct record *outer);

/* The next few records, inside of the callback of another one. */
static void run_inside(struct making *w, const struct record *outer)
{
	for (unsigned int n = random_below(w->rng, 5); n; n--)
		if (w->next < w->program->count && w->history->count < HISTORY_OPS && !w->over)
			run_next(w, outer);
}

/* The next record; outer: the migration whose callback it runs in. */
static void run_next(struct making *w, const struct record *outer)
{
	struct record r = w->program->records[w->next];
	struct history_op *op = &w->history->ops[w->history->count];
	bool first = true;
	struct step s;

	r.how &= (uint8_t)~HOW_NESTED;
	if (outer && record_context(outer) == record_context(&r) && !(r.how & HOW_IRQ))
		r.how |= HOW_NESTED;
	w->next++;
	if (r.op == OP_hand || model_check(&w->model, &r) != SKIP_NOT)
		return;
	*op = (struct history_op){ .record = r, .index = w->next - 1, .target = NO_FRAME,
				   .class = CLASS_COUNT };
	w->history->count++;
	op->begin = w->now += TICKS;
	model_begin(&w->model, &r, &s);
	for (; s.asking; first = false) {
		op->target = s.target;
		if (first && !outer)
			run_inside(w, &r);
		if (w->over)
			return;
		model_call_returns(&w->model, &r, &s);
	}
	model_end(&w->model, &r, &s);
	note(op, &s, &w->model);
	op->end = s.callbacks && op != &w->history->ops[w->history->count - 1] ? w->now += TICKS :
										  op->begin;
	w->over = s.class == CLASS_bug;
}

/* One after the other, in time as in the program, but for what runs in callbacks. */
static void run_alone(struct history *h, struct program *p, unsigned int features,
		      struct random *rng)
{
	static struct making w;

	w = (struct making){ .history = h, .program = p, .rng = rng };
	model_init(&w.model, p, features);
	h->count = 0;
	h->complete = true;
	while (w.next < p->count && h->count < HISTORY_OPS && !w.over)
		run_next(&w, NULL);
	/* A BUG ends a run in the middle: of its last op, and of that around it, nothing is known. */
	if (w.over)
		h->count = 0;
}

/* Would op i, from begin to end, run into another one of its context? */
static bool meets_own(const struct history *h, unsigned int i, unsigned int begin, unsigned int end)
{
	const struct history_op *op = &h->ops[i];

	for (unsigned int k = 0; k < h->count; k++) {
		const struct history_op *other = &h->ops[k];

		if (k == i || record_context(&other->record) != record_context(&op->record))
			continue;
		/* It must stay on the side, or within or around, where it is; clocks tick in between. */
		if (begin == other->begin || begin == other->end || end == other->begin ||
		    end == other->end || (op->end < other->begin) != (end < other->begin) ||
		    (other->end < op->begin) != (other->end < begin) ||
		    (op->begin < other->begin) != (begin < other->begin) ||
		    (op->end < other->end) != (end < other->end))
			return true;
	}
	return false;
}

/* Each op begins up to spread ticks earlier and ends as much later, apart from its context's. */
static void stretch(struct history *h, unsigned int spread, struct random *rng)
{
	for (unsigned int n = 0; n < 3 * h->count; n++) {
		unsigned int i = random_below(rng, h->count);
		struct history_op *op = &h->ops[i];
		unsigned int begin = op->begin - random_below(rng, spread + 1);
		unsigned int end = op->end + random_below(rng, spread + 1);

		if (begin <= op->begin && !meets_own(h, i, begin, end)) {
			op->begin = begin;
			op->end = end;
		}
	}
}

/* Alters one result.  False: this op has none. */
static bool alter(struct history_op *op, struct random *rng)
{
	switch (op->record.op) {
	case OP_alloc:
	case OP_dequeue:
	case OP_pop:
		if (op->frame != NO_FRAME && random_below(rng, 2))
			op->frame = NO_FRAME;
		else
			op->frame = (uint8_t)((op->frame + 1 + random_below(rng, 8)) %
					      PROGRAM_FRAMES);
		return true;
	case OP_list_enqueue:
	case OP_list_dequeue:
		op->value += op->value && random_below(rng, 2) ? -1 : 1;
		return true;
	case OP_isolate:
	case OP_get:
	case OP_lock:
		op->class = op->class == CLASS_ok ? CLASS_locked : CLASS_ok;
		return true;
	case OP_migrate:
		if (op->callbacks && random_below(rng, 2))
			op->callbacks--;
		else
			op->value = op->value ? 0 : -5;
		return true;
	default:
		return false;
	}
}

static bool alter_one(struct history *h, struct random *rng)
{
	for (unsigned int i = 0; i < 20; i++)
		if (alter(&h->ops[random_below(rng, h->count)], rng))
			return true;
	return false;
}

void test_random_histories(const char *sut, unsigned int features)
{
	static struct program p;
	static struct history h;
	unsigned int accepted = 0, altered = 0, refused = 0, undecided = 0;
	unsigned long ops = 0, steps = 0, most = 0;
	char what[160];

	for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
		struct random rng = random_seeded(~seed);

		program_generate(&p, RECORDS, features, seed);
		run_alone(&h, &p, features, &rng);
		if (!h.count)
			continue;
		stretch(&h, TICKS * random_below(&rng, 12), &rng);
		snprintf(what, sizeof(what), "%s: what one context at a time did, seed %llu", sut,
			 (unsigned long long)seed);
		judge(history_allowed(&h, &p, features, order, text, sizeof(text)), what, text);
		accepted++;
		ops += h.count;
		steps += history_cost.steps;
		most = history_cost.steps > most ? history_cost.steps : most;
		undecided += history_cost.undecided;
		if (!alter_one(&h, &rng))
			continue;
		altered++;
		refused += !history_allowed(&h, &p, features, order, text, sizeof(text));
		undecided += history_cost.undecided;
		most = history_cost.steps > most ? history_cost.steps : most;
	}
	printf("%s: %u histories of %lu ops, %lu steps; altered %u, of them refused %u; most steps for one %lu; undecided %u\n",
	       sut, accepted, ops, steps, altered, refused, most, undecided);
	judge(refused * 2 >= altered, sut, "less than half of the altered histories were refused");
}
