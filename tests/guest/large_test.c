/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Guests by hand: what an audit must see, and worlds of many frames with many
 * devices, in interrupts too.
 */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "guest/audit.h"
#include "harness/run.h"
#include "shim/page_alloc.h"
#include "shim/world.h"
#include "tests/guest/wrong_drivers.h"

#define LARGE 4096 /* frames */

static struct {
	char rule[64], text[256];
	jmp_buf exit;
} seen;

static void finding(const char *rule, const char *format, va_list arguments)
{
	snprintf(seen.rule, sizeof(seen.rule), "%s", rule);
	vsnprintf(seen.text, sizeof(seen.text), format, arguments);
	longjmp(seen.exit, 1);
}

static void complain(const char *what)
{
	observe_finding("model.bug", "%s", what);
}

static const struct observer by_hand = {
	.finding = finding,
	.warning = complain,
	.bug = complain,
	.migratepage = guest_migratepage,
};

/* Runs a guest by hand in a new world; true where just this rule is broken, "" for none. */
static bool sees(const char *rule, const char *sut, unsigned int frames, void (*act)(void))
{
	seen.rule[0] = 0;
	if (world.pages)
		world_free();
	if (world_create(frames))
		return false;
	world.features = sut_find(sut)->features;
	page_alloc_hook = NULL;
	observer = &by_hand;
	if (!_setjmp(seen.exit)) {
		guest_start(sut_find(sut), world.features, false);
		guest.host.refuses = NULL;
		act();
	}
	observer = NULL;
	world_restore();
	world_free();
	if (!strcmp(seen.rule, rule))
		return true;
	printf("FAIL by hand on %s: '%s', not '%s': %s\n", sut, seen.rule, rule, seen.text);
	return false;
}

static void held_by_nobody(void)
{
	guest_add(&driver_free, 1, false);
	guest_audit(0);
	guest_alloc();
	guest_audit(1);
	guest_audit(0);
}

static void never_deflated(void)
{
	uint64_t pfn = host_pfn(1, 3, 0);

	guest_add(&driver_virtio, 1, false);
	host_tell(&guest.host, HOST_DEFLATE, 1, &pfn, 1);
}

static void off_the_end(void)
{
	guest_add(&driver_virtio, 1, false);
	guest_tell(&guest.devices[0], HOST_INFLATE, frame_page(world.frames));
}

static void called_after_the_end(void)
{
	guest_add(&driver_virtio, 1, false);
	driver_virtio.inflate(&guest.devices[0], 1);
	guest_gone(&guest.devices[0]);
	if (movable_isolate(frame_page(0)) == ISOLATE_DONE)
		movable_migrate(frame_page(0), 1, MIGRATE_SYNC);
}

unsigned int audits(void (*prove)(const char *id))
{
	static const struct {
		const char *rule, *sut;
		void (*act)(void);
	} cases[] = {
		{ "ledger.frames", "modern", held_by_nobody },
		{ "ledger.frames", "classic-off", held_by_nobody },
		{ "host.not-inflated", "modern", never_deflated },
		{ "host.frame", "modern", off_the_end },
		{ "model.callback", "classic", called_after_the_end },
	};
	unsigned int failed = 0;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (sees(cases[i].rule, cases[i].sut, 64, cases[i].act))
			prove(cases[i].rule);
		else
			failed++;
	}
	return failed;
}

/* Every discipline, of either size, until memory is full; then through the offlining of all of it.
 */
static void many(unsigned int devices)
{
	for (unsigned int i = 0; i < devices; i++)
		guest_add(drivers[i % 4], i % 8 < 4 ? 1 : 16, i & 1);
	for (unsigned int round = 0; round < 64; round++) {
		struct guest_device *device = &guest.devices[round % devices];

		context_self()->steps = 0;
		device->driver->inflate(device, GUEST_CHUNK);
		if (round % 8 == 7)
			guest_audit(0);
	}
	for (unsigned int frame = 0; frame < world.frames; frame++) {
		struct page *page = frame_page(frame);

		context_self()->steps = 0;
		if (movable_isolate(page) != ISOLATE_DONE)
			continue;
		if (frame % 512 == 0)
			guest_audit(0);
		if (movable_migrate(page, frame ^ world.frames / 2, MIGRATE_SYNC))
			movable_putback(page);
	}
	guest_audit(0);
	for (unsigned int i = 0; i < devices; i++) {
		struct guest_device *device = &guest.devices[i];

		context_self()->steps = 0;
		device->driver->oom(device);
		for (unsigned int round = 0; round < 4; round++)
			guest_round(device);
		context_self()->steps = 0;
		if (!device->driver->remove(device))
			complain("a driver stays");
	}
	guest_audit_end();
}

static void eight(void)
{
	many(8);
}

static void four(void)
{
	many(4);
}

/* Those of the free discipline that must not sleep do not. */
static void in_an_interrupt(void)
{
	struct guest_device *device = &guest.devices[0];
	struct context *self = context_self();

	guest_add(&driver_free, 1, true);
	driver_free.inflate(device, 3);
	self->irqs_off = true;
	self->irq_depth = 1;
	driver_free.deflate(device, 2);
	self->irqs_off = false;
	self->irq_depth = 0;
	guest_audit(0);
	driver_free.remove(device);
	guest_audit_end();
}

/* A context that keeps a page isolated keeps the driver. */
static void stays_while_isolated(void)
{
	for (unsigned int i = 0; drivers[i]; i++) {
		struct guest_device *device = &guest.devices[i];

		guest_add(drivers[i], 1, false);
		drivers[i]->inflate(device, 2);
		if (movable_isolate(link_to_page(guest.sut->device_pages(device->core)->next)) !=
		    ISOLATE_DONE)
			complain("not isolated");
	}
	for (unsigned int i = 0; drivers[i]; i++)
		if (drivers[i]->remove(&guest.devices[i]) || guest_inflated(&guest.devices[i]) != 1)
			complain("a driver goes, with a page isolated");
	guest_audit(0);
	for (unsigned int frame = 0; frame < world.frames; frame++)
		if (page_peek_flags(frame_page(frame)) & PG_movable_ops_isolated)
			movable_putback(frame_page(frame));
	for (unsigned int i = 0; drivers[i]; i++)
		if (!drivers[i]->remove(&guest.devices[i]))
			complain("a driver stays");
	guest_audit_end();
}

unsigned int large_guests(void)
{
	unsigned int failed = 0;

	failed += !sees("", "modern", LARGE, eight);
	failed += !sees("", "modern-off", LARGE, eight);
	failed += !sees("", "classic", LARGE, eight);
	failed += !sees("", "classic-off", LARGE, four);
	failed += !sees("", "modern", 64, in_an_interrupt);
	failed += !sees("", "classic", 64, in_an_interrupt);
	failed += !sees("", "modern", 64, stays_while_isolated);
	failed += !sees("", "classic", 64, stays_while_isolated);
	return failed;
}
