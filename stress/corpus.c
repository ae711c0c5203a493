/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The corpus on threads: a context runs the records of one context of a program
 * while others run other programs, or other contexts of the same, all in one
 * world.  What another context has done meanwhile is what makes it worth it, so
 * no model goes along: a record runs if its registers and the driver's contract
 * allow it, and the judges are those of any stress run.
 *
 * A device is one whose driver takes and gives from any context, by its number
 * among those; a frame is the one of that number in this larger world.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/program.h"
#include "shim/migrate.h"
#include "shim/world.h"
#include "stress/actor.h"

UNINSTRUMENTED_BEGIN

#define PROGRAMS_MAX 1024

static struct program *programs;
static unsigned int program_count;

static bool load_file(const char *folder, const char *name)
{
	static uint8_t bytes[PROGRAM_BYTES];
	char path[4096 + 256];
	size_t size;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	in = fopen(path, "rb");
	if (!in)
		return false;
	size = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	program_decode(&programs[program_count++], bytes, size);
	return true;
}

bool corpus_load(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	programs = calloc(PROGRAMS_MAX, sizeof(*programs));
	if (!dir || !programs) {
		perror(folder);
		return false;
	}
	while ((entry = readdir(dir)) && program_count < PROGRAMS_MAX)
		if (entry->d_name[0] != '.' && !load_file(folder, entry->d_name))
			perror(entry->d_name);
	closedir(dir);
	if (!program_count)
		fprintf(stderr, "%s has no programs\n", folder);
	return program_count;
}

/* What a register holds, and how. */
struct held {
	struct page *page;
	enum { EMPTY, OWNED, ISOLATED, REFERRED, LOCKED } how;
};

struct running {
	struct actor *self;
	unsigned int locked; /* registers that hold a page lock */
	struct held registers[PROGRAM_REGISTERS];
	struct list_head lists[PROGRAM_LISTS];
	unsigned int lengths[PROGRAM_LISTS];
};

static struct guest_device *device_of(unsigned int number)
{
	struct guest_device *found = NULL;

	for (unsigned int i = 0; i < guest.count; i++) {
		if (!guest.devices[i].driver->take)
			continue;
		found = &guest.devices[i];
		if (!number--)
			break;
	}
	return found;
}

/* Takes what the register holds if it holds it so. */
static struct page *use(struct held *held, unsigned int how)
{
	struct page *page = held->how == how ? held->page : NULL;

	if (page)
		*held = (struct held){ NULL, EMPTY };
	return page;
}

static void keep(struct held *held, struct page *page, unsigned int how)
{
	if (page)
		*held = (struct held){ page, how };
}

static void give_one(struct guest_device *device, struct page *page)
{
	struct list_head pages;

	if (!page)
		return;
	list_init(&pages);
	list_add(&page->lru, &pages);
	device->driver->give(device, &pages);
}

static struct page *first_of(struct list_head *pages)
{
	struct list_head *link = pages->next;

	list_del(link);
	return link_to_page(link);
}

static struct page *take_one(struct guest_device *device)
{
	struct list_head pages;

	list_init(&pages);
	return device->driver->take(device, &pages, 1) ? first_of(&pages) : NULL;
}

static void pop_into(struct running *r, unsigned int list, struct held *held)
{
	if (held->how != EMPTY || !r->lengths[list])
		return;
	r->lengths[list]--;
	keep(held, first_of(&r->lists[list]), OWNED);
}

static void push_from(struct running *r, unsigned int list, struct held *held)
{
	struct page *page = use(held, OWNED);

	if (!page)
		return;
	list_add_tail(&page->lru, &r->lists[list]);
	r->lengths[list]++;
}

/* Nobody waits for a page's lock who has another's: these two do. */
static void move_isolated(struct running *r, struct held *held, unsigned int near,
			  enum migrate_mode mode)
{
	struct page *page = r->locked ? NULL : use(held, ISOLATED);

	if (page && call_migrate(page, near, mode))
		keep(held, page, ISOLATED);
}

static void put_back(struct running *r, struct held *held)
{
	struct page *page = r->locked ? NULL : use(held, ISOLATED);

	if (page)
		call_putback(page);
}

