/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the roles of roles.def do.  Each step leaves its context without a lock;
 * isolated pages and those that interrupts took out may stay with it.
 */
#include <errno.h>

#include "shim/migrate.h"
#include "shim/world.h"
#include "stress/actor.h"

UNINSTRUMENTED_BEGIN

#define SCAN_FRAMES	256 /* that a scanner looks at in one step, at the most */
#define OFFLINE_PASSES	4
#define REFUSE_REQUESTS 16

static struct guest_device *any_device(struct actor *self)
{
	return &guest.devices[random_below(&self->rng, guest.count)];
}

/* One whose driver takes pages out and puts them in from any context; NULL: there is none. */
static struct guest_device *device_with_take(struct actor *self)
{
	unsigned int first = random_below(&self->rng, guest.count);

	for (unsigned int i = 0; i < guest.count; i++) {
		struct guest_device *device = &guest.devices[(first + i) % guest.count];

		if (device->driver->take)
			return device;
	}
	return NULL;
}

static void wish(struct actor *self)
{
	struct page_alloc_request *request = &context_self()->request;

	request->near = random_below(&self->rng, world.frames);
	request->required = GFP_HIGHUSER | GFP_NOMEMALLOC | GFP_NORETRY | GFP_NOWARN |
			    (guest.features & FEATURE_migration ? GFP_MOVABLE : 0);
}

static void step_inflate(struct actor *self)
{
	struct guest_device *device = any_device(self);
	unsigned int units = 1 + random_below(&self->rng, GUEST_CHUNK);
	/* Small sizes often: these meet an empty balloon. */
	unsigned int pages = units % 4 ? 1 + units % 8 : units;

	wish(self);
	if (guest_inflated(device) < (long)__atomic_load_n(&device->target, __ATOMIC_RELAXED))
		self->seen->pages +=
			device->driver->inflate(device, pages * device->units) / device->units;
}

/* The host wants another size: one step towards it. */
static void step_target(struct actor *self)
{
	struct guest_device *device = any_device(self);
	/* Small sizes often: in a balloon that is nearly empty two get in each other's way. */
	unsigned int most = random_below(&self->rng, 2) ? 16 : 2 * world.frames / (guest.count + 1);

	wish(self);
	__atomic_store_n(&device->target, random_below(&self->rng, most), __ATOMIC_RELAXED);
	guest_round(device);
}

static void step_deflate(struct actor *self)
{
	struct guest_device *device = any_device(self);
	unsigned int units = 1 + random_below(&self->rng, GUEST_CHUNK);

	device->driver->deflate(device, (units % 4 ? units % 8 + 1 : units) * device->units);
}

/* Puts back, or moves and puts back what does not move, all that it has isolated. */
static void settle_batch(struct actor *self, bool move, unsigned int near)
{
	enum migrate_mode mode = (enum migrate_mode)random_below(&self->rng, MIGRATE_SYNC + 1);

	while (self->batch_count) {
		struct page *page = self->batch[--self->batch_count];

		if (!move || call_migrate(page, near, mode))
			call_putback(page);
	}
}

/* From a frame on, as compaction scans: looks without a lock, then isolates. */
static void scan(struct actor *self, unsigned int from, unsigned int frames, unsigned int most)
{
	for (unsigned int i = 0; i < frames && self->batch_count < most; i++) {
		struct page *page = frame_page((from + i) % world.frames);

		if (page_looks_movable(page) && call_isolate(page) == ISOLATE_DONE)
			self->batch[self->batch_count++] = page;
	}
}

static void step_compact(struct actor *self)
{
	unsigned int quarter = world.frames / 4, from = random_below(&self->rng, world.frames);
	unsigned int what = random_below(&self->rng, 8);

	if (!self->batch_count)
		scan(self, from, SCAN_FRAMES, 1 + random_below(&self->rng, ACTOR_BATCH));
	/* Now and then pages stay isolated for a while. */
	if (what)
		settle_batch(self, what > 2, from / quarter * quarter + quarter / 2);
}

/* Drivers that want to know are told when memory begins to go, and when that is over. */
static void tell_of_offline(bool going)
{
	for (unsigned int i = 0; i < guest.count; i++)
		if (guest.devices[i].driver == &driver_pseries)
			guest_hotplug(&guest.devices[i], going);
}

/* One pass over a quarter of the frames; false where it met no page to move. */
static bool empty_quarter(struct actor *self, unsigned int from)
{
	unsigned int quarter = world.frames / 4, met = 0;

	for (unsigned int at = 0; at < quarter; at += SCAN_FRAMES) {
		scan(self, from + at, quarter - at < SCAN_FRAMES ? quarter - at : SCAN_FRAMES,
		     ACTOR_BATCH);
		met += self->batch_count;
		settle_batch(self, true, from + 2 * quarter);
	}
	return met;
}

/* The quarter lies in one zone; its pages go to the other half, which is the other node. */
static void step_offline(struct actor *self)
{
	unsigned int from = random_below(&self->rng, 4) * (world.frames / 4);

	settle_batch(self, false, 0);
	tell_of_offline(true);
	for (unsigned int pass = 0; pass < OFFLINE_PASSES && empty_quarter(self, from); pass++)
		;
	tell_of_offline(false);
}

static void step_oom(struct actor *self)
{
	self->hook = random_below(&self->rng, 2) ? HOOK_OOM : HOOK_COMPACT;
	step_inflate(self);
	self->hook = HOOK_NONE;
}

