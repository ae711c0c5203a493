/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "bench/bench.h"
#include "guest/guest.h"

/* By CPU time: what else the machine does may not decide it. */
static double ratio(const struct stress_rates *rates, unsigned int i, unsigned int step)
{
	return rates->of[i].cpu[STRESS_tsan][step] / rates->of[i].cpu[STRESS_plain][step];
}

static double least_ratio(const struct stress_rates *rates, unsigned int i)
{
	double least = ratio(rates, i, 0);

	for (unsigned int step = 1; step < STRESS_STEPS; step++)
		least = ratio(rates, i, step) < least ? ratio(rates, i, step) : least;
	return least;
}

static double oracle_percent(const struct stress_rates *rates, unsigned int i)
{
	return 100.0 * (double)rates->of[i].oracle_samples / (double)rates->of[i].samples;
}

static void print_threads(FILE *out, const struct stress_rates *rates, unsigned int i)
{
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++) {
		fprintf(out, "  %-12s%-12s", f ? "" : suts[rates->suts[i]]->name,
			stress_flavours[f]);
		for (unsigned int step = 0; step < STRESS_STEPS; step++)
			fprintf(out, " %12.0f", rates->of[i].threads[f][step]);
		fputc('\n', out);
	}
	fprintf(out, "  %-12s%-12s", "", "tsan/plain");
	for (unsigned int step = 0; step < STRESS_STEPS; step++)
		fprintf(out, " %12.2f", ratio(rates, i, step));
	fprintf(out, "   at least %.2f: %s\n", STRESS_LEAST,
		reached(least_ratio(rates, i), STRESS_LEAST));
}

static void print_devices(FILE *out, const struct stress_rates *rates)
{
	fprintf(out, "\nplain the same with 4 threads, by devices of the driver %s\n  %-24s",
		drivers[0]->name, "");
	for (unsigned int scale = 0; scale < STRESS_SCALES; scale++)
		fprintf(out, " %12u", stress_devices[scale]);
	fputc('\n', out);
	for (unsigned int i = 0; i < rates->count; i++) {
		fprintf(out, "  %-24s", suts[rates->suts[i]]->name);
		for (unsigned int scale = 0; scale < STRESS_SCALES; scale++)
			fprintf(out, " %12.0f", rates->of[i].devices[scale]);
		fputc('\n', out);
	}
}

static void print_oracles(FILE *out, const struct stress_rates *rates)
{
	fputs("\ntsan share of CPU time in what only judges (ORACLE functions, by program counter; 4 threads)\n",
	      out);
	for (unsigned int i = 0; i < rates->count; i++)
		if (rates->of[i].samples)
			fprintf(out, "  %-24s %10.1f %%   of %llu samples\n",
				suts[rates->suts[i]]->name, oracle_percent(rates, i),
				(unsigned long long)rates->of[i].samples);
		else
			fprintf(out, "  %-24s not measured: this system does not tell\n",
				suts[rates->suts[i]]->name);
}

void report_stress(FILE *out, const struct bench *b)
{
	const struct stress_rates *rates = &b->stress;

	fprintf(out,
		"\nstress: calls of the core a second of the wall clock, every role, 4 devices, by threads\n  %-24s",
		"");
	for (unsigned int step = 0; step < STRESS_STEPS; step++)
		fprintf(out, " %12u", stress_threads[step]);
	fputc('\n', out);
	for (unsigned int i = 0; i < rates->count; i++)
		print_threads(out, rates, i);
	fputs("  (tsan/plain: by calls a CPU second)\n", out);
	print_devices(out, rates);
	print_oracles(out, rates);
}

static void json_rates(FILE *out, const char *name, const unsigned int *counts,
		       const double *values, unsigned int count)
{
	fprintf(out, "\"%s\": {", name);
	for (unsigned int i = 0; i < count; i++)
		fprintf(out, "%s\"%u\": %.0f", i ? ", " : "", counts[i], values[i]);
	fputs("}, ", out);
}

void report_stress_json(FILE *out, const struct bench *b)
{
	const struct stress_rates *rates = &b->stress;

	fprintf(out, ", \"stress\": {\"least_ratio\": %g, \"suts\": {", STRESS_LEAST);
	for (unsigned int i = 0; i < rates->count; i++) {
		fprintf(out, "%s\"%s\": {", i ? ", " : "", suts[rates->suts[i]]->name);
		for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++)
			json_rates(out, stress_flavours[f], stress_threads, rates->of[i].threads[f],
				   STRESS_STEPS);
		json_rates(out, "plain_a_cpu_second", stress_threads,
			   rates->of[i].cpu[STRESS_plain], STRESS_STEPS);
		json_rates(out, "tsan_a_cpu_second", stress_threads, rates->of[i].cpu[STRESS_tsan],
			   STRESS_STEPS);
		json_rates(out, "plain_by_devices", stress_devices, rates->of[i].devices,
			   STRESS_SCALES);
		fprintf(out,
			"\"tsan_to_plain\": %.3f, \"samples\": %llu, \"oracle_samples\": %llu}",
			least_ratio(rates, i), (unsigned long long)rates->of[i].samples,
			(unsigned long long)rates->of[i].oracle_samples);
	}
	fputs("}}", out);
}
