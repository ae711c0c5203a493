/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The key of a state: a hash of everything that what follows can hang on, under
 * names that do not hang on how the state was reached.
 *
 * Into it goes what the world has (the bytes of each device, of each page in use, of
 * the private lists, which locks were used how) and what the model knows.  Left out,
 * because nothing reads it: counters (the judges compare what an op adds), free
 * pages (all alike, which every run checks), the allocator's last hint and flags
 * (each alloc sets its own).
 *
 * Devices, private lists, pages, zones and registers are then named in an order of
 * their own: whatever order comes of it, the key says everything, so that a poor
 * choice of names costs states and loses none.
 */
#include "harness/exhaust_state.h"

#include <string.h>

#include "shim/poison.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* Links of a page that is on no list are stale, which MSan need not tell. */
#ifdef PINPRICK_MSAN
#define UNCHECKED __attribute__((no_sanitize("memory")))
#else
#define UNCHECKED
#endif

#define UNNAMED 0xff
#define LISTS	(PROGRAM_DEVICES + PROGRAM_LISTS) /* of them those of context 0 */

/* What has a name, and which. */
static struct {
	unsigned int devices, pages;
	unsigned int hint; /* the zone in which the op that waits in its hook allocates */
	uint8_t device_at[PROGRAM_DEVICES], list_at[PROGRAM_LISTS], page_at[PROGRAM_FRAMES];
	uint8_t list_name[LISTS]; /* devices' lists first */
	uint8_t page_name[PROGRAM_FRAMES];
	uint8_t zone_name[WORLD_ZONES], node_name[WORLD_NODES];
	/* Of pages: where on its list; of pages and lists: a hash without names. */
	uint8_t position[PROGRAM_FRAMES];
	uint64_t page_sign[PROGRAM_FRAMES], list_sign[LISTS];
} n;

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15;
	return h ^ h >> 29;
}

static void add(struct exhaust_key *key, uint64_t word)
{
	key->low = mix(key->low, word);
	key->high = (key->high + word) * 0xd6e8feb86659fd93;
	key->high ^= key->high >> 32;
}

/* A part that stands in no order to its like. */
static void add_any(struct exhaust_key *sum, const struct exhaust_key *part)
{
	sum->low += mix(part->low, 1);
	sum->high += mix(part->high, 2);
}

/* A word of memory: where it points to something that has a name, that name. */
enum { TO_PAGE = 1, TO_DEVICE, TO_LIST };

static uint64_t pointer(unsigned int to, unsigned int name, uintptr_t offset)
{
	return (uint64_t)to << 56 | (uint64_t)name << 48 | offset;
}

static uint64_t word_of(uintptr_t word, bool named)
{
	uintptr_t offset = word - (uintptr_t)world.pages;
	unsigned int which;

	if (offset < world.frames * sizeof(struct page)) {
		which = (unsigned int)(offset / sizeof(struct page));
		return pointer(TO_PAGE, named ? n.page_name[which] : 0,
			       offset % sizeof(struct page));
	}
	offset = word - (uintptr_t)run.devices;
	if (offset < sizeof(run.devices)) {
		which = (unsigned int)(offset / SUT_DEVICE_BYTES);
		return pointer(TO_DEVICE, named ? n.list_name[which] : 0,
			       offset % SUT_DEVICE_BYTES);
	}
	offset = word - (uintptr_t)run.lists[0];
	if (offset < sizeof(run.lists[0])) {
		which = (unsigned int)(offset / sizeof(struct list_head));
		return pointer(TO_LIST, named ? n.list_name[PROGRAM_DEVICES + which] : 0,
			       offset % sizeof(struct list_head));
	}
	return word;
}

/* A page's own fields. */
UNCHECKED static void add_page(struct exhaust_key *key, unsigned int frame, bool named)
{
	const struct page *page = frame_page(frame);

	add(key, page->free);
	if (page->free)
		return;
	add(key, (uint64_t)page->flags << 32 | page->page_type);
	add(key, (uint64_t)(unsigned int)page->refcount << 32 | (uint64_t)page->linked << 8 |
			 page->lock_owner);
	add(key, word_of((uintptr_t)page->mapping, named));
	add(key, word_of((uintptr_t)page->lru.next, named));
	add(key, word_of((uintptr_t)page->lru.prev, named));
	add(key, word_of(page->private, named));
	add(key, page->content);
}

