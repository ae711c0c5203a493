/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every fault point of the seeds for drivers fails once, and every pair of them: the
 * fault fires, what was done before it is the same as without, and model, audit and
 * host have nothing to complain of.
 */
#include <stdlib.h>
#include <string.h>

#include "guest/run_drivers.h"
#include "tests/guest/wrong_drivers.h"

#define POINTS 32 /* of a kind in a record, that the format can name */

static struct driver_faults *counts;

struct told {
	char *trace;
	uint64_t fired[FAULT_COUNT];
	bool clean;
};

static struct told run_told(const struct sut *sut, const struct program *p,
			    const struct driver *const *table)
{
	static struct stats stats;
	static struct verdict v;
	struct told told = { 0 };
	size_t size;
	struct driver_options options = { .drivers = table,
					  .trace = open_memstream(&told.trace, &size) };

	if (!options.trace)
		abort();
	memset(&stats, 0, sizeof(stats));
	run_drivers(sut, p, &options, &stats, &v);
	fclose(options.trace);
	memcpy(told.fired, stats.fired, sizeof(told.fired));
	told.clean = verdict_clean(&v);
	counts->runs++;
	if (!told.clean && !counts->complaints++)
		counts->first = v.finding;
	return told;
}

/* The records before this one, and before the op in whose hook it stands, leave the same lines. */
static bool same_before(const struct sut *sut, const struct program *p, unsigned int record,
			const char *trace, const struct driver *const *table)
{
	struct program before = *p;
	struct told told;
	bool same;

	while (record && (p->records[record].how & HOW_NESTED))
		record--;
	before.count = record;
	told = run_told(sut, &before, table);
	same = !strncmp(trace, told.trace, strlen(told.trace));
	free(told.trace);
	return same;
}

static void fail_from(const struct sut *sut, const struct program *p, unsigned int from,
		      const struct driver *const *table, bool pairs);

static bool fail_point(const struct sut *sut, const struct program *p, unsigned int record,
		       unsigned int fault, const struct driver *const *table, bool pairs)
{
	const uint8_t kind = (uint8_t)(fault & 7);
	struct program failing = *p;
	struct told with, without;
	bool fires;

	failing.records[record].fault = 0;
	without = run_told(sut, &failing, table);
	failing.records[record].fault = (uint8_t)fault;
	with = run_told(sut, &failing, table);
	fires = with.fired[kind] > without.fired[kind] || !with.clean;
	if (fires) {
		counts->points += pairs;
		counts->pairs += !pairs;
		counts->astray += !same_before(sut, &failing, record, with.trace, table);
		if (pairs && with.clean)
			fail_from(sut, &failing, record + 1, table, false);
	}
	free(with.trace);
	free(without.trace);
	return fires;
}

static void fail_from(const struct sut *sut, const struct program *p, unsigned int from,
		      const struct driver *const *table, bool pairs)
{
	for (unsigned int record = from; record < p->count; record++)
		for (unsigned int kind = FAULT_none + 1; kind < FAULT_COUNT; kind++)
			for (unsigned int n = 0; n < POINTS; n++)
				if (!fail_point(sut, p, record, kind | n << 3, table, pairs))
					break;
}

void driver_faults(const struct sut *sut, const struct program *p,
		   const struct driver *const *table, struct driver_faults *to)
{
	counts = to;
	fail_from(sut, p, 0, table, true);
}
