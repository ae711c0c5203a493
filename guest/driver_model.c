/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "guest/driver_model.h"

#include <errno.h>
#include <string.h>

#include "guest/guest.h"

UNINSTRUMENTED_BEGIN

/* Of a callback: the page is gone, without another in its place. */
enum { PAGE_LOST = 1 };

static uint64_t bit(unsigned int frame)
{
	return (uint64_t)1 << frame;
}

void driver_model_init(struct driver_model *m, const struct program *p, unsigned int features)
{
	memset(m, 0, sizeof(*m));
	memset(m->registers, NO_PAGE, sizeof(m->registers));
	m->features = features;
	m->free = ~(uint64_t)0;
	m->devices = p->devices;
	for (unsigned int i = 0; i < p->devices; i++)
		m->device[i].adjust = p->adjust & 1u << i;
}

/* Which ops may run where another one allocates: what reclaim and compaction do. */
static bool may_nest(unsigned int op)
{
	return op == OP_oom || op == OP_compact || op == OP_scan || op == OP_offline ||
	       op == OP_refuse || op == OP_isolate || op == OP_putback || op == OP_migrate;
}

static enum skip check_operand(const struct driver_model *m, const struct record *r,
			       unsigned int kind, unsigned int value)
{
	unsigned int held = m->registers[record_context(r)][value % PROGRAM_REGISTERS];

	switch (kind) {
	case KIND_DEVICE:
		if (value >= m->devices)
			return SKIP_outside;
		return m->device[value].attached == (r->op != OP_attach) ? SKIP_NOT : SKIP_operand;
	case KIND_FRAME:
		return value < PROGRAM_FRAMES ? SKIP_NOT : SKIP_outside;
	case KIND_MODE:
		return value <= MODE_sync ? SKIP_NOT : SKIP_outside;
	case KIND_NEW:
		return held == NO_PAGE ? SKIP_NOT : SKIP_operand;
	case KIND_ISOLATED:
		return held != NO_PAGE ? SKIP_NOT : SKIP_operand;
	default:
		return SKIP_NOT;
	}
}

enum skip driver_model_check(const struct driver_model *m, const struct record *r)
{
	const struct op_info *info = &op_table[r->op];

	if (r->op == OP_nop)
		return SKIP_empty;
	if (r->op < OP_CORE_COUNT && r->op != OP_isolate && r->op != OP_putback && r->op != OP_migrate)
		return SKIP_executor;
	if ((r->how & HOW_IRQ) || ((r->how & HOW_NESTED) && !may_nest(r->op)))
		return SKIP_context;
	for (unsigned int i = 0; i < 3; i++) {
		enum skip skip = check_operand(m, r, info->operand[i], (&r->a)[i]);

		if (skip != SKIP_NOT)
			return skip;
	}
	if (r->op == OP_hotplug && m->device[r->a].driver != DRIVER_pseries)
		return SKIP_operand;
	return SKIP_NOT;
}

/* The first free frame from near on, around the end. */
static unsigned int allocate(struct driver_model *m, struct driver_step *s, unsigned int near)
{
	uint64_t upper = m->free & ~(uint64_t)0 << near, map = upper ? upper : m->free;
	unsigned int frame;

	if (s->allocs_left != ~0u && s->allocs_left-- == 0)
		return NO_PAGE;
	if (!map)
		return NO_PAGE;
	frame = (unsigned int)__builtin_ctzll(map);
	m->free &= ~bit(frame);
	return frame;
}

static bool refuses(struct driver_model *m, enum host_request request)
{
	if (!m->refuse[request])
		return false;
	m->refuse[request]--;
	return true;
}

static void enter(struct driver_model *m, unsigned int device, unsigned int frame)
{
	struct driver_device *d = &m->device[device];

	d->pages[d->length++] = (uint8_t)frame;
	m->owner[frame] = (uint8_t)device;
}

static long inflated(const struct driver_device *d)
{
	return d->length + d->isolated + d->aside_count;
}

