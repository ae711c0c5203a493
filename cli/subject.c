/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "cli/kernels.h"
#include "cli/subject.h"
#include "guest/run_drivers.h"
#include "harness/quirks.h"
#include "harness/transitions.h"

struct run_subject subject_at(const struct cli *cli, unsigned int index)
{
	return (struct run_subject){ cli->suts[index], cli->others[index], cli->as_is };
}

bool subject_same(const struct run_subject *a, const struct run_subject *b)
{
	return a->sut == b->sut && a->other == b->other;
}

static struct pair pair_of(const struct run_subject *s)
{
	return (struct pair){ { s->sut, s->other } };
}

void subject_name(const struct run_subject *s, char name[SUBJECT_NAME])
{
	snprintf(name, SUBJECT_NAME, "%s%s%s", s->sut->name, s->other ? "-vs-" : "",
		 s->other ? s->other->name : "");
}

void subject_folder(const struct run_subject *s, const struct program *p, char name[SUBJECT_NAME])
{
	const char *kind = !program_has_drivers(p) ? "" : s->as_is ? "as-is-" : "drivers-";
	char folder[80], other[80] = "";

	sut_folder(s->sut, folder);
	if (s->other)
		sut_folder(s->other, other);
	snprintf(name, SUBJECT_NAME, "%s%s%s%s", kind, folder, s->other ? "-vs-" : "", other);
}

const char *subject_kind(const struct cli *cli)
{
	return cli->drivers ? "drivers-" : cli->schedules ? "schedules-" : "";
}

void subject_engine(const struct run_subject *s, const struct cli *cli, char path[PATH_MAX])
{
	char name[SUBJECT_NAME];

	subject_name(s, name);
	path_make(path, "%s/%s-%s", cli_folder(),
		  s->other	   ? "fuzz_diff"
		  : cli->drivers   ? "fuzz_drivers"
		  : cli->schedules ? "fuzz_schedule"
				   : "fuzz_ops",
		  name);
}

unsigned int subject_possible(const struct run_subject *s, uint8_t possible[CELL_COUNT])
{
	static uint8_t others[CELL_COUNT];
	struct pair pair = pair_of(s);
	struct run_options options;
	unsigned int count;

	if (!s->other)
		return transitions_possible(sut_features(s->sut), possible);
	diff_run_options(&pair, true, &options);
	count = transitions_possible(run_features(s->sut, &options), possible);
	transitions_possible(run_features(s->other, &options), others);
	for (unsigned int cell = 0; cell < CELL_COUNT; cell++)
		if (possible[cell] && !others[cell]) {
			possible[cell] = 0;
			count--;
		}
	return count;
}

static bool judge(const struct run_subject *s, const struct program *p, bool full_checks,
		  FILE *trace, struct stats *stats, struct verdict *v)
{
	const struct driver_options manners = { .as_is = s->as_is, .trace = trace };
	const struct run_options options = { .full_checks = full_checks, .trace = trace };

	if (program_has_drivers(p))
		return run_drivers_in_child(s->sut, p, &manners, stats, v);
	return run_in_child(s->sut, p, &options, stats, v);
}

bool subject_judge(const struct run_subject *s, const struct program *p, FILE *trace,
		   struct stats *stats, struct verdict *v)
{
	return judge(s, p, true, trace, stats, v);
}

static bool run(const struct run_subject *s, const struct program *p, bool full_checks,
		struct stats *stats, struct finding *finding)
{
	static struct diff diff;
	static struct stats unused;
	struct pair pair = pair_of(s);
	struct verdict v;
	bool ran;

	if (s->other) {
		ran = diff_program(&pair, p, full_checks, true, stats ? stats : &unused, &diff);
		*finding = diff.finding;
	} else {
		ran = judge(s, p, full_checks, NULL, stats, &v);
		*finding = v.finding;
	}
	return ran;
}

void subject_run(const struct run_subject *s, const struct program *p, bool full_checks,
		 struct stats *stats, struct finding *finding)
{
	if (!run(s, p, full_checks, stats, finding))
		fail(EXIT_OS, "cannot start a process");
}

struct sought {
	struct run_subject subject;
	const char *id;
};

static bool shows(const void *context, const struct program *candidate)
{
	const struct sought *sought = context;
	static struct finding finding;

	return run(&sought->subject, candidate, true, NULL, &finding) &&
	       !strcmp(finding.id, sought->id);
}

bool subject_minimize(const struct run_subject *s, struct program *p, const char *id,
		      struct minimize_report *report)
{
	struct sought sought = { *s, id };

	return program_minimize_by(shows, &sought, p, report);
}

/* The quirks of sut that other has not. */
static bool tell_quirks(const struct sut *sut, const struct sut *other)
{
	unsigned int differ = sut_features(sut) & ~sut_features(other);
	bool told = false;

	for (const struct quirk *q = quirks; q->name; q++) {
		if (!(differ & q->bit))
			continue;
		fprintf(say,
			"difference: %s has the quirk %s and %s has not: %s (docs/findings.md, %s)\n",
			sut->name, q->name, other->name, q->sentence, q->name);
		told = true;
	}
	return told;
}

bool subjects_quirks_differ(const struct cli *cli)
{
	bool told = false;

	for (unsigned int i = 0; i < cli->sut_count; i++) {
		const struct sut *a = cli->suts[i], *b = cli->others[i];

		const struct pair pair = { { a, b } };

		/* With other contracts around them, they say nothing about each other. */
		if (!b || !a->origin || !b->origin || diff_scope(&pair) == DIFF_COMMON)
			continue;
		told |= tell_quirks(a, b);
		told |= tell_quirks(b, a);
	}
	return told;
}

static const struct {
	unsigned int bit;
	const char *name;
} features[] = {
#define FEATURE(bit, name, sentence) { FEATURE_##name, #name },
#define CALLER(bit, name, sentence)
#include "shim/feature.def"
};

/* The features of sut that other has not. */
static void print_features(const struct sut *sut, const struct sut *other)
{
	unsigned int only = sut->features & ~other->features, count = 0;

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (only & features[i].bit)
			fprintf(say, "%s %s", count++ ? "," : "", features[i].name);
	fprintf(say, "%s only in %s", count ? "" : " nothing", sut->name);
}

void subjects_announce(const struct cli *cli)
{
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		const struct pair pair = { { cli->suts[i], cli->others[i] } };
		unsigned int differ, count = 0;

		if (!cli->others[i])
			continue;
		differ = sut_features(cli->suts[i]) ^ sut_features(cli->others[i]);
		if (diff_scope(&pair) == DIFF_COMMON) {
			fprintf(say,
				"%s and %s: their contracts differ; pages, results, the order of "
				"lists and I1 are compared\n  features:",
				cli->suts[i]->name, cli->others[i]->name);
			print_features(cli->suts[i], cli->others[i]);
			fputc(';', say);
			print_features(cli->others[i], cli->suts[i]);
			fputc('\n', say);
		}
		if (diff_scope(&pair) != DIFF_BUT_QUIRKS)
			continue;
		fprintf(say, "%s and %s: everything is compared but for", cli->suts[i]->name,
			cli->others[i]->name);
		for (const struct quirk *q = quirks; q->name; q++)
			if (differ & q->bit)
				fprintf(say, "%s %s", count++ ? "," : "", q->name);
		fputc('\n', say);
	}
}
