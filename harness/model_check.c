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

	if (!(m->features & FEATURE_migration) || !(m->features & FEATURE_owner_checks))
		return SKIP_outside;
	return page->flags & MODEL_LOCKED ? SKIP_blocked : SKIP_NOT;
}

static bool is_direct_call(const struct model *m, const struct record *r)
{
	return (r->how & HOW_MISUSE) && (r->op == OP_putback || r->op == OP_migrate) &&
	       reg(m, r, r->a)->kind == KIND_PAGE;
}

/* Would the core give up, for somebody has locked the page?  Drivers must not let it come to that. */
static enum skip check_enqueue(const struct model *m, const struct record *r, unsigned int frame,
			       unsigned int trylock)
{
	bool refused = record_fault_kind(r) == FAULT_lock && record_fault_n(r) == trylock;
	bool contended = (m->features & FEATURE_page_lock) &&
			 ((m->pages[frame].flags & MODEL_LOCKED) || refused);

	return contended && !(r->how & HOW_MISUSE) ? SKIP_misuse : SKIP_NOT;
}

static enum skip check_list_enqueue(const struct model *m, const struct record *r)
{
	unsigned int frame = m->lists[model_private_list(record_context(r), r->b)].first;
	unsigned int trylocks = 0;
	enum skip skip = SKIP_NOT;

	for (; frame != NO_FRAME && skip == SKIP_NOT; frame = m->pages[frame].next)
		skip = check_enqueue(m, r, frame, trylocks++);
	return skip;
}

static enum skip check_migrate(const struct model *m, const struct record *r,
			       const struct model_page *page)
{
	bool no_callback = m->no_callback & 1u << page->device;
	bool waits = r->c == MODE_sync ||
		     (r->c == MODE_light && !(m->features & FEATURE_light_gives_up));

	if ((page->flags & MODEL_LOCKED) && waits)
		return SKIP_blocked;
	if (no_callback && (m->features & (QUIRK_null_callback | QUIRK_own_refusal)))
		return SKIP_quirk;
	if (record_result(r) > 0 && (m->features & QUIRK_own_refusal))
		return SKIP_quirk;
	return (r->how & HOW_MISUSE) || (record_result(r) <= 0 && !no_callback) ? SKIP_NOT :
										  SKIP_misuse;
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
		return check_migrate(m, r, page);
	case OP_enqueue:
		return check_enqueue(m, r, reg(m, r, r->b)->frame, 0);
	case OP_list_enqueue:
		return check_list_enqueue(m, r);
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

	if (r->op >= OP_CORE_COUNT)
		return SKIP_executor;
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
