/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * As for the core's programs, a change is made to records as data; then the
 * program is walked through the model, and what would not run gets another op
 * or other operands, most of the time.
 */
#include "guest/make_drivers.h"

#include <string.h>

#include "guest/driver_model.h"
#include "harness/splice.h"

UNINSTRUMENTED_BEGIN

/* How often, in one of n. */
enum {
	SOMETIMES_FAULT = 8,
	SOMETIMES_NESTED = 2, /* of the records behind one that allocates */
	RARELY_OTHER_CONTEXT = 8,
	RARELY_LEFT_ALONE = 8, /* a record that does not fit */
	RARELY_VACUOUS = 16,
};

static const struct {
	uint8_t op, weight;
} weights[] = {
	{ OP_attach, 4 },  { OP_remove, 1 },  { OP_inflate, 10 }, { OP_deflate, 6 },
	{ OP_target, 5 },  { OP_oom, 3 },     { OP_refuse, 4 },	  { OP_compact, 6 },
	{ OP_scan, 2 },	   { OP_offline, 2 }, { OP_hotplug, 1 },  { OP_isolate, 6 },
	{ OP_putback, 4 }, { OP_migrate, 5 }, { OP_get, 4 },	  { OP_put, 3 },
	{ OP_lock, 4 },	   { OP_unlock, 2 },
};

static uint8_t pick_op(struct random *rng)
{
	unsigned int total = 0, n, i = 0;

	for (unsigned int k = 0; k < sizeof(weights) / sizeof(weights[0]); k++)
		total += weights[k].weight;
	for (n = random_below(rng, total); n >= weights[i].weight; i++)
		n -= weights[i].weight;
	return weights[i].op;
}

/* A frame in a balloon, if that can be had; else anywhere. */
static unsigned int pick_frame(const struct driver_model *m, struct random *rng)
{
	unsigned int start = random_below(rng, PROGRAM_FRAMES);

	for (unsigned int i = 0; i < PROGRAM_FRAMES; i++)
		if (!(m->free >> (start + i) % PROGRAM_FRAMES & 1))
			return (start + i) % PROGRAM_FRAMES;
	return start;
}

static unsigned int pick_number(struct random *rng)
{
	static const uint8_t most[] = { 2, 5, 9, 18, 70 };

	return random_below(rng, most[random_below(rng, sizeof(most))]);
}

static unsigned int pick_operand(const struct driver_model *m, const struct record *r,
				 unsigned int kind, struct random *rng)
{
	const struct driver_register *registers = m->registers[record_context(r)];
	unsigned int start;

	switch (kind) {
	case KIND_DEVICE:
		return random_below(rng, m->devices);
	case KIND_FRAME:
		if (r->op == OP_isolate || r->op == OP_get || r->op == OP_scan ||
		    r->op == OP_compact || r->op == OP_offline)
			return pick_frame(m, rng);
		return random_below(rng, 4) * (PROGRAM_FRAMES / 4) + random_below(rng, 4);
	case KIND_MODE:
		return random_below(rng, 3);
	case KIND_NUMBER:
		return r->op == OP_refuse ? random_below(rng, 5) : pick_number(rng);
	case KIND_NEW:
	case KIND_ISOLATED:
	case KIND_HELD:
	case KIND_LOCKED:
		start = random_below(rng, PROGRAM_REGISTERS);
		for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
			if (registers[(start + i) % PROGRAM_REGISTERS].kind == kind)
				return (start + i) % PROGRAM_REGISTERS;
		return start;
	default:
		return random_below(rng, 256);
	}
}

static bool fit(const struct driver_model *m, struct record *r, struct random *rng)
{
	for (unsigned int i = 0; i < 3; i++)
		(&r->a)[i] = (uint8_t)pick_operand(m, r, op_table[r->op].operand[i], rng);
	r->rc = 0;
	r->fault = 0;
	r->how &= (uint8_t)~HOW_IRQ;
	if (r->op == OP_deflate && m->device[r->a].driver == DRIVER_free && random_below(rng, 2))
		r->how |= HOW_IRQ;
	for (unsigned int kind = FAULT_none + 1; kind < FAULT_callback; kind++)
		if (traits_meet_fault(op_table[r->op].traits, kind) &&
		    !random_below(rng, SOMETIMES_FAULT))
			r->fault = (uint8_t)(kind | random_below(rng, 4) << 3);
	*r = record_canon(*r);
	return driver_model_check(m, r) == SKIP_NOT;
}

