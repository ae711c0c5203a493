/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"

static const struct {
	const char *name;
	double least, goal; /* % of the empty target's rate */
} flavours[FLAVOUR_COUNT] = {
#define X(name, least, goal) { #name, least, goal },
	FLAVOURS(X)
#undef X
};

static const struct {
	const char *name, *story;
} parts[PART_COUNT] = {
#define X(name, story) { #name, story },
	PARTS(X)
#undef X
};

static const struct {
	const char *name, *story;
} steps[STEP_COUNT] = {
#define X(name, story) { #name, story },
	STEPS(X)
#undef X
};

static double executed(const struct workload *w)
{
	return 100.0 * w->ran / (WORKLOAD_PROGRAMS * WORKLOAD_RECORDS);
}

static double of_empty(const struct rates *rates, unsigned int s)
{
	return 100 * rates->sut[s].ops / rates->empty;
}

const char *reached(double value, double goal)
{
	return value >= goal ? "reached" : "not reached";
}

static void print_rates(FILE *out, const struct bench *b, enum flavour flavour)
{
	const struct rates *r = &b->rates[flavour];

	fprintf(out, "\n%-5s inputs a CPU second; an empty target: %.0f\n", flavours[flavour].name,
		r->empty);
	fprintf(out, "  %-12s%10s %10s %10s %12s %12s\n", "", "workload", "of empty", "ns an op",
		"fuzz_ops", "ops an input");
	for (unsigned int s = 0; s < b->suts; s++)
		fprintf(out, "  %-12s%10.0f %8.1f %% %10.1f %12.0f %12.1f\n", suts[s]->name,
			r->sut[s].ops, of_empty(r, s), r->sut[s].op_ns, r->sut[s].fuzz,
			r->sut[s].fuzz_ops);
	for (unsigned int s = 0; s < b->suts; s++)
		fprintf(out, "  %-12sat least %.0f %%: %s; goal %.0f %%: %s\n", suts[s]->name,
			flavours[flavour].least, reached(of_empty(r, s), flavours[flavour].least),
			flavours[flavour].goal, reached(of_empty(r, s), flavours[flavour].goal));
}

static void print_parts(FILE *out, const struct bench *b)
{
	fprintf(out, "\n%-42s", "plain ns for one program");
	for (unsigned int s = 0; s < b->suts; s++)
		fprintf(out, "%12s        ", suts[s]->name);
	fputc('\n', out);
	for (unsigned int part = 0; part < PART_COUNT; part++) {
		fprintf(out, "  %-40s", parts[part].story);
		for (unsigned int s = 0; s < b->suts; s++)
			fprintf(out, "%12.0f %5.1f %%", b->part_ns[s][part],
				100 * b->part_ns[s][part] / b->part_ns[s][PART_whole]);
		fputc('\n', out);
	}
}

/* The kernel's file that a core of ours is held against; s itself where there is none. */
static unsigned int kernel_for(const struct bench *b, unsigned int s)
{
	for (unsigned int k = 0; k < b->suts && !suts[s]->origin; k++)
		if (suts[k]->origin && !strcmp(suts[k]->generation, suts[s]->generation) &&
		    !((suts[k]->features ^ suts[s]->features) & FEATURE_migration))
			return k;
	return s;
}

static void print_step(FILE *out, const struct bench *b, unsigned int s, unsigned int step)
{
	unsigned int kernel = kernel_for(b, s);
	char ratio[16] = "";

	if (kernel != s && b->step_ns[kernel][step] > 0)
		snprintf(ratio, sizeof(ratio), "(%.2f)",
			 b->step_ns[s][step] / b->step_ns[kernel][step]);
	if (b->step_ns[s][step] > 0)
		fprintf(out, " %8.1f %-9s", b->step_ns[s][step], ratio);
	else
		fprintf(out, " %8s %-9s", "-", "");
}

/* In brackets: of the time of the kernel's file of that generation. */
static void print_steps(FILE *out, const struct bench *b)
{
	fputs("\nplain ns for one step, core and shim (in brackets: of the kernel file's time)\n", out);
	fprintf(out, "  %-12s", "");
	for (unsigned int step = 0; step < STEP_COUNT; step++)
		fprintf(out, " %-18s", steps[step].name);
	fputc('\n', out);
	for (unsigned int s = 0; s < b->suts; s++) {
		fprintf(out, "  %-12s", suts[s]->name);
		for (unsigned int step = 0; step < STEP_COUNT; step++)
			print_step(out, b, s, step);
		fputc('\n', out);
	}
	for (unsigned int step = 0; step < STEP_COUNT; step++)
		fprintf(out, "  %s: %s\n", steps[step].name, steps[step].story);
}