void role_reclaim(void)
{
	struct actor *self = actor_self();
	struct page_alloc_request request = context_self()->request;
	enum actor_hook hook = self->hook;

	self->hook = HOOK_NONE;
	if (hook == HOOK_OOM) {
		for (unsigned int i = 0; i < guest.count; i++)
			if (guest.devices[i].driver->oom)
				self->seen->oom += guest.devices[i].driver->oom(&guest.devices[i]);
	} else if (hook == HOOK_COMPACT && !self->batch_count) {
		scan(self, request.near, SCAN_FRAMES / 4, 4);
		self->seen->compactions += self->batch_count;
		settle_batch(self, true, request.near);
	}
	context_self()->request = request;
}

static void step_refuse(struct actor *self)
{
	self->refuse_left = 1 + random_below(&self->rng, REFUSE_REQUESTS);
}

bool role_host_refuses(struct host *host, enum host_request request, uint64_t pfn)
{
	struct actor *self = actor_self();

	(void)host, (void)request, (void)pfn;
	if (!self->refuse_left || random_below(&self->rng, 2))
		return false;
	self->refuse_left--;
	self->seen->refusals++;
	return true;
}

static void step_requeue(struct actor *self)
{
	struct guest_device *device = device_with_take(self);
	unsigned int most = random_below(&self->rng, 4) ? 1 : ACTOR_BATCH;
	struct list_head pages;

	list_init(&pages);
	if (device && device->driver->take(device, &pages, most))
		device->driver->give(device, &pages);
}

/* As page migration looks closer: a reference first, then whether it is worth a lock. */
static void step_strange(struct actor *self)
{
	unsigned int from = random_below(&self->rng, world.frames);

	for (unsigned int i = 0; i < 64; i++) {
		struct page *page = frame_page((from + i) % world.frames);

		if (!page_looks_movable(page) || !page_get_unless_zero(page))
			continue;
		if (page_looks_movable(page) && page_trylock(page, self->number + 1)) {
			backend_point("stranger", page);
			page_unlock(page, self->number + 1);
		}
		page_put(page);
		return;
	}
}

static void step_interrupt(struct actor *self)
{
	self->irqs_pending = 1 + random_below(&self->rng, 4);
}

/* Puts in what the last one took out, or takes one out: nothing that may sleep. */
void role_interrupt(struct actor *self)
{
	struct context *cpu = context_self();
	struct guest_device *device = device_with_take(self);
	uint64_t outer = self->seen->in_flight;
	unsigned int steps = cpu->steps;

	self->irqs_pending--;
	if (!device)
		return;
	cpu->irq_depth++;
	cpu->irqs_off = true;
	self->seen->interrupts++;
	if (!self->stash_count) {
		self->stash_count = device->driver->take(device, &self->stash,
							 1 + random_below(&self->rng, ACTOR_STASH));
	} else {
		device->driver->give(device, &self->stash);
		self->stash_count = 0;
	}
	cpu->irqs_off = false;
	cpu->irq_depth--;
	cpu->steps = steps;
	__atomic_store_n(&self->seen->in_flight, outer, __ATOMIC_RELAXED);
}

/* Events are counted up only: a sum never falls, however many count meanwhile. */
static void step_count(struct actor *self)
{
	static const char *const names[] = { "inflate", "deflate", "migrate" };

	for (unsigned int event = 0; event < EVENT_COUNT; event++) {
		uint64_t sum = 0;

		for (unsigned int i = 0; i < world.contexts_used; i++)
			sum += (uint64_t)__atomic_load_n(&world.contexts[i].events[event],
							 __ATOMIC_RELAXED);
		if (sum < self->events_seen[event])
			observe_finding("counter.backwards", "%s events fell from %llu to %llu",
					names[event], (unsigned long long)self->events_seen[event],
					(unsigned long long)sum);
		self->events_seen[event] = sum;
	}
}

static void step_corpus(struct actor *self)
{
	corpus_step(self);
}

enum { NEVER = 0, RARELY = 1, SOMETIMES = 4, OFTEN = 16, ALWAYS = 64 };

static const struct {
	unsigned int frequency;
	void (*step)(struct actor *self);
} roles[] = {
#define ROLE(name, frequency, story) [ROLE_##name] = { frequency, step_##name },
#include "stress/roles.def"
};

/* A role that is asked for by name only plays as often as the most frequent. */
static unsigned int frequency_of(unsigned int role)
{
	if (!(stress->config.roles & 1u << role))
		return 0;
	return roles[role].frequency ? roles[role].frequency : ALWAYS;
}

void role_step(struct actor *self)
{
	unsigned int all = 0, role = 0, draw;

	for (unsigned int i = 0; i < ROLE_COUNT; i++)
		all += frequency_of(i);
	draw = random_below(&self->rng, all);
	while (draw >= frequency_of(role))
		draw -= frequency_of(role++);
	self->seen->role = role;
	context_self()->steps = 0;
	roles[role].step(self);
	lock_check_idle();
	self->seen->steps[role]++;
	__atomic_store_n(&self->seen->progress, self->seen->progress + 1, __ATOMIC_RELAXED);
}

void role_end(struct actor *self)
{
	struct guest_device *device;

	self->irqs_pending = 0;
	self->refuse_left = 0;
	settle_batch(self, false, 0);
	if (!self->stash_count)
		return;
	device = device_with_take(self);
	device->driver->give(device, &self->stash);
	self->stash_count = 0;
}

UNINSTRUMENTED_END
