/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the guest says of itself is held against the world, frame by frame.
 * Oracle all through: it reads what others have written without ordering them.
 */
#include "guest/audit.h"

#include <string.h>

#include "guest/guest.h"
#include "shim/observe.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* Where a frame was found: in which device's balloon, if in any. */
enum place { NOWHERE, LISTED, ISOLATED, ASIDE };

static unsigned char place_of[HOST_FRAMES], device_of[HOST_FRAMES];

static struct {
	long total, node[WORLD_NODES], zone[WORLD_ZONES]; /* in balloons, not aside */
	long listed[GUEST_DEVICES], isolated[GUEST_DEVICES], aside[GUEST_DEVICES];
} found;

static const struct guest_device *device_at(unsigned int number)
{
	return &guest.devices[number];
}

ORACLE static void add(const struct page *page, unsigned int device, enum place place)
{
	unsigned int frame = page_frame(page);

	place_of[frame] = (unsigned char)place;
	device_of[frame] = (unsigned char)device;
	if (place == ASIDE)
		return;
	found.total++;
	found.node[world.zones[page->zone].node]++;
	if (device_at(device)->adjust)
		found.zone[page->zone]++;
}

/* I6: what a page on a device's list must look like. */
ORACLE static void check_listed(const struct page *page, unsigned int device)
{
	bool migration = guest.features & FEATURE_migration;
	unsigned long owner = migration ? (unsigned long)device_at(device)->core : 0;

	if (unlikely(page_refs(page) < 1 || page_peek_type(page) != PAGE_TYPE_OFFLINE))
		observe_finding("accounting.I6",
				"f%u is on b%u's list without reference or offline type",
				page_frame(page), device);
	if (unlikely(page->private != owner))
		observe_finding("accounting.I6", "f%u is on b%u's list with a wrong owner",
				page_frame(page), device);
	if (unlikely(page_is_marked(page) != migration))
		observe_finding("accounting.I6", "f%u is on b%u's list with a wrong movable mark",
				page_frame(page), device);
}

/* A list of pages, each of them nowhere else. */
ORACLE static long walk(const struct list_head *head, unsigned int device, enum place place)
{
	const struct list_head *link = head->next, *before = head;
	long length = 0;

	for (; link != head; before = link, link = link->next) {
		const struct page *page = link_to_page(link);

		if (unlikely(!world_has(page) || link->prev != before ||
			     place_of[page_frame(page)] != NOWHERE)) {
			observe_finding("accounting.list",
					"b%u's list%s goes wrong after %ld pages", device,
					place == ASIDE ? " of refused pages" : "", length);
			return length;
		}
		if (place == LISTED)
			check_listed(page, device);
		add(page, device, place);
		length++;
	}
	return length;
}

/* I7: a page marked isolated is on no list, has its owner and both references. */
ORACLE static void count_isolated(const struct page *page)
{
	uintptr_t device = (page->private - (uintptr_t)guest.cores) / SUT_DEVICE_BYTES;
	bool owned = device < guest.count &&
		     page->private == (unsigned long)device_at((unsigned int)device)->core;

	if (unlikely(!owned || page_linked(page) || page_refs(page) < 2)) {
		observe_finding("accounting.I7", "f%u is marked isolated, with %d references%s%s",
				page_frame(page), page_refs(page),
				page_linked(page) ? ", on a list" : "",
				owned ? "" : ", without owner");
		return;
	}
	found.isolated[device]++;
	add(page, (unsigned int)device, ISOLATED);
}

/* What is in a balloon carries its cookie, and the host knows of it, and of nothing else. */
ORACLE static void check_frame(unsigned int frame)
{
	const struct guest_device *device = device_at(device_of[frame]);
	unsigned int inside = place_of[frame] ? (1u << device->units) - 1 : 0;
	unsigned int inflated = host_inflated(&guest.host, frame);
	const struct page *page = frame_page(frame);

	if (unlikely(inflated != inside))
		observe_finding(
			"host.set",
			"f%u: the host has the units %#x for inflated, and %#x are in a balloon",
			frame, inflated, inside);
	if (!inside)
		return;
	if (unlikely(page->content != cookie_of(device, page)))
		observe_finding("cookie.content",
				"f%u in b%u's balloon holds %#llx, not what its driver wrote there",
				frame, device->number, (unsigned long long)page->content);
}

