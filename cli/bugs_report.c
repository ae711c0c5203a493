/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the runs of the bank came to, as a table, as JSON and as a document. */
#include <stdlib.h>
#include <string.h>

#include "cli/bugs.h"
#include "cli/report.h"
#include "harness/quirks.h"

#define SLOWEST 10

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Where it was not found, what was tried counts: the median is then a lower bound. */
uint64_t bug_median(const struct bug_result *r, uint64_t *worst)
{
	uint64_t executions[BUG_SEEDS_MAX];

	for (unsigned int i = 0; i < r->count; i++)
		executions[i] = r->runs[i].executions;
	qsort(executions, r->count, sizeof(*executions), by_size);
	*worst = executions[r->count - 1];
	return executions[r->count / 2];
}

unsigned int bug_detected(const struct bug_result *r)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < r->count; i++)
		count += r->runs[i].detected;
	return count;
}

bool bug_good(const struct bug_result *r)
{
	for (unsigned int i = 0; i < r->count; i++)
		if (!r->runs[i].done ||
		    (r->bug->accepted ? r->runs[i].detected : !r->runs[i].named))
			return false;
	return true;
}

static bool any_reached(const struct bug_result *r)
{
	for (unsigned int i = 0; i < r->count; i++)
		if (r->runs[i].probe.reached)
			return true;
	return false;
}

/* What was found was there: a bug that ends its process before its probe is triggered all the same.
 */
static bool any_triggered(const struct bug_result *r)
{
	for (unsigned int i = 0; i < r->count; i++)
		if (r->runs[i].probe.triggered)
			return true;
	return false;
}

/* A kernel's file has no probes. */
static const char *word_of(const struct bug_result *r, bool yes)
{
	return r->bug->base ? "-" : yes ? "yes" : "no";
}

static const struct bug_run *one_of(const struct bug_result *r)
{
	for (unsigned int i = 0; i < r->count; i++)
		if (r->runs[i].detected)
			return &r->runs[i];
	return r->runs;
}

static const char *word_for(const struct bug_result *r)
{
	if (r->bug->accepted)
		return bug_good(r) ? "accepted" : "BLAMED";
	return bug_good(r) ? "" : bug_detected(r) < r->count ? "NOT FOUND" : "FOUND AS ANOTHER";
}

void bugs_print_head(FILE *out)
{
	fprintf(out, "%-30s %-4s %-9s %8s %9s %8s %10s %10s %7s %4s  %s\n", "bug", "row", "engine",
		"reached", "triggered", "detected", "executions", "worst", "seconds", "size",
		"finding");
}

void bugs_print(FILE *out, const struct bug_result *r)
{
	const struct bug_run *run = one_of(r);
	uint64_t worst, median = bug_median(r, &worst);
	char detected[32], size[16] = "-";

	snprintf(detected, sizeof(detected), "%u/%u", bug_detected(r), r->count);
	if (run->records)
		snprintf(size, sizeof(size), "%u", run->records);
	fprintf(out, "%-30s %-4s %-9s %8s %9s %8s %10llu %10llu %7.1f %4s  %s%s%s", r->bug->name,
		r->bug->row, bug_engine_names[r->bug->engine], word_of(r, any_reached(r)),
		word_of(r, any_triggered(r)), detected, (unsigned long long)median,
		(unsigned long long)worst, run->seconds, size, run->id, *word_for(r) ? "  " : "",
		word_for(r));
	for (const struct quirk *q = quirks; q->name; q++)
		if (run->taken & q->bit)
			fprintf(out, "  taken for the quirk %s", q->name);
	fputc('\n', out);
}

static int by_median(const void *a, const void *b)
{
	uint64_t worst, x = bug_median(a, &worst), y = bug_median(b, &worst);

	return (x < y) - (x > y);
}

static void list(FILE *out, const char *what, const struct bug_result *results, unsigned int count,
		 bool (*is)(const struct bug_result *r))
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < count; i++)
		if (is(&results[i]))
			fprintf(out, "%s %s", found++ ? "," : what, results[i].bug->name);
	if (found)
		fputc('\n', out);
}

static bool lacks_oracle(const struct bug_result *r)
{
	return !r->bug->accepted && any_triggered(r) && !bug_detected(r);
}

static bool lacks_input(const struct bug_result *r)
{
	return any_reached(r) && !any_triggered(r) && !bug_detected(r);
}

static bool lacks_both(const struct bug_result *r)
{
	return !any_reached(r) && !bug_detected(r);
}

static bool is_bad(const struct bug_result *r)
{
	return !bug_good(r);
}

