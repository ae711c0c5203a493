/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/common.h"
#include "harness/minimize.h"
#include "harness/run_state.h"
#include "harness/seen.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* One op of a run: what was seen after it. */
struct diff_step {
	uint16_t record;
	bool bug;
	uint8_t op;
	uint32_t cell, first, end; /* of the transition table; in seen */
};

/* One side's run, in memory that a child that dies leaves behind. */
struct diff_log {
	unsigned int steps, used;
	struct diff_step step[PROGRAM_RECORDS];
	struct seen seen[PROGRAM_RECORDS * SEEN_PER_STEP];
};

static struct diff_log *logs;
static struct diff_log *now; /* of the side that runs */
static struct seen_scope scope;

enum diff_scope diff_scope(const struct pair *pair)
{
	unsigned int differ = (sut_features(pair->suts[0]) ^ sut_features(pair->suts[1])) &
			      ~(unsigned int)CALLER_FEATURES;

	if (differ & ~(unsigned int)QUIRK_FEATURES)
		return DIFF_COMMON;
	return differ ? DIFF_BUT_QUIRKS : DIFF_EVERYTHING;
}

static void look(const struct frame *frame, const struct outcome *got)
{
	struct diff_step *step = &now->step[now->steps];

	step->record = (uint16_t)frame->index;
	step->bug = !got;
	step->op = frame->record.op;
	step->cell = cell_index(frame->step.subject, frame->record.op, frame->step.class);
	step->first = now->used;
	now->used += seen_after(&now->seen[now->used], frame, got, &scope);
	step->end = now->used;
	now->steps++;
}

void diff_run_options(const struct pair *pair, bool full_checks, struct run_options *options)
{
	*options = (struct run_options){
		.full_checks = full_checks,
		.caller = sut_features(pair->suts[0]) & CALLER_FEATURES,
	};
}

static void make_logs(void)
{
	if (logs)
		return;
	logs = mmap(NULL, 2 * sizeof(*logs), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		    0);
	if (logs == MAP_FAILED) {
		fputs("pinprick: no memory for a differential run\n", stderr);
		exit(71);
	}
}

static bool same_step(const struct diff_step *a, const struct diff_step *b)
{
	unsigned int size = a->end - a->first;

	return a->record == b->record && a->bug == b->bug && size == b->end - b->first &&
	       !memcmp(&logs[0].seen[a->first], &logs[1].seen[b->first],
		       size * sizeof(struct seen));
}

static void name_finding(const struct pair *pair, const char *rule, const char *place,
			 unsigned int record, struct diff *diff)
{
	const char *generation = pair->suts[0]->generation, *other = pair->suts[1]->generation;
	bool same = !strcmp(generation, other);

	snprintf(diff->finding.id, sizeof(diff->finding.id), "%s@%s/%s%s%s", rule, place,
		 generation, same ? "" : "-", same ? "" : other);
	diff->finding.record = record;
}

/* What the oracles say of either side, after the text so far. */
static void add_sides(const struct pair *pair, struct diff *diff)
{
	char *text = diff->finding.text;
	size_t length = strlen(text);

	for (unsigned int i = 0; i < 2; i++) {
		const struct finding *f = &diff->sides[i];

		if (length + 1 < FINDING_TEXT)
			snprintf(text + length, FINDING_TEXT - length, "%s%s: %s%s%s",
				 length ? "\n" : "", pair->suts[i]->name,
				 f->id[0] ? f->id : "no finding", f->id[0] ? ": " : "",
				 f->id[0] ? f->text : "");
		length = strlen(text);
	}
}

/* Step number index, which both sides ran, is not alike. */
static void report_step(const struct pair *pair, unsigned int index, struct diff *diff)
{
	const struct diff_step *a = &logs[0].step[index], *b = &logs[1].step[index];
	const struct seen *seen[2] = { &logs[0].seen[a->first], &logs[1].seen[b->first] };
	unsigned int left = a->end - a->first;

	if (a->record != b->record) {
		name_finding(pair, "diff.result", op_table[a->op].name, a->record, diff);
		snprintf(diff->finding.text, FINDING_TEXT, "record %u runs on %s, record %u on %s",
			 a->record + 1u, pair->suts[0]->name, b->record + 1u, pair->suts[1]->name);
		return;
	}
	if (left > b->end - b->first)
		left = b->end - b->first;
	/* Both end with an entry that says so. */
	for (; left && !memcmp(seen[0], seen[1], sizeof(struct seen)); left--)
		seen[0]++, seen[1]++;
	name_finding(pair, seen_is_result(seen[0]) ? "diff.result" : "diff.state",
		     op_table[a->op].name, a->record, diff);
	seen_explain(diff->finding.text, FINDING_TEXT, seen, pair->suts[0]->name,
		     pair->suts[1]->name);
	add_sides(pair, diff);
}

