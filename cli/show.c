/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * show: programs as canonical text; with --sut also what each op did.
 */
#include <string.h>

#include "cli/input.h"
#include "cli/kernels.h"
#include "cli/report.h"
#include "harness/minimize.h"

static void show_one(void *context, const char *path, const char *name, const struct program *p)
{
	const struct cli *cli = context;
	struct verdict v;

	(void)name;
	if (cli->file_count > 1 || strcmp(path, cli->files[0]))
		printf("# %s\n", path);
	program_print(stdout, p);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int i = 0; cli->sut_given && i < cli->sut_count; i++) {
		struct run_subject subject = subject_at(cli, i);

		printf("\n# on %s\n", cli->suts[i]->name);
		fflush(stdout);
		if (!subject_judge(&subject, p, stdout, NULL, &v))
			fail(EXIT_OS, "cannot start a process for %s", path);
		if (verdict_clean(&v))
			printf("# clean, trace %016llx\n", (unsigned long long)v.trace);
		else
			report_finding(&subject, p, &v.finding, path);
	}
}

int verb_show(const struct cli *cli)
{
	struct cli copy = *cli;

	if (cli->sut_given)
		kernels_announce(cli, stdout, "# ");
	return input_walk(cli, show_one, &copy);
}
