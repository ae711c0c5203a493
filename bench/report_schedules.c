/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "bench/bench.h"

static const double least[STRESS_FLAVOUR_COUNT] = {
#define X(name, least) [STRESS_##name] = (least),
	SCHEDULE_FLAVOURS(X)
#undef X
};

static const unsigned int millions[MEMORY_COUNT] = {
#define X(millions) millions,
	MEMORY_STEPS(X)
#undef X
};

static double switches_in_handover(const struct schedule_rates *rates, enum stress_flavour f)
{
	return rates->of[f].handover_ns / rates->of[f].switch_ns;
}

/* Bytes a schedule, once all that is needed once is there. */
static double growth(const struct schedule_rates *rates, enum stress_flavour f)
{
	const double *kib = rates->of[f].resident;
	unsigned int schedules = millions[MEMORY_COUNT - 1] - millions[MEMORY_FROM];

	return (kib[MEMORY_COUNT - 1] - kib[MEMORY_FROM]) * 1024 / (1e6 * schedules);
}

static bool portfolio_is_good(const struct schedule_rates *rates, unsigned int i)
{
	const unsigned int *median = rates->planted[i].median;
	unsigned int best = median[0];

	for (enum schedule_strategy s = 1; s < STRATEGY_COUNT; s++)
		best = median[s] < best ? median[s] : best;
	return median[STRATEGY_portfolio] <= PLANTED_MOST &&
	       median[STRATEGY_portfolio] <= PORTFOLIO_MOST * best;
}

static void print_alone(FILE *out, const struct schedule_rates *rates)
{
	fprintf(out,
		"\nschedules a CPU second: the back end alone, %u contexts x %u points\n  %-12s",
		SCHEDULE_CONTEXTS, SCHEDULE_POINTS, "");
	for (unsigned int s = 0; s < STRATEGY_COUNT; s++)
		fprintf(out, "%11s", schedule_strategies[s]);
	fprintf(out, "%11s\n", "of empty");
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++) {
		fprintf(out, "  %-12s", stress_flavours[f]);
		for (unsigned int s = 0; s < STRATEGY_COUNT; s++)
			fprintf(out, "%11.0f", rates->of[f].alone[s]);
		fprintf(out, "%9.1f %%\n",
			100 * rates->of[f].alone[STRATEGY_random] / rates->of[f].empty);
	}
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++)
		fprintf(out, "  %-12sat least %.0f: %s\n", stress_flavours[f], least[f],
			reached(rates->of[f].alone[STRATEGY_random], least[f]));
	fputs("  (of empty, and judged: by the strategy random)\n", out);
}

static void print_judged(FILE *out, const struct schedule_rates *rates, unsigned int s)
{
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++) {
		double judged = rates->of[f].judged[s];
		double alone = rates->of[f].alone[STRATEGY_random];

		fprintf(out, "  %-12s%-12s%10.0f%11.1f%9.1f %%%9.1f %%   at least %.0f: %s",
			f ? "" : suts[s]->name, stress_flavours[f], judged, rates->of[f].points[s],
			100 * judged / alone, 100 * judged / rates->of[f].empty,
			JUDGED_LEAST * least[f], reached(judged, JUDGED_LEAST * least[f]));
		fprintf(out, "; %.0f %% of alone: %s\n", 100 * JUDGED_LEAST,
			reached(judged, JUDGED_LEAST * alone));
	}
}

static void print_costs(FILE *out, const struct schedule_rates *rates)
{
	fprintf(out,
		"\nns for a switch between contexts, and for a hand-over between threads (semaphores)\n");
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++)
		fprintf(out, "  %-12s%11.1f%11.1f   1/%.0f; at most 1/%u: %s\n", stress_flavours[f],
			rates->of[f].switch_ns, rates->of[f].handover_ns,
			switches_in_handover(rates, f), HANDOVER_LEAST,
			reached(switches_in_handover(rates, f), HANDOVER_LEAST));
	fputs("\nKiB resident after so many million schedules of the back end alone\n              ",
	      out);
	for (unsigned int i = 0; i < MEMORY_COUNT; i++)
		fprintf(out, "%11u", millions[i]);
	fputc('\n', out);
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++) {
		fprintf(out, "  %-12s", stress_flavours[f]);
		for (unsigned int i = 0; i < MEMORY_COUNT; i++)
			fprintf(out, "%11.0f", rates->of[f].resident[i]);
		fprintf(out, "   from %u million on at most %g bytes a schedule: %s\n",
			millions[MEMORY_FROM], MEMORY_FLAT,
			growth(rates, f) <= MEMORY_FLAT ? "flat" : "not flat");
	}
}

