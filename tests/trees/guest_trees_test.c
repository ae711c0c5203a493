/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The drivers of guest/ on the trees of this folder, with the quirks that were
 * measured: random programs are clean on the good ones, and find what is wrong
 * with spoiled ones.
 */
#include <stdio.h>
#include <string.h>

#include "guest/make_drivers.h"
#include "guest/run_drivers.h"
#include "harness/minimize.h"
#include "harness/quirks.h"
#include "shim/poison.h"

#ifdef PINPRICK_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#define PROGRAMS 400

static const struct {
	const char *sut;
	enum program_driver driver; /* for all devices: it must not meet the tree's quirks */
	const char *finding;	    /* as its id begins */
} spoiled[] = {
	{ "spoiled-at-tail", DRIVER_vmware, "driver.state@" },
	{ "spoiled-no-event", DRIVER_vmware, "accounting.I2@" },
	{ "spoiled-unlocked", DRIVER_virtio, "lock.not-held@" },
	{ "spoiled-puts-early", DRIVER_vmware, "lock.put@" },
	{ "spoiled-not-registered", DRIVER_vmware, "migrate.unregistered@start" },
	{ "spoiled-keeps-type", DRIVER_vmware, "page.free-typed@" },
};

static unsigned int passed, failed;

/*
 * Spoiled trees' quirks cannot be measured: in one zone, and by list calls only, as
 * VMware's driver makes them, a program meets none.
 */
static void avoid_quirks(struct program *p, unsigned int driver)
{
	memset(p->zone_of_quarter, 0, sizeof(p->zone_of_quarter));
	for (unsigned int i = 0; i < p->count; i++)
		if (p->records[i].op == OP_attach)
			p->records[i].b = (uint8_t)driver;
}

/* The first finding of so many programs; "" for none.  All devices with one driver, or with any. */
static const char *run(const struct sut *sut, unsigned int driver)
{
	static const struct driver_options options;
	static struct stats stats;
	static struct program p;
	static struct verdict v;

	for (unsigned int i = 0; i < PROGRAMS; i++) {
		drivers_generate(&p, 8 + i % 56, sut_features(sut), i);
		if (driver < DRIVER_COUNT)
			avoid_quirks(&p, driver);
		run_drivers(sut, &p, &options, &stats, &v);
		if (!verdict_clean(&v))
			break;
	}
	return v.finding.id;
}

static void judge(bool right, const char *name, const char *got)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAIL %s: %s\n", name, *got ? got : "no finding");
}

int main(void)
{
	const char *got;

#ifdef PINPRICK_ASAN
	__sanitizer_set_death_callback(child_sanitizer_death);
#endif
	for (unsigned int i = 0; suts[i]; i++) {
		if (!quirks_measure(suts[i]))
			return 3;
		if (strncmp(suts[i]->name, "tree-", 5))
			continue;
		got = run(suts[i], DRIVER_COUNT);
		judge(!*got, suts[i]->name, got);
	}
	for (unsigned int i = 0; i < sizeof(spoiled) / sizeof(spoiled[0]); i++) {
		got = run(sut_find(spoiled[i].sut), spoiled[i].driver);
		judge(!strncmp(got, spoiled[i].finding, strlen(spoiled[i].finding)), spoiled[i].sut,
		      got);
	}
	printf("drivers on trees: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
