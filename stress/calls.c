/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stands between the guest and the core: notes each call of the core, which
 * calls were in flight together, and how it ended.  All of it is an oracle's:
 * TSan does not see it, and contexts are not ordered by it.
 *
 * Which calls overlap: of two intervals that do, one ends while the other lasts.
 * So a call that ends looks at what the others have in flight, and every pair
 * is seen by the call of it that ends first.
 */
#include <errno.h>

#include "shim/migrate.h"
#include "shim/world.h"
#include "stress/actor.h"
#include "stress/clock.h"

UNINSTRUMENTED_BEGIN

static const struct sut *real;

/* One call under way, on the stack of its context: calls nest in an allocation. */
struct noted {
	uint64_t start, outer;
	uint32_t frame;
	uint8_t call, device;
};

ORACLE static uint64_t pack(const struct noted *n)
{
	return (uint64_t)(n->call + 1u) << 56 | (uint64_t)n->device << 24 | n->frame;
}

ORACLE static unsigned int device_number(const void *core)
{
	size_t offset = (uintptr_t)core - (uintptr_t)guest.cores;

	return offset < guest.count * SUT_DEVICE_BYTES ? (unsigned int)(offset / SUT_DEVICE_BYTES)
						       : STRESS_NO_DEVICE;
}

/* Whose page a scanner has met; it may be anybody's, and free. */
ORACLE __attribute__((no_sanitize("address"))) static unsigned int
device_of(const struct page *page)
{
	return device_number((const void *)__atomic_load_n(&page->private, __ATOMIC_RELAXED));
}

ORACLE static void begin(struct noted *n, enum stress_call call, unsigned int device,
			 const struct page *page)
{
	struct stress_context *seen = actor_self()->seen;

	context_self()->steps = 0;
	*n = (struct noted){ clock_ticks(), __atomic_load_n(&seen->in_flight, __ATOMIC_RELAXED),
			     page ? page_frame(page) : STRESS_NO_FRAME, (uint8_t)call,
			     (uint8_t)device };
	__atomic_store_n(&seen->in_flight, pack(n), __ATOMIC_RELAXED);
}

ORACLE static void note_overlaps(struct stress_context *seen, const struct noted *n)
{
	for (unsigned int i = 0; i < stress->started; i++) {
		const struct stress_context *other = &stress->contexts[i];
		uint64_t flight =
			other == seen ? 0 : __atomic_load_n(&other->in_flight, __ATOMIC_RELAXED);

		if (!flight)
			continue;
		if ((flight >> 24 & 0xff) == n->device && n->device != STRESS_NO_DEVICE)
			seen->overlap_device[n->call][(flight >> 56) - 1]++;
		if ((flight & STRESS_NO_FRAME) == n->frame && n->frame != STRESS_NO_FRAME)
			seen->overlap_page[n->call][(flight >> 56) - 1]++;
	}
}

ORACLE static void end(const struct noted *n, enum result_class class, int value)
{
	struct stress_context *seen = actor_self()->seen;
	uint32_t next = seen->ring_next;

	seen->ring[next % STRESS_RING] = (struct stress_op){
		n->start, clock_ticks(), n->frame,	  value,
		n->call,  n->device,	 (uint8_t) class, (uint8_t)seen->role,
	};
	__atomic_store_n(&seen->ring_next, next + 1, __ATOMIC_RELAXED);
	note_overlaps(seen, n);
	seen->calls[n->call][class]++;
	__atomic_store_n(&seen->progress, seen->progress + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&seen->in_flight, n->outer, __ATOMIC_RELAXED);
	lock_check_released();
}

/* The page that a call returned. */
ORACLE static void end_with(struct noted *n, const struct page *page, enum result_class without)
{
	n->frame = page ? page_frame(page) : STRESS_NO_FRAME;
	end(n, page ? CLASS_ok : without, 0);
}

ORACLE static void note_isolated(int change)
{
	int64_t now = __atomic_add_fetch(&stress->isolated, change, __ATOMIC_RELAXED);

	if (now > __atomic_load_n(&stress->isolated_most, __ATOMIC_RELAXED))
		__atomic_store_n(&stress->isolated_most, now, __ATOMIC_RELAXED);
}

static struct page *noted_alloc(void)
{
	struct noted n;
	struct page *page;

	begin(&n, CALL_alloc, STRESS_NO_DEVICE, NULL);
	page = real->alloc();
	end_with(&n, page, CLASS_no_memory);
	return page;
}

static void noted_enqueue(void *device, struct page *page)
{
	struct noted n;

	begin(&n, CALL_enqueue, device_number(device), page);
	real->enqueue(device, page);
	end(&n, CLASS_ok, 0);
}

static size_t noted_list_enqueue(void *device, struct list_head *pages)
{
	struct noted n;
	size_t count;

	begin(&n, CALL_list_enqueue, device_number(device), NULL);
	count = real->list_enqueue(device, pages);
	end(&n, count ? CLASS_ok : CLASS_none, (int)count);
	return count;
}

static struct page *noted_dequeue(void *device)
{
	struct noted n;
	struct page *page;

	begin(&n, CALL_dequeue, device_number(device), NULL);
	page = real->dequeue(device);
	end_with(&n, page, CLASS_none);
	return page;
}

static size_t noted_list_dequeue(void *device, struct list_head *pages, size_t max)
{
	struct noted n;
	size_t count;

	begin(&n, CALL_list_dequeue, device_number(device), NULL);
	count = real->list_dequeue(device, pages, max);
	end(&n, count == max ? CLASS_ok : count ? CLASS_some : CLASS_none, (int)count);
	return count;
}

const struct sut *calls_wrap(const struct sut *sut)
{
	static struct sut noted;

	real = sut;
	noted = *sut;
	noted.alloc = noted_alloc;
	noted.enqueue = noted_enqueue;
	noted.list_enqueue = noted_list_enqueue;
	noted.dequeue = noted_dequeue;
	noted.list_dequeue = noted_list_dequeue;
	return &noted;
}

enum isolate_result call_isolate(struct page *page)
{
	static const uint8_t classes[] = {
		[ISOLATE_DONE] = CLASS_ok,	 [ISOLATE_NOT_MOVABLE] = CLASS_not_movable,
		[ISOLATE_NO_REF] = CLASS_no_ref, [ISOLATE_LOCKED] = CLASS_locked,
		[ISOLATE_TAKEN] = CLASS_busy,	 [ISOLATE_REFUSED] = CLASS_refused,
	};
	enum isolate_result result;
	struct noted n;

	begin(&n, CALL_isolate, device_of(page), page);
	result = movable_isolate(page);
	end(&n, (enum result_class)classes[result], 0);
	if (result == ISOLATE_DONE)
		note_isolated(1);
	return result;
}

void call_putback(struct page *page)
{
	struct noted n;

	begin(&n, CALL_putback, device_of(page), page);
	movable_putback(page);
	end(&n, CLASS_ok, 0);
	note_isolated(-1);
}

ORACLE static enum result_class class_of(int rc)
{
	return rc == 0	       ? CLASS_ok
	       : rc == -EAGAIN ? CLASS_again
	       : rc == -ENOMEM ? CLASS_no_memory
	       : rc == -EBUSY  ? CLASS_busy
			       : CLASS_failed;
}

int call_migrate(struct page *page, unsigned int near, enum migrate_mode mode)
{
	struct noted n;
	int rc;

	begin(&n, CALL_migrate, device_of(page), page);
	rc = movable_migrate(page, near, mode);
	end(&n, class_of(rc), rc);
	if (!rc)
		note_isolated(-1);
	return rc;
}

UNINSTRUMENTED_END
