/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A mutation changes records as data; the program is then walked through the
 * model, and records that would not run get operands that fit, most of the
 * time: left alone, random programs would mostly skip.
 */
#include "harness/mutate.h"

#include <string.h>

#include "harness/splice.h"
#include "harness/walk.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* How often, in one of n. */
enum {
	RARELY_MISUSE = 24,
	SOMETIMES_IRQ = 8,
	SOMETIMES_FAULT = 8,
	SOMETIMES_NESTED = 3, /* of the records behind one with a hook */
	RARELY_OTHER_CONTEXT = 8,
	RARELY_LEFT_ALONE = 8, /* a record that does not fit */
	RARELY_NO_CALLBACK = 32,
	RARELY_VACUOUS = 16,
};

/* A register of context c that holds kind, from a random one on; 255: none. */
static unsigned int pick_register(const struct model *m, unsigned int c, unsigned int kind,
				  struct random *rng)
{
	unsigned int start = random_below(rng, PROGRAM_REGISTERS);

	for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++) {
		unsigned int number = (start + i) % PROGRAM_REGISTERS;
		unsigned int held = m->registers[c][number].kind;

		if (held == kind || (kind == KIND_ANY && held > KIND_NEW))
			return number;
	}
	return 255;
}

/* A frame whose page is in use, in a balloon if that can be had. */
static unsigned int pick_frame(const struct model *m, struct random *rng)
{
	unsigned int start = random_below(rng, PROGRAM_FRAMES), used = 255;

	for (unsigned int i = 0; i < PROGRAM_FRAMES; i++) {
		unsigned int frame = (start + i) % PROGRAM_FRAMES;

		if (m->pages[frame].state == SUBJECT_page_listed)
			return frame;
		if (m->pages[frame].state != SUBJECT_page_free)
			used = frame;
	}
	return used;
}

static unsigned int pick_operand(const struct model *m, const struct record *r, unsigned int kind,
				 struct random *rng)
{
	switch (kind) {
	case KIND_DEVICE:
		return random_below(rng, m->devices);
	case KIND_LIST:
		return random_below(rng, PROGRAM_LISTS);
	case KIND_FRAME:
		if ((r->op == OP_isolate || r->op == OP_get) && random_below(rng, 8))
			return pick_frame(m, rng);
		/* The first frames of a zone: close together, so that ops meet. */
		return random_below(rng, 4) * (PROGRAM_FRAMES / 4) + random_below(rng, 4);
	case KIND_CONTEXT:
		return random_below(rng, PROGRAM_CONTEXTS);
	case KIND_MODE:
		return random_below(rng, 3);
	case KIND_NUMBER:
		return random_below(rng, 6);
	case KIND_NONE:
		return 0;
	default:
		return pick_register(m, record_context(r), kind, rng);
	}
}

/* Gives r operands that fit its op now.  False: there are none. */
static bool fit(const struct model *m, struct record *r, struct random *rng)
{
	const struct op_info *info = &op_table[r->op];

	if (!(info->traits & TRAIT_IRQ))
		r->how &= (uint8_t)~HOW_IRQ;
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int kind = info->operand[i];

		if ((r->how & HOW_MISUSE) && kind == KIND_ISOLATED && random_below(rng, 2))
			kind = KIND_PAGE;
		(&r->a)[i] = (uint8_t)pick_operand(m, r, kind, rng);
	}
	if (r->op == OP_hand)
		r->c = (uint8_t)pick_register(m, r->b, KIND_NEW, rng);
	*r = record_canon(*r);
	return model_check(m, r) == SKIP_NOT;
}

/* Would r run, but find nothing to do? */
static bool vacuous(const struct model *m, const struct record *r)
{
	switch (r->op) {
	case OP_isolate:
		return m->pages[r->b].state != SUBJECT_page_listed;
	case OP_get:
		return m->pages[r->b].state == SUBJECT_page_free;
	case OP_list_enqueue:
		return !m->lists[model_private_list(record_context(r), r->b)].length;
	case OP_list_dequeue:
		return !m->lists[r->a].length;
	default:
		return false;
	}
}

/* Which ops a program favours: some are left out, so that others come in numbers. */
struct swarm {
	uint8_t weight[OP_CORE_COUNT];
	unsigned int total;
};

