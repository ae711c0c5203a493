/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/common.h"

#include "harness/walk.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* The records that one step of a walk has run, in the order in which they end. */
struct ends {
	unsigned int count;
	struct end {
		const struct record *r;
		int value;
		uint8_t class, frame;
	} at[PROGRAM_RECORDS];
};

static void note_end(struct walk *w, const struct record *r, const struct step *s)
{
	struct ends *ends = w->data;

	ends->at[ends->count++] = (struct end){ r, s->value, s->class, s->frame };
}

static bool same_end(const struct end *a, const struct end *b)
{
	return a->r == b->r && a->value == b->value && a->class == b->class && a->frame == b->frame;
}

static bool same_list(const struct model *a, const struct model *b, unsigned int list)
{
	unsigned int frame = a->lists[list].first, other = b->lists[list].first;

	while (frame == other && frame != NO_FRAME) {
		frame = a->pages[frame].next;
		other = b->pages[other].next;
	}
	return frame == other;
}

static bool same_lists(const struct model *a, const struct model *b)
{
	for (unsigned int map = a->touched_lists | b->touched_lists; map; map &= map - 1)
		if (!same_list(a, b, (unsigned int)__builtin_ctz(map)))
			return false;
	return true;
}

static bool is_nested(const struct record *r)
{
	return r->how & HOW_NESTED;
}

/* The record on which the walks part, or NULL: that of the step, or one nested in it. */
static const struct record *parting(const struct walk w[2], const struct record *r)
{
	const struct ends *a = w[0].data, *b = w[1].data;

	for (unsigned int i = 0; i < a->count || i < b->count; i++) {
		if (i < a->count && i < b->count && same_end(&a->at[i], &b->at[i]))
			continue;
		if (i < a->count && is_nested(a->at[i].r))
			return a->at[i].r;
		if (i < b->count && is_nested(b->at[i].r))
			return b->at[i].r;
		return r;
	}
	return same_lists(&w[0].model, &w[1].model) ? NULL : r;
}

static void leave_out(struct record *r)
{
	r->op = OP_nop;
	*r = record_canon(*r);
}

/* One step of both; false where a BUG ends both runs. */
static bool step_both(struct walk w[2], unsigned int index, const struct record **part)
{
	bool on = true;

	for (unsigned int i = 0; i < 2; i++) {
		((struct ends *)w[i].data)->count = 0;
		w[i].model.touched_lists = 0;
		on = walk_step(&w[i], index) && on;
	}
	*part = parting(w, &w[0].program->records[index]);
	return on;
}

unsigned int program_common(struct program *p, const unsigned int features[2])
{
	static struct ends ends[2];
	static struct model before[2];
	struct walk w[2];
	unsigned int left_out = 0;
	bool on = true;

	for (unsigned int i = 0; i < 2; i++) {
		w[i] = (struct walk){ .program = p, .ended = note_end, .data = &ends[i] };
		walk_begin(&w[i], features[i]);
	}
	for (unsigned int i = 0; i < p->count && on; i++) {
		const struct record *part;

		if (is_nested(&p->records[i]))
			continue;
		before[0] = w[0].model;
		before[1] = w[1].model;
		while (on = step_both(w, i, &part), part) {
			leave_out(&p->records[part - p->records]);
			left_out++;
			w[0].model = before[0];
			w[1].model = before[1];
		}
	}
	return left_out;
}

UNINSTRUMENTED_END
