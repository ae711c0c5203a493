/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a migration does, by the contract's sections 1.3 and 3.2: its passes, the
 * driver's answers, and what becomes of both pages.
 */
#include "harness/model_state.h"

#include <errno.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* What the driver's callback answers at its call-th call (from 0). */
static int callback_result(const struct record *r, unsigned int call)
{
	if (call < record_eagains(r) || model_fault_hits(r, FAULT_callback, call))
		return -EAGAIN;
	return record_result(r);
}

static void lock_pages(struct model *m, struct step *s, bool locked)
{
	struct model_page *source = model_touch(m, s->source), *target = model_touch(m, s->target);
	uint8_t flag = locked ? MODEL_LOCKED : 0;

	s->locked = locked;
	source->flags = (uint8_t)((source->flags & ~MODEL_LOCKED) | flag);
	target->flags = (uint8_t)((target->flags & ~MODEL_LOCKED) | flag);
}

/* Does this pass get both page locks? */
static bool gets_locks(const struct model *m, const struct record *r, struct step *s)
{
	bool waits = s->mode == MODE_sync ||
		     (s->mode == MODE_light && !(m->features & FEATURE_light_gives_up));
	bool taken = model_fault_hits(r, FAULT_lock, s->trylocks++) ||
		     (m->pages[s->source].flags & MODEL_LOCKED);

	return (!taken || waits) && !model_fault_hits(r, FAULT_lock, s->trylocks++);
}

static bool gets_target(struct model *m, const struct record *r, struct step *s)
{
	if (s->target == NO_FRAME && !model_fault_hits(r, FAULT_alloc, s->allocs++))
		s->target = (uint8_t)model_alloc(m, r->b, SUBJECT_page_target);
	return s->target != NO_FRAME;
}

/* The end of a pass or of the migration, but for what the driver has moved. */
static void let_go(struct model *m, struct step *s)
{
	if (s->locked)
		lock_pages(m, s, false);
	model_put_last_owner(m, s->target);
	s->target = NO_FRAME;
}

/* Does the next pass go on with the target, both pages locked? */
static bool keeps_target(const struct model *m, const struct record *r, const struct step *s)
{
	return (m->features & FEATURE_batch) &&
	       (s->passes != MODEL_ASYNC_PASSES || r->c == MODE_async);
}

/* Passes, up to the one that asks the driver. */
static void next_call(struct model *m, const struct record *r, struct step *s)
{
	bool batch = m->features & FEATURE_batch;

	s->asking = false;
	while (s->value == -EAGAIN && s->passes < MODEL_MIGRATE_PASSES) {
		s->mode = batch && s->passes < MODEL_ASYNC_PASSES ? MODE_async : r->c;
		s->passes++;
		if (!gets_target(m, r, s)) {
			s->value = -ENOMEM;
			return;
		}
		if (s->locked || gets_locks(m, r, s)) {
			lock_pages(m, s, true);
			s->asking = !(m->no_callback & 1u << s->device);
			s->callbacks += s->asking;
			s->value = s->asking ? -EAGAIN : 1;
			return;
		}
		let_go(m, s);
	}
}

void model_call_returns(struct model *m, const struct record *r, struct step *s)
{
	s->value = callback_result(r, s->callbacks - 1);
	if (s->value == -EAGAIN && !keeps_target(m, r, s))
		let_go(m, s);
	next_call(m, r, s);
}

static enum result_class class_of_error(int error)
{
	switch (error) {
	case 0:
		return CLASS_ok;
	case -EAGAIN:
		return CLASS_again;
	case -EBUSY:
		return CLASS_busy;
	case -ENOMEM:
		return CLASS_no_memory;
	case -EINVAL:
		return CLASS_invalid;
	default:
		return CLASS_failed;
	}
}

/* The callback of the core alone, for a page that the driver owns. */
static void begin_direct_call(struct model *m, const struct record *r, struct step *s)
{
	if (gets_target(m, r, s)) {
		s->class = CLASS_warned;
		s->value = -EAGAIN;
		s->warnings = 1;
	} else {
		s->class = CLASS_no_memory;
		s->value = -ENOMEM;
	}
}

void model_begin_migrate(struct model *m, const struct record *r, struct step *s)
{
	struct model_register *from = model_reg(m, r, r->a);
	struct model_page *page = model_touch(m, from->frame);

	s->source = from->frame;
	s->device = page->device;
	s->target = NO_FRAME;
	if (from->kind == KIND_PAGE) {
		begin_direct_call(m, r, s);
		return;
	}
	page->state = SUBJECT_page_moving;
	from->kind = KIND_NONE;
	s->value = -EAGAIN;
	next_call(m, r, s);
}

/* The source leaves the balloon: its two references, the balloon's and migration's, go. */
static void give_up_source(struct model *m, struct step *s)
{
	struct model_page *page = &m->pages[s->source];

	m->isolated[s->device]--;
	page->flags &= (uint8_t)~(MODEL_ISOLATED | model_type_lost(m));
	page->refs--;
	model_put_last_owner(m, s->source);
}

/* How the driver's last answer counts: in the classic contract every one but 0 is an error. */
static enum result_class class_of_answer(const struct model *m, int answer)
{
	bool core_moves = m->features & FEATURE_core_moves;

	if (answer > 0 && (m->features & QUIRK_positive_result))
		return core_moves ? CLASS_gone : CLASS_failed;
	if (answer > 0)
		return CLASS_warned;
	if (answer == -ENOENT)
		return core_moves ? CLASS_gone : CLASS_failed;
	return class_of_error(answer);
}

/* The driver's last answer takes effect. */
static void finish_migrate(struct model *m, const struct record *r, struct step *s)
{
	struct model_register *from = model_reg(m, r, r->a);
	unsigned int context = record_context(r), target = s->target;

	s->class = (uint8_t)class_of_answer(m, s->value);
	if (s->value == -EAGAIN && !s->callbacks)
		s->class = CLASS_locked;
	if (s->locked)
		lock_pages(m, s, false);
	*from = (struct model_register){ KIND_NEW, s->source };
	if (s->class == CLASS_ok) {
		model_enter_balloon(m, s->device, target);
		model_count_migrate(m, context, s->device, s->source, target);
		give_up_source(m, s);
		return;
	}
	if (s->target != NO_FRAME)
		let_go(m, s);
	if (s->class == CLASS_gone) {
		model_count_gone(m, context, s->device, s->source);
		give_up_source(m, s);
		s->value = 0;
		return;
	}
	if (s->class == CLASS_warned) {
		s->value = -EINVAL;
		s->warnings = 1;
	}
	m->pages[s->source].state = SUBJECT_page_isolated;
	from->kind = KIND_ISOLATED;
}

void model_end_migrate(struct model *m, const struct record *r, struct step *s)
{
	while (s->asking)
		model_call_returns(m, r, s);
	if (model_reg(m, r, r->a)->kind != KIND_PAGE)
		finish_migrate(m, r, s);
	else if (s->target != NO_FRAME)
		let_go(m, s);
}

UNINSTRUMENTED_END
