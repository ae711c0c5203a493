/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "guest/driver_model.h"

#include <errno.h>
#include <string.h>

#include "guest/guest.h"

UNINSTRUMENTED_BEGIN

/* Of a callback: the page is gone, without another in its place. */
enum { PAGE_LOST = 1 };

void driver_model_init(struct driver_model *m, const struct program *p, unsigned int features)
{
	memset(m, 0, sizeof(*m));
	memset(m->registers, KIND_NEW, sizeof(m->registers));
	m->features = features;
	m->free = ~(uint64_t)0;
	m->devices = p->devices;
	for (unsigned int i = 0; i < p->devices; i++)
		m->device[i].adjust = p->adjust & 1u << i;
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
	m->free &= ~frame_bit(frame);
	return frame;
}

/* The driver's or page migration's reference goes; the page lingers while a stranger has one. */
static void release(struct driver_model *m, unsigned int frame)
{
	if (m->extra[frame])
		m->lingering |= frame_bit(frame);
	else
		m->free |= frame_bit(frame);
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

/* The core's step: the first on the list whose lock it gets, where it needs that. */
static unsigned int dequeue(const struct driver_model *m, struct driver_device *d)
{
	uint64_t contended = m->features & FEATURE_page_lock ? m->locked : 0;
	unsigned int i = d->length, frame;

	while (i && contended & frame_bit(d->pages[i - 1]))
		i--;
	if (!i)
		return NO_PAGE;
	frame = d->pages[i - 1];
	d->length--;
	memmove(d->pages + i - 1, d->pages + i, d->length - (i - 1));
	return frame;
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
				m->free |= frame_bit(frame);
				count--;
				break;
			}
		}
	}
	for (unsigned int i = 0; i < count; i++) {
		if (d->driver == DRIVER_vmware && refuses(m, HOST_INFLATE)) {
			m->free |= frame_bit(frames[i]);
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
	unsigned int device = (unsigned int)(d - m->device), from_list = 0, from_aside, done = 0;
	uint8_t out[PROGRAM_FRAMES], refused[PROGRAM_FRAMES], *first = out + PROGRAM_FRAMES;
	unsigned int refusals = 0, frame;

	from_aside = pages < d->aside_count ? pages : d->aside_count;
	first -= from_aside;
	memcpy(first, d->aside, from_aside);
	while (from_list < pages - from_aside && (frame = dequeue(m, d)) != NO_PAGE) {
		*--first = (uint8_t)frame;
		from_list++;
	}
	d->aside_count = (uint8_t)(d->aside_count - from_aside);
	memmove(d->aside, d->aside + from_aside, d->aside_count);
	for (unsigned int i = 0; i < from_list + from_aside; i++) {
		m->aside &= ~frame_bit(first[i]);
		if (asks && refuses(m, HOST_DEFLATE)) {
			refused[refusals++] = first[i];
			continue;
		}
		release(m, first[i]);
		done++;
	}
	for (unsigned int i = 0; i < refusals; i++) {
		if (!(m->features & FEATURE_page_lock)) {
			enter(m, device, refused[i]);
			continue;
		}
		d->aside[d->aside_count++] = refused[i];
		m->aside |= frame_bit(refused[i]);
	}
	return done;
}

static unsigned int deflate(struct driver_model *m, unsigned int device, unsigned int pages,
			    bool asks)
{
	struct driver_device *d = &m->device[device];
	unsigned int done = 0, frame;

	if (d->driver == DRIVER_vmware)
		return deflate_asking(m, d, pages, asks);
	for (; done < pages && (frame = dequeue(m, d)) != NO_PAGE; done++)
		release(m, frame);
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
	if (inflated(&m->device[device]))
		return false;
	m->device[device] = (struct driver_device){ .adjust = m->device[device].adjust };
	return true;
}

static enum isolate_result isolation_of(const struct driver_model *m, const struct record *r,
					unsigned int frame)
{
	unsigned int fault = record_fault_n(r) ? (unsigned int)FAULT_none : record_fault_kind(r);

	if (!(m->features & FEATURE_migration) || (m->free & frame_bit(frame)))
		return ISOLATE_NOT_MOVABLE;
	if (m->isolated & frame_bit(frame))
		return ISOLATE_TAKEN;
	if (r->op == OP_isolate && fault == FAULT_ref)
		return ISOLATE_NO_REF;
	if ((m->locked & frame_bit(frame)) || (r->op == OP_isolate && fault == FAULT_lock))
		return ISOLATE_LOCKED;
	/* It was a balloon's, and looks so until it is free. */
	return (m->aside | m->lingering) & frame_bit(frame) ? ISOLATE_REFUSED : ISOLATE_DONE;
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
	m->isolated |= frame_bit(frame);
	return result;
}

static void leave_isolation(struct driver_model *m, unsigned int frame)
{
	m->device[m->owner[frame]].isolated--;
	m->isolated &= ~frame_bit(frame);
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
		m->callbacks++;
		if (rc == -EAGAIN && !keeps) {
			m->free |= frame_bit(target);
			target = NO_PAGE;
		}
	}
	if (target != NO_PAGE && rc)
		m->free |= frame_bit(target);
	if (rc < 0)
		return rc;
	leave_isolation(m, frame);
	release(m, frame);
	if (rc == PAGE_LOST)
		return 0;
	enter(m, device, target);
	m->moved++;
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
			taken |= frame_bit(frame);
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

static bool get(struct driver_model *m, const struct record *r)
{
	bool fault = record_fault_kind(r) == FAULT_ref && !record_fault_n(r);

	if ((m->free & frame_bit(r->b)) || fault)
		return false;
	m->extra[r->b]++;
	return true;
}

static void put(struct driver_model *m, unsigned int frame)
{
	if (--m->extra[frame] || !(m->lingering & frame_bit(frame)))
		return;
	m->lingering &= ~frame_bit(frame);
	m->free |= frame_bit(frame);
}

static bool lock(struct driver_model *m, const struct record *r, unsigned int frame)
{
	bool fault = record_fault_kind(r) == FAULT_lock && !record_fault_n(r);

	if ((m->locked & frame_bit(frame)) || fault)
		return false;
	m->locked |= frame_bit(frame);
	return true;
}

/* The ops on a register's page. */
static void end_by_hand(struct driver_model *m, const struct record *r, struct driver_step *s,
			struct driver_register *reg)
{
	switch (r->op) {
	case OP_isolate:
		s->value = (int)isolate(m, r, r->b);
		if (s->value == ISOLATE_DONE)
			*reg = (struct driver_register){ KIND_ISOLATED, r->b };
		break;
	case OP_putback:
		putback(m, reg->frame);
		reg->kind = KIND_NEW;
		break;
	case OP_migrate:
		s->value = migrate(m, s, reg->frame, r->b, r->c);
		if (!s->value)
			reg->kind = KIND_NEW;
		break;
	case OP_get:
		s->value = get(m, r);
		if (s->value)
			*reg = (struct driver_register){ KIND_HELD, r->b };
		break;
	case OP_put:
		put(m, reg->frame);
		reg->kind = KIND_NEW;
		break;
	case OP_lock:
		s->value = lock(m, r, reg->frame);
		if (s->value)
			reg->kind = KIND_LOCKED;
		break;
	case OP_unlock:
		m->locked &= ~frame_bit(reg->frame);
		reg->kind = KIND_HELD;
		break;
	default:
		break;
	}
}

void driver_model_end(struct driver_model *m, const struct record *r, struct driver_step *s)
{
	struct driver_device *d = &m->device[r->a % PROGRAM_DEVICES];
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
	default:
		end_by_hand(m, r, s, &m->registers[record_context(r)][r->a % PROGRAM_REGISTERS]);
		break;
	}
}

UNINSTRUMENTED_END
