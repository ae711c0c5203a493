/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * minimize: the smallest program that still shows the same finding.
 */
#include "harness/minimize.h"
#include "cli/explored.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "cli/quiet.h"
#include "cli/report.h"

/* The first sut of the list on which the program has a finding. */
static bool find(const struct cli *cli, const struct program *p, struct run_subject *subject,
		 struct finding *finding)
{
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		*subject = subject_at(cli, i);
		subject_run(subject, p, true, NULL, finding);
		if (finding->id[0])
			return true;
	}
	return false;
}

/* A program with its schedule, on the first sut of the list on which it has a finding. */
static int minimize_schedule(const struct cli *cli, struct program *p)
{
	static struct explored x;
	static struct explored_once once;
	static struct tally tally;
	static struct finding_list findings;
	struct run_subject subject;
	unsigned int before = p->count, switches = program_switches(p);
	int code = EXIT_CLEAN;

	explored_begin(&x, cli);
	for (unsigned int i = 0; i < cli->sut_count && !once.finding.id[0]; i++) {
		subject = subject_at(cli, i);
		x.sut = subject.sut;
		if (!explored_once(&x, p, &once))
			return EXIT_INTERRUPTED;
	}
	if (!once.finding.id[0]) {
		complain("%s has no finding, so there is nothing to keep", cli->files[0]);
		return EXIT_NOTHING;
	}
	fprintf(stderr,
		"pinprick: minimising %u records, %u of them of its schedule, for %s on %s\n",
		before, switches, once.finding.id, x.sut->name);
	if (!explored_alike(&x, p, once.finding.id))
		fail(EXIT_NOT_RUN, "the finding %s does not come every time", once.finding.id);
	explored_minimise(&x, p, once.finding.id);
	if (interrupted || !explored_once(&x, p, &once))
		return EXIT_INTERRUPTED;
	fprintf(stderr, "pinprick: %u records, %u of them of its schedule\n", p->count,
		program_switches(p));
	finding_list_add(&findings, &once.finding, &subject, cli->output ? cli->output : "");
	if (cli->output)
		code = keep_program(cli->output, p, &once.finding, &subject);
	if (!cli->output || code != EXIT_CLEAN)
		keep_print(say, p, &once.finding, &subject);
	if (cli->json)
		report_json(stdout, cli, code, &tally, &findings);
	return code;
}

int verb_minimize(const struct cli *cli)
{
	static struct program p;
	static struct tally tally;
	static struct finding_list findings;
	static struct finding finding;
	struct minimize_report report;
	struct run_subject subject;
	int code, loud;
	bool small;

	if (cli->file_count != 1)
		fail(EXIT_USAGE, "minimize takes one file");
	code = input_load(cli->files[0], &p);
	if (code != EXIT_CLEAN)
		return code;
	kernels_announce(cli, stderr, "pinprick: ");
	if (explored_takes(&p))
		return minimize_schedule(cli, &p);
	if (!find(cli, &p, &subject, &finding)) {
		complain("%s has no finding, so there is nothing to keep", cli->files[0]);
		return EXIT_NOTHING;
	}
	fprintf(stderr, "pinprick: minimising %u records for %s on %s\n", p.count, finding.id,
		subject.sut->name);
	loud = quiet_start();
	small = subject_minimize(&subject, &p, finding.id, &report);
	quiet_end(loud);
	if (!small)
		fail(EXIT_NOT_RUN, "the finding %s does not come every time", finding.id);
	subject_run(&subject, &p, true, NULL, &finding);
	fprintf(stderr, "pinprick: %u records from %u, after %u runs\n", report.after,
		report.before, report.runs);
	finding_list_add(&findings, &finding, &subject, cli->output ? cli->output : "");
	if (cli->output)
		code = keep_program(cli->output, &p, &finding, &subject);
	if (!cli->output || code != EXIT_CLEAN)
		keep_print(say, &p, &finding, &subject);
	if (cli->json)
		report_json(stdout, cli, code, &tally, &findings);
	return code;
}