/* Up to pages more; returns how many. */
static unsigned int inflate(struct driver_model *m, struct driver_step *s, unsigned int device,
			    unsigned int pages, unsigned int near)
{
	struct driver_device *d = &m->device[device];
	uint8_t frames[PROGRAM_FRAMES];
	unsigned int count = 0, done = 0;

	if (d->driver == DRIVER_pseries && d->hotplug)
		return 0;
	while (count < pages) {
		unsigned int frame = allocate(m, s, near);

		if (frame == NO_PAGE)
			break;
		frames[count++] = (uint8_t)frame;
		/* These go page by page: a page that is refused is free again, and the last one. */
		if (d->driver == DRIVER_free || d->driver == DRIVER_pseries) {
			if (refuses(m, HOST_INFLATE)) {
				m->free |= bit(frame);
				count--;
				break;
			}
		}
	}
	for (unsigned int i = 0; i < count; i++) {
		if (d->driver == DRIVER_vmware && refuses(m, HOST_INFLATE)) {
			m->free |= bit(frames[i]);
			continue;
		}
		enter(m, device, frames[i]);
		done++;
	}
	return done;
}

/* VMware's: aside first, then the list; the host sees the oldest of those from the list first. */
static unsigned int deflate_asking(struct driver_model *m, struct driver_device *d,
				   unsigned int pages, bool asks)
{
	unsigned int device = (unsigned int)(d - m->device), from_list, from_aside, done = 0;
	uint8_t out[PROGRAM_FRAMES], refused[PROGRAM_FRAMES];
	unsigned int refusals = 0;

	from_aside = pages < d->aside_count ? pages : d->aside_count;
	from_list = pages - from_aside < d->length ? pages - from_aside : d->length;
	d->length = (uint8_t)(d->length - from_list);
	memcpy(out, d->pages + d->length, from_list);
	memcpy(out + from_list, d->aside, from_aside);
	d->aside_count = (uint8_t)(d->aside_count - from_aside);
	memmove(d->aside, d->aside + from_aside, d->aside_count);
	for (unsigned int i = 0; i < from_list + from_aside; i++) {
		m->aside &= ~bit(out[i]);
		if (asks && refuses(m, HOST_DEFLATE)) {
			refused[refusals++] = out[i];
			continue;
		}
		m->free |= bit(out[i]);
		done++;
	}
	for (unsigned int i = 0; i < refusals; i++) {
		if (!(m->features & FEATURE_page_lock)) {
			enter(m, device, refused[i]);
			continue;
		}
		d->aside[d->aside_count++] = refused[i];
		m->aside |= bit(refused[i]);
	}
	return done;
}

static unsigned int deflate(struct driver_model *m, unsigned int device, unsigned int pages,
			    bool asks)
{
	struct driver_device *d = &m->device[device];
	unsigned int done = 0;

	if (d->driver == DRIVER_vmware)
		return deflate_asking(m, d, pages, asks);
	for (; done < pages && d->length; done++)
		m->free |= bit(d->pages[--d->length]);
	return done;
}

/* One request's worth. */
static unsigned int chunk(const struct driver_device *d, unsigned long pages)
{
	unsigned int most = GUEST_CHUNK / d->units;

	return pages < most ? (unsigned int)pages : most;
}

static int oom(struct driver_model *m, unsigned int device)
{
	struct driver_device *d = &m->device[device];
	unsigned int done;

	if (d->driver == DRIVER_virtio && d->adjust)
		return 0;
	done = deflate(m, device, chunk(d, PROGRAM_FRAMES), true);
	if (d->driver == DRIVER_pseries)
		d->target = (uint8_t)inflated(d);
	return (int)done;
}

static int remove_driver(struct driver_model *m, unsigned int device)
{
	while (deflate(m, device, PROGRAM_FRAMES, false))
		;
	if (m->device[device].isolated)
		return false;
	m->device[device] = (struct driver_device){ .adjust = m->device[device].adjust };
	return true;
}

static enum isolate_result isolation_of(const struct driver_model *m, const struct record *r,
					unsigned int frame)
{
	unsigned int fault = record_fault_n(r) ? (unsigned int)FAULT_none : record_fault_kind(r);

	if (!(m->features & FEATURE_migration) || (m->free & bit(frame)))
		return ISOLATE_NOT_MOVABLE;
	if (m->isolated & bit(frame))
		return ISOLATE_TAKEN;
	if (r->op == OP_isolate && fault == FAULT_ref)
		return ISOLATE_NO_REF;
	if (r->op == OP_isolate && fault == FAULT_lock)
		return ISOLATE_LOCKED;
	/* It was a balloon's, and looks so until it is free. */
	return m->aside & bit(frame) ? ISOLATE_REFUSED : ISOLATE_DONE;
}

