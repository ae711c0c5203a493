/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "cli/report.h"
#include "cli/schedules.h"
#include "harness/quirks.h"

void json_string(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if ((unsigned char)*s < ' ')
			fprintf(out, "\\u%04x", (unsigned int)(unsigned char)*s);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

static void counters(FILE *out, const char *name, const char *const *names, const uint64_t *values,
		     unsigned int first, unsigned int end)
{
	fprintf(out, ", \"%s\": {", name);
	for (unsigned int i = first; i < end; i++)
		fprintf(out, "%s\"%s\": %llu", i > first ? ", " : "", names[i],
			(unsigned long long)values[i]);
	fputc('}', out);
}

static void sut_object(FILE *out, const struct sut *sut, const struct sut *other,
		       const struct tally *tally, unsigned int i)
{
	const struct stats *stats = &tally->stats[i];
	const char *op_names[OP_COUNT];
	unsigned int count = 0;

	for (unsigned int op = 0; op < OP_COUNT; op++)
		op_names[op] = op_table[op].name;
	fprintf(out, "%s{\"sut\": ", i ? ", " : "");
	json_string(out, sut->name);
	if (other) {
		fputs(", \"other\": ", out);
		json_string(out, other->name);
		fprintf(out, ", \"left_out\": %llu, \"ended_alike\": %llu",
			(unsigned long long)stats->left_out,
			(unsigned long long)stats->ended_alike);
	}
	if (sut->origin) {
		fputs(", \"origin\": ", out);
		json_string(out, sut->origin);
		fprintf(out, ", \"generation\": \"%s\", \"quirks\": [", sut->generation);
		for (const struct quirk *q = quirks; q->name; q++)
			if (sut_features(sut) & q->bit)
				fprintf(out, "%s\"%s\"", count++ ? ", " : "", q->name);
		fputc(']', out);
	}
	fprintf(out, ", \"programs\": %llu, \"ended_by_bug\": %llu",
		(unsigned long long)stats->runs, (unsigned long long)stats->ended_by_bug);
	counters(out, "ran", op_names, stats->ran, 0, OP_COUNT);
	counters(out, "skipped", skip_names, stats->skipped, 0, SKIP_COUNT);
	counters(out, "faults", fault_names, stats->fired, 1, FAULT_COUNT);
	if (stats->schedules)
		fprintf(out, ", \"schedules\": %llu, \"ordered\": %llu, \"pairs\": %u",
			(unsigned long long)stats->schedules, (unsigned long long)stats->ordered,
			schedules_pairs(stats));
	if (stats->drivers[DRIVER_COUNT_programs])
		counters(out, "driver_counts", driver_counter_names, stats->drivers, 0,
			 DRIVER_COUNTER_COUNT);
	if (tally->features[i])
		fprintf(out, ", \"edges\": %u, \"features\": %u", tally->edges[i],
			tally->features[i]);
	fprintf(out, ", \"transitions\": %u, \"transitions_possible\": %u}", tally->transitions[i],
		tally->possible[i]);
}

void report_json(FILE *out, const struct cli *cli, int code, const struct tally *tally,
		 const struct finding_list *findings)
{
	char name[SUBJECT_NAME];

	fprintf(out, "{\"verb\": \"%s\", \"exit\": %d, \"flavour\": \"%s\", \"compiler\": \"%s\"",
		cli->verb, code, FLAVOUR, COMPILER);
	if (cli->drivers)
		fputs(", \"drivers\": true", out);
	if (cli->schedules)
		fputs(", \"by_schedules\": true", out);
	if (cli->as_is)
		fputs(", \"as_is\": true", out);
	if (tally->stability > 0)
		fprintf(out, ", \"engine\": \"%s\", \"executions\": %llu, \"stability\": %.2f",
			ENGINE, (unsigned long long)tally->executions, tally->stability);
	fprintf(out, ", \"seed\": %llu, \"seconds\": %.3f, \"suts\": [",
		(unsigned long long)cli->seed, tally->seconds);
	for (unsigned int i = 0; i < cli->sut_count; i++)
		sut_object(out, cli->suts[i], cli->others[i], tally, i);
	fputs("], \"findings\": [", out);
	for (unsigned int i = 0; i < findings->count; i++) {
		fprintf(out, "%s{\"id\": ", i ? ", " : "");
		json_string(out, findings->at[i].finding.id);
		fputs(", \"text\": ", out);
		json_string(out, findings->at[i].finding.text);
		fputs(", \"sut\": ", out);
		subject_name(&findings->at[i].subject, name);
		json_string(out, name);
		fputs(", \"file\": ", out);
		json_string(out, findings->at[i].file);
		fputc('}', out);
	}
	fputs("]}\n", out);
}
