/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Does an op fit where it would stand?  The model does it at once, and says what
 * must come of it; what may come of it besides, because others were at work at
 * the same time, stands here, and nowhere else.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "explore/history_state.h"
#include "harness/model_state.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* One op's step under way. */
struct
try {
	const struct history_search *search;
	const struct history_facts *facts;
	const struct history_op *op;
	const struct history_state *from;
	struct history_state *to;
	unsigned int number;
	char *why;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static bool refuse(const struct try *t, const char *format,
							 ...)
{
	va_list arguments;

	if (t->why) {
		va_start(arguments, format);
		vsnprintf(t->why, t->size, format, arguments);
		va_end(arguments);
	}
	return false;
}

static const char *page_text(unsigned int frame, char text[16])
{
	if (frame == NO_FRAME)
		return "no page";
	snprintf(text, 16, "f%u", frame);
	return text;
}

/* Would the executor have run it there?  It did run, so it must. */
static bool may_run(const struct try *t, const struct record *r)
{
	enum skip skip = model_check(&t->to->model, r);

	if (skip == SKIP_NOT)
		return true;
	return refuse(t, "it could not run here: %s", skip_stories[skip]);
}

static bool agrees(const struct try *t, const struct step *s)
{
	const struct history_op *op = t->op;
	char text[2][16];

	if (s->class == CLASS_bug)
		return refuse(t, "it had to give up here (BUG)");
	if (op->frame != s->frame)
		return refuse(t, "returned %s; the model has %s", page_text(op->frame, text[0]),
			      page_text(s->frame, text[1]));
	if (op->value != s->value)
		return refuse(t, "returned %d; the model has %d", op->value, s->value);
	if (op->class != CLASS_COUNT && op->class != s->class)
		return refuse(t, "ended with '%s'; the model has '%s'", class_names[op->class],
			      class_names[s->class]);
	if (op->callbacks != s->callbacks)
		return refuse(t, "called the driver back %u times; the model has %u", op->callbacks,
			      s->callbacks);
	if (op->warnings != s->warnings)
		return refuse(t, "warned %u times; the model has %u", op->warnings, s->warnings);
	return true;
}

/* As the model has it, and no other way. */
static bool step_exact(const struct try *t, const struct record *r)
{
	struct step s;

	if (!may_run(t, r))
		return false;
	model_begin(&t->to->model, r, &s);
	model_end(&t->to->model, r, &s);
	return agrees(t, &s);
}

/*
 * Which free frame it is, is the allocator's choice; but it must be free.  (It
 * may be free later than the model has it, where a losing isolator still refers
 * to it, never earlier.)  No memory: as many frames as there are, 48 ops cannot
 * use up, so that is never a matter of what others have at the moment.
 */
static bool step_alloc(const struct try *t)
{
	struct record r = t->op->record;

	if (t->op->frame != NO_FRAME)
		r.b = t->op->frame;
	return step_exact(t, &r);
}

/*
 * In the classic contract a page that somebody has locked stays where it is.
 * Locks that are held from op to op the model knows; one that an op beside this
 * one had for a moment, nobody does: the page was passed over, or not.  Locks, for
 * the model's sake, all pages that were passed over before the wanted ones.
 */
static bool lock_passed_over(const struct try *t, unsigned int device, uint64_t wanted,
			     unsigned int count, uint64_t *locked)
{
	struct model *m = &t->to->model;
	unsigned int frame = m->lists[device].first, taken = 0;

	*locked = 0;
	if (!(m->features & FEATURE_page_lock))
		return true;
	for (unsigned int n = 0; frame != NO_FRAME && taken < count; frame = m->pages[frame].next) {
		bool known = model_fault_hits(&t->op->record, FAULT_lock, n++) ||
			     (m->pages[frame].flags & MODEL_LOCKED);

		if (wanted & history_bit(frame)) {
			if (known)
				return refuse(t, "took f%u, which was locked", frame);
			taken++;
			continue;
		}
		if (!known && !history_locked_beside(t->search, t->number, frame))
			return true; /* the model takes it, and so finds the difference */
		if (!(m->pages[frame].flags & MODEL_LOCKED)) {
			m->pages[frame].flags |= MODEL_LOCKED;
			*locked |= history_bit(frame);
		}
	}
	return true;
}

static void unlock(struct model *m, uint64_t locked)
{
	for (; locked; locked &= locked - 1)
		m->pages[__builtin_ctzll(locked)].flags &= (uint8_t)~MODEL_LOCKED;
}

/*
 * Nothing was listed when it looked, and at the second look the list had been
 * filled again (contract 1.1): so where nothing is isolated either, an enqueue
 * beside it must have done that.
 */
static bool found_nothing_at_first(const struct try *t)
{
	const struct record *r = &t->op->record;

	if (t->op->frame != NO_FRAME || t->op->warnings ||
	    model_device_subject(&t->to->model, r->b) != SUBJECT_device_empty)
		return false;
	for (uint64_t map = t->facts->beside; map; map &= map - 1) {
		const struct record *other = &t->search->history->ops[__builtin_ctzll(map)].record;

		if ((other->op == OP_enqueue || other->op == OP_list_enqueue) && other->a == r->b)
			return true;
	}
	return false;
}

static bool step_dequeue(const struct try *t)
{
	struct record r = t->op->record;
	uint64_t wanted = t->op->frame == NO_FRAME ? 0 : history_bit(t->op->frame), locked;
	bool fits;

	if (found_nothing_at_first(t))
		return true;
	if (!lock_passed_over(t, r.b, wanted, 1, &locked))
		return false;
	r.fault = 0; /* the page that it hit is locked now */
	fits = step_exact(t, &r);
	unlock(&t->to->model, locked);
	return fits;
}

/* What an op has put at the head of a private list. */
static uint64_t first_pages(const struct model *m, unsigned int list, int count)
{
	unsigned int frame = m->lists[list].first;
	uint64_t pages = 0;

	for (; count > 0 && frame != NO_FRAME; count--, frame = m->pages[frame].next)
		pages |= history_bit(frame);
	return pages;
}

static bool step_list_dequeue(const struct try *t)
{
	struct record r = t->op->record;
	uint64_t locked, pages;
	bool fits;

	if (!lock_passed_over(t, r.a, t->op->pages, r.c, &locked))
		return false;
	r.fault = 0;
	fits = step_exact(t, &r);
	unlock(&t->to->model, locked);
	if (!fits)
		return false;
	pages = first_pages(&t->to->model, model_private_list(record_context(&r), r.b),
			    t->op->value);
	if (pages == t->op->pages)
		return true;
	return refuse(t, "took the frames %#llx; the model has %#llx",
		      (unsigned long long)t->op->pages, (unsigned long long)pages);
}

/*
 * A whole list goes in page by page, each under its own lock, while a stranger's
 * locks come and go: there may be no moment at which none of them is locked.
 */
static bool step_list_enqueue(const struct try *t)
{
	struct model *m = &t->to->model;
	const struct record *r = &t->op->record;
	unsigned int frame = m->lists[model_private_list(record_context(r), r->b)].first;
	uint64_t unlocked = 0;
	bool fits;

	for (; frame != NO_FRAME; frame = m->pages[frame].next) {
		if (!(m->pages[frame].flags & MODEL_LOCKED) ||
		    !history_beside(t->search, t->number, frame,
				    history_bit(OP_lock) | history_bit(OP_unlock)))
			continue;
		m->pages[frame].flags &= (uint8_t)~MODEL_LOCKED;
		unlocked |= history_bit(frame);
	}
	fits = step_exact(t, r);
	for (; unlocked; unlocked &= unlocked - 1)
		m->pages[__builtin_ctzll(unlocked)].flags |= MODEL_LOCKED;
	return fits;
}

/*
 * A scanner looks at a page several times: at its marks, at its references, at
 * its lock, and then the core looks at its owner.  Whoever works on the page
 * meanwhile may make it lose; who, depends on where it failed.
 */
static uint64_t who_beats_isolate(unsigned int class)
{
	const uint64_t migrations =
		history_bit(OP_isolate) | history_bit(OP_putback) | history_bit(OP_migrate);
	const uint64_t drops = migrations | history_bit(OP_free) | history_bit(OP_put);
	const uint64_t leaves = history_bit(OP_dequeue) | history_bit(OP_list_dequeue);

	switch (class) {
	case CLASS_busy: /* the isolated flag is set after the removal, cleared after the return */
		return migrations;
	case CLASS_no_ref: /* it was movable a moment ago, and is free now */
		return drops;
	case CLASS_refused: /* it is nobody's any more, but somebody's reference keeps its marks */
		return drops | leaves;
	case CLASS_not_movable:
		return drops | leaves | history_bit(OP_enqueue) | history_bit(OP_list_enqueue);
	default:
		return 0;
	}
}

static bool isolate_lost(const struct try *t)
{
	unsigned int frame = t->op->record.b, class = t->op->class;
	/* Still as it was before the model freed it: a page without owner, but with marks. */
	bool doubtful = t->from->doubtful & history_bit(frame);

	/* Its marks were there a moment ago, and then it was refused a reference or the lock. */
	if (model_fault_hits(&t->op->record, class == CLASS_locked ? FAULT_lock : FAULT_ref, 0) &&
	    (class == CLASS_locked || class == CLASS_no_ref) &&
	    (doubtful ||
	     history_beside(t->search, t->number, frame, who_beats_isolate(CLASS_not_movable))))
		return true;
	if (class == CLASS_locked)
		return history_locked_beside(t->search, t->number, frame) ||
		       (doubtful && (t->from->model.pages[frame].flags & MODEL_LOCKED));
	if (class == CLASS_refused && doubtful)
		return true;
	return history_beside(t->search, t->number, frame, who_beats_isolate(class));
}

static bool step_isolate(const struct try *t)
{
	if (step_exact(t, &t->op->record))
		return true;
	if (t->op->class == CLASS_ok || t->op->warnings || !isolate_lost(t))
		return false;
	*t->to = *t->from;
	return true;
}

/* Is there a migration beside this op that may have had any free page as its target for a while? */
static bool is_beside_loose(const struct try *t)
{
	for (uint64_t map = t->facts->beside; map; map &= map - 1)
		if (t->search->facts[__builtin_ctzll(map)].loose)
			return true;
	return false;
}

/*
 * A trylock of a stranger's may come while an op beside it has the lock, for a
 * moment or because the page is its target.
 */
static bool step_lock(const struct try *t)
{
	const struct record *r = &t->op->record;
	unsigned int frame = model_reg(&t->to->model, r, r->a)->frame;

	if (step_exact(t, r))
		return true;
	if (t->op->class != CLASS_locked || t->op->warnings)
		return false;
	if (!history_locked_beside(t->search, t->number, frame) &&
	    !((t->from->doubtful & history_bit(frame)) && is_beside_loose(t)))
		return false;
	*t->to = *t->from;
	return true;
}

/*
 * Does an op beside this one refer to the frame for longer than the model has
 * it?  A losing isolator does, and whoever is not quite done with putback or
 * migrate, or tries its first targets.
 */
static bool is_referred_to(const struct try *t, unsigned int frame)
{
	if (is_beside_loose(t))
		return true;
	for (uint64_t map = t->facts->beside; map; map &= map - 1) {
		unsigned int i = (unsigned int)__builtin_ctzll(map);
		const struct history_op *op = &t->search->history->ops[i];

		if (!history_works_on(t->search, i, frame))
			continue;
		if (op->record.op == OP_putback || op->record.op == OP_migrate ||
		    (op->record.op == OP_isolate && op->class != CLASS_no_ref))
			return true;
	}
	return false;
}

/* A stranger got a reference to a page that is free for the model: see is_referred_to(). */
static bool step_get(const struct try *t)
{
	const struct record *r = &t->op->record;
	struct model *m = &t->to->model;
	struct model_page *page = &m->pages[r->b];
	bool refused = model_fault_hits(r, FAULT_ref, 0);

	if (t->op->class == CLASS_ok && !page->refs && !refused && is_referred_to(t, r->b)) {
		m->free &= ~history_bit(r->b);
		page->state = SUBJECT_page_lingering;
		page->list = MODEL_LISTS;
		page->refs = 1;
		page->flags = 0;
		*model_reg(m, r, r->a) = (struct model_register){ KIND_HELD, r->b };
		t->to->doubtful |= history_bit(r->b);
		return true;
	}
	return step_exact(t, r);
}

/*
 * A migration that asks the driver n times does what its last answer says.  How
 * often it asks is exact where it is alone; beside others, it may find a lock
 * taken, which costs it passes, and so calls, and in the end the page stays.
 */
static bool is_count_right(const struct try *t, unsigned int device)
{
	const struct history_op *op = t->op;
	const struct history_alone *alone =
		&t->facts->alone[!!(t->to->model.no_callback & 1u << device)];
	bool gives_up = op->value == -EAGAIN ||
			(op->value == -ENOMEM && record_fault_kind(&op->record) == FAULT_alloc);

	if (op->callbacks == alone->callbacks)
		return true;
	if (op->callbacks < alone->callbacks && gives_up && t->facts->loose)
		return true;
	return refuse(t, "called the driver back %u times; the model has %u", op->callbacks,
		      alone->callbacks);
}

/* The first step of one that asks: from here on its target is in use. */
static bool take_target(const struct try *t)
{
	struct record r = t->op->record;
	struct model *m = &t->to->model;
	const struct model_register *from = model_reg(m, &r, r.a);
	struct step s;

	if (from->kind != KIND_ISOLATED)
		return refuse(t, "it could not run here: %s", skip_stories[SKIP_operand]);
	if (!is_count_right(t, m->pages[from->frame].device))
		return false;
	if (t->op->target == NO_FRAME || !(m->free & history_bit(t->op->target)))
		return refuse(t, "its target was not free");
	/* So that the model does no pass of its own: they are what others may change. */
	r.fault = FAULT_alloc;
	model_begin(m, &r, &s);
	model_alloc(m, t->op->target, SUBJECT_page_target);
	t->to->begun |= history_bit(t->number);
	return true;
}

/* The second: the driver's last answer takes effect. */
static bool move(const struct try *t)
{
	const struct record *r = &t->op->record;
	struct model *m = &t->to->model;
	int answer = history_answer(r, t->op->callbacks - 1);
	struct step s = { .class = CLASS_ok, .frame = NO_FRAME };

	s.source = model_reg(m, r, r->a)->frame;
	s.target = t->op->target;
	s.device = m->pages[s.source].device;
	s.callbacks = t->op->callbacks;
	/* Its passes are used up, or it found no other target: is_count_right() has looked. */
	s.value = answer == -EAGAIN && t->op->value == -ENOMEM ? -ENOMEM : answer;
	if ((m->pages[s.source].flags | m->pages[s.target].flags) & MODEL_LOCKED)
		return refuse(t, "one of its pages was locked");
	model_end(m, r, &s);
	return agrees(t, &s);
}

/* A stranger may have come by a reference to one of its targets, and locked it: whichever that was.
 */
static bool is_target_locked_beside(const struct try *t)
{
	for (uint64_t map = t->facts->beside; map; map &= map - 1) {
		uint8_t op = t->search->history->ops[__builtin_ctzll(map)].record.op;

		if (op == OP_lock || op == OP_unlock)
			return true;
	}
	return false;
}

/* The driver was not asked: nothing has changed. */
static bool step_migrate_unasked(const struct try *t)
{
	const struct history_op *op = t->op;
	bool gives_up = op->value == -EAGAIN ||
			(op->value == -ENOMEM && record_fault_kind(&op->record) == FAULT_alloc);
	/* Before its first pass there is no lock to wait for. */
	bool unlocked = op->value == -ENOMEM && record_fault_n(&op->record) == 0;

	if (step_exact(t, &op->record))
		return true;
	*t->to = *t->from;
	/* Or all its passes found a lock taken, by others or by those who locked one for a moment.
	 */
	return model_reg(&t->to->model, &op->record, op->record.a)->kind == KIND_ISOLATED &&
	       gives_up && !op->warnings && op->frame == NO_FRAME &&
	       (unlocked || (t->from->model.pages[t->facts->source].flags & MODEL_LOCKED) ||
		history_locked_beside(t->search, t->number, t->facts->source) ||
		is_target_locked_beside(t));
}

static bool try_op(const struct try *t)
{
	switch (t->op->record.op) {
	case OP_alloc:
		return step_alloc(t);
	case OP_dequeue:
		return step_dequeue(t);
	case OP_list_dequeue:
		return step_list_dequeue(t);
	case OP_list_enqueue:
		return step_list_enqueue(t);
	case OP_isolate:
		return step_isolate(t);
	case OP_lock:
		return step_lock(t);
	case OP_get:
		return step_get(t);
	case OP_migrate:
		if (!t->facts->two_steps)
			return step_migrate_unasked(t);
		return t->from->begun & history_bit(t->number) ? move(t) : take_target(t);
	default:
		return step_exact(t, &t->op->record);
	}
}

bool history_step(const struct history_search *search, const struct history_state *from,
		  struct history_state *to, unsigned int number, char *why, size_t size)
{
	const struct history_facts *facts = &search->facts[number];
	struct try t = {
		search, facts, &search->history->ops[number], from, to, number, why, size
	};

	history_cost.steps++;
	*to = *from;
	if (!try_op(&t))
		return false;
	if (!facts->two_steps || (from->begun & history_bit(number))) {
		to->begun &= ~history_bit(number);
		to->done |= history_bit(number);
	}
	to->doubtful &= ~to->model.free;
	return true;
}

UNINSTRUMENTED_END