static void swarm_init(struct swarm *swarm, struct random *rng)
{
	static const uint8_t weights[] = { 0, 1, 2, 6 };

	swarm->total = 0;
	for (unsigned int op = OP_nop + 1; op < OP_CORE_COUNT; op++) {
		unsigned int weight = weights[random_below(rng, 4)];

		/* Nothing happens without pages in balloons. */
		if (op == OP_alloc || op == OP_enqueue || op == OP_migrate)
			weight += 3;
		swarm->weight[op] = (uint8_t)weight;
		swarm->total += weight;
	}
}

static enum op swarm_pick(const struct swarm *swarm, struct random *rng)
{
	unsigned int n = random_below(rng, swarm->total), op = OP_nop + 1;

	while (n >= swarm->weight[op])
		n -= swarm->weight[op++];
	return (enum op)op;
}

static void decorate(struct record *r, struct random *rng)
{
	const struct op_info *info = &op_table[r->op];

	if ((info->traits & TRAIT_IRQ) && !random_below(rng, SOMETIMES_IRQ))
		r->how |= HOW_IRQ;
	if (!random_below(rng, RARELY_MISUSE))
		r->how |= HOW_MISUSE;
	for (unsigned int kind = FAULT_none + 1; kind < FAULT_COUNT; kind++)
		if (traits_meet_fault(info->traits, kind) && !random_below(rng, SOMETIMES_FAULT))
			r->fault = (uint8_t)(kind | random_below(rng, 3) << 3);
	if ((info->traits & TRAIT_RC) && random_below(rng, 2)) {
		r->rc = (uint8_t)random_below(rng, r->how & HOW_MISUSE ? 8 : 7);
		if (!random_below(rng, 4))
			r->rc |= (uint8_t)(random_below(rng, 12) << 4);
	}
}

/* What the walk of one mutation needs. */
struct repair {
	struct random *rng;
	struct swarm swarm;
};

/* A record of another op where this one's cannot run at all. */
static void repair_visit(struct walk *w, struct record *r)
{
	struct repair *repair = w->data;
	const struct record asked = *r;

	if (r->op != OP_nop) {
		if (model_check(&w->model, r) == SKIP_NOT ||
		    !random_below(repair->rng, RARELY_LEFT_ALONE) || fit(&w->model, r, repair->rng))
			return;
	}
	for (unsigned int i = 0; i < 16; i++) {
		*r = (struct record){ .how = asked.how & (HOW_CONTEXT | HOW_NESTED) };
		r->op = (uint8_t)swarm_pick(&repair->swarm, repair->rng);
		decorate(r, repair->rng);
		if (fit(&w->model, r, repair->rng) &&
		    (!vacuous(&w->model, r) || !random_below(repair->rng, RARELY_VACUOUS)))
			return;
	}
	*r = asked;
}

static void repair(struct program *p, unsigned int features, struct random *rng)
{
	struct repair data = { .rng = rng };
	struct walk walk = { .program = p, .visit = repair_visit, .data = &data };

	swarm_init(&data.swarm, rng);
	walk_program(&walk, features);
}

static void generate_record(struct record *r, const struct record *before, struct random *rng)
{
	*r = (struct record){ .op = (uint8_t)(1 + random_below(rng, OP_CORE_COUNT - 1)) };
	if (before)
		r->how = before->how & HOW_CONTEXT;
	if (!random_below(rng, RARELY_OTHER_CONTEXT))
		r->how = (uint8_t)random_below(rng, PROGRAM_CONTEXTS);
	if (before && ((op_table[before->op].traits & TRAIT_HOOK) || (before->how & HOW_NESTED)) &&
	    !random_below(rng, SOMETIMES_NESTED))
		r->how = (before->how & HOW_CONTEXT) | HOW_NESTED;
	decorate(r, rng);
	*r = record_canon(*r);
}

static void generate_world(struct program *p, struct random *rng)
{
	splice_world(p, rng);
	if (!random_below(rng, RARELY_NO_CALLBACK))
		p->no_callback = (uint8_t)(1u << random_below(rng, p->devices));
}

