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
static const struct sut *find(const struct cli *cli, const struct program *p, struct verdict *v)
{
	struct run_options options = { .full_checks = true };

	for (unsigned int i = 0; i < cli->sut_count; i++) {
		if (!run_in_child(cli->suts[i], p, &options, NULL, v))
			fail(EXIT_OS, "cannot start a process");
		if (!verdict_clean(v))
			return cli->suts[i];
	}
	return NULL;
}

int verb_minimize(const struct cli *cli)
{
	static struct program p;
	static struct tally tally;
	static struct finding_list findings;
	struct run_options options = { .full_checks = true };
	struct minimize_report report;
	struct verdict v;
	const struct sut *sut;
	struct run_subject subject = { NULL, NULL };
	int code, loud;
	bool small;

	if (cli->file_count != 1)
		fail(EXIT_USAGE, "minimize takes one file");
	code = input_load(cli->files[0], &p);
	if (code != EXIT_CLEAN)
		return code;
	kernels_announce(cli, stderr, "pinprick: ");
	sut = find(cli, &p, &v);
	if (!sut) {
		complain("%s has no finding, so there is nothing to keep", cli->files[0]);
		return EXIT_NOTHING;
	}
	fprintf(stderr, "pinprick: minimising %u records for %s on %s\n", p.count, v.finding.id,
		sut->name);
	loud = quiet_start();
	small = program_minimize(sut, &p, &options, v.finding.id, &report);
	quiet_end(loud);
	if (!small)
		fail(EXIT_NOT_RUN, "the finding %s does not come every time", v.finding.id);
	run_in_child(sut, &p, &options, NULL, &v);
	fprintf(stderr, "pinprick: %u records from %u, after %u runs\n", report.after,
		report.before, report.runs);
	subject.sut = sut;
	finding_list_add(&findings, &v.finding, &subject, cli->output ? cli->output : "");
	if (cli->output)
		code = keep_program(cli->output, &p, &v.finding, &subject);
	if (!cli->output || code != EXIT_CLEAN)
		keep_print(say, &p, &v.finding, &subject);
	if (cli->json)
		report_json(stdout, cli, code, &tally, &findings);
	return code;
}
