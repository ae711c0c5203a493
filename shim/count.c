/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/count.h"

#include "shim/observe.h"

UNINSTRUMENTED_BEGIN

void count_event_irqs_off(enum balloon_event event)
{
	struct context *self = context_self();

	if (unlikely(!self->irqs_off))
		observe_finding("counter.irqs-on", "an event is counted in the form that needs interrupts off, and they are on");
	self->events[event]++;
}

void count_event(enum balloon_event event)
{
	context_self()->events[event]++;
}

void count_node_pages(struct page *page, long delta)
{
	page_check(page, "node of a page");
	if (page->linked == PAGE_IN_BALLOON)
		lock_check_taken("a page in a balloon is counted for its node");
	context_self()->node_pages[world.zones[page->zone].node] += delta;
}

void adjust_managed_page_count(struct page *page, long delta)
{
	page_check(page, "zone of a page");
	if (page->linked == PAGE_IN_BALLOON)
		lock_check_taken("managed pages are adjusted for a page in a balloon");
	__atomic_fetch_add(&world.zones[page->zone].managed, delta, __ATOMIC_RELAXED);
	__atomic_fetch_add(&world.total_pages, delta, __ATOMIC_RELAXED);
}

UNINSTRUMENTED_END