static enum isolate_result isolate(struct driver_model *m, const struct record *r,
				   unsigned int frame)
{
	enum isolate_result result = isolation_of(m, r, frame);
	struct driver_device *d = &m->device[m->owner[frame]];
	unsigned int i = 0;

	if (result != ISOLATE_DONE)
		return result;
	while (d->pages[i] != frame)
		i++;
	d->length--;
	memmove(d->pages + i, d->pages + i + 1, d->length - i);
	d->isolated++;
	m->isolated |= bit(frame);
	return result;
}

static void leave_isolation(struct driver_model *m, unsigned int frame)
{
	m->device[m->owner[frame]].isolated--;
	m->isolated &= ~bit(frame);
}

static void putback(struct driver_model *m, unsigned int frame)
{
	leave_isolation(m, frame);
	enter(m, m->owner[frame], frame);
}

static int callback_vmware(struct driver_model *m)
{
	if (m->features & FEATURE_core_moves) {
		if (refuses(m, HOST_DEFLATE))
			return -EBUSY;
		return refuses(m, HOST_INFLATE) ? PAGE_LOST : 0;
	}
	return refuses(m, HOST_INFLATE) || refuses(m, HOST_DEFLATE) ? -EBUSY : 0;
}

static int callback(struct driver_model *m, unsigned int driver)
{
	switch (driver) {
	case DRIVER_virtio:
		return 0;
	case DRIVER_vmware:
		return callback_vmware(m);
	case DRIVER_pseries:
		return refuses(m, HOST_INFLATE) ? -EBUSY : 0;
	default:
		if (refuses(m, HOST_DEFLATE))
			return -EBUSY;
		if (!refuses(m, HOST_INFLATE))
			return 0;
		if (!refuses(m, HOST_INFLATE))
			return -EAGAIN;
		return m->features & FEATURE_core_moves ? PAGE_LOST : -EAGAIN;
	}
}

/* Page migration's passes (contract 3.2), where nobody has the page's lock. */
static int migrate(struct driver_model *m, struct driver_step *s, unsigned int frame,
		   unsigned int near, unsigned int mode)
{
	unsigned int device = m->owner[frame], target = NO_PAGE;
	int rc = -EAGAIN;

	for (unsigned int pass = 0; pass < MIGRATE_PASSES && rc == -EAGAIN; pass++) {
		bool keeps = (m->features & FEATURE_batch) &&
			     (pass != MIGRATE_ASYNC_PASSES - 1 || mode == MODE_async);

		if (target == NO_PAGE)
			target = allocate(m, s, near);
		if (target == NO_PAGE)
			return -ENOMEM;
		rc = callback(m, m->device[device].driver);
		if (rc == -EAGAIN && !keeps) {
			m->free |= bit(target);
			target = NO_PAGE;
		}
	}
	if (target != NO_PAGE && rc)
		m->free |= bit(target);
	if (rc < 0)
		return rc;
	leave_isolation(m, frame);
	m->free |= bit(frame);
	if (rc != PAGE_LOST)
		enter(m, device, target);
	return 0;
}

/* All that can be isolated from frame to end - 1; moved or put back.  Returns how many moved. */
static int move_range(struct driver_model *m, const struct record *r, struct driver_step *s,
		      unsigned int frame, unsigned int end, unsigned int near, unsigned int mode,
		      int *isolated)
{
	uint64_t taken = 0;
	int moved = 0;

	*isolated = 0;
	for (; frame < end && frame < PROGRAM_FRAMES; frame++)
		if (isolate(m, r, frame) == ISOLATE_DONE)
			taken |= bit(frame);
	for (; taken; taken &= taken - 1) {
		frame = (unsigned int)__builtin_ctzll(taken);
		++*isolated;
		if (r->op != OP_scan && !migrate(m, s, frame, near, mode))
			moved++;
		else
			putback(m, frame);
	}
	return moved;
}

static int offline(struct driver_model *m, const struct record *r, struct driver_step *s)
{
	unsigned int quarter = PROGRAM_FRAMES / 4, first = r->a / quarter * quarter;
	int moved = 0, isolated = 1;

	for (unsigned int round = 0; round < 3 && isolated; round++)
		moved += move_range(m, r, s, first, first + quarter,
				    (first + 2 * quarter) % PROGRAM_FRAMES, MODE_sync, &isolated);
	return moved;
}