static void summary_of_probes(FILE *out, const struct bug_result *results, unsigned int count)
{
	unsigned int reached = 0, triggered = 0, detected = 0, real = 0;

	for (unsigned int i = 0; i < count; i++) {
		const struct bug_result *r = &results[i];

		if (r->bug->accepted)
			continue;
		real++;
		detected += bug_detected(r) == r->count;
		triggered += any_triggered(r) || bug_detected(r);
		reached += any_reached(r) || bug_detected(r);
	}
	fprintf(out, "detected %u, triggered %u, reached %u of %u planted bugs", detected,
		triggered, reached, real);
	fprintf(out, "; of %u that are none, %s\n", count - real,
		count == real ? "none was run" : "none may be blamed");
	list(out, "missing oracle:", results, count, lacks_oracle);
	list(out, "missing input:", results, count, lacks_input);
	list(out, "not reached:", results, count, lacks_both);
}

void bugs_summary(FILE *out, const struct bug_result *results, unsigned int count)
{
	struct bug_result sorted[BUGS_MAX];
	unsigned int detected = 0;
	uint64_t worst;

	for (unsigned int i = 0; i < count; i++)
		detected += bug_detected(&results[i]) == results[i].count;
	if (results[0].bug->base)
		fprintf(out, "detected %u of %u planted bugs\n", detected, count);
	else
		summary_of_probes(out, results, count);
	list(out, "not as it should be:", results, count, is_bad);
	memcpy(sorted, results, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_median);
	fprintf(out, "slowest by executions:");
	for (unsigned int i = 0, n = 0; i < count && n < SLOWEST; i++)
		if (!sorted[i].bug->accepted)
			fprintf(out, "%s %s %llu", n++ ? "," : "", sorted[i].bug->name,
				(unsigned long long)bug_median(&sorted[i], &worst));
	fputc('\n', out);
}

static void json_probe(char text[24], const struct bug_result *r, uint64_t times)
{
	if (r->bug->base)
		snprintf(text, 24, "null");
	else
		snprintf(text, 24, "%llu", (unsigned long long)times);
}

void bugs_json(FILE *out, const struct cli *cli, int code, const struct bug_result *results,
	       unsigned int count)
{
	fprintf(out,
		"{\"verb\": \"bugs\", \"verdict\": \"%s\", \"exit\": %d, \"seed\": %llu, "
		"\"bugs\": [",
		report_verdict_word(code), code, (unsigned long long)cli->seed);
	for (unsigned int i = 0; i < count; i++) {
		const struct bug_result *r = &results[i];

		fprintf(out,
			"%s{\"bug\": \"%s\", \"row\": \"%s\", \"engine\": \"%s\", "
			"\"accepted\": %s, \"as_it_should_be\": %s, \"runs\": [",
			i ? ", " : "", r->bug->name, r->bug->row, bug_engine_names[r->bug->engine],
			r->bug->accepted ? "true" : "false", bug_good(r) ? "true" : "false");
		for (unsigned int j = 0; j < r->count; j++) {
			const struct bug_run *run = &r->runs[j];
			char reached[24], triggered[24];

			json_probe(reached, r, run->probe.reached);
			json_probe(triggered, r, run->probe.triggered);
			fprintf(out,
				"%s{\"reached\": %s, \"triggered\": %s, \"detected\": %s, "
				"\"finding\": ",
				j ? ", " : "", reached, triggered,
				run->detected ? "true" : "false");
			json_string(out, run->id);
			fprintf(out, ", \"executions\": %llu, \"seconds\": %.3f, \"records\": %u}",
				(unsigned long long)run->executions, run->seconds, run->records);
		}
		fputs("]}", out);
	}
	fputs("]}\n", out);
}

void bugs_document(FILE *out, const struct bug_result *results, unsigned int count)
{
	fputs("<!-- SPDX-License-Identifier: GPL-2.0-only OR MIT -->\n"
	      "<!-- Written by `./pinprick bugs --seeds 5 --write`. -->\n"
	      "# Planted bugs\n\n"
	      "What each one is stands in the head of `bugs/NAME.patch`; row is its row of\n"
	      "[contract.md](contract.md). Executions are programs, or schedules where the engine is\n"
	      "`races`, from nothing until something is found: the median over seeds, and the worst.\n"
	      "Size is that of the minimised program, in records. [bugs.md](bugs.md) tells more.\n\n"
	      "| bug | row | reached, triggered | engine | median | worst | detected | size | finding |\n"
	      "|---|---|---|---|---|---|---|---|---|\n",
	      out);
	for (unsigned int i = 0; i < count; i++) {
		const struct bug_result *r = &results[i];
		const struct bug_run *run = one_of(r);
		uint64_t worst, median = bug_median(r, &worst);

		fprintf(out, "| `%s` | %s | %s, %s | %s | %llu | %llu | %u/%u | ", r->bug->name,
			r->bug->row, any_reached(r) ? "yes" : "no", any_triggered(r) ? "yes" : "no",
			bug_engine_names[r->bug->engine], (unsigned long long)median,
			(unsigned long long)worst, bug_detected(r), r->count);
		if (run->records)
			fprintf(out, "%u | ", run->records);
		else
			fputs("- | ", out);
		fprintf(out, "%s |\n", r->bug->accepted ? "none: accepted" : run->id);
	}
	fputc('\n', out);
	bugs_summary(out, results, count);
}
