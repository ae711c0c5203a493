/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What becomes of a finding that a schedule shows. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/explored.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/journal.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "harness/process.h"

static void make_path(char path[PATH_MAX], const struct sut *sut, const char *id)
{
	char name[FINDING_ID], folder[80], inner[PATH_MAX];

	sut_folder(sut, folder);
	keep_name(name, id);
	path_make(inner, "%s/work/findings/explore-%s/%s", cli_root(), folder, name);
	path_make(path, "%s/program.txt", inner);
	if (keep_folder(inner) != EXIT_CLEAN)
		exit(EXIT_CANNOT_CREATE);
}

/*
 * Its own schedule shows it; where that does not, the search that met it does.
 * What needs neither a switch nor TSan is for explore, still: replay would judge it
 * op by op, as a program of one context.
 */
static void print_again(FILE *out, const struct explored *x, const struct run_subject *subject,
			const char *kept, bool takes, const char *file)
{
	if (kept) {
		report_command(out, x->cli, takes ? "replay" : "explore --strategy=written",
			       subject, kept);
	} else {
		report_verb_command(out, x->cli);
		fprintf(out, " --strategy=%s --bound=%u --seed=%llu --for=%us --sut=%s ",
			explored_strategy(x->cli), explored_bound(x->cli),
			(unsigned long long)x->cli->seed, x->cli->seconds, subject->sut->name);
		report_word(out, file);
		fputc('\n', out);
	}
}

/* Has the file a program that still shows the finding and is no longer than p? */
static bool has_smaller(const struct explored *x, const char *path, const struct program *p,
			const char *id)
{
	static struct program old;
	bool shows;

	if (access(path, R_OK) || input_load(path, &old) != EXIT_CLEAN)
		return false;
	shows = old.count <= p->count && explored_alike(x, &old, id);
	/* Who is in a hurry replaces nothing. */
	return shows || interrupted;
}

static char *command(const struct explored *x, const struct run_subject *subject, const char *kept,
		     const struct program *p, const char *file)
{
	struct text text;
	FILE *out = text_open(&text);

	print_again(out, x, subject, kept, explored_takes(p), file);
	return text_close(&text, out);
}

static bool replayed(const struct explored *x, const struct explore_shared *s,
		     const struct program *p, const char *file)
{
	bool alike;

	fprintf(say, "%s: finding %s after %llu schedules; replayed ",
		file ? file : "the last input", s->finding.id, (unsigned long long)s->runs);
	alike = explored_alike(x, p, s->finding.id);
	if (interrupted)
		fprintf(say, "not at all: interrupted\n");
	else if (!alike)
		fprintf(say, "otherwise: the schedule as it was written does not show it\n");
	else if (x->cli->no_minimize)
		fprintf(say, "twice alike\n");
	else
		fprintf(say, "twice alike; minimising %u records\n", p->count);
	fflush(say);
	return alike;
}

void explored_settle(const struct explored *x, const struct explore_shared *s, const char *file,
		     struct finding_list *list)
{
	struct run_subject subject = { .sut = x->sut, .as_is = x->cli->as_is };
	const struct finding *finding = &s->finding;
	char path[PATH_MAX], met[PATH_MAX], *again;
	struct explored_once once;
	struct program p;
	struct listed_finding *listed;
	bool alike, older, kept;

	path_make(met, "%s/found.log", x->folder);
	rename(x->log, met);
	program_decode(&p, s->program, s->size);
	make_path(path, subject.sut, finding->id);
	older = has_smaller(x, path, &p, finding->id);
	kept = older || keep_program(path, &p, finding, &subject) == EXIT_CLEAN;
	again = command(x, &subject, kept ? path : NULL, &p, file);
	journal_finding(finding, &subject, path, again);
	free(again);
	if (kept && !older && !x->cli->no_minimize)
		keep_unfinished(path, true);
	if (older && x->cli->keep_going && !keep_is_unfinished(path)) {
		fprintf(say, "found %s on %s, known from before: %s\n", finding->id,
			subject.sut->name, path_short(path));
		finding_list_add(list, finding, &subject, path);
		return;
	}
	alike = replayed(x, s, &p, file);
	if (alike && !x->cli->no_minimize)
		explored_minimise(x, &p, finding->id);
	if (alike && explored_once(x, &p, &once) && once.finding.id[0])
		finding = &once.finding;
	explored_finding(x, finding);
	if (alike)
		explored_print(x, &p);
	else
		engine_log_tail(met);
	older = older && has_smaller(x, path, &p, finding->id);
	if (older)
		fprintf(say, "a program from before, no longer than this one, stays in %s\n",
			path_short(path));
	else
		kept = keep_program(path, &p, finding, &subject) == EXIT_CLEAN;
	if (!interrupted)
		keep_unfinished(path, false);
	listed = finding_list_add(list, finding, &subject, kept ? path : "");
	kept = kept && (alike || older);
	if (!kept && !file)
		return;
	again = command(x, &subject, kept ? path : NULL, &p, file);
	fprintf(say, "\nrun it again: %s\n\n", again);
	if (listed)
		listed->again = again;
	else
		free(again);
}