static void print_planted(FILE *out, const struct schedule_rates *rates)
{
	fprintf(out, "\nplain schedules to find a planted mistake, median of %u seeds\n  %-24s",
		PLANTED_SEEDS, "");
	for (unsigned int s = 0; s <= STRATEGY_COUNT; s++)
		fprintf(out, "%11s", schedule_strategies[s]);
	fputc('\n', out);
	for (unsigned int i = 0; i < PLANTED_COUNT; i++) {
		const unsigned int *median = rates->planted[i].median;

		fprintf(out, "  %-24s", rates->planted[i].name);
		for (unsigned int s = 0; s <= STRATEGY_COUNT; s++)
			if (median[s] <= PLANTED_MOST)
				fprintf(out, "%11u", median[s]);
			else
				fprintf(out, "%11s", "not found");
		fprintf(out, "   portfolio at most %u x the best: %s\n", PORTFOLIO_MOST,
			portfolio_is_good(rates, i) ? "reached" : "not reached");
	}
}

void report_schedules(FILE *out, const struct bench *b)
{
	const struct schedule_rates *rates = &b->schedules;

	print_alone(out, rates);
	fprintf(out,
		"\nschedules a CPU second: judged by everything, %u contexts\n  %-24s%10s%11s%11s%11s\n",
		SCHEDULE_CONTEXTS, "", "schedules", "points", "of alone", "of empty");
	for (unsigned int s = 0; s < b->suts; s++)
		if (rates->of[0].judged[s] > 0)
			print_judged(out, rates, s);
	print_costs(out, rates);
	print_planted(out, rates);
}

static void json_flavour(FILE *out, const struct bench *b, enum stress_flavour f)
{
	const struct schedule_rates *rates = &b->schedules;
	bool first = true;

	fprintf(out, "%s\"%s\": {\"empty_per_second\": %.0f, \"alone_least\": %.0f, \"alone\": {",
		f ? ", " : "", stress_flavours[f], rates->of[f].empty, least[f]);
	for (unsigned int s = 0; s < STRATEGY_COUNT; s++)
		fprintf(out, "%s\"%s\": %.0f", s ? ", " : "", schedule_strategies[s],
			rates->of[f].alone[s]);
	fputs("}, \"judged\": {", out);
	for (unsigned int s = 0; s < b->suts; s++) {
		if (rates->of[f].judged[s] <= 0)
			continue;
		fprintf(out, "%s\"%s\": {\"per_second\": %.0f, \"points\": %.1f}",
			first ? "" : ", ", suts[s]->name, rates->of[f].judged[s],
			rates->of[f].points[s]);
		first = false;
	}
	fprintf(out, "}, \"switch_ns\": %.2f, \"handover_ns\": %.1f, \"resident_kib\": {",
		rates->of[f].switch_ns, rates->of[f].handover_ns);
	for (unsigned int i = 0; i < MEMORY_COUNT; i++)
		fprintf(out, "%s\"%u\": %.0f", i ? ", " : "", millions[i] * 1000000,
			rates->of[f].resident[i]);
	fprintf(out, "}, \"flat\": %s}", growth(rates, f) <= MEMORY_FLAT ? "true" : "false");
}

void report_schedules_json(FILE *out, const struct bench *b)
{
	const struct schedule_rates *rates = &b->schedules;

	fprintf(out, ", \"schedules\": {\"judged_least_ratio\": %g, \"handover_least_ratio\": %u",
		JUDGED_LEAST, HANDOVER_LEAST);
	fprintf(out, ", \"portfolio_most_ratio\": %u, \"flavours\": {", PORTFOLIO_MOST);
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++)
		json_flavour(out, b, f);
	fprintf(out, "}, \"planted_seeds\": %u, \"planted_most\": %u, \"planted\": {",
		PLANTED_SEEDS, PLANTED_MOST);
	for (unsigned int i = 0; i < PLANTED_COUNT; i++) {
		fprintf(out, "%s\"%s\": {", i ? ", " : "", rates->planted[i].name);
		for (unsigned int s = 0; s <= STRATEGY_COUNT; s++)
			fprintf(out, "%s\"%s\": %u", s ? ", " : "", schedule_strategies[s],
				rates->planted[i].median[s]);
		fputc('}', out);
	}
	fputs("}}", out);
}
