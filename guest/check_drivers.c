/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Holds the guest against the drivers' model: after every op, all of it.
 */
#include "guest/audit.h"
#include "guest/drivers_state.h"
#include "shim/observe.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* harness/run.c has the name for its own. */
#define run drivers_run

/* Each list, page by page: the model's last page is the first. */
static void check_device(unsigned int number)
{
	const struct driver_device *want = &run.model.device[number];
	const struct guest_device *got = &guest.devices[number];
	const struct list_head *head = run.sut->device_pages(got->core), *link = head->next;
	unsigned int i;

	for (i = want->length; i && link != head; i--, link = link->next)
		if (page_frame(link_to_page(link)) != want->pages[i - 1])
			break;
	if (unlikely(i || link != head))
		observe_finding("driver.state", "b%u's list goes wrong after %u of %u pages",
				number, want->length - i, want->length);
	for (i = 0, link = got->aside.next; i < want->aside_count && link != &got->aside;
	     i++, link = link->next)
		if (page_frame(link_to_page(link)) != want->aside[i])
			break;
	if (unlikely(i != want->aside_count || link != &got->aside))
		observe_finding("driver.state", "b%u's refused pages go wrong after %u of %u",
				number, i, want->aside_count);
	if (unlikely(want->isolated != run.sut->device_isolated(got->core)))
		observe_finding("driver.state", "b%u counts %lu isolated pages, not %u", number,
				run.sut->device_isolated(got->core), want->isolated);
	if (unlikely(want->attached && want->target != got->target))
		observe_finding("driver.state", "b%u's target is %u pages, not %u", number,
				got->target, want->target);
}

/* The core calls back as often as it should, and counts what has moved. */
static void check_moves(void)
{
	long moved = 0;

	for (unsigned int i = 0; i < world.contexts_used; i++)
		moved += world.contexts[i].events[EVENT_MIGRATE];
	if (unlikely(run.callbacks != run.model.callbacks))
		observe_finding("model.callback", "drivers were called back %u times, not %u",
				run.callbacks, run.model.callbacks);
	if (unlikely(moved != (long)run.model.moved))
		observe_finding("state.events", "%ld migrations are counted, not %u", moved,
				run.model.moved);
}

void drivers_check(const struct driver_step *step, int value)
{
	run.verdict->trace =
		(run.verdict->trace ^ (uint64_t)(unsigned int)value ^ world.free_map[0]) *
		0x9e3779b97f4a7c15;
	run.verdict->trace ^= run.verdict->trace >> 29;
	if (unlikely(value != step->value))
		observe_finding("driver.result", "returned %d, not %d", value, step->value);
	if (unlikely(world.free_map[0] != run.model.free))
		observe_finding("driver.state", "f%u should %sbe free",
				(unsigned int)__builtin_ctzll(world.free_map[0] ^ run.model.free),
				(world.free_map[0] & ~run.model.free) ? "not " : "");
	for (unsigned int i = 0; i < run.model.devices; i++)
		check_device(i);
	check_moves();
	for (unsigned int i = 0; i < HOST_REQUESTS; i++)
		if (unlikely(guest.host.refusing[i] != run.model.refuse[i]))
			observe_finding("driver.state", "the host will refuse %u requests, not %u",
					guest.host.refusing[i], run.model.refuse[i]);
	guest_audit((unsigned int)__builtin_popcountll(run.model.lingering));
}

UNINSTRUMENTED_END