/* The page lock's is there before any other lock is used. */
static unsigned int lock_classes(void)
{
	return world.lock_classes ? world.lock_classes : LOCK_CLASS_PAGE + 1;
}

/* A lock by where it lies. */
static uint64_t lock_word(unsigned int class, bool named)
{
	return class == LOCK_CLASS_PAGE ? 1 : word_of((uintptr_t)world.locks[class], named);
}

static void add_lock(struct exhaust_key *key, unsigned int class, bool named)
{
	struct exhaust_key before = { 0, 0 };

	add(key, lock_word(class, named));
	if (class != LOCK_CLASS_PAGE) {
		const spinlock_t *lock = world.locks[class];

		add(key, (uint64_t)lock->owner << 16 | (uint64_t)lock->in_irq << 1 | lock->irqs_on);
	}
	for (unsigned int other = 0; other < lock_classes(); other++) {
		struct exhaust_key one = { 1, 1 };

		if (!(world.lock_order[class] & 1u << other))
			continue;
		add(&one, lock_word(other, named));
		add_any(&before, &one);
	}
	add(key, before.low);
	add(key, before.high);
}

/* A device's bytes, but for its locks, whose numbers hang on which was used first. */
static void add_device(struct exhaust_key *key, unsigned int device, bool named)
{
	uintptr_t words[SUT_DEVICE_BYTES / sizeof(uintptr_t)] = { 0 };
	size_t size = run.sut->device_size;

	memcpy(words, run.devices[device], size);
	for (unsigned int class = LOCK_CLASS_PAGE + 1; class < lock_classes(); class ++) {
		uintptr_t offset = (uintptr_t)world.locks[class] - (uintptr_t)run.devices[device];

		if (offset >= size)
			continue;
		memset((char *)words + offset, 0, sizeof(spinlock_t));
		if (!named)
			add_lock(key, class, false);
	}
	for (size_t i = 0; i * sizeof(uintptr_t) < size; i++)
		add(key, word_of(words[i], named));
	add(key, !!(run.model.adjust & 1u << device));
	add(key, !!(run.model.no_callback & 1u << device));
	add(key, run.model.isolated[device]);
}

/* The model's number of a list of context 0. */
static unsigned int model_list(unsigned int list)
{
	return list < PROGRAM_DEVICES ? list : model_private_list(0, list - PROGRAM_DEVICES);
}

static unsigned int next_on_list(unsigned int list, unsigned int frame)
{
	return frame == NO_FRAME ? run.model.lists[model_list(list)].first
				 : run.model.pages[frame].next;
}

static unsigned int node_of(unsigned int frame)
{
	return frame_page(frame)->zone / 2u;
}

/* Of a list without its pages, and where these stand on it. */
static void sign_list(unsigned int list)
{
	struct exhaust_key key = { list < PROGRAM_DEVICES, 0 };
	unsigned int frame = NO_FRAME, position = 0;

	if (list < PROGRAM_DEVICES)
		add_device(&key, list, false);
	add(&key, run.model.lists[model_list(list)].length);
	n.list_sign[list] = key.low;
	while ((frame = next_on_list(list, frame)) != NO_FRAME)
		n.position[frame] = (uint8_t)position++;
}

static void add_model_page(struct exhaust_key *key, unsigned int frame)
{
	const struct model_page *page = &run.model.pages[frame];

	add(key, (uint64_t)page->state << 24 | (uint64_t)page->refs << 16 |
			 (uint64_t)page->flags << 8 | (page->list < MODEL_LISTS));
}

/* Only these states' pages have a device. */
static bool has_device(unsigned int frame)
{
	unsigned int state = run.model.pages[frame].state;

	return state == SUBJECT_page_listed || state == SUBJECT_page_isolated ||
	       state == SUBJECT_page_moving;
}

/* Which of LISTS a page is on, or belongs to; LISTS: none. */
static unsigned int place_of(unsigned int frame)
{
	const struct model_page *page = &run.model.pages[frame];

	if (page->list >= MODEL_LISTS)
		return has_device(frame) ? page->device : LISTS;
	return page->list < LISTS ? page->list : LISTS;
}

_Static_assert(PROGRAM_DEVICES + PROGRAM_LISTS <= MODEL_LISTS, "context 0's lists come first");

