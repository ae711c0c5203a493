/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The contract's invariants I1 to I7, checked on the world alone: a second
 * judge that shares nothing with the model.
 */
#include "harness/run_state.h"

#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* What lies in a balloon, by where it lies. */
struct held {
	long total, node[WORLD_NODES], zone[WORLD_ZONES];
	long isolated[PROGRAM_DEVICES];
};

/* I6: what a page on a device's list must look like. */
static void check_listed(const struct page *page, unsigned int device)
{
	unsigned int frame = page_frame(page);
	bool migration = run.model.features & FEATURE_migration;

	if (unlikely(page_refs(page) < 1 || page->page_type != PAGE_TYPE_OFFLINE))
		observe_finding("accounting.I6", "f%u is on b%u's list without reference or offline type",
				frame, device);
	if (unlikely(page->private != (migration ? (unsigned long)run.devices[device] : 0)))
		observe_finding("accounting.I6", "f%u is on b%u's list with a wrong owner", frame,
				device);
	if (unlikely(page_is_marked(page) != migration))
		observe_finding("accounting.I6", "f%u is on b%u's list with a wrong movable mark", frame,
				device);
}

static void add(struct held *held, const struct page *page, unsigned int device)
{
	held->total++;
	held->node[world.zones[page->zone].node]++;
	if (run.program->adjust & 1u << device)
		held->zone[page->zone]++;
}

static long count_list(unsigned int device, struct held *held)
{
	const struct list_head *head = run.sut->device_pages(run.devices[device]);
	long length = 0;

	for (const struct list_head *link = head->next; link != head; link = link->next) {
		const struct page *page = link_to_page(link);

		if (unlikely(!world_has(page) || length++ > (long)world.frames)) {
			observe_finding("accounting.list", "b%u's list does not come back to its head",
					device);
			break;
		}
		check_listed(page, device);
		add(held, page, device);
	}
	return length;
}

/* I7: a page marked isolated is on no list, has its owner and both references. */
static void count_isolated(struct held *held)
{
	for (uint64_t map = world.touched[0]; map; map &= map - 1) {
		unsigned int frame = (unsigned int)__builtin_ctzll(map), device = 0;
		const struct page *page = frame_page(frame);

		if (page->free || !(page_peek_flags(page) & PG_movable_ops_isolated))
			continue;
		while (device < run.program->devices &&
		       page->private != (unsigned long)run.devices[device])
			device++;
		if (unlikely(device == run.program->devices || page->linked || page_refs(page) < 2)) {
			observe_finding("accounting.I7", "f%u is marked isolated, with %d references%s%s",
					frame, page_refs(page),
					page->linked ? ", on a list" : "",
					device == run.program->devices ? ", without owner" : "");
			continue;
		}
		held->isolated[device]++;
		add(held, page, device);
	}
}

/* I1: length + isolated = what the driver has inflated. */
static void check_device(unsigned int device, long length, const struct held *held)
{
	long isolated = (long)run.sut->device_isolated(run.devices[device]);

	if (unlikely(isolated != held->isolated[device]))
		observe_finding("accounting.I1", "b%u counts %ld isolated pages; %ld are", device,
				isolated, held->isolated[device]);
	if (unlikely(length + isolated != run.inflated[device]))
		observe_finding("accounting.I1", "b%u: %ld listed + %ld isolated; its driver inflated %d",
				device, length, isolated, run.inflated[device]);
}

/* I3 and I4, where pages are counted for nodes, and no quirk is known to lose count. */
static void check_nodes(const long nodes[WORLD_NODES], const struct held *held)
{
	unsigned int features = run.model.features;
	long all = 0;

	if (!(features & FEATURE_node_pages) || (features & QUIRK_node_leak))
		return;
	for (unsigned int node = 0; node < WORLD_NODES; node++)
		all += nodes[node];
	if (unlikely(all != held->total))
		observe_finding("accounting.I3", "balloon pages of all nodes: %ld; in balloons: %ld", all,
				held->total);
	for (unsigned int node = 0; node < WORLD_NODES && !(features & QUIRK_node_left); node++)
		if (unlikely(nodes[node] != held->node[node]))
			observe_finding("accounting.I4", "node %u counts %ld balloon pages and has %ld",
					node, nodes[node], held->node[node]);
}

/* I2 to I5. */
static void check_counters(const struct held *held)
{
	long inside = 0, nodes[WORLD_NODES] = { 0 }, adjusted = 0;

	for (unsigned int i = 0; i < run.contexts; i++) {
		const struct context *cpu = &world.contexts[i];

		inside += cpu->events[EVENT_INFLATE] - cpu->events[EVENT_DEFLATE];
		for (unsigned int node = 0; node < WORLD_NODES; node++)
			nodes[node] += cpu->node_pages[node];
	}
	if (unlikely(inside != held->total))
		observe_finding("accounting.I2", "inflate - deflate events: %ld; pages in balloons: %ld",
				inside, held->total);
	check_nodes(nodes, held);
	for (unsigned int zone = 0; zone < WORLD_ZONES; zone++) {
		adjusted += held->zone[zone];
		if (unlikely(world.zones[zone].base - world.zones[zone].managed != held->zone[zone]))
			observe_finding("accounting.I5", "zone %u lacks %ld managed pages; balloons hold %ld",
					zone, world.zones[zone].base - world.zones[zone].managed,
					held->zone[zone]);
	}
	if (unlikely((long)world.frames - world.total_pages != adjusted))
		observe_finding("accounting.I5", "the total lacks %ld pages; balloons hold %ld",
				(long)world.frames - world.total_pages, adjusted);
}

void check_invariants(void)
{
	struct held held = { 0 };
	long length[PROGRAM_DEVICES];

	for (unsigned int device = 0; device < run.program->devices; device++)
		length[device] = count_list(device, &held);
	count_isolated(&held);
	for (unsigned int device = 0; device < run.program->devices; device++)
		check_device(device, length[device], &held);
	check_counters(&held);
}

UNINSTRUMENTED_END
