/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * replay: each program on each sut, in a child, so that whatever kills it is a
 * finding like any other.
 */
#include <string.h>
#include <time.h>

#include "cli/explored.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/kernels.h"
#include "cli/report.h"
#include "harness/minimize.h"

struct replay {
	const struct cli *cli;
	struct tally tally;
	struct finding_list findings;
	unsigned int programs, unexpected, broken;
	struct explored engine; /* for programs with a schedule */
	unsigned int schedules, strayed;
};

static void replay_on(struct replay *r, unsigned int index, const char *path,
		      const struct program *p)
{
	const struct run_subject subject = subject_at(r->cli, index);
	const struct sut *sut = subject.sut;
	struct verdict v;

	if (!subject_judge(&subject, p, r->cli->verbose || r->cli->trace ? say : NULL,
			   &r->tally.stats[index], &v)) {
		complain("cannot start a process for %s", path);
		r->broken++;
		return;
	}
	if (verdict_clean(&v)) {
		fprintf(say, "%s: clean on %s, trace %016llx\n", path, sut->name,
			(unsigned long long)v.trace);
		/* A coverage profile is of this process alone, and of programs for the core. */
		if (!strcmp(FLAVOUR, "cover") && !program_has_drivers(p))
			run_program(sut, p, &(struct run_options){ .full_checks = true },
				    &(struct stats){ 0 }, &v);
		return;
	}
	finding_list_add(&r->findings, &v.finding, &subject, path);
	if (r->cli->expect && !strcmp(r->cli->expect, v.finding.id)) {
		fprintf(say, "%s: finding %s on %s, as expected\n", path, v.finding.id, sut->name);
		return;
	}
	r->unexpected++;
	report_finding(&subject, p, &v.finding, path);
	fputs("minimise it: ", say);
	report_command(say, r->cli, "minimize", &subject, path);
	fputs("run it again: ", say);
	report_command(say, r->cli, "replay", &subject, path);
}

/* A program with its schedule: twice, which must come out alike. */
static void replay_schedule(struct replay *r, unsigned int index, const char *path,
			    const struct program *p)
{
	const struct run_subject subject = subject_at(r->cli, index);
	struct explored_once once[2];

	explored_begin(&r->engine, r->cli);
	r->engine.sut = subject.sut;
	if (r->cli->gdb)
		explored_gdb(&r->engine, p);
	if (!explored_once(&r->engine, p, &once[0]) || !explored_once(&r->engine, p, &once[1]))
		return; /* interrupted */
	r->schedules += 2;
	if (once[0].trace != once[1].trace || strcmp(once[0].finding.id, once[1].finding.id)) {
		complain(
			"%s: two runs of one schedule differ on %s: %s, trace %016llx; %s, trace %016llx",
			path, subject.sut->name, once[0].finding.id,
			(unsigned long long)once[0].trace, once[1].finding.id,
			(unsigned long long)once[1].trace);
		r->strayed++;
		return;
	}
	if (r->cli->expect && !strcmp(r->cli->expect, once[0].finding.id)) {
		finding_list_add(&r->findings, &once[0].finding, &subject, path);
		fprintf(say, "%s: finding %s on %s, as expected\n", path, r->cli->expect,
			subject.sut->name);
	} else if (once[0].finding.id[0]) {
		finding_list_add(&r->findings, &once[0].finding, &subject, path);
		r->unexpected++;
		explored_finding(&r->engine, &once[0].finding);
	} else {
		fprintf(say, "%s: clean on %s, %u points, twice trace %016llx\n", path,
			subject.sut->name, once[0].points, (unsigned long long)once[0].trace);
	}
	if (r->cli->trace || (once[0].finding.id[0] && !r->cli->expect))
		explored_print(&r->engine, p);
	if (!once[0].finding.id[0] || r->cli->expect)
		return;
	fputs("\nminimise it: ", say);
	report_command(say, r->cli, "minimize", &subject, path);
	fputs("debug it: ", say);
	report_command(say, r->cli, "replay --gdb", &subject, path);
}

static void replay_one(void *context, const char *path, const char *name, const struct program *p)
{
	struct replay *r = context;

	(void)name;
	if (interrupted)
		return;
	r->programs++;
	for (unsigned int i = 0; i < r->cli->sut_count; i++)
		if (explored_takes(p))
			replay_schedule(r, i, path, p);
		else
			replay_on(r, i, path, p);
}

static int judge(const struct replay *r, int input)
{
	uint64_t ran = 0;

	for (unsigned int i = 0; i < r->cli->sut_count; i++)
		for (unsigned int op = 0; op < OP_COUNT; op++)
			ran += r->tally.stats[i].ran[op];
	if (r->unexpected)
		return EXIT_FINDING;
	if (interrupted)
		return EXIT_INTERRUPTED;
	if (input != EXIT_CLEAN)
		return input;
	if (r->broken)
		return EXIT_OS;
	if (r->strayed)
		return EXIT_NOT_RUN;
	if (r->cli->expect)
		return r->findings.count ? EXIT_CLEAN : EXIT_FINDING;
	return ran || r->schedules ? EXIT_CLEAN : EXIT_NOTHING;
}

int verb_replay(const struct cli *cli)
{
	static struct replay r;
	struct timespec start, end;
	int code;
	char what[64];

	r.cli = cli;
	/* Whatever kills a child, its trace is out. */
	setvbuf(say, NULL, _IOLBF, 0);
	kernels_announce(cli, say, "");
	clock_gettime(CLOCK_MONOTONIC, &start);
	code = input_walk(cli, replay_one, &r);
	if (cli->gdb && code == EXIT_CLEAN)
		fail(EXIT_USAGE, "--gdb is for a program with a schedule, and there is none in %s",
		     cli->files[0]);
	clock_gettime(CLOCK_MONOTONIC, &end);
	code = judge(&r, code);
	tally_possible(cli, &r.tally);
	tally_transitions(cli, &r.tally);
	if (cli->expect && !r.findings.count)
		complain("no program shows %s", cli->expect);
	snprintf(what, sizeof(what), "%u program%s", r.programs, r.programs == 1 ? "" : "s");
	report_verdict(cli, code, what);
	if (r.schedules)
		fprintf(say, "  schedules    %u runs, each program's twice\n", r.schedules);
	if (r.schedules < 2 * r.programs * cli->sut_count)
		report_workload(cli, &r.tally);
	r.tally.seconds =
		(double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	if (cli->json)
		report_json(stdout, cli, code, &r.tally, &r.findings);
	return code;
}
