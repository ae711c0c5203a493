/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which records may run: their operands are there, and nobody would wait for
 * what is not going to come.
 */
#include "guest/driver_model.h"
#include "guest/driver_ops.h"

UNINSTRUMENTED_BEGIN

static enum skip check_register(const struct driver_model *m, const struct record *r,
				unsigned int kind, unsigned int number)
{
	unsigned int held = m->registers[record_context(r)][number].kind;

	return held == kind ? SKIP_NOT : SKIP_operand;
}

static enum skip check_operand(const struct driver_model *m, const struct record *r,
			       unsigned int kind, unsigned int value)
{

	switch (kind) {
	case KIND_DEVICE:
		if (value >= m->devices)
			return SKIP_outside;
		return m->device[value].attached == (r->op != OP_attach) ? SKIP_NOT : SKIP_operand;
	case KIND_FRAME:
		return value < PROGRAM_FRAMES ? SKIP_NOT : SKIP_outside;
	case KIND_MODE:
		return value <= MODE_sync ? SKIP_NOT : SKIP_outside;
	default:
		return kind_is_register(kind) ? check_register(m, r, kind, value) : SKIP_NOT;
	}
}

enum skip driver_model_check(const struct driver_model *m, const struct record *r)
{
	const struct op_info *info = &op_table[r->op];

	if (r->op == OP_nop)
		return SKIP_empty;
	if (r->op >= OP_DRIVERS_END || (r->op < OP_CORE_COUNT && !op_is_by_hand(r->op)))
		return SKIP_executor;
	if (((r->how & HOW_IRQ) && !(info->traits & TRAIT_IRQ)) ||
	    ((r->how & HOW_NESTED) && !op_may_nest(r->op)))
		return SKIP_context;
	for (unsigned int i = 0; i < 3; i++) {
		enum skip skip = check_operand(m, r, info->operand[i], (&r->a)[i]);

		if (skip != SKIP_NOT)
			return skip;
	}
	/* Only a driver that takes no sleeping lock. */
	if (r->op == OP_deflate && (r->how & HOW_IRQ) && m->device[r->a].driver != DRIVER_free)
		return SKIP_context;
	if (r->op == OP_hotplug && m->device[r->a].driver != DRIVER_pseries)
		return SKIP_operand;
	/* Whoever isolated it would wait for its lock. */
	if (r->op == OP_lock &&
	    m->isolated & frame_bit(m->registers[record_context(r)][r->a].frame))
		return SKIP_blocked;
	return SKIP_NOT;
}

UNINSTRUMENTED_END
