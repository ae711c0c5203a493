/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The toy kernel that port_impl.h binds the balloon core to, a balloon driver
 * without a host, and a demonstration: inflate, move a page to the other node
 * where migration is configured, deflate, and see every counter at its base.
 *
 *	cc -DCONFIG_BALLOON_MIGRATION -Icore -Idocs/examples/toy_port \
 *		core/balloon.c docs/examples/toy_port/main.c -o toy && ./toy
 */
#include <stdio.h>
#include <stdlib.h>

#include "balloon.h"

/* Memory. */

static struct page memory[TOY_PAGES]; /* the first half on node 0; free: refs 0 */

bool toy_irqs_on = true;
unsigned long toy_events[3];
long toy_balloon_pages[TOY_NODES];
long toy_managed[TOY_NODES];

static void boot(void)
{
	for (unsigned int i = 0; i < TOY_PAGES; i++) {
		memory[i].node = i / (TOY_PAGES / TOY_NODES);
		toy_managed[memory[i].node]++;
	}
}

static struct page *take(unsigned int node)
{
	for (unsigned int i = 0; i < TOY_PAGES; i++) {
		struct page *page = &memory[i];

		if (page->node == node && !atomic_load(&page->refs)) {
			atomic_store(&page->refs, 1);
			return page;
		}
	}
	return NULL;
}

/* This memory needs no reclaim, never fails loudly and has no special zones. */
struct page *port_page_alloc(unsigned int flags)
{
	struct page *page = NULL;

	(void)flags;
	assert(toy_irqs_on); /* an allocation may sleep */
	for (unsigned int node = 0; node < TOY_NODES && !page; node++)
		page = take(node);
	return page;
}

/* The core leaves type and mark behind; only here do they go. */
void toy_free(struct page *page)
{
	assert(!page->owner);
	assert(!(atomic_load(&page->flags) & TOY_LOCKED));
	atomic_store(&page->type, TOY_NORMAL);
	atomic_store(&page->flags, 0);
}

void port_warn(const char *what)
{
	fprintf(stderr, "toy: warning: %s\n", what);
}

void port_bug(const char *what)
{
	fprintf(stderr, "toy: bug: %s\n", what);
	abort();
}

/* Migration: the steps that docs/porting.md numbers. */

static const struct movable_operations *movable;

int port_register_movable(const struct movable_operations *ops)
{
	if (movable)
		return -EBUSY;
	movable = ops;
	return 0;
}

#ifdef CONFIG_BALLOON_MIGRATION

static bool get_unless_free(struct page *page)
{
	unsigned int refs = atomic_load(&page->refs);

	while (refs)
		if (atomic_compare_exchange_weak(&page->refs, &refs, refs + 1))
			return true;
	return false;
}

static bool try_lock_page(struct page *page)
{
	return !(atomic_fetch_or(&page->flags, TOY_LOCKED) & TOY_LOCKED);
}

static void unlock_page(struct page *page)
{
	atomic_fetch_and(&page->flags, ~(unsigned int)TOY_LOCKED);
}

static bool looks_movable(const struct page *page)
{
	return atomic_load(&page->flags) & TOY_MOVABLE && atomic_load(&page->type) == TOY_OFFLINE;
}

/* True: page is isolated, on the caller's list, and holds a reference. */
static bool isolate(struct page *page, struct list_head *isolated)
{
	if (!get_unless_free(page))
		return false;
	if (!looks_movable(page) || !try_lock_page(page))
		goto put;
	if (atomic_load(&page->flags) & TOY_ISOLATED || !movable->isolate_page(page, 0))
		goto unlock;
	atomic_fetch_or(&page->flags, TOY_ISOLATED);
	unlock_page(page);
	port_list_add(&page->link, isolated);
	return true;
unlock:
	unlock_page(page);
put:
	port_page_put(page);
	return false;
}

/* On one CPU nobody else holds a page lock here. */
static void lock_page(struct page *page)
{
	if (!try_lock_page(page))
		port_bug("page lock is held for ever");
}

static void putback(struct page *page)
{
	port_list_del(&page->link);
	lock_page(page);
	movable->putback_page(page);
	atomic_fetch_and(&page->flags, ~(unsigned int)TOY_ISOLATED);
	unlock_page(page);
	port_page_put(page);
}

