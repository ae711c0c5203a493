/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What engines and scripts read: programs as bytes, the dictionary, the format.
 */
#include <string.h>

#include "cli/encode.h"
#include "cli/input.h"
#include "cli/keep.h"
#include "harness/describe.h"

struct encode {
	const char *folder;
	enum encode_which which;
	unsigned int count;
	int code;
};

static void write_bytes(FILE *out, const void *context)
{
	uint8_t bytes[PROGRAM_BYTES];
	size_t size = program_encode(context, bytes);

	fwrite(bytes, 1, size, out);
}

/* regressions/a.txt becomes regressions-a. */
static void encode_one(void *context, const char *path, const char *name, const struct program *p)
{
	struct encode *e = context;
	char out[PATH_MAX], *tail;
	int code;

	(void)path;
	if (e->which != ENCODE_ALL && program_has_drivers(p) != (e->which == ENCODE_DRIVERS))
		return;
	path_make(out, "%s/%s", e->folder, name);
	for (char *c = out + strlen(e->folder) + 1; *c; c++)
		if (*c == '/')
			*c = '-';
	tail = out + strlen(out);
	if (tail - out > 4 && !strcmp(tail - 4, ".txt"))
		tail[-4] = 0;
	code = keep_file(out, write_bytes, p);
	if (e->code == EXIT_CLEAN)
		e->code = code;
	e->count++;
}

int encode_folder(const struct cli *cli, enum encode_which which, const char *folder,
		  unsigned int *count)
{
	struct encode e = { .folder = folder, .which = which };
	int code = keep_folder(folder);

	if (code == EXIT_CLEAN)
		code = input_walk(cli, encode_one, &e);
	*count = e.count;
	return code == EXIT_CLEAN ? e.code : code;
}

int verb_encode(const struct cli *cli)
{
	unsigned int count;
	int code;

	if (!cli->output)
		fail(EXIT_USAGE, "encode needs --output=FOLDER");
	code = encode_folder(cli, ENCODE_ALL, cli->output, &count);
	fprintf(say, "%u programs written to %s\n", count, cli->output);
	return code;
}

int verb_dictionary(const struct cli *cli)
{
	(void)cli;
	describe_dictionary(stdout);
	return EXIT_CLEAN;
}

int verb_format(const struct cli *cli)
{
	(void)cli;
	describe_format(stdout);
	return EXIT_CLEAN;
}
