/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the steps of a driver and of page migration cost on each sut, core and
 * shim together: no program, no model, no judge.  All suts in one process, in
 * turns; prints for each sut the best time of each step in ns.  A program of
 * its own, for the driver's callback is wrapped (--wrap) and agrees at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/steps.h"
#include "harness/quirks.h"
#include "shim/backend_single.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

#define FRAMES	   512u
#define LIST_PAGES 256u
#define ROUNDS	   200
#define REPEATS	   400 /* of a single page's round trip */

static unsigned char device[SUT_DEVICE_BYTES] __attribute__((aligned(64)));

int __wrap_sut_migratepage(void *balloon, struct page *newpage, struct page *page,
			   enum migrate_mode mode);
int __wrap_sut_migratepage(void *balloon, struct page *newpage, struct page *page,
			   enum migrate_mode mode)
{
	(void)balloon, (void)newpage, (void)page, (void)mode;
	return 0;
}

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void require(bool good, const char *what, const struct sut *sut)
{
	if (good)
		return;
	fprintf(stderr, "pinprick: bench_steps: %s on %s\n", what, sut->name);
	exit(3);
}

static void begin(const struct sut *sut)
{
	world_reset();
	world.features = sut_features(sut);
	movable_registry = sut->registry;
	movable_registry->offline = NULL;
	context_self()->request.near = 0;
	context_self()->request.required = GFP_HIGHUSER | GFP_NOMEMALLOC | GFP_NORETRY | GFP_NOWARN |
				      (sut->features & FEATURE_migration ? GFP_MOVABLE : 0);
	require(!sut->init(), "the start fails", sut);
	require(sut->device_init(device, false, true), "a device comes with a callback", sut);
}

/* Drivers free a page whatever its link says. */
static void release(struct page *page)
{
	page->linked = PAGE_UNLINKED;
	page_put(page);
}

static void page_round(const struct sut *sut)
{
	struct page *page = sut->alloc();

	context_self()->steps = 0;
	sut->enqueue(device, page);
	release(sut->dequeue(device));
}

static double time_page(const struct sut *sut)
{
	double start = cpu_ns();

	for (unsigned int i = 0; i < REPEATS; i++)
		page_round(sut);
	return (cpu_ns() - start) / REPEATS;
}

static double time_list(const struct sut *sut)
{
	struct page *pages[LIST_PAGES];
	struct list_head list;
	double start;

	list_init(&list);
	for (unsigned int i = 0; i < LIST_PAGES; i++)
		pages[i] = sut->alloc();
	context_self()->steps = 0;
	for (unsigned int i = 0; i < LIST_PAGES; i++)
		list_add_tail(&pages[i]->lru, &list);
	context_self()->steps = 0;
	start = cpu_ns();
	require(sut->list_enqueue(device, &list) == LIST_PAGES &&
		sut->list_dequeue(device, &list, LIST_PAGES) == LIST_PAGES, "a list is short", sut);
	start = cpu_ns() - start;
	context_self()->steps = 0;
	for (unsigned int i = 0; i < LIST_PAGES; i++)
		list_del(&pages[i]->lru);
	for (unsigned int i = 0; i < LIST_PAGES; i++)
		page_put(pages[i]);
	return start / LIST_PAGES;
}

/* One page that is isolated and put back, or moved to and fro, many times. */
static double time_isolated(const struct sut *sut, bool migrate)
{
	struct page *page;
	double start;

	if (!(sut->features & FEATURE_migration))
		return 0;
	page = sut->alloc();
	sut->enqueue(device, page);
	start = cpu_ns();
	for (unsigned int i = 0; i < REPEATS; i++) {
		/* The target is the first free frame: the one that the last round left. */
		page = frame_page(migrate ? i % 2 : 0);
		context_self()->steps = 0;
		require(movable_isolate(page) == ISOLATE_DONE, "a page is not isolated", sut);
		if (!migrate)
			movable_putback(page);
		else
			require(!movable_migrate(page, 0, MIGRATE_SYNC), "a page stays", sut);
	}
	start = cpu_ns() - start;
	release(sut->dequeue(device));
	return start / REPEATS;
}

static double time_of(const struct sut *sut, enum bench_step step)
{
	begin(sut);
	switch (step) {
	case STEP_page:
		return time_page(sut);
	case STEP_list:
		return time_list(sut);
	default:
		return time_isolated(sut, step == STEP_migrate);
	}
}

int main(void)
{
	static double best[SUTS_MAX][STEP_COUNT];
	unsigned int count = 0;

	if (world_create(FRAMES))
		return 71;
	backend_single_switch(0);
	for (; suts[count] && count < SUTS_MAX; count++)
		require(quirks_measure(suts[count]), "quirks cannot be measured", suts[count]);
	for (unsigned int round = 0; round < ROUNDS; round++)
		for (enum bench_step step = 0; step < STEP_COUNT; step++)
			for (unsigned int s = 0; s < count; s++) {
				double ns = time_of(suts[s], step);

				if (!round || ns < best[s][step])
					best[s][step] = ns;
			}
	for (unsigned int s = 0; s < count; s++) {
		for (enum bench_step step = 0; step < STEP_COUNT; step++)
			printf("%.2f ", best[s][step]);
		putchar('\n');
	}
	return 0;
}

UNINSTRUMENTED_END