static void isolate_into(struct held *held, struct page *page)
{
	if (held->how == EMPTY && page_looks_movable(page) && call_isolate(page) == ISOLATE_DONE)
		keep(held, page, ISOLATED);
}

/* Only pages that look movable, as stranger in roles.c. */
static void refer(struct held *held, struct page *page)
{
	if (held->how == EMPTY && page_looks_movable(page) && page_get_unless_zero(page))
		keep(held, page, REFERRED);
}

static void unlock(struct running *r, struct held *held)
{
	struct page *page = use(held, LOCKED);

	if (!page)
		return;
	r->locked--;
	page_unlock(page, r->self->number + 1);
	page_put(page);
}

static void lock(struct running *r, struct held *held)
{
	struct page *page = held->how == REFERRED ? held->page : NULL;

	if (!page || !page_looks_movable(page) || !page_trylock(page, r->self->number + 1))
		return;
	held->how = LOCKED;
	r->locked++;
}

static void free_or_put(struct held *held)
{
	struct page *page = held->how == OWNED || held->how == REFERRED ? held->page : NULL;

	if (!page)
		return;
	*held = (struct held){ NULL, EMPTY };
	page_put(page);
}

static void allocate(struct held *held, unsigned int near)
{
	struct page_alloc_request *request = &context_self()->request;

	if (held->how != EMPTY)
		return;
	request->near = near;
	request->required = GFP_HIGHUSER | GFP_NOMEMALLOC | GFP_NORETRY | GFP_NOWARN |
			    (guest.features & FEATURE_migration ? GFP_MOVABLE : 0);
	keep(held, guest_alloc(), OWNED);
}

static void run_record(struct running *r, const struct record *record)
{
	struct held *a = &r->registers[record->a % PROGRAM_REGISTERS];
	struct held *b = &r->registers[record->b % PROGRAM_REGISTERS];
	struct page *frame = frame_page(record->b % world.frames);
	unsigned int list_a = record->a % PROGRAM_LISTS, list_b = record->b % PROGRAM_LISTS;

	switch (record->op) {
	case OP_alloc:
		allocate(a, record->b);
		break;
	case OP_free:
	case OP_put:
		free_or_put(a);
		break;
	case OP_enqueue:
		give_one(device_of(record->a), use(b, OWNED));
		break;
	case OP_dequeue:
		if (a->how == EMPTY)
			keep(a, take_one(device_of(record->b)), OWNED);
		break;
	case OP_push:
		push_from(r, list_a, b);
		break;
	case OP_pop:
		pop_into(r, list_b, a);
		break;
	case OP_list_enqueue:
		device_of(record->a)->driver->give(device_of(record->a), &r->lists[list_b]);
		r->lengths[list_b] = 0;
		break;
	case OP_list_dequeue:
		r->lengths[list_b] += device_of(record->a)->driver->take(
			device_of(record->a), &r->lists[list_b], record->c);
		break;
	case OP_isolate:
		isolate_into(a, frame);
		break;
	case OP_putback:
		put_back(r, a);
		break;
	case OP_migrate:
		move_isolated(r, a, record->b, (enum migrate_mode)(record->c % (MIGRATE_SYNC + 1)));
		break;
	case OP_get:
		refer(a, frame);
		break;
	case OP_lock:
		lock(r, a);
		break;
	case OP_unlock:
		unlock(r, a);
		break;
	default:
		break;
	}
}

/* What is left in registers and lists goes where it came from. */
static void clean_up(struct running *r)
{
	for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
		unlock(r, &r->registers[i]);
	for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++) {
		put_back(r, &r->registers[i]);
		free_or_put(&r->registers[i]);
	}
	for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
		for (; r->lengths[i]; r->lengths[i]--)
			page_put(first_of(&r->lists[i]));
}

void corpus_step(struct actor *self)
{
	const struct program *p = &programs[random_below(&self->rng, program_count)];
	struct running r = { .self = self };
	unsigned int context;

	if (!p->count || !device_of(0))
		return;
	for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
		list_init(&r.lists[i]);
	context = record_context(&p->records[random_below(&self->rng, p->count)]);
	for (unsigned int i = 0; i < p->count; i++)
		if (record_context(&p->records[i]) == context)
			run_record(&r, &p->records[i]);
	clean_up(&r);
	self->seen->programs++;
}

UNINSTRUMENTED_END
