/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Ops and seed are changed apart: another seed is other schedules of the same
 * ops, and by the same seed changed ops meet much the same schedules.
 */
#include "explore/make_schedules.h"

#include "explore/history.h"
#include "harness/mutate.h"
#include "harness/random.h"

UNINSTRUMENTED_BEGIN

/* How often, in one of n. */
enum {
	SOMETIMES_SEED = 4,
	SOMETIMES_CONTEXT = 6,
};

/* Longer ones are not put in order (explore/history.h). */
static void shorten(struct program *p)
{
	if (p->count > HISTORY_OPS)
		p->count = HISTORY_OPS;
}

void schedules_generate(struct program *p, unsigned int count, unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(~seed);

	program_generate(p, count < HISTORY_OPS ? count : HISTORY_OPS, features, seed);
	p->seed = (uint32_t)random_next(&rng);
}

/* A stretch of records becomes another context's. */
static void move_stretch(struct program *p, struct random *rng)
{
	unsigned int from = random_below(rng, p->count), to = from + 1 + random_below(rng, 6);
	unsigned int context = random_below(rng, PROGRAM_CONTEXTS);

	for (unsigned int i = from; i < to && i < p->count; i++)
		p->records[i].how =
			(uint8_t)((p->records[i].how & ~(unsigned int)HOW_CONTEXT) | context);
}

void schedules_mutate(struct program *p, unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(~seed);

	if (p->count && !random_below(&rng, SOMETIMES_SEED)) {
		p->seed = (uint32_t)random_next(&rng);
		return;
	}
	if (p->count && !random_below(&rng, SOMETIMES_CONTEXT))
		move_stretch(p, &rng);
	program_mutate(p, features, seed);
	shorten(p);
}

void schedules_cross(struct program *out, const struct program *a, const struct program *b,
		     unsigned int features, uint64_t seed)
{
	program_cross(out, a, b, features, seed);
	shorten(out);
}

static bool is_unlocked_later(const struct program *p, unsigned int lock)
{
	const struct record *r = &p->records[lock];

	/* By one that runs in any case: not in a hook, and not by misuse. */
	for (unsigned int i = lock + 1; i < p->count; i++)
		if (p->records[i].op == OP_unlock && p->records[i].a == r->a &&
		    p->records[i].how == record_context(r))
			return true;
	return false;
}

void schedules_prepare(struct program *p)
{
	unsigned int count = p->count;

	for (unsigned int i = 0; i < count && p->count < PROGRAM_RECORDS; i++)
		if (p->records[i].op == OP_lock && !is_unlocked_later(p, i))
			p->records[p->count++] =
				(struct record){ .op = OP_unlock,
						 .how = p->records[i].how & HOW_CONTEXT,
						 .a = p->records[i].a };
}

UNINSTRUMENTED_END