/* Up to the generation, which the two may not have in common. */
static bool same_id(const char *a, const char *b)
{
	size_t length = strcspn(a, "/");

	return length == strcspn(b, "/") && !strncmp(a, b, length);
}

/* The oracles do not agree: named after the finding that comes first. */
static void report_findings(const struct pair *pair, struct diff *diff)
{
	const struct finding *a = &diff->sides[0], *b = &diff->sides[1];
	const struct finding *first = !a->id[0] || (b->id[0] && b->record < a->record) ? b : a;
	char place[FINDING_ID];
	const char *at = strchr(first->id, '@');

	snprintf(place, sizeof(place), "%.*s", (int)strcspn(at + 1, "/"), at + 1);
	name_finding(pair, "diff.finding", place, first->record, diff);
	add_sides(pair, diff);
}

/* Do the oracles say the same of both sides, and at the same record? */
static bool same_verdict(const struct finding *a, const struct finding *b)
{
	return same_id(a->id, b->id) && (!a->id[0] || a->record == b->record);
}

/* One side has run on. */
static void report_rest(const struct pair *pair, struct diff *diff)
{
	unsigned int longer = logs[0].steps < logs[1].steps;
	const struct diff_step *step = &logs[longer].step[diff->steps];

	name_finding(pair, "diff.result", op_table[step->op].name, step->record, diff);
	snprintf(diff->finding.text, FINDING_TEXT, "record %u runs on %s only", step->record + 1u,
		 pair->suts[longer]->name);
	add_sides(pair, diff);
}

static void compare(const struct pair *pair, struct diff *diff)
{
	const struct diff_step *a = logs[0].step, *b = logs[1].step;
	unsigned int steps = logs[0].steps < logs[1].steps ? logs[0].steps : logs[1].steps;

	while (diff->steps < steps && same_step(&a[diff->steps], &b[diff->steps]))
		diff->last = a[diff->steps++].record;
	if (diff->steps < steps)
		report_step(pair, diff->steps, diff);
	else if (!same_verdict(&diff->sides[0], &diff->sides[1]))
		report_findings(pair, diff);
	else if (logs[0].steps != logs[1].steps)
		report_rest(pair, diff);
}

/* Only what agreed: the ops from the log, the rest from the first side's run. */
static void count(struct stats *agreed, struct stats *side, const struct diff *diff,
		  unsigned int left_out)
{
	if (!diff->finding.id[0]) {
		agreed->runs++;
		agreed->left_out += left_out;
		agreed->ended_alike += diff->sides[0].id[0] != 0;
		for (unsigned int i = 0; i < diff->steps; i++) {
			agreed->ran[logs[0].step[i].op]++;
			agreed->cells[logs[0].step[i].cell]++;
			agreed->ended_by_bug += logs[0].step[i].bug;
		}
		for (unsigned int i = 0; i < SKIP_COUNT; i++)
			agreed->skipped[i] += side->skipped[i];
		for (unsigned int i = 0; i < FAULT_COUNT; i++)
			agreed->fired[i] += side->fired[i];
	}
	memset(side->skipped, 0, sizeof(side->skipped));
	memset(side->fired, 0, sizeof(side->fired));
}

bool diff_program(const struct pair *pair, const struct program *p, bool full_checks, bool children,
		  struct stats *agreed, struct diff *diff)
{
	static struct program common;
	static struct stats stats[2];
	static struct verdict v;
	struct run_options options;
	unsigned int features[2], left_out = 0;

	make_logs();
	diff_run_options(pair, full_checks, &options);
	options.step = look;
	features[0] = run_features(pair->suts[0], &options);
	features[1] = run_features(pair->suts[1], &options);
	scope = seen_scope(features);
	common = *p;
	if (features[0] != features[1])
		left_out = program_common(&common, features);
	for (unsigned int i = 0; i < 2; i++) {
		now = &logs[i];
		now->steps = 0;
		now->used = 0;
		if (!children)
			run_program(pair->suts[i], &common, &options, &stats[i], &v);
		else if (!run_in_child(pair->suts[i], &common, &options, &stats[i], &v))
			return false;
		diff->sides[i] = v.finding;
	}
	diff->ran = &common;
	diff->steps = 0;
	diff->last = PROGRAM_RECORDS;
	diff->finding.id[0] = 0;
	diff->finding.text[0] = 0;
	compare(pair, diff);
	count(agreed, &stats[0], diff, left_out);
	return true;
}

UNINSTRUMENTED_END
