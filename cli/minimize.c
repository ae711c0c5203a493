/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * minimize: the smallest program that still shows the same finding.
 */
#include "harness/minimize.h"
#include "cli/input.h"
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
