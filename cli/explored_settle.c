/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What becomes of a finding that a schedule shows. */
#include <stdlib.h>

#include "cli/explored.h"
#include "cli/interrupt.h"
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

void explored_settle(const struct explored *x, const struct explore_shared *s, const char *file,
		     struct finding_list *list)
{
	struct run_subject subject = { .sut = x->sut, .as_is = x->cli->as_is };
	const struct finding *finding = &s->finding;
	char path[PATH_MAX], met[PATH_MAX];
	struct explored_once once;
	struct program p;
	struct listed_finding *listed;
	bool alike, kept;
	FILE *again;
	size_t size;

	path_make(met, "%s/found.log", x->folder);
	rename(x->log, met);
	program_decode(&p, s->program, s->size);
	fprintf(say, "%s: finding %s after %llu schedules; replayed ",
		file ? file : "the last input", finding->id, (unsigned long long)s->runs);
	alike = explored_alike(x, &p, finding->id);
	if (interrupted)
		fprintf(say, "not at all: interrupted\n");
	else if (alike && x->cli->no_minimize)
		fprintf(say, "twice alike\n");
	else if (alike)
		fprintf(say, "twice alike; minimising %u records\n", p.count);
	else
		fprintf(say, "otherwise: the schedule as it was written does not show it\n");
	fflush(say);
	if (alike && !x->cli->no_minimize)
		explored_minimise(x, &p, finding->id);
	if (alike && explored_once(x, &p, &once) && once.finding.id[0])
		finding = &once.finding;
	explored_finding(x, finding);
	if (alike)
		explored_print(x, &p);
	else
		engine_log_tail(met);
	make_path(path, subject.sut, finding->id);
	kept = keep_program(path, &p, finding, &subject) == EXIT_CLEAN;
	listed = finding_list_add(list, finding, &subject, kept ? path : "");
	kept = kept && alike;
	if (!kept && !file)
		return;
	fprintf(say, "\nrun it again: ");
	print_again(say, x, &subject, kept ? path : NULL, explored_takes(&p), file);
	fputc('\n', say);
	again = listed ? open_memstream(&listed->again, &size) : NULL;
	if (again) {
		print_again(again, x, &subject, kept ? path : NULL, explored_takes(&p), file);
		fclose(again);
	}
}