void driver_model_begin(struct driver_model *m, const struct record *r, struct driver_step *s)
{
	struct driver_device *d = &m->device[r->a % PROGRAM_DEVICES];

	*s = (struct driver_step){ .allocs_left = ~0u };
	if (record_fault_kind(r) == FAULT_alloc)
		s->allocs_left = record_fault_n(r);
	if (r->op == OP_target) {
		d->target = r->b;
		s->missing = (long)r->b - inflated(d);
	} else if (r->op == OP_inflate)
		s->missing = r->b;
	s->allocates = s->missing > 0 && !(d->driver == DRIVER_pseries && d->hotplug);
}

static void end_target(struct driver_model *m, const struct record *r, struct driver_step *s)
{
	struct driver_device *d = &m->device[r->a];

	if (s->missing > 0)
		inflate(m, s, r->a, chunk(d, (unsigned long)s->missing), r->c);
	else if (s->missing < 0)
		deflate(m, r->a, chunk(d, (unsigned long)-s->missing), true);
	s->value = !s->missing;
}

static void end_attach(struct driver_model *m, const struct record *r)
{
	struct driver_device *d = &m->device[r->a];

	d->attached = true;
	d->driver = r->b;
	d->units = r->c ? 16 : 1;
}

void driver_model_end(struct driver_model *m, const struct record *r, struct driver_step *s)
{
	struct driver_device *d = &m->device[r->a % PROGRAM_DEVICES];
	uint8_t *reg = &m->registers[record_context(r)][r->a % PROGRAM_REGISTERS];
	int isolated;

	switch (r->op) {
	case OP_attach:
		end_attach(m, r);
		break;
	case OP_remove:
		s->value = remove_driver(m, r->a);
		break;
	case OP_inflate:
		s->value = (int)(inflate(m, s, r->a, chunk(d, r->b), r->c) * d->units);
		break;
	case OP_deflate:
		s->value = (int)(deflate(m, r->a, chunk(d, r->b), true) * d->units);
		break;
	case OP_target:
		end_target(m, r, s);
		break;
	case OP_oom:
		s->value = oom(m, r->a);
		break;
	case OP_refuse:
		m->refuse[r->a] = r->b;
		break;
	case OP_compact:
		s->value = move_range(m, r, s, r->a, r->a + r->b, (r->a + r->b) % PROGRAM_FRAMES,
				      r->c, &isolated);
		break;
	case OP_scan:
		move_range(m, r, s, r->a, r->a + r->b, 0, 0, &s->value);
		break;
	case OP_offline:
		s->value = offline(m, r, s);
		break;
	case OP_hotplug:
		d->hotplug = r->b;
		break;
	case OP_isolate:
		s->value = (int)isolate(m, r, r->b);
		*reg = s->value == ISOLATE_DONE ? r->b : NO_PAGE;
		break;
	case OP_putback:
		putback(m, *reg);
		*reg = NO_PAGE;
		break;
	case OP_migrate:
		s->value = migrate(m, s, *reg, r->b, r->c);
		if (!s->value)
			*reg = NO_PAGE;
		break;
	default:
		break;
	}
}

static bool walk_check(struct driver_walk *walk, struct record *r)
{
	if (walk->visit)
		walk->visit(walk, r);
	if (driver_model_check(&walk->model, r) != SKIP_NOT) {
		walk->skipped++;
		return false;
	}
	walk->ran++;
	return true;
}

/* The nested records of the record before first; run: those of the hook that opens now. */
static void walk_nested(struct driver_walk *walk, unsigned int parent, bool run)
{
	struct program *p = walk->program;
	struct driver_step step;

	for (unsigned int i = parent + 1; i < p->count; i++) {
		struct record *r = &p->records[i];

		if (record_context(r) != record_context(&p->records[parent]))
			continue;
		if (!(r->how & HOW_NESTED))
			return;
		if (!run)
			walk->skipped++;
		else if (walk_check(walk, r)) {
			driver_model_begin(&walk->model, r, &step);
			driver_model_end(&walk->model, r, &step);
		}
	}
}

void driver_walk(struct driver_walk *walk, unsigned int features)
{
	struct program *p = walk->program;
	struct driver_step step;

	driver_model_init(&walk->model, p, features);
	walk->ran = walk->skipped = 0;
	for (unsigned int i = 0; i < p->count; i++) {
		struct record *r = &p->records[i];

		if (r->how & HOW_NESTED)
			continue;
		if (!walk_check(walk, r)) {
			walk_nested(walk, i, false);
			continue;
		}
		driver_model_begin(&walk->model, r, &step);
		walk_nested(walk, i, step.allocates);
		driver_model_end(&walk->model, r, &step);
	}
}

UNINSTRUMENTED_END
