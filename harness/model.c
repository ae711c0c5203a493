/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What each op does, by the contract's sections 1 and 3.
 */
#include "harness/model.h"

#include "harness/model_state.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

static void fill(struct model *m, const struct record *r, enum operand_kind kind,
		 unsigned int frame)
{
	*model_reg(m, r, r->a) = (struct model_register){ (uint8_t)kind, (uint8_t)frame };
}

/* A page that no balloon owns any more. */
static void leave_balloon(struct model *m, unsigned int frame)
{
	model_list_del(m, frame);
	m->pages[frame].state = SUBJECT_page_returned;
	m->pages[frame].flags &= (uint8_t)~model_type_lost(m);
}

/* Is the page's lock taken, where the core needs it and so tries? */
static bool is_contended(const struct model *m, const struct record *r, struct step *s,
			 unsigned int frame)
{
	if (!(m->features & FEATURE_page_lock))
		return false;
	return model_fault_hits(r, FAULT_lock, s->trylocks++) || (m->pages[frame].flags & MODEL_LOCKED);
}

/* The first page from frame on, along its list, that dequeue can have; NO_FRAME: none. */
static unsigned int first_to_dequeue(const struct model *m, const struct record *r, struct step *s,
				     unsigned int frame)
{
	while (frame != NO_FRAME && is_contended(m, r, s, frame))
		frame = m->pages[frame].next;
	return frame;
}

static void end_alloc(struct model *m, const struct record *r, struct step *s)
{
	unsigned int frame = NO_FRAME;

	if (!model_fault_hits(r, FAULT_alloc, 0))
		frame = model_alloc(m, r->b, SUBJECT_page_owned);
	s->frame = (uint8_t)frame;
	s->class = frame == NO_FRAME ? CLASS_no_memory : CLASS_ok;
	if (frame == NO_FRAME)
		model_reg(m, r, r->a)->kind = KIND_NEW;
	else
		fill(m, r, KIND_PAGE, frame);
}

static void end_enqueue(struct model *m, const struct record *r, struct step *s)
{
	struct model_register *from = model_reg(m, r, r->b);

	if (is_contended(m, r, s, from->frame)) {
		s->class = CLASS_bug;
		model_adjust_managed(m, r->a, from->frame, -1);
		return;
	}
	model_enter_balloon(m, r->a, from->frame);
	model_count_inflate(m, record_context(r), r->a, from->frame);
	from->kind = KIND_NEW;
}

static void end_dequeue(struct model *m, const struct record *r, struct step *s)
{
	if (s->subject != SUBJECT_device_holding) {
		s->class = s->subject == SUBJECT_device_empty ? CLASS_bug : CLASS_none;
		return;
	}
	s->frame = (uint8_t)first_to_dequeue(m, r, s, m->lists[r->b].first);
	if (s->frame == NO_FRAME) {
		s->class = CLASS_none;
		return;
	}
	leave_balloon(m, s->frame);
	model_count_deflate(m, record_context(r), r->b, s->frame);
	fill(m, r, KIND_PAGE, s->frame);
}

static void end_push(struct model *m, const struct record *r)
{
	struct model_register *from = model_reg(m, r, r->b);

	model_list_add_tail(m, model_private_list(record_context(r), r->a), from->frame);
	from->kind = KIND_NEW;
}

static void end_pop(struct model *m, const struct record *r, struct step *s)
{
	s->frame = m->lists[model_private_list(record_context(r), r->b)].first;
	model_list_del(m, s->frame);
	fill(m, r, KIND_PAGE, s->frame);
}

/* The core gives up at this page: the driver has adjusted for it, and for all behind it. */
static void adjust_not_entered(struct model *m, const struct record *r, unsigned int frame)
{
	model_adjust_managed(m, r->a, frame, -1);
	frame = m->lists[model_private_list(record_context(r), r->b)].first;
	for (; frame != NO_FRAME; frame = m->pages[frame].next)
		model_adjust_managed(m, r->a, frame, -1);
}

static void end_list_enqueue(struct model *m, const struct record *r, struct step *s)
{
	const struct model_list *list = &m->lists[model_private_list(record_context(r), r->b)];

	for (s->value = 0; list->length; s->value++) {
		unsigned int frame = list->first;

		model_list_del(m, frame);
		if (is_contended(m, r, s, frame)) {
			s->class = CLASS_bug;
			adjust_not_entered(m, r, frame);
			return;
		}
		model_enter_balloon(m, r->a, frame);
		model_count_inflate(m, record_context(r), r->a, frame);
	}
	s->class = s->value ? CLASS_ok : CLASS_none;
}

static void end_list_dequeue(struct model *m, const struct record *r, struct step *s)
{
	unsigned int next = m->lists[r->a].first, frame;

	for (s->value = 0; s->value < r->c; s->value++) {
		frame = first_to_dequeue(m, r, s, next);
		if (frame == NO_FRAME)
			break;
		next = m->pages[frame].next;
		leave_balloon(m, frame);
		model_list_add(m, model_private_list(record_context(r), r->b), frame);
		model_count_deflate(m, record_context(r), r->a, frame);
	}
	if (s->value < r->c)
		s->class = s->value ? CLASS_some : CLASS_none;
}

