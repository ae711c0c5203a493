/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "cli/drivers.h"
#include "cli/status.h"

static unsigned long long did(const struct stats *s, enum driver_counter counter)
{
	return (unsigned long long)s->drivers[counter];
}

static uint64_t ops(const struct stats *s)
{
	uint64_t all = 0;

	for (unsigned int op = 0; op < OP_COUNT; op++)
		all += s->ran[op];
	return all;
}

void drivers_workload(const struct stats *all)
{
	fprintf(say,
		"  %-13s%llu inflated, %llu deflated before the end; %llu ops inside an allocation\n",
		"pages", did(all, DRIVER_COUNT_inflated), did(all, DRIVER_COUNT_deflated),
		did(all, DRIVER_COUNT_nested));
	fprintf(say, "  %-13s%llu callbacks: %llu moved, %llu again, %llu busy, %llu gone\n",
		"migrations", did(all, DRIVER_COUNT_callbacks), did(all, DRIVER_COUNT_moved),
		did(all, DRIVER_COUNT_again), did(all, DRIVER_COUNT_busy),
		did(all, DRIVER_COUNT_gone));
	fprintf(say,
		"  %-13s%llu requests to inflate, %llu refused; %llu to deflate, %llu refused\n",
		"host", did(all, DRIVER_COUNT_asked_inflate),
		did(all, DRIVER_COUNT_refused_inflate), did(all, DRIVER_COUNT_asked_deflate),
		did(all, DRIVER_COUNT_refused_deflate));
	fprintf(say, "  %-13s%llu went, %llu stayed for pages that would not come out\n", "drivers",
		did(all, DRIVER_COUNT_removed), did(all, DRIVER_COUNT_stayed));
}

void drivers_status(FILE *line, const struct tally *tally, unsigned int count)
{
	double in = 0, out = 0, moved = 0;

	for (unsigned int i = 0; i < count; i++) {
		in += (double)did(&tally->stats[i], DRIVER_COUNT_inflated);
		out += (double)did(&tally->stats[i], DRIVER_COUNT_deflated);
		moved += (double)did(&tally->stats[i], DRIVER_COUNT_moved);
	}
	fputs("pages ", line);
	status_number(line, in);
	fputs(" in ", line);
	status_number(line, out);
	fputs(" out ", line);
	status_number(line, moved);
	fputs(" moved", line);
}

static bool enough(const struct sut *sut, const char *what, uint64_t seen, double least)
{
	if (seen && (double)seen >= least)
		return true;
	fprintf(say, "%s: %s: %llu, and %.0f at least would prove something\n", sut->name, what,
		(unsigned long long)seen, least < 1 ? 1 : least);
	return false;
}

static bool proved(const struct sut *sut, const struct stats *s)
{
	double millions = (double)ops(s) / 1e6;
	unsigned int has = sut->features & FEATURE_migration ? sut->features : 0;
	bool good = true;

	/* Pages that stay because somebody has them locked. */
	has |= sut->features & FEATURE_page_lock;
#define RAN(op, per_million, needs)                                                                \
	if (!(needs) || (has & (needs)))                                                           \
		good &= enough(sut, #op, s->ran[OP_##op], (per_million)*millions);
#define DID(counter, per_million, needs)                                                           \
	if (!(needs) || (has & (needs)))                                                           \
		good &= enough(sut, #counter, did(s, DRIVER_COUNT_##counter),                      \
			       (per_million)*millions);
#define FIRED(kind, per_million, needs)                                                            \
	if (!(needs) || (has & (needs)))                                                           \
		good &= enough(sut, #kind " faults", s->fired[FAULT_##kind],                       \
			       (per_million)*millions);
#include "cli/drivers_floors.def"
	return good;
}

bool drivers_proved(const struct cli *cli, const struct tally *tally)
{
	bool good = true;

	for (unsigned int i = 0; i < cli->sut_count; i++)
		good &= proved(cli->suts[i], &tally->stats[i]);
	return good;
}
