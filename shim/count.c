/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/count.h"

#include "shim/backend.h"
#include "shim/observe.h"

UNINSTRUMENTED_BEGIN

/*
 * What this CPU has counted: others may read it meanwhile.  Whoever interrupts
 * between the read and the write, and counts as well, is forgotten.
 */
static void add(long *counter, long delta)
{
	long count = __atomic_load_n(counter, __ATOMIC_RELAXED);

	backend_point("count", counter);
	__atomic_store_n(counter, count + delta, __ATOMIC_RELAXED);
}

void count_event_irqs_off(enum balloon_event event)
{
	struct context *self = context_self();

	if (unlikely(!self->irqs_off))
		observe_finding(
			"counter.irqs-on",
			"an event is counted in the form that needs interrupts off, and they are on");
	add(&self->events[event], 1);
}

/* Here nobody interrupts. */
static void add_safely(long *counter, long delta)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + delta,
			 __ATOMIC_RELAXED);
}

void count_events(enum balloon_event event, long count)
{
	add_safely(&context_self()->events[event], count);
}

void count_node(unsigned int node, long delta)
{
	add_safely(&context_self()->node_pages[node], delta);
}

void count_node_pages(struct page *page, long delta)
{
	page_check(page, "node of a page");
	if (page_linked(page) == PAGE_IN_BALLOON)
		lock_check_taken("a page in a balloon is counted for its node");
	count_node(world.zones[page->zone].node, delta);
}

void adjust_managed_page_count(struct page *page, long delta)
{
	page_check(page, "zone of a page");
	if (page_linked(page) == PAGE_IN_BALLOON)
		lock_check_taken("managed pages are adjusted for a page in a balloon");
	__atomic_fetch_add(&world.zones[page->zone].managed, delta, __ATOMIC_RELAXED);
	__atomic_fetch_add(&world.total_pages, delta, __ATOMIC_RELAXED);
}

UNINSTRUMENTED_END