static void sign_page(unsigned int frame)
{
	struct exhaust_key key = { 0, 0 };
	unsigned int place = place_of(frame);
	uint64_t registers = 0;

	add_model_page(&key, frame);
	add_page(&key, frame, false);
	add(&key, frame_page(frame)->zone == n.hint);
	add(&key, node_of(frame) == n.hint / 2);
	if (place < LISTS) {
		add(&key, n.list_sign[place]);
		add(&key, run.model.pages[frame].list < MODEL_LISTS ? n.position[frame] : UNNAMED);
	}
	for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
		if (run.model.registers[0][i].kind > KIND_NEW &&
		    run.model.registers[0][i].frame == frame)
			registers += mix(7, run.model.registers[0][i].kind);
	n.page_sign[frame] = mix(key.low, registers);
}

/* Whom a page shares zone and node with. */
static void sign_neighbours(void)
{
	uint64_t zone[WORLD_ZONES] = { 0 }, node[WORLD_NODES] = { 0 };

	for (unsigned int i = 0; i < n.pages; i++) {
		unsigned int frame = n.page_at[i];

		zone[frame_page(frame)->zone] += mix(3, n.page_sign[frame]);
		node[node_of(frame)] += mix(5, n.page_sign[frame]);
	}
	for (unsigned int i = 0; i < n.pages; i++) {
		unsigned int frame = n.page_at[i];
		uint64_t *sign = &n.page_sign[frame];

		*sign = mix(mix(*sign, zone[frame_page(frame)->zone]), node[node_of(frame)]);
	}
}

/* What lies on a list, or belongs to it. */
static void sign_contents(unsigned int list)
{
	unsigned int frame = NO_FRAME;
	uint64_t others = 0;

	while ((frame = next_on_list(list, frame)) != NO_FRAME)
		n.list_sign[list] = mix(n.list_sign[list], n.page_sign[frame]);
	for (unsigned int i = 0; i < n.pages; i++)
		if (place_of(n.page_at[i]) == list)
			others += mix(11, n.page_sign[n.page_at[i]]);
	n.list_sign[list] = mix(n.list_sign[list], others);
}

/* Puts what at[] names in the order of its sign; those alike stay as they are. */
static void sort(uint8_t *at, unsigned int count, const uint64_t *sign)
{
	for (unsigned int i = 1; i < count; i++) {
		uint8_t one = at[i];
		unsigned int k = i;

		for (; k && sign[at[k - 1]] > sign[one]; k--)
			at[k] = at[k - 1];
		at[k] = one;
	}
}

static void name_lists(void)
{
	n.devices = run.model.devices;
	for (unsigned int i = 0; i < n.devices; i++)
		n.device_at[i] = (uint8_t)i;
	for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
		n.list_at[i] = (uint8_t)i;
	sort(n.device_at, n.devices, n.list_sign);
	sort(n.list_at, PROGRAM_LISTS, n.list_sign + PROGRAM_DEVICES);
	for (unsigned int i = 0; i < n.devices; i++)
		n.list_name[n.device_at[i]] = (uint8_t)i;
	for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
		n.list_name[PROGRAM_DEVICES + n.list_at[i]] = (uint8_t)i;
}

/* Pages by their sign, which lists that were alike get their names from; zones as they come. */
static void name_pages(void)
{
	unsigned int zones = 0, nodes = 0;

	for (unsigned int i = 0; i < n.pages; i++) {
		unsigned int frame = n.page_at[i], place = place_of(frame);

		if (place < LISTS)
			n.page_sign[frame] = mix(n.page_sign[frame], n.list_name[place]);
	}
	sort(n.page_at, n.pages, n.page_sign);
	memset(n.page_name, UNNAMED, sizeof(n.page_name));
	memset(n.zone_name, UNNAMED, sizeof(n.zone_name));
	memset(n.node_name, UNNAMED, sizeof(n.node_name));
	for (unsigned int i = 0; i < n.pages; i++) {
		unsigned int frame = n.page_at[i], zone = frame_page(frame)->zone;

		n.page_name[frame] = (uint8_t)i;
		if (n.zone_name[zone] == UNNAMED)
			n.zone_name[zone] = (uint8_t)zones++;
		if (n.node_name[zone / 2] == UNNAMED)
			n.node_name[zone / 2] = (uint8_t)nodes++;
	}
}