static enum result_class isolation_of(const struct model_page *page, const struct record *r)
{
	if (!(page->flags & MODEL_MOVABLE))
		return CLASS_not_movable;
	if (page->flags & MODEL_ISOLATED)
		return CLASS_busy;
	if (model_fault_hits(r, FAULT_ref, 0))
		return CLASS_no_ref;
	if ((page->flags & MODEL_LOCKED) || model_fault_hits(r, FAULT_lock, 0))
		return CLASS_locked;
	return page->state == SUBJECT_page_listed ? CLASS_ok : CLASS_refused;
}

static void end_isolate(struct model *m, const struct record *r, struct step *s)
{
	struct model_page *page = model_touch(m, r->b);

	s->class = (uint8_t)isolation_of(page, r);
	if (s->class != CLASS_ok)
		return;
	model_list_del(m, r->b);
	m->isolated[page->device]++;
	page->state = SUBJECT_page_isolated;
	page->flags |= MODEL_ISOLATED;
	page->refs++;
	fill(m, r, KIND_ISOLATED, r->b);
}

static void end_putback(struct model *m, const struct record *r, struct step *s)
{
	struct model_register *from = model_reg(m, r, r->a);
	struct model_page *page = model_touch(m, from->frame);

	if (from->kind == KIND_PAGE) {
		s->class = CLASS_warned;
		s->warnings = 1;
		return;
	}
	m->isolated[page->device]--;
	page->flags &= (uint8_t)~MODEL_ISOLATED;
	page->refs--;
	model_enter_balloon(m, page->device, from->frame);
	from->kind = KIND_NEW;
}

static void end_get(struct model *m, const struct record *r, struct step *s)
{
	struct model_page *page = model_touch(m, r->b);

	if (!page->refs || model_fault_hits(r, FAULT_ref, 0)) {
		s->class = CLASS_no_ref;
		return;
	}
	page->refs++;
	fill(m, r, KIND_HELD, r->b);
}

static void end_lock(struct model *m, const struct record *r, struct step *s)
{
	struct model_register *held = model_reg(m, r, r->a);
	struct model_page *page = model_touch(m, held->frame);

	if ((page->flags & MODEL_LOCKED) || model_fault_hits(r, FAULT_lock, 0)) {
		s->class = CLASS_locked;
		return;
	}
	page->flags |= MODEL_LOCKED;
	held->kind = KIND_LOCKED;
}

static void end_unlock(struct model *m, const struct record *r)
{
	struct model_register *held = model_reg(m, r, r->a);

	model_touch(m, held->frame)->flags &= (uint8_t)~MODEL_LOCKED;
	held->kind = KIND_HELD;
}

static void end_hand(struct model *m, const struct record *r)
{
	struct model_register *from = model_reg(m, r, r->a);

	m->registers[r->b][r->c] = *from;
	from->kind = KIND_NEW;
}

static void end_release(struct model *m, const struct record *r)
{
	struct model_register *from = model_reg(m, r, r->a);

	if (from->kind == KIND_PAGE)
		model_put_last_owner(m, from->frame);
	else
		model_put(m, from->frame);
	from->kind = KIND_NEW;
}

static enum subject subject_of(const struct model *m, const struct record *r)
{
	const struct model_register *registers = m->registers[record_context(r)];

	switch (r->op) {
	case OP_alloc:
		return SUBJECT_memory;
	case OP_enqueue:
	case OP_push:
		return m->pages[registers[r->b].frame].state;
	case OP_dequeue:
		return model_device_subject(m, r->b);
	case OP_list_dequeue:
		return model_device_subject(m, r->a);
	case OP_pop:
	case OP_list_enqueue:
		return m->lists[model_private_list(record_context(r), r->b)].length ?
			       SUBJECT_list_filled : SUBJECT_list_empty;
	case OP_isolate:
	case OP_get:
		return m->pages[r->b].state;
	default:
		return m->pages[registers[r->a].frame].state;
	}
}

void model_begin(struct model *m, const struct record *r, struct step *s)
{
	*s = (struct step){ .class = CLASS_ok, .frame = NO_FRAME };
	s->subject = (uint8_t)subject_of(m, r);
	if (r->op == OP_alloc)
		model_reg(m, r, r->a)->kind = KIND_NONE;
	else if (r->op == OP_migrate)
		model_begin_migrate(m, r, s);
}

void model_end(struct model *m, const struct record *r, struct step *s)
{
	/* clang-format off */
	switch (r->op) {
	case OP_alloc:		end_alloc(m, r, s); break;
	case OP_enqueue:	end_enqueue(m, r, s); break;
	case OP_dequeue:	end_dequeue(m, r, s); break;
	case OP_push:		end_push(m, r); break;
	case OP_pop:		end_pop(m, r, s); break;
	case OP_list_enqueue:	end_list_enqueue(m, r, s); break;
	case OP_list_dequeue:	end_list_dequeue(m, r, s); break;
	case OP_isolate:	end_isolate(m, r, s); break;
	case OP_putback:	end_putback(m, r, s); break;
	case OP_migrate:	model_end_migrate(m, r, s); break;
	case OP_get:		end_get(m, r, s); break;
	case OP_lock:		end_lock(m, r, s); break;
	case OP_unlock:		end_unlock(m, r); break;
	case OP_hand:		end_hand(m, r); break;
	case OP_free:
	case OP_put:		end_release(m, r); break;
	default:		break;
	}
	/* clang-format on */
}

UNINSTRUMENTED_END
