/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "cli/floors.h"
#include "cli/kernels.h"
#include "cli/stress.h"

struct stress_context stress_sum(const struct stress_part *part)
{
	struct stress_context sum = part->before;

	for (unsigned int i = 0; part->shared && i < part->shared->started; i++) {
		const struct stress_context *one = &part->shared->contexts[i];

		for (unsigned int call = 0; call < CALL_COUNT; call++) {
			for (unsigned int class = 0; class < CLASS_COUNT; class ++)
				sum.calls[call][class] += one->calls[call][class];
			for (unsigned int other = 0; other < CALL_COUNT; other++) {
				sum.overlap_device[call][other] += one->overlap_device[call][other];
				sum.overlap_page[call][other] += one->overlap_page[call][other];
			}
		}
		for (unsigned int role = 0; role < ROLE_COUNT; role++)
			sum.steps[role] += one->steps[role];
		for (unsigned int fault = 0; fault < FAULT_COUNT; fault++)
			sum.faults[fault] += one->faults[fault];
		sum.pages += one->pages;
		sum.waits += one->waits;
		sum.interrupts += one->interrupts;
		sum.refusals += one->refusals;
		sum.oom += one->oom;
		sum.compactions += one->compactions;
		sum.programs += one->programs;
	}
	return sum;
}

static uint64_t calls_of(const struct stress_context *sum, unsigned int call)
{
	uint64_t count = 0;

	for (unsigned int class = 0; class < CLASS_COUNT; class ++)
		count += sum->calls[call][class];
	return count;
}

uint64_t stress_calls(const struct stress_context *sum)
{
	uint64_t count = 0;

	for (unsigned int call = 0; call < CALL_COUNT; call++)
		count += calls_of(sum, call);
	return count;
}

static void print_calls(const struct stress_context *sum)
{
	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		if (!calls_of(sum, call))
			continue;
		fprintf(say, "    %-13s", stress_call_names[call]);
		for (unsigned int class = 0; class < CLASS_COUNT; class ++)
			if (sum->calls[call][class])
				fprintf(say, " %s %llu", class_names[class],
					(unsigned long long)sum->calls[call][class]);
		fputc('\n', say);
	}
}

/* Either order of a pair is the same pair. */
static uint64_t pair(const uint64_t matrix[CALL_COUNT][CALL_COUNT], unsigned int a, unsigned int b)
{
	return matrix[a][b] + (a != b ? matrix[b][a] : 0);
}

/* Only what this sut has: without page migration nothing is isolated. */
static void print_overlaps(const struct stress_context *sum)
{
	fprintf(say, "    in flight together, on one device / on one page\n    %-13s", "");
	for (unsigned int b = CALL_enqueue; b < CALL_COUNT; b++)
		if (calls_of(sum, b))
			fprintf(say, " %15s", stress_call_names[b]);
	fputc('\n', say);
	for (unsigned int a = CALL_enqueue; a < CALL_COUNT; a++) {
		if (!calls_of(sum, a))
			continue;
		fprintf(say, "    %-13s", stress_call_names[a]);
		for (unsigned int b = CALL_enqueue; b < CALL_COUNT; b++) {
			char cell[48] = "";

			if (!calls_of(sum, b))
				continue;
			if (b >= a)
				snprintf(cell, sizeof(cell), "%llu/%llu",
					 (unsigned long long)pair(sum->overlap_device, a, b),
					 (unsigned long long)pair(sum->overlap_page, a, b));
			fprintf(say, " %15s", cell);
		}
		fputc('\n', say);
	}
}