static void name_everything(void)
{
	n.pages = 0;
	for (uint64_t map = ~run.model.free; map; map &= map - 1)
		n.page_at[n.pages++] = (uint8_t)__builtin_ctzll(map);
	for (unsigned int list = 0; list < LISTS; list++)
		if (list >= PROGRAM_DEVICES || list < run.model.devices)
			sign_list(list);
	for (unsigned int i = 0; i < n.pages; i++)
		sign_page(n.page_at[i]);
	sign_neighbours();
	for (unsigned int list = 0; list < LISTS; list++)
		if (list >= PROGRAM_DEVICES || list < run.model.devices)
			sign_contents(list);
	name_lists();
	name_pages();
}

static unsigned int name_of(unsigned int frame)
{
	return frame == NO_FRAME ? UNNAMED : n.page_name[frame];
}

static void add_named_pages(struct exhaust_key *key)
{
	for (unsigned int i = 0; i < n.pages; i++) {
		unsigned int frame = n.page_at[i], place = place_of(frame);
		const struct model_page *page = &run.model.pages[frame];

		add_page(key, frame, true);
		add_model_page(key, frame);
		add(key, n.zone_name[frame_page(frame)->zone]);
		add(key, n.node_name[node_of(frame)]);
		add(key, place < LISTS ? n.list_name[place] : UNNAMED);
		if (page->list < MODEL_LISTS)
			add(key, (uint64_t)name_of(page->next) << 8 | name_of(page->prev));
	}
}

static void add_registers(struct exhaust_key *key)
{
	struct exhaust_key sum = { 0, 0 };

	for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++) {
		const struct model_register *r = &run.model.registers[0][i];
		struct exhaust_key one = { 1, 1 };

		if (r->kind == KIND_NEW)
			continue;
		add(&one, (uint64_t)r->kind << 8 |
				  (r->kind == KIND_NONE ? UNNAMED : n.page_name[r->frame]));
		add_any(&sum, &one);
	}
	add(key, sum.low);
	add(key, sum.high);
}

/* The op that waits in its hook: its record, without names, and how far it is. */
static void add_open(struct exhaust_key *key, const struct frame *open)
{
	const struct record *r = &open->record;
	const struct step *s = &open->step;
	unsigned int zone = frame_page(r->b)->zone;

	add(key, (uint64_t)r->op << 40 | (uint64_t)r->how << 32 | (uint64_t)r->c << 24 |
			 (uint64_t)r->rc << 16 | (uint64_t)r->fault << 8 | n.zone_name[zone]);
	/* A zone without pages may be in a node that has some. */
	add(key, n.node_name[zone / 2]);
	if (r->op != OP_migrate)
		return;
	add(key, (uint64_t)name_of(s->source) << 24 | (uint64_t)name_of(s->target) << 16 |
			 (uint64_t)n.list_name[s->device] << 8 | s->mode);
	add(key, (uint64_t)(unsigned int)s->value << 32 | (uint64_t)s->passes << 24 |
			 (uint64_t)s->trylocks << 16 | (uint64_t)s->allocs << 8 | s->locked);
}

void exhaust_key(struct exhaust_key *key, const struct frame *open)
{
	struct exhaust_key locks = { 0, 0 };

	n.hint = open ? frame_page(open->record.b)->zone : UNNAMED;
	name_everything();
	*key = (struct exhaust_key){ n.devices, n.pages };
	for (unsigned int i = 0; i < n.devices; i++) {
		add_device(key, n.device_at[i], true);
		add(key, run.model.lists[n.device_at[i]].length);
	}
	for (unsigned int i = 0; i < PROGRAM_LISTS; i++) {
		const struct list_head *head = &run.lists[0][n.list_at[i]];

		add(key, word_of((uintptr_t)head->next, true));
		add(key, word_of((uintptr_t)head->prev, true));
	}
	add_named_pages(key);
	add_registers(key);
	for (unsigned int class = LOCK_CLASS_PAGE; class < lock_classes(); class ++) {
		struct exhaust_key one = { 1, 1 };

		add_lock(&one, class, true);
		add_any(&locks, &one);
	}
	add(key, locks.low);
	add(key, locks.high);
	if (open)
		add_open(key, open);
}

UNINSTRUMENTED_END
