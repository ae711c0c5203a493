/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "cli/kernels.h"

#include <string.h>

#include "cli/report.h"
#include "harness/quirks.h"

static bool sut_is_own(const struct sut *sut)
{
	return !strcmp(sut->name, "own") || !strcmp(sut->name, "own-off");
}

bool sut_is_added(const struct sut *sut)
{
	return sut->origin || sut_is_own(sut);
}

void sut_folder(const struct sut *sut, char name[80])
{
	const char *path = sut->origin ? sut->origin : SUT_SOURCE;
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * 16777619u;
	if (sut_is_added(sut))
		snprintf(name, 80, "%s-%08x", sut->name, (unsigned int)hash);
	else
		snprintf(name, 80, "%s", sut->name);
}

bool kernel_tree(const struct sut *sut, char tree[PATH_MAX])
{
	char *file = NULL;

	if (!sut->origin)
		return false;
	path_make(tree, "%s", sut->origin);
	for (char *at = tree; (at = strstr(at, "/mm/")); at++)
		file = at;
	if (file)
		*file = 0;
	return true;
}

static void print_quirks(const struct sut *sut, const struct cli *cli, FILE *out,
			 const char *prefix)
{
	unsigned int features = sut_features(sut), count = 0;

	for (const struct quirk *q = quirks; q->name; q++)
		if (features & q->bit)
			fprintf(out, "%s %s (%s)",
				count++	      ? ","
				: cli->strict ? "quirks are findings:"
					      : "quirks:",
				q->name, q->row);
	fputs(count ? "\n" : "no quirks\n", out);
	for (const struct quirk *q = quirks; cli->verbose && q->name; q++)
		if (features & q->bit)
			fprintf(out, "%s  %s: %s\n", prefix, q->name, q->sentence);
}

static void announce(const struct cli *cli, const struct sut *sut, FILE *out, const char *prefix)
{
	if (!sut || !sut->origin)
		return;
	if (!quirks_measure(sut))
		fail(EXIT_OS, "cannot start a process to measure the quirks of %s", sut->name);
	fprintf(out, "%s%s is %s, %s, with%s migration, ", prefix, sut->name,
		path_short(sut->origin), sut->generation,
		sut->features & FEATURE_migration ? "" : "out");
	print_quirks(sut, cli, out, prefix);
}

void kernels_announce(const struct cli *cli, FILE *out, const char *prefix)
{
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		announce(cli, cli->suts[i], out, prefix);
		announce(cli, cli->others[i], out, prefix);
	}
	if (cli->strict)
		quirks_strict();
	fflush(out);
}