static void print_part(const struct stress_run *run, const struct stress_part *part)
{
	struct stress_context sum = stress_sum(part);
	uint64_t calls = stress_calls(&sum);

	fprintf(say,
		"  %s: %llu calls of the core in %.0f s, %.0f/s; %llu migrations, %llu checkpoints\n",
		run->cli->suts[part->sut]->name, (unsigned long long)calls, part->ran,
		part->ran > 0 ? (double)stress_calls(&sum) / part->ran : 0,
		(unsigned long long)sum.calls[CALL_migrate][CLASS_ok],
		(unsigned long long)(part->checkpoints_before + part->shared->checkpoints));
	print_calls(&sum);
	fputs("    roles        ", say);
	for (unsigned int role = 0; role < ROLE_COUNT; role++)
		if (sum.steps[role])
			fprintf(say, " %s %llu", stress_role_names[role],
				(unsigned long long)sum.steps[role]);
	fprintf(say,
		"\n    besides       waits for a lock %llu, interrupts %llu, pages freed by out-of-memory notifiers %llu, "
		"isolated inside allocations %llu, isolated at most %lld\n",
		(unsigned long long)sum.waits, (unsigned long long)sum.interrupts,
		(unsigned long long)sum.oom, (unsigned long long)sum.compactions,
		(long long)part->shared->isolated_most);
	fprintf(say, "    memory        %.1f MiB resident %s, %.1f MiB at the end\n",
		(double)part->memory_early / 1024,
		part->seconds > 120 ? "after a minute" : "at half time",
		(double)part->memory_late / 1024);
	fprintf(say, "    faults        host refused %llu", (unsigned long long)sum.refusals);
	for (unsigned int fault = FAULT_alloc; fault <= FAULT_lock; fault++)
		fprintf(say, ", %s %llu", fault_names[fault],
			(unsigned long long)sum.faults[fault]);
	if (sum.programs)
		fprintf(say, "\n    corpus        %llu programs", (unsigned long long)sum.programs);
	fputc('\n', say);
	print_overlaps(&sum);
}

void stress_workload(const struct stress_run *run)
{
	for (unsigned int i = 0; i < run->started; i++)
		print_part(run, &run->parts[i]);
}

/* Lists what is missing as it goes. */
static bool enough(const struct stress_run *run, const struct stress_part *part, uint64_t seen,
		   double least, const char *what, const char *more)
{
	if ((double)seen >= least && seen)
		return true;
	fprintf(say, "%s: %s%s: %llu, and %.0f at least would prove something\n",
		run->cli->suts[part->sut]->name, what, more, (unsigned long long)seen,
		least < 1 ? 1 : least);
	return false;
}