ORACLE static unsigned int check_frames(void)
{
	unsigned int others = 0;

	for (unsigned int frame = 0; frame < world.frames; frame++) {
		const struct page *page = frame_page(frame);
		bool is_free = __atomic_load_n(&page->free, __ATOMIC_RELAXED);

		if (!is_free && !place_of[frame] &&
		    (page_peek_flags(page) & PG_movable_ops_isolated))
			count_isolated(page);
		if (!is_free && !place_of[frame])
			others++;
		if (unlikely(is_free && place_of[frame])) {
			observe_finding("poison.use-after-free",
					"f%u is free, and in b%u's balloon", frame,
					device_of[frame]);
			continue;
		}
		check_frame(frame);
	}
	return others;
}

/* I1: what is in the balloon, or aside, is what the driver has inflated. */
ORACLE static void check_device(const struct guest_device *device)
{
	unsigned int n = device->number;
	long isolated = (long)guest.sut->device_isolated(device->core);
	long all = found.listed[n] + isolated + found.aside[n];

	if (unlikely(isolated != found.isolated[n]))
		observe_finding("accounting.I1", "b%u counts %ld isolated pages; %ld are", n,
				isolated, found.isolated[n]);
	if (unlikely(all != guest_inflated(device)))
		observe_finding(
			"accounting.I1",
			"b%u: %ld listed + %ld isolated + %ld aside; its driver inflated %ld", n,
			found.listed[n], isolated, found.aside[n], guest_inflated(device));
	if (unlikely(found.aside[n] != device->aside_count))
		observe_finding("accounting.I1", "b%u counts %ld refused pages; %ld are aside", n,
				device->aside_count, found.aside[n]);
}

/* I3 and I4, where pages are counted for nodes, and no quirk is known to lose count. */
ORACLE static void check_nodes(const long nodes[WORLD_NODES])
{
	long all = 0;

	if (!(guest.features & FEATURE_node_pages) || (guest.features & QUIRK_node_leak))
		return;
	for (unsigned int node = 0; node < WORLD_NODES; node++)
		all += nodes[node];
	if (unlikely(all != found.total))
		observe_finding("accounting.I3",
				"balloon pages of all nodes: %ld; in balloons: %ld", all,
				found.total);
	for (unsigned int node = 0; node < WORLD_NODES && !(guest.features & QUIRK_node_left);
	     node++)
		if (unlikely(nodes[node] != found.node[node]))
			observe_finding("accounting.I4",
					"node %u counts %ld balloon pages and has %ld", node,
					nodes[node], found.node[node]);
}

/* I2 to I5. */
ORACLE static void check_counters(void)
{
	long inside = 0, nodes[WORLD_NODES] = { 0 }, adjusted = 0;

	for (unsigned int i = 0; i < world.contexts_used; i++) {
		const struct context *cpu = &world.contexts[i];

		inside += cpu->events[EVENT_INFLATE] - cpu->events[EVENT_DEFLATE];
		for (unsigned int node = 0; node < WORLD_NODES; node++)
			nodes[node] += cpu->node_pages[node];
	}
	if (unlikely(inside != found.total))
		observe_finding("accounting.I2",
				"inflate - deflate events: %ld; pages in balloons: %ld", inside,
				found.total);
	check_nodes(nodes);
	for (unsigned int zone = 0; zone < WORLD_ZONES; zone++) {
		long missing = world.zones[zone].base - world.zones[zone].managed;

		adjusted += found.zone[zone];
		if (unlikely(missing != found.zone[zone]))
			observe_finding("accounting.I5",
					"zone %u lacks %ld managed pages; balloons hold %ld", zone,
					missing, found.zone[zone]);
	}
	if (unlikely((long)world.frames - world.total_pages != adjusted))
		observe_finding("accounting.I5", "the total lacks %ld pages; balloons hold %ld",
				(long)world.frames - world.total_pages, adjusted);
}

ORACLE void guest_audit(unsigned int others)
{
	unsigned int counted;

	memset(&found, 0, sizeof(found));
	memset(place_of, NOWHERE, world.frames);
	for (unsigned int i = 0; i < guest.count; i++) {
		found.listed[i] = walk(guest.sut->device_pages(device_at(i)->core), i, LISTED);
		found.aside[i] = walk(&device_at(i)->aside, i, ASIDE);
	}
	counted = check_frames();
	for (unsigned int i = 0; i < guest.count; i++)
		check_device(device_at(i));
	check_counters();
	if (unlikely(counted != others))
		observe_finding("ledger.frames",
				"%u frames are neither free nor in a balloon; %u should be",
				counted, others);
}

ORACLE void guest_audit_end(void)
{
	for (unsigned int frame = 0; frame < world.frames; frame++)
		if (unlikely(!__atomic_load_n(&frame_page(frame)->free, __ATOMIC_RELAXED)))
			observe_finding("leak.page", "f%u is not free when everything was removed",
					frame);
	guest_audit(0);
	page_check_free();
}

UNINSTRUMENTED_END