/* Would r run, but find nothing to do? */
static bool vacuous(const struct driver_model *m, const struct record *r)
{
	const struct driver_device *d = &m->device[r->a % PROGRAM_DEVICES];

	switch (r->op) {
	case OP_isolate:
	case OP_get:
		return m->free & frame_bit(r->b);
	case OP_scan:
	case OP_compact:
		return !r->b || !(~m->free >> r->a % PROGRAM_FRAMES);
	case OP_offline:
		return !(~m->free >> r->a / 16 * 16 & 0xffff);
	case OP_deflate:
	case OP_oom:
		return !d->length && !d->aside_count;
	case OP_inflate:
	case OP_refuse:
		return !r->b;
	default:
		return false;
	}
}

static void repair_visit(struct driver_walk *walk, struct record *r)
{
	struct random *rng = walk->data;
	const struct record asked = *r;

	if (r->op != OP_nop && (driver_model_check(&walk->model, r) == SKIP_NOT ||
				!random_below(rng, RARELY_LEFT_ALONE)))
		return;
	if (r->op != OP_nop && op_table[r->op].text && fit(&walk->model, r, rng))
		return;
	for (unsigned int i = 0; i < 16; i++) {
		*r = (struct record){ .how = asked.how & (HOW_CONTEXT | HOW_NESTED) };
		r->op = pick_op(rng);
		if (fit(&walk->model, r, rng) &&
		    (!vacuous(&walk->model, r) || !random_below(rng, RARELY_VACUOUS)))
			return;
	}
	*r = asked;
}

static void repair(struct program *p, unsigned int features, struct random *rng)
{
	static struct driver_walk walk;

	walk.program = p;
	walk.visit = repair_visit;
	walk.data = rng;
	driver_walk(&walk, features);
}

/* No op yet: the repair picks one that fits. */
static void new_record(struct program *p, unsigned int where, struct random *rng)
{
	const struct record *before = where ? &p->records[where - 1] : NULL;
	struct record *r = &p->records[where];

	*r = (struct record){ .how = before ? before->how & HOW_CONTEXT : 0 };
	if (!random_below(rng, RARELY_OTHER_CONTEXT))
		r->how = (uint8_t)random_below(rng, PROGRAM_CONTEXTS);
	if (before &&
	    (before->op == OP_inflate || before->op == OP_target || (before->how & HOW_NESTED)) &&
	    !random_below(rng, SOMETIMES_NESTED))
		r->how = (before->how & HOW_CONTEXT) | HOW_NESTED;
}

void drivers_generate(struct program *p, unsigned int count, unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(seed);

	memset(p, 0, offsetof(struct program, records));
	splice_world(p, &rng);
	p->count = count < PROGRAM_RECORDS ? count : PROGRAM_RECORDS;
	for (unsigned int i = 0; i < p->count; i++) {
		new_record(p, i, &rng);
		/* Nothing happens without drivers; and what allocates is to come before what nests.
		 */
		if (i < p->devices)
			p->records[i] =
				(struct record){ .op = OP_attach,
						 .a = (uint8_t)i,
						 .b = (uint8_t)random_below(&rng, DRIVER_COUNT),
						 .c = (uint8_t)random_below(&rng, 2) };
		else if (!(p->records[i].how & HOW_NESTED) && !random_below(&rng, 4))
			p->records[i].op = OP_inflate;
	}
	for (unsigned int i = p->devices; i < p->count; i++)
		if (p->records[i].op == OP_inflate)
			p->records[i].b = (uint8_t)pick_number(&rng);
	repair(p, features, &rng);
}

static void change_one(struct program *p, struct random *rng)
{
	struct record *r = &p->records[random_below(rng, p->count)];

	switch (random_below(rng, 4)) {
	case 0:
		(&r->a)[random_below(rng, 3)] = (uint8_t)random_below(rng, 64);
		break;
	case 1:
		r->how ^= (uint8_t)(1u << random_below(rng, 4));
		break;
	case 2:
		r->fault = (uint8_t)random_below(rng, 256);
		break;
	default:
		r->op = pick_op(rng);
		break;
	}
	*r = record_canon(*r);
}

static void mutate_once(struct program *p, struct random *rng)
{
	unsigned int choice = random_below(rng, 16), where;

	if (!p->count || choice < 7) {
		where = random_below(rng, p->count + 1);
		for (unsigned int n = splice_gap(p, where, 1 + random_below(rng, 4)); n; n--)
			new_record(p, where++, rng);
	} else if (choice < 10) {
		splice_delete(p, rng);
	} else if (choice < 15) {
		change_one(p, rng);
	} else {
		splice_world(p, rng);
	}
}

void drivers_mutate(struct program *p, unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(seed);
	unsigned int times = 1 + random_below(&rng, 4);

	for (unsigned int i = 0; i < times; i++)
		mutate_once(p, &rng);
	p->no_callback = 0;
	repair(p, features, &rng);
}

void drivers_cross(struct program *out, const struct program *a, const struct program *b,
		   unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(seed);

	splice_cross(out, a, b, &rng);
	repair(out, features, &rng);
}

UNINSTRUMENTED_END