static bool part_proved(const struct stress_run *run, const struct stress_part *part)
{
	struct stress_context sum = stress_sum(part);
	double millions = (double)stress_calls(&sum) / 1e6;
	bool migrates = run->cli->suts[part->sut]->features & FEATURE_migration;
	bool good = enough(run, part, part->checkpoints_before + part->shared->checkpoints, 1,
			   "checkpoints", "");

	for (unsigned int role = 0; role < ROLE_COUNT; role++)
		if (run->config.roles & 1u << role)
			good &= enough(run, part, sum.steps[role], 1, "steps of the role ",
				       stress_role_names[role]);
	/* What a choice of roles or devices does is not known beforehand. */
	if (run->cli->roles || run->cli->devices || run->cli->corpus)
		return good & enough(run, part,
				     sum.calls[CALL_enqueue][CLASS_ok] +
					     sum.calls[CALL_list_enqueue][CLASS_ok],
				     1, "calls that put pages into a balloon", "");
#define CALL(call, per_million, needs)                                                             \
	if (!(needs) || migrates)                                                                  \
		good &= enough(run, part, calls_of(&sum, CALL_##call), (per_million)*millions,     \
			       "calls of ", #call);
#define OVERLAP(a, b, device, page)                                                                \
	if ((CALL_##a < CALL_isolate && CALL_##b < CALL_isolate) || migrates) {                    \
		good &= enough(run, part, pair(sum.overlap_device, CALL_##a, CALL_##b),            \
			       (device)*millions,                                                  \
			       "on one device in flight together: ", #a " and " #b);               \
		if (page)                                                                          \
			good &= enough(run, part, pair(sum.overlap_page, CALL_##a, CALL_##b),      \
				       (page)*millions,                                            \
				       "on one page in flight together: ", #a " and " #b);         \
	}
#include "cli/stress_floors.def"
	return good;
}

bool stress_proved(const struct stress_run *run)
{
	bool good = run->started;

	for (unsigned int i = 0; i < run->started; i++)
		good &= part_proved(run, &run->parts[i]);
	return good;
}

static void json_matrix(FILE *out, const char *name, const uint64_t matrix[CALL_COUNT][CALL_COUNT])
{
	fprintf(out, ", \"%s\": {", name);
	for (unsigned int a = 0; a < CALL_COUNT; a++) {
		fprintf(out, "%s\"%s\": {", a ? ", " : "", stress_call_names[a]);
		for (unsigned int b = 0; b < CALL_COUNT; b++)
			fprintf(out, "%s\"%s\": %llu", b ? ", " : "", stress_call_names[b],
				(unsigned long long)matrix[a][b]);
		fputc('}', out);
	}
	fputc('}', out);
}

static void json_part(FILE *out, const struct stress_run *run, const struct stress_part *part)
{
	struct stress_context sum = stress_sum(part);

	fputs("{\"sut\": ", out);
	json_string(out, run->cli->suts[part->sut]->name);
	fprintf(out,
		", \"seconds\": %.1f, \"checkpoints\": %llu, \"isolated_most\": %lld, \"memory_kib\": [%lu, %lu], \"calls\": {",
		part->ran,
		(unsigned long long)(part->checkpoints_before + part->shared->checkpoints),
		(long long)part->shared->isolated_most, part->memory_early, part->memory_late);
	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		bool first = true;

		fprintf(out, "%s\"%s\": {", call ? ", " : "", stress_call_names[call]);
		for (unsigned int class = 0; class < CLASS_COUNT; class ++) {
			if (!sum.calls[call][class])
				continue;
			fprintf(out, "%s\"%s\": %llu", first ? "" : ", ", class_names[class],
				(unsigned long long)sum.calls[call][class]);
			first = false;
		}
		fputc('}', out);
	}
	fputs("}, \"roles\": {", out);
	for (unsigned int role = 0; role < ROLE_COUNT; role++)
		fprintf(out, "%s\"%s\": %llu", role ? ", " : "", stress_role_names[role],
			(unsigned long long)sum.steps[role]);
	fprintf(out,
		"}, \"waits\": %llu, \"interrupts\": %llu, \"refusals\": %llu, \"oom\": %llu, \"programs\": %llu",
		(unsigned long long)sum.waits, (unsigned long long)sum.interrupts,
		(unsigned long long)sum.refusals, (unsigned long long)sum.oom,
		(unsigned long long)sum.programs);
	json_matrix(out, "overlap_device", sum.overlap_device);
	json_matrix(out, "overlap_page", sum.overlap_page);
	fputc('}', out);
}

void stress_json(FILE *out, const struct stress_run *run, int code)
{
	fprintf(out,
		"{\"verb\": \"stress\", \"verdict\": \"%s\", \"exit\": %d, \"seed\": %llu, \"flavour\": ",
		report_verdict_word(code), code, (unsigned long long)run->config.seed);
	json_string(out, FLAVOUR);
	fprintf(out, ", \"threads\": %u, \"pages\": %u, \"suts\": [", run->config.threads,
		run->config.frames);
	for (unsigned int i = 0; i < run->started; i++) {
		fputs(i ? ", " : "", out);
		json_part(out, run, &run->parts[i]);
	}
	fputs("], \"findings\": [", out);
	for (unsigned int i = 0; i < run->found.count; i++) {
		fputs(i ? ", {\"id\": " : "{\"id\": ", out);
		json_string(out, run->found.at[i].finding.id);
		fputs(", \"sut\": ", out);
		json_string(out, run->found.at[i].subject.sut->name);
		fputs(", \"text\": ", out);
		json_string(out, run->found.at[i].finding.text);
		fputs(", \"folder\": ", out);
		json_string(out, run->found.at[i].file);
		fputc('}', out);
	}
	fputs("]}\n", out);
}

void stress_command(FILE *out, const struct stress_run *run, const struct stress_part *part)
{
	const struct cli *cli = run->cli;

	report_verb_command(out, cli);
	fprintf(out, " --for=%us --seed=%llu --threads=%u --pages=%u",
		part ? part->seconds : cli->seconds,
		(unsigned long long)(run->config.seed + (part ? run->round : 0)),
		run->config.threads, run->config.frames);
	if (cli->roles)
		fprintf(out, " --roles=%s", cli->roles);
	if (cli->devices)
		fprintf(out, " --devices=%s", cli->devices);
	fputs(cli->corpus ? " --corpus" : "", out);
	fputs(cli->as_is ? " --as-is" : "", out);
	if (part)
		fprintf(out, " --until-finding --sut=%s", cli->suts[part->sut]->name);
	else
		report_suts(out, cli);
	fputc('\n', out);
}