/* Moves an isolated page, or puts it back. */
static bool migrate(struct page *page, unsigned int node)
{
	struct page *newpage = take(node);
	int rc = -EAGAIN;

	if (!newpage) {
		putback(page);
		return false;
	}
	lock_page(page);
	lock_page(newpage);
	for (int tries = 0; rc == -EAGAIN && tries < 10; tries++)
		rc = movable->migrate_page(newpage, page, TOY_MIGRATE);
	if (!rc)
		atomic_fetch_and(&page->flags, ~(unsigned int)TOY_ISOLATED);
	unlock_page(newpage);
	port_page_put(newpage); /* the balloon holds its own, or this frees it */
	if (rc) {
		unlock_page(page);
		putback(page);
		return false;
	}
	port_list_del(&page->link);
	unlock_page(page);
	port_page_put(page); /* the last one */
	return true;
}

/* A compaction that changes its mind. */
static bool isolate_and_put_back(struct page *page)
{
	struct list_head isolated;

	port_list_init(&isolated);
	if (!isolate(page, &isolated))
		return false;
	putback(page);
	return true;
}

/* Empties node 0 of balloon pages, as memory offlining would. */
static unsigned long clear_node_0(void)
{
	struct list_head isolated;
	unsigned long moved = 0;

	port_list_init(&isolated);
	for (unsigned int i = 0; i < TOY_PAGES; i++)
		if (memory[i].node == 0)
			isolate(&memory[i], &isolated);
	while (!port_list_empty(&isolated))
		moved += migrate(port_link_page(port_list_first(&isolated)), 1);
	return moved;
}

/* The driver's part: it has no host to tell, and the first answer is "later". */
static int driver_migratepage(struct balloon_dev_info *balloon, struct page *newpage,
			      struct page *page, enum migrate_mode mode)
{
	static bool asked;

	(void)balloon;
	(void)newpage;
	(void)page;
	(void)mode;
	if (asked)
		return 0;
	asked = true;
	return -EAGAIN;
}

#endif

/* The demonstration. */

static struct balloon_dev_info balloon;

static void show(const char *when)
{
	printf("%-10s balloon pages %ld + %ld, managed %ld + %ld, inflated %lu, deflated %lu, moved %lu\n",
	       when, toy_balloon_pages[0], toy_balloon_pages[1], toy_managed[0], toy_managed[1],
	       toy_events[PORT_INFLATE], toy_events[PORT_DEFLATE], toy_events[PORT_MIGRATE]);
}

static void expect(bool fact, const char *what)
{
	if (fact)
		return;
	fprintf(stderr, "toy: wrong: %s\n", what);
	exit(1);
}

int main(void)
{
	struct list_head pages;
	struct page *page;
	size_t held = 0;

	boot();
	expect(balloon_init() == 0, "registration");
	balloon_devinfo_init(&balloon);
	balloon.adjust_managed_page_count = true;
#ifdef CONFIG_BALLOON_MIGRATION
	balloon.migratepage = driver_migratepage;
#endif
	show("boot");

	/* Two pages one by one, three as a list. */
	for (; held < 2; held++) {
		page = balloon_page_alloc();
		expect(page, "allocation");
		balloon_page_enqueue(&balloon, page);
	}
	port_list_init(&pages);
	for (int i = 0; i < 3; i++) {
		page = balloon_page_alloc();
		expect(page, "allocation");
		port_list_add(port_page_link(page), &pages);
	}
	held += balloon_page_list_enqueue(&balloon, &pages);
	show("inflated");
	expect(held == 5 && toy_balloon_pages[0] == 5 && toy_managed[0] == 3, "inflation");

#ifdef CONFIG_BALLOON_MIGRATION
	expect(isolate_and_put_back(&memory[0]) && !balloon.isolated_pages, "putback");
	expect(clear_node_0() == held, "migration");
	show("moved");
	expect(toy_balloon_pages[0] == 0 && toy_balloon_pages[1] == 5 && toy_managed[1] == 3,
	       "counters follow the pages");
	expect(!balloon.isolated_pages, "nothing isolated");
#endif

	/* The caller counts: it never asks an empty balloon for a page. */
	held -= balloon_page_list_dequeue(&balloon, &pages, 2);
	while (!port_list_empty(&pages)) {
		page = port_link_page(port_list_first(&pages));
		port_list_del(port_page_link(page));
		port_page_put(page);
	}
	for (; held; held--) {
		page = balloon_page_dequeue(&balloon);
		expect(page, "a page to dequeue");
		port_page_put(page);
	}
	show("deflated");
	for (unsigned int node = 0; node < TOY_NODES; node++)
		expect(toy_balloon_pages[node] == 0 && toy_managed[node] == TOY_PAGES / TOY_NODES,
		       "counters at their base");
	for (unsigned int i = 0; i < TOY_PAGES; i++)
		expect(!atomic_load(&memory[i].refs), "every page free again");
	puts("toy port: ok");
	return 0;
}
