/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which records run: the op table's operand kinds, and what single ops ask for
 * beyond them.
 */
#include "harness/model.h"

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

static const struct model_register *reg(const struct model *m, const struct record *r,
					unsigned int number)
{
	return &m->registers[record_context(r)][number];
}

/* What an operand that is no register must stay below; a device: how many there are. */
static const uint8_t limits[KIND_COUNT] = {
	[KIND_LIST] = PROGRAM_LISTS,
	[KIND_FRAME] = PROGRAM_FRAMES,
	[KIND_CONTEXT] = PROGRAM_CONTEXTS,
	[KIND_MODE] = 3,
	[KIND_NUMBER] = 0, /* none */
};

static enum skip check_operand(const struct model *m, const struct record *r, unsigned int kind,
			       unsigned int value)
{
	unsigned int limit = kind == KIND_DEVICE ? m->devices : limits[kind], held;

	if (!kind_is_register(kind))
		return !limit || value < limit ? SKIP_NOT : SKIP_outside;
	held = reg(m, r, value)->kind;
	if (kind == KIND_ANY)
		return held > KIND_NEW ? SKIP_NOT : SKIP_operand;
	return held == kind ? SKIP_NOT : SKIP_operand;
}

/* putback and migrate of a page that the driver owns: the callbacks are called directly. */
static enum skip check_direct_call(const struct model *m, const struct record *r)
{
	const struct model_page *page = &m->pages[reg(m, r, r->a)->frame];

	if (!(m->features & FEATURE_migration))
		return SKIP_outside;
	return page->flags & MODEL_LOCKED ? SKIP_blocked : SKIP_NOT;
}

static bool is_direct_call(const struct model *m, const struct record *r)
{
	return (r->how & HOW_MISUSE) && (r->op == OP_putback || r->op == OP_migrate) &&
	       reg(m, r, r->a)->kind == KIND_PAGE;
}

static enum skip check_op(const struct model *m, const struct record *r)
{
	bool misuse = r->how & HOW_MISUSE;
	const struct model_page *page = &m->pages[reg(m, r, r->a)->frame];

	switch (r->op) {
	case OP_nop:
		return SKIP_empty;
	case OP_dequeue:
		return misuse || model_device_subject(m, r->b) != SUBJECT_device_empty ?
			       SKIP_NOT : SKIP_misuse;
	case OP_pop:
		return m->lists[model_private_list(record_context(r), r->b)].length ?
			       SKIP_NOT : SKIP_operand;
	case OP_putback:
		return page->flags & MODEL_LOCKED ? SKIP_blocked : SKIP_NOT;
	case OP_migrate:
		if ((page->flags & MODEL_LOCKED) && r->c != MODE_async)
			return SKIP_blocked;
		return misuse || (record_result(r) <= 0 && !(m->no_callback & 1u << page->device)) ?
			       SKIP_NOT : SKIP_misuse;
	case OP_hand:
		return m->registers[r->b][r->c].kind == KIND_NEW ? SKIP_NOT : SKIP_operand;
	default:
		return SKIP_NOT;
	}
}

enum skip model_check(const struct model *m, const struct record *r)
{
	const struct op_info *info = &op_table[r->op];
	unsigned int first = 0;
	enum skip skip;

	if ((r->how & HOW_IRQ) && !(info->traits & TRAIT_IRQ))
		return r->op == OP_nop ? SKIP_empty : SKIP_context;
	if (is_direct_call(m, r)) {
		skip = check_direct_call(m, r);
		if (skip != SKIP_NOT)
			return skip;
		first = 1;
	}
	for (unsigned int i = first; i < 3 && info->operand[i] != KIND_NONE; i++) {
		/* The register that hand fills is another context's: check_op() looks. */
		if (r->op == OP_hand && i == 2)
			break;
		skip = check_operand(m, r, info->operand[i], (&r->a)[i]);
		if (skip != SKIP_NOT)
			return skip;
	}
	return first ? SKIP_NOT : check_op(m, r);
}

UNINSTRUMENTED_END