void report_text(FILE *out, const struct bench *b)
{
	double load = 0;

	getloadavg(&load, 1);
	fprintf(out, "pinprick bench: %s, %ld cores (load %.1f), CPU time, best of interleaved rounds\n",
		b->rates[0].compiler, sysconf(_SC_NPROCESSORS_ONLN), load);
	for (unsigned int f = 0; f < FLAVOUR_COUNT; f++)
		fprintf(out, "  %-12s%s\n", flavours[f].name, b->rates[f].flags);
	fputs("\nworkload\n", out);
	for (unsigned int s = 0; s < b->suts; s++)
		fprintf(out, "  %-12s%u programs (seeds 0 to %u) of %u records, %.1f %% executed; %u of %u transitions\n",
			suts[s]->name, WORKLOAD_PROGRAMS, b->workload[s]->seeds - 1,
			WORKLOAD_RECORDS, executed(b->workload[s]), b->transitions[s],
			b->possible[s]);
	for (unsigned int f = 0; f < FLAVOUR_COUNT; f++)
		print_rates(out, b, f);
	print_parts(out, b);
	fputs("  (an op's ns, and a program's, include taking everything out and freeing it at the end)\n",
	      out);
	print_steps(out, b);
	fputs("\nplain ns for one reset of the world\n", out);
	for (unsigned int i = 0; i < 3; i++)
		fprintf(out, "  %2u pages touched%37.0f\n", reset_pages[i], b->reset_ns[i]);
	report_stress(out, b);
	report_schedules(out, b);
}

/* Compilers, flags and names hold nothing that JSON would have to escape. */
static void json_flavour(FILE *out, const struct bench *b, enum flavour f)
{
	const struct rates *r = &b->rates[f];

	fprintf(out, "%s\"%s\": {\"compiler\": \"%s\", \"flags\": \"%s\", \"empty_per_second\": %.0f",
		f ? ", " : "", flavours[f].name, r->compiler, r->flags, r->empty);
	fprintf(out, ", \"least_percent\": %g, \"goal_percent\": %g, \"suts\": {", flavours[f].least,
		flavours[f].goal);
	for (unsigned int s = 0; s < b->suts; s++) {
		fprintf(out, "%s\"%s\": {\"workload_per_second\": %.0f, \"percent_of_empty\": %.2f",
			s ? ", " : "", suts[s]->name, r->sut[s].ops, of_empty(r, s));
		fprintf(out, ", \"ns_per_op\": %.1f, \"fuzz_ops_per_second\": %.0f", r->sut[s].op_ns,
			r->sut[s].fuzz);
		fprintf(out, ", \"fuzz_ops_ops_per_input\": %.1f}", r->sut[s].fuzz_ops);
	}
	fputs("}}", out);
}

static void json_sut(FILE *out, const struct bench *b, unsigned int s)
{
	const struct workload *w = b->workload[s];

	fprintf(out, "%s\"%s\": {\"programs\": %u, \"seeds\": %u, \"records\": %u", s ? ", " : "",
		suts[s]->name, WORKLOAD_PROGRAMS, w->seeds, WORKLOAD_RECORDS);
	fprintf(out, ", \"executed_percent\": %.2f, \"transitions\": %u, \"transitions_possible\": %u",
		executed(w), b->transitions[s], b->possible[s]);
	fputs(", \"ns_per_program\": {", out);
	for (unsigned int part = 0; part < PART_COUNT; part++)
		fprintf(out, "%s\"%s\": %.0f", part ? ", " : "", parts[part].name,
			b->part_ns[s][part]);
	fputs("}}", out);
}

void report_json(FILE *out, const struct bench *b)
{
	fprintf(out, "{\"verb\": \"bench\", \"cores\": %ld, \"flavours\": {",
		sysconf(_SC_NPROCESSORS_ONLN));
	for (unsigned int f = 0; f < FLAVOUR_COUNT; f++)
		json_flavour(out, b, f);
	fputs("}, \"suts\": {", out);
	for (unsigned int s = 0; s < b->suts; s++)
		json_sut(out, b, s);
	fputs("}, \"step_ns\": {", out);
	for (unsigned int s = 0; s < b->suts; s++) {
		fprintf(out, "%s\"%s\": {", s ? ", " : "", suts[s]->name);
		for (unsigned int step = 0; step < STEP_COUNT; step++)
			fprintf(out, "%s\"%s\": %.2f", step ? ", " : "", steps[step].name,
				b->step_ns[s][step]);
		fputc('}', out);
	}
	fputs("}, \"reset_ns\": {", out);
	for (unsigned int i = 0; i < 3; i++)
		fprintf(out, "%s\"%u\": %.1f", i ? ", " : "", reset_pages[i], b->reset_ns[i]);
	fputc('}', out);
	report_stress_json(out, b);
	report_schedules_json(out, b);
	fputs("}\n", out);
}
