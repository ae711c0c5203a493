/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The patches of bugs/ as their heads describe them, and what a run before noted. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bugs.h"
#include "cli/kernels.h"

const char *const bug_engine_names[BUG_ENGINES] = { "ops", "drivers", "schedules", "races" };

static void add_id(struct bug *bug, const char *path, const char *id)
{
	if (!strcmp(id, "none")) {
		bug->accepted = true;
		return;
	}
	if (bug->id_count == BUG_IDS)
		fail(EXIT_DATA, "%s: more than %d findings", path, BUG_IDS);
	snprintf(bug->ids[bug->id_count++], FINDING_ID, "%s", id);
}

static void set_engine(struct bug *bug, const char *path, const char *name)
{
	while (bug->engine < BUG_ENGINES && strcmp(bug_engine_names[bug->engine], name))
		bug->engine++;
	if (bug->engine == BUG_ENGINES)
		fail(EXIT_DATA, "%s: there is no engine '%s'", path, name);
}

/* "key: value" */
static void read_key(struct bug *bug, const char *path, const char *line)
{
	const char *value = strstr(line, ": ");

	if (!value)
		return;
	value += 2;
	if (!strncmp(line, "row: ", 5))
		snprintf(bug->row, sizeof(bug->row), "%s", value);
	else if (!strncmp(line, "engine: ", 8))
		set_engine(bug, path, value);
	else if (!strncmp(line, "finds: ", 7) || !strncmp(line, "finds-asan: ", 12) ||
		 !strncmp(line, "detects: ", 9) ||
		 (bug->base && !strncmp(line, "kernel-detects: ", 16)))
		add_id(bug, path, value);
}

static void read_head(struct bug *bug, const char *path)
{
	FILE *in = fopen(path, "r");
	size_t size = 0;
	char *line = NULL;
	ssize_t length;

	if (!in)
		fail(EXIT_NO_INPUT, "cannot read %s", path);
	while ((length = getline(&line, &size, in)) > 0 && strncmp(line, "--- ", 4)) {
		line[length - 1] = 0;
		if (*line != ' ')
			read_key(bug, path, line);
	}
	free(line);
	fclose(in);
	if (!bug->row[0] || (!bug->id_count && !bug->accepted))
		fail(EXIT_DATA, "%s: its head has no row, or finds nothing", path);
}

/* The row of the table that begins with a bug's name; its median is in the fifth. */
static void read_median(struct bug *bugs, unsigned int count, char *line)
{
	char *rest, *cell = strtok_r(line, "| `", &rest);

	for (unsigned int i = 0; cell && i < count; i++) {
		if (strcmp(bugs[i].name, cell))
			continue;
		for (unsigned int column = 0; cell && column < MEDIAN_COLUMN; column++)
			cell = strtok_r(NULL, "|", &rest);
		bugs[i].median = cell ? strtoull(cell, NULL, 10) : 0;
		return;
	}
}

static void read_medians(struct bug *bugs, unsigned int count)
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	FILE *in;

	path_make(path, "%s/" BUGS_DOCUMENT, cli_root());
	in = fopen(path, "r");
	while (in && getline(&line, &size, in) > 0)
		if (!strncmp(line, "| `", 3))
			read_median(bugs, count, line);
	free(line);
	if (in)
		fclose(in);
}

/* A bug of one core may stand in a kernel's file of the other generation. */
static void set_generation(struct bug *bug)
{
	for (unsigned int i = 0; i < bug->id_count; i++) {
		size_t place = strcspn(bug->ids[i], "@/");

		snprintf(bug->ids[i] + place, FINDING_ID - place, "@*/%s", bug->sut->generation);
	}
}

/* The suts behind a kernel's are copies of it, each in a folder with the name of its bug. */
static unsigned int load_planted(struct bug bugs[BUGS_MAX], const struct sut *const *base)
{
	char tree[PATH_MAX], path[PATH_MAX];
	unsigned int count = 0;

	for (const struct sut *const *sut = base + 1; *sut && count < BUGS_MAX; sut++) {
		struct bug *bug = &bugs[count++];

		bug->sut = *sut;
		bug->base = *base;
		kernel_tree(*sut, tree);
		snprintf(bug->name, sizeof(bug->name), "%s", strrchr(tree, '/') + 1);
		path_make(path, "%s/bugs/%s.patch", cli_root(), bug->name);
		read_head(bug, path);
		set_generation(bug);
	}
	return count;
}

static unsigned int load_bank(struct bug bugs[BUGS_MAX])
{
	char pattern[PATH_MAX], name[80];
	unsigned int count = 0;
	glob_t found;

	path_make(pattern, "%s/bugs/*.patch", cli_root());
	if (glob(pattern, 0, NULL, &found) || found.gl_pathc > BUGS_MAX)
		fail(EXIT_NOT_RUN, "no planted bugs in %s, or more than %d", pattern, BUGS_MAX);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct bug *bug = &bugs[count++];
		const char *base = strrchr(found.gl_pathv[i], '/') + 1;

		snprintf(bug->name, sizeof(bug->name), "%.*s", (int)strcspn(base, "."), base);
		snprintf(name, sizeof(name), "bug-%s", bug->name);
		bug->sut = sut_find(name);
		if (!bug->sut)
			fail(EXIT_NOT_RUN, "%s is not built in: run ./pinprick bugs", name);
		read_head(bug, found.gl_pathv[i]);
	}
	globfree(&found);
	read_medians(bugs, count);
	return count;
}

unsigned int bugs_load(struct bug bugs[BUGS_MAX])
{
	for (const struct sut *const *sut = suts; *sut; sut++)
		if ((*sut)->origin)
			return load_planted(bugs, sut);
	return load_bank(bugs);
}
