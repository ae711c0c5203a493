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
	const char *sut, *finding; /* as its id begins */
} spoiled[] = {
	{ "spoiled-at-tail", "driver.state@" },
	{ "spoiled-no-event", "accounting.I2@" },
	{ "spoiled-unlocked", "lock.not-held@" },
	{ "spoiled-puts-early", "lock.put@" },
	{ "spoiled-not-registered", "migrate.unregistered@start" },
	{ "spoiled-keeps-type", "page.free-typed@" },
};

static unsigned int passed, failed;

/* The first finding of so many programs; "" for none.  In one zone no page changes its node. */
static const char *run(const struct sut *sut, bool one_zone)
{
	static const struct driver_options options;
	static struct driver_stats driver_stats;
	static struct stats stats;
	static struct program p;
	static struct verdict v;

	for (unsigned int i = 0; i < PROGRAMS; i++) {
		drivers_generate(&p, 8 + i % 56, sut_features(sut), i);
		if (one_zone)
			memset(p.zone_of_quarter, 0, sizeof(p.zone_of_quarter));
		run_drivers(sut, &p, &options, &stats, &driver_stats, &v);
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
		got = run(suts[i], false);
		judge(!*got, suts[i]->name, got);
	}
	for (unsigned int i = 0; i < sizeof(spoiled) / sizeof(spoiled[0]); i++) {
		got = run(sut_find(spoiled[i].sut), true);
		judge(!strncmp(got, spoiled[i].finding, strlen(spoiled[i].finding)), spoiled[i].sut,
		      got);
	}
	printf("drivers on trees: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
