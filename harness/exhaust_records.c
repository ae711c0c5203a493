/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which records are worth trying in a state.  Of operands that differ only in their
 * name one is taken: registers that hold the same, private lists that are both empty,
 * frames that are free, zones without a page in the same or as empty a node.
 */
#include "harness/exhaust_state.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

#define QUARTER	    (PROGRAM_FRAMES / 4)
#define CHOICES_MAX (PROGRAM_FRAMES + 4)

/* Where a record is to be chosen. */
struct place {
	const struct model *model;
	uint64_t used; /* frames in use, and where the op in whose hook it is allocates */
	bool all;      /* operands, whether alike or not */
};

struct choices {
	unsigned int count;
	uint8_t at[CHOICES_MAX];
};

static void choose(struct choices *c, unsigned int value)
{
	c->at[c->count++] = (uint8_t)value;
}

static bool register_suits(unsigned int kind, unsigned int wanted, enum op op)
{
	if (wanted == KIND_ANY)
		return kind > KIND_NEW;
	/* As misuse, the owner's calls with a page that no balloon has. */
	if (kind == KIND_PAGE && (op == OP_putback || op == OP_migrate))
		return true;
	return kind == wanted;
}

static void choose_registers(const struct model *m, bool all, enum op op, unsigned int wanted,
			     struct choices *c)
{
	const struct model_register *registers = m->registers[0];

	for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++) {
		bool known = false;

		if (!register_suits(registers[i].kind, wanted, op))
			continue;
		for (unsigned int k = 0; k < i && !all; k++)
			known |= registers[k].kind == registers[i].kind &&
				 registers[k].frame == registers[i].frame;
		if (!known)
			choose(c, i);
	}
}

static void choose_empty(const struct model *m, struct choices *c)
{
	for (unsigned int i = 0; i < PROGRAM_REGISTERS && !c->count; i++)
		if (m->registers[0][i].kind == KIND_NEW)
			choose(c, i);
}

static void choose_lists(const struct model *m, bool all, struct choices *c)
{
	for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
		if (all || !i || m->lists[model_private_list(0, i)].length ||
		    m->lists[model_private_list(0, 0)].length)
			choose(c, i);
}

/* Those in use, and a free one. */
static void choose_frames(const struct model *m, bool all, struct choices *c)
{
	unsigned int left = all ? 2 : 1;

	for (unsigned int i = 0; i < PROGRAM_FRAMES; i++)
		if (!(m->free & (uint64_t)1 << i))
			choose(c, i);
		else if (left && left--)
			choose(c, i);
}

static bool is_empty(uint64_t used, unsigned int first_zone, unsigned int zones)
{
	return !(used >> first_zone * QUARTER & (((uint64_t)1 << zones * QUARTER) - 1));
}

/* Where to allocate: a zone with pages, or one of those without that are alike. */
static void choose_zones(uint64_t used, bool all, struct choices *c)
{
	for (unsigned int zone = 0; zone < MODEL_ZONES; zone++) {
		bool known = false;

		for (unsigned int other = 0; other < zone && !all; other++)
			known |= is_empty(used, zone, 1) && is_empty(used, other, 1) &&
				 (zone / 2 == other / 2 || (is_empty(used, zone & ~1u, 2) &&
							    is_empty(used, other & ~1u, 2)));
		if (!known)
			choose(c, zone * QUARTER);
	}
}

static void choose_up_to(unsigned int last, struct choices *c)
{
	for (unsigned int i = 0; i <= last; i++)
		choose(c, i);
}

static void choose_operand(const struct place *place, enum op op, unsigned int kind,
			   struct choices *c)
{
	const struct model *m = place->model;
	bool all = place->all;

	switch (kind) {
	case KIND_NEW:
		choose_empty(m, c);
		break;
	case KIND_DEVICE:
		choose_up_to(m->devices - 1u, c);
		break;
	case KIND_LIST:
		choose_lists(m, all, c);
		break;
	case KIND_FRAME:
		if (op == OP_alloc || op == OP_migrate)
			choose_zones(place->used, all, c);
		else
			choose_frames(m, all, c);
		break;
	case KIND_MODE:
		choose_up_to(MODE_sync, c);
		break;
	case KIND_NONE:
	case KIND_CONTEXT:
		choose(c, 0);
		break;
	case KIND_NUMBER: /* of list_dequeue, whose device is not chosen yet */
		choose_up_to((unsigned int)__builtin_popcountll(~m->free) + 1, c);
		break;
	default:
		choose_registers(m, all, op, kind, c);
		break;
	}
}

/* More than one page more than there are says nothing new. */
static bool asks_too_much(const struct model *m, const struct record *r)
{
	return r->op == OP_list_dequeue && r->c > m->lists[r->a].length + 1;
}

static void try_op(const struct place *place, enum op op, void (*try)(struct record r))
{
	struct choices choices[3] = { { .count = 0 } };

	for (unsigned int i = 0; i < 3; i++)
		choose_operand(place, op, op_table[op].operand[i], &choices[i]);
	for (unsigned int a = 0; a < choices[0].count; a++)
		for (unsigned int b = 0; b < choices[1].count; b++)
			for (unsigned int c = 0; c < choices[2].count; c++) {
				struct record r = { .op = (uint8_t)op,
						    .a = choices[0].at[a],
						    .b = choices[1].at[b],
						    .c = choices[2].at[c] };

				if (!asks_too_much(place->model, &r))
					try(r);
			}
}

void exhaust_records(const struct model *m, const struct exhaust_scope *scope,
		     const struct record *outer, void (*try)(struct record r))
{
	uint64_t hint = outer ? (uint64_t)1 << outer->b : 0;
	const struct place place = { m, ~m->free | hint, scope->tree };

	for (unsigned int op = OP_nop + 1; op < OP_CORE_COUNT; op++)
		try_op(&place, (enum op)op, try);
}

UNINSTRUMENTED_END
