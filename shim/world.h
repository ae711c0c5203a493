/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The machine: nodes, zones, page frames, and the state of each context (CPU).
 * One world at a time, made once; world_reset() costs what a run touched.
 */
#ifndef PINPRICK_WORLD_H
#define PINPRICK_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "shim/backend.h"
#include "shim/fault.h"
#include "shim/feature.h"
#include "shim/lock.h"
#include "shim/observe.h"
#include "shim/page.h"
#include "shim/page_alloc.h"

#define WORLD_NODES    2
#define WORLD_ZONES    4 /* two in each node */
#define WORLD_CONTEXTS 16

enum balloon_event {
	EVENT_INFLATE,
	EVENT_DEFLATE,
	EVENT_MIGRATE,
	EVENT_COUNT
};

struct sleep_lock;

struct zone {
	long managed; /* atomic; pages that count as memory */
	long base;    /* of which, at the start */
	unsigned int node;
};

/* One CPU that runs one task; an interrupt is a nested frame of it. */
struct context {
	spinlock_t *held[LOCKS_HELD]; /* in the order they were taken */
	unsigned int held_count, pages_locked;
	struct sleep_lock *sleeping[LOCKS_HELD]; /* that it holds, likewise */
	unsigned int sleeping_count;
	unsigned int irq_depth; /* interrupt frames */
	unsigned int reclaim_depth; /* allocations under way that may reclaim */
	bool irqs_off;
	unsigned int steps; /* of the op under way; whoever starts an op zeroes it */
	struct fault_plan *plan;
	struct page_alloc_request request; /* of the allocation that comes next */
	/* This CPU's share of the counters. */
	long events[EVENT_COUNT], node_pages[WORLD_NODES];
} __attribute__((aligned(64)));

/* Atomic: also a machine of 32 bits must have it in one piece. */
typedef uint64_t map_word __attribute__((aligned(8)));

struct world {
	struct page *pages; /* reached through a pointer, so that ASan checks each access */
	unsigned int frames;
	map_word *free_map, *touched; /* a bit per frame */
	uint8_t zone_of_quarter[4]; /* of the frames */
	struct zone zones[WORLD_ZONES];
	long total_pages; /* atomic; the sum of managed pages */
	/* Spinlocks used in this run; a lock's class is its index here. */
	spinlock_t *locks[LOCK_CLASSES];
	unsigned int lock_classes;
	uint32_t lock_order[LOCK_CLASSES]; /* bit c of [d]: c was held when d was taken */
	unsigned int features; /* of the system under test: enum feature; what the shim asks for */
	/* Where the devices are: their lists are changed with the balloon lock only. */
	const void *devices;
	size_t devices_size;
	unsigned int contexts_used; /* in this run: 0 to this less one; all, unless somebody says */
	bool parallel; /* contexts run at the same time; a run is not followed by another */
	struct context contexts[WORLD_CONTEXTS];
};

extern struct world world;

/* Shim calls that one op may make before it counts as going round in circles. */
#define WORLD_STEPS 10000

/*
 * Makes a world of frames (a multiple of 64), each quarter of them in the zone
 * that zone_of_quarter names.  0, or -ENOMEM.  world_free() takes it away.
 */
int world_create(unsigned int frames);
void world_free(void);

/* Before a run: which zone each quarter of the frames lies in. */
void world_set_zones(const uint8_t zone_of_quarter[4]);

/* After a run: as new, whatever the run left behind in the pages that it had. */
void world_reset(void);

/* After a run that went wrong: as new, whatever it left behind anywhere. */
void world_restore(void);

/* Text for messages about a list entry: "the link of f7", "a list head". */
const char *link_name(const void *link, char buffer[32]);

UNINSTRUMENTED_BEGIN

static inline unsigned int page_frame(const struct page *page)
{
	return (unsigned int)(page - world.pages);
}

static inline struct page *frame_page(unsigned int frame)
{
	return &world.pages[frame];
}

/* True where p points into the page array. */
static inline bool world_has(const void *p)
{
	return (uintptr_t)p - (uintptr_t)world.pages < world.frames * sizeof(struct page);
}

/* The page whose lru a link is, if it is one. */
static inline struct page *link_to_page(const struct list_head *link)
{
	return (struct page *)((uintptr_t)link - offsetof(struct page, lru));
}

static inline struct context *context_self(void)
{
	return &world.contexts[backend_self()];
}

/* A step of the op under way; every shim call that a loop could be made of takes one. */
ORACLE static inline void world_step(void)
{
	struct context *self = context_self();

	if (unlikely(++self->steps > WORLD_STEPS)) {
		self->steps = 0;
		observe_finding("progress.steps", "the op made %d calls and has not ended", WORLD_STEPS);
	}
}

/* Complains unless the running context holds the lock. */
ORACLE static inline void lock_assert_held(spinlock_t *lock)
{
	if (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != backend_self() + 1))
		lock_report_not_held(lock);
}

/* Complains unless the running context holds some spinlock; what says what must not be done without. */
ORACLE static inline void lock_check_taken(const char *what)
{
	if (unlikely(!context_self()->held_count))
		lock_report_untaken(what);
}

/* Complains where it holds a spinlock; what says what must not be done then. */
ORACLE static inline void lock_check_free(const char *rule, const char *what)
{
	if (unlikely(context_self()->held_count))
		lock_report_taken(rule, what);
}

UNINSTRUMENTED_END

#endif
