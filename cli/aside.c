/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "cli/aside.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/engines.h"
#include "cli/keep.h"

struct sought {
	const struct worker *w;
	const char *to; /* NULL: it is a copy */
	int code;
};

static bool is_that(const struct worker *w, const char *path)
{
	uint8_t bytes[PROGRAM_BYTES];
	FILE *in = fopen(path, "rb");
	size_t size = in ? fread(bytes, 1, sizeof(bytes), in) : 0;

	if (in)
		fclose(in);
	return size && size == w->shared->size && !memcmp(bytes, w->shared->input, size);
}

static void put(void *context, const char *path)
{
	struct sought *sought = context;
	char to[PATH_MAX];

	if (!is_that(sought->w, path))
		return;
	if (sought->to) {
		sought->code = keep_folder(sought->to);
		path_make(to, "%s%s", sought->to, strrchr(path, '/'));
	}
	if (sought->code == EXIT_CLEAN && (sought->to ? rename(path, to) : unlink(path))) {
		complain("cannot move %s away: %s", path, strerror(errno));
		sought->code = EXIT_IO;
	}
	if (sought->to && sought->code == EXIT_CLEAN)
		fprintf(say, "set aside, because it ends in this finding: %s\n", path_short(to));
}

int aside_put(const struct worker *w, const struct worker_folders *folders)
{
	struct sought sought = { .w = w };
	char inputs[PATH_MAX], aside[PATH_MAX];

	folder_walk(folders->seeds, put, &sought);
	/* The engines' own: AFL++'s, libFuzzer's. */
	path_make(inputs, "%s/inputs-%s", folders->run, w->name);
	folder_walk(inputs, put, &sought);
	path_make(inputs, "%s/corpus-%s", folders->run, w->name);
	folder_walk(inputs, put, &sought);
	path_make(aside, "%s/work/aside%s", cli_root(), strrchr(w->corpus, '/'));
	sought.to = aside;
	folder_walk(w->corpus, put, &sought);
	return sought.code;
}