void program_generate(struct program *p, unsigned int count, unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(seed);

	memset(p, 0, offsetof(struct program, records));
	generate_world(p, &rng);
	p->count = count < PROGRAM_RECORDS ? count : PROGRAM_RECORDS;
	/* No op yet: the repair picks one that fits, from this program's swarm. */
	for (unsigned int i = 0; i < p->count; i++) {
		generate_record(&p->records[i], i ? &p->records[i - 1] : NULL, &rng);
		p->records[i].op = OP_nop;
		p->records[i] = record_canon(p->records[i]);
	}
	repair(p, features, &rng);
}

static void insert_new(struct program *p, struct random *rng)
{
	unsigned int where = random_below(rng, p->count + 1);
	unsigned int n = splice_gap(p, where, 1 + random_below(rng, 4));

	for (unsigned int i = 0; i < n; i++)
		generate_record(&p->records[where + i],
				where + i ? &p->records[where + i - 1] : NULL, rng);
}

static void insert_copy(struct program *p, struct random *rng)
{
	struct record copy[16];
	unsigned int from = random_below(rng, p->count), where, n;

	n = 1 + random_below(rng, 16);
	if (n > p->count - from)
		n = p->count - from;
	memcpy(copy, &p->records[from], n * sizeof(copy[0]));
	where = random_below(rng, p->count + 1);
	n = splice_gap(p, where, n);
	memcpy(&p->records[where], copy, n * sizeof(copy[0]));
}

static void swap_two(struct program *p, struct random *rng)
{
	unsigned int a = random_below(rng, p->count), b = random_below(rng, p->count);
	struct record record = p->records[a];

	p->records[a] = p->records[b];
	p->records[b] = record;
}

/* A two-op pattern that single insertions would rarely make. */
static void insert_idiom(struct program *p, struct random *rng)
{
	static const uint8_t idioms[][2] = {
		{ OP_alloc, OP_enqueue },     { OP_isolate, OP_migrate },
		{ OP_isolate, OP_putback },   { OP_dequeue, OP_enqueue },
		{ OP_push, OP_list_enqueue }, { OP_list_dequeue, OP_pop },
		{ OP_get, OP_lock },	      { OP_migrate, OP_isolate },
	};
	unsigned int idiom = random_below(rng, sizeof(idioms) / sizeof(idioms[0]));
	unsigned int where = random_below(rng, p->count + 1);
	unsigned int n = splice_gap(p, where, 2);

	for (unsigned int i = 0; i < n; i++) {
		generate_record(&p->records[where + i], NULL, rng);
		p->records[where + i].op = idioms[idiom][i];
		p->records[where + i] = record_canon(p->records[where + i]);
	}
}

static void change_one(struct program *p, struct random *rng)
{
	struct record *r = &p->records[random_below(rng, p->count)];

	switch (random_below(rng, 5)) {
	case 0:
		(&r->a)[random_below(rng, 3)] = (uint8_t)random_below(rng, 64);
		break;
	case 1:
		r->how ^= (uint8_t)(1u << random_below(rng, 4));
		break;
	case 2:
		r->fault = (uint8_t)random_below(rng, 256);
		break;
	case 3:
		r->rc = (uint8_t)random_below(rng, 256);
		break;
	default:
		r->op = (uint8_t)(1 + random_below(rng, OP_CORE_COUNT - 1));
		break;
	}
	*r = record_canon(*r);
}

static void mutate_once(struct program *p, struct random *rng)
{
	unsigned int choice = random_below(rng, 16);

	if (!p->count || choice < 4)
		insert_new(p, rng);
	else if (choice < 6)
		insert_idiom(p, rng);
	else if (choice < 8)
		splice_delete(p, rng);
	else if (choice < 10)
		insert_copy(p, rng);
	else if (choice < 11)
		swap_two(p, rng);
	else if (choice < 15)
		change_one(p, rng);
	else
		generate_world(p, rng);
}

void program_mutate(struct program *p, unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(seed);
	unsigned int times = 1 + random_below(&rng, 4);

	for (unsigned int i = 0; i < times; i++)
		mutate_once(p, &rng);
	repair(p, features, &rng);
}

void program_cross(struct program *out, const struct program *a, const struct program *b,
		   unsigned int features, uint64_t seed)
{
	struct random rng = random_seeded(seed);

	splice_cross(out, a, b, &rng);
	repair(out, features, &rng);
}

UNINSTRUMENTED_END
