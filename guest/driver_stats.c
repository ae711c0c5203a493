/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "guest/host.h"
#include "guest/run_drivers.h"

UNINSTRUMENTED_BEGIN

void driver_stats_print(FILE *out, const struct stats *stats, const struct driver_stats *d)
{
	fprintf(out, "ops:");
	for (unsigned int op = 0; op < OP_COUNT; op++)
		if (stats->ran[op])
			fprintf(out, " %s %llu", op_table[op].name,
				(unsigned long long)stats->ran[op]);
	fprintf(out,
		"; %llu of them inside an allocation\nskipped:", (unsigned long long)d->nested);
	for (unsigned int skip = 0; skip < SKIP_COUNT; skip++)
		if (stats->skipped[skip])
			fprintf(out, " %s %llu", skip_names[skip],
				(unsigned long long)stats->skipped[skip]);
	fprintf(out, "\npages: %llu inflated, %llu deflated (without those of target and remove)\n",
		(unsigned long long)d->inflated, (unsigned long long)d->deflated);
	fprintf(out, "callbacks: %llu; %llu moved, %llu again, %llu busy, %llu gone\n",
		(unsigned long long)d->callbacks, (unsigned long long)d->moved,
		(unsigned long long)d->again, (unsigned long long)d->busy,
		(unsigned long long)d->gone);
	fprintf(out, "host: %llu and %llu requests, %llu and %llu of them refused\n",
		(unsigned long long)d->asked[HOST_INFLATE],
		(unsigned long long)d->asked[HOST_DEFLATE],
		(unsigned long long)d->refused[HOST_INFLATE],
		(unsigned long long)d->refused[HOST_DEFLATE]);
	fprintf(out, "drivers: %llu gone, %llu kept by isolated pages\n",
		(unsigned long long)d->removed, (unsigned long long)d->stayed);
}

UNINSTRUMENTED_END
