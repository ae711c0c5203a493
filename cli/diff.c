/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * diff: two systems under test, op by op: with random programs, or with those
 * of files.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/findings.h"
#include "cli/input.h"
#include "cli/kernels.h"

struct comparison {
	const struct cli *cli;
	struct tally tally;
	struct finding_list findings;
	unsigned int programs, left_out;
	int code;
};

/* The pairs that were built, or the two that --sut names. */
static void choose_pairs(struct cli *cli)
{
	if (cli->sut_given) {
		if (cli->sut_count != 2)
			fail(EXIT_USAGE, "diff compares two: name them as in --sut=modern,classic");
		cli->others[0] = cli->suts[1];
		cli->sut_count = 1;
		return;
	}
	cli->sut_count = 0;
	for (const struct pair *pair = pairs; pair->suts[0] && cli->sut_count < SUTS_MAX; pair++) {
		cli->others[cli->sut_count] = pair->suts[1];
		cli->suts[cli->sut_count++] = pair->suts[0];
	}
	if (!cli->sut_count)
		fail(EXIT_USAGE, "there is nothing to compare; name a kernel tree with --kernel, "
				 "or two systems under test as in --sut=modern,modern-off");
}

/* Drivers go by what their core can do, so that two cores need not do alike. */
static void refuse(struct comparison *c, const char *path)
{
	for (unsigned int i = 0; i < c->cli->file_count; i++)
		if (!strcmp(path, c->cli->files[i])) {
			complain("%s is a program for drivers, and diff compares cores; replay "
				 "judges it on each",
				 path);
			c->code = EXIT_DATA > c->code ? EXIT_DATA : c->code;
			return;
		}
	c->left_out++;
}

static void compare_one(void *context, const char *path, const char *name, const struct program *p)
{
	static struct program copy;
	struct comparison *c = context;
	char folder[PATH_MAX];

	(void)name;
	if (program_has_drivers(p)) {
		refuse(c, path);
		return;
	}
	path_make(folder, "%s/work/findings", cli_root());
	c->programs++;
	for (unsigned int i = 0; i < c->cli->sut_count; i++) {
		int code;

		copy = *p;
		code = finding_compare(c->cli, i, path, &copy, folder, &c->tally.stats[i],
				       &c->findings);
		c->code = code > c->code ? code : c->code;
	}
}

static int conclude(struct comparison *c, int input)
{
	const struct cli *cli = c->cli;
	int code = c->code != EXIT_CLEAN ? c->code : input;
	uint64_t steps = 0;
	char what[64];

	for (unsigned int i = 0; i < cli->sut_count; i++)
		for (unsigned int op = 0; op < OP_COUNT; op++)
			steps += c->tally.stats[i].ran[op];
	if (code == EXIT_CLEAN && !steps)
		code = EXIT_NOTHING;
	if (code != EXIT_FINDING && subjects_quirks_differ(cli))
		code = code == EXIT_CLEAN ? EXIT_FINDING : code;
	if (c->left_out)
		complain("%u program%s for drivers left out: diff compares cores", c->left_out,
			 c->left_out == 1 ? "" : "s");
	tally_possible(cli, &c->tally);
	tally_transitions(cli, &c->tally);
	snprintf(what, sizeof(what), "%u program%s", c->programs, c->programs == 1 ? "" : "s");
	report_verdict(cli, code, what);
	report_workload(cli, &c->tally);
	if (cli->json)
		report_json(stdout, cli, code, &c->tally, &c->findings);
	for (unsigned int i = 0; i < c->findings.count; i++) {
		fputs("run it again: ", say);
		report_command(say, cli, "diff", &c->findings.at[i].subject,
			       c->findings.at[i].file);
	}
	return code;
}

static void check_engines(const struct cli *cli)
{
	char engine[PATH_MAX];

	for (unsigned int i = 0; i < cli->sut_count; i++) {
		struct run_subject subject = subject_at(cli, i);

		subject_engine(&subject, false, engine);
		if (access(engine, X_OK))
			fail(EXIT_NOT_RUN,
			     "%s and %s are no pair that was built for fuzzing; without "
			     "--sut the pairs that were are compared, and files can be "
			     "on any two",
			     subject.sut->name, subject.other->name);
	}
}

int verb_diff(const struct cli *given)
{
	static struct comparison c;
	struct cli cli = *given;

	choose_pairs(&cli);
	if (!cli.file_count) {
		check_engines(&cli);
		return verb_fuzz(&cli);
	}
	kernels_announce(&cli, say, "");
	subjects_announce(&cli);
	c.cli = &cli;
	return conclude(&c, input_walk(&cli, compare_one, &c));
}
