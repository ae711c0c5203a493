/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/input.h"

/* Far more than the longest program needs, as text with its story. */
#define INPUT_MAX (1 << 20)

static char bytes[INPUT_MAX + 1];

bool input_any_bytes, input_was_text;

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	return length > tail && !strcmp(name + length - tail, suffix);
}

/* Reading a FIFO or a device might never end; an open descriptor is what somebody means to read. */
static bool is_special(const char *path)
{
	struct stat st;

	return strcmp(path, "/dev/stdin") && strncmp(path, "/dev/fd/", strlen("/dev/fd/")) &&
	       !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int load_text(const char *path, size_t size, struct program *p)
{
	struct parse_error error;

	if (size > INPUT_MAX) {
		complain("%s: longer than a program can be (%d bytes)", path, INPUT_MAX);
		return EXIT_DATA;
	}
	if (program_parse(p, bytes, size, &error))
		return EXIT_CLEAN;
	fflush(stdout);
	fprintf(stderr, "%s:%u:%u: %s\n", path, error.line, error.column, error.message);
	return EXIT_DATA;
}

/* Every byte string is a program, but say where part of it says nothing. */
static void load_binary(const char *path, size_t size, struct program *p)
{
	size_t used = size > PROGRAM_BYTES ? PROGRAM_BYTES : size;

	program_decode(p, (const uint8_t *)bytes, used);
	if (input_any_bytes)
		return;
	if (size > PROGRAM_BYTES)
		complain("%s: only the first %d bytes are a program, the rest is ignored", path,
			 PROGRAM_BYTES);
	else if (size > HEADER_BYTES && size % RECORD_BYTES)
		complain("%s: %zu bytes after the last whole record are ignored", path,
			 size % RECORD_BYTES);
	else if (size < HEADER_BYTES)
		complain("%s: %zu bytes, not even a header: a program without records", path, size);
}

int input_load(const char *path, struct program *p)
{
	FILE *file;
	size_t size;

	if (is_special(path)) {
		complain("cannot read %s: not a regular file", path);
		return EXIT_NO_INPUT;
	}
	file = fopen(path, "rb");
	if (!file) {
		complain("cannot read %s: %s", path, strerror(errno));
		return EXIT_NO_INPUT;
	}
	size = fread(bytes, 1, sizeof(bytes), file);
	if (ferror(file)) {
		complain("cannot read %s: %s", path, strerror(errno));
		fclose(file);
		return EXIT_NO_INPUT;
	}
	fclose(file);
	input_was_text = program_is_text(bytes, size) || has_suffix(path, ".txt");
	if (input_was_text)
		return load_text(path, size, p);
	load_binary(path, size, p);
	return EXIT_CLEAN;
}

struct walk {
	void (*each)(void *context, const char *path, const char *name, const struct program *p);
	void *context;
	size_t top; /* length of the path on the command line, with its slash */
	unsigned int programs;
	int code;
};

static void walk_note(struct walk *w, int code)
{
	if (w->code == EXIT_CLEAN)
		w->code = code;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted: no hidden files, and no documentation. */
static char **folder_names(DIR *folder, size_t *count)
{
	struct dirent *entry;
	char **names = NULL;

	*count = 0;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.' || has_suffix(entry->d_name, ".md"))
			continue;
		if (!(*count & (*count - 1)))
			names = realloc(names, (*count ? *count * 2 : 1) * sizeof(*names));
		if (!names || !(names[(*count)++] = strdup(entry->d_name)))
			fail(EXIT_OS, "no memory");
	}
	if (*count)
		qsort(names, *count, sizeof(*names), compare_names);
	return names;
}

static void walk_path(struct walk *w, const char *path);

static void walk_folder(struct walk *w, const char *path)
{
	DIR *folder = opendir(path);
	size_t count, length = strlen(path);
	char **names;

	if (!folder) {
		complain("cannot read %s: %s", path, strerror(errno));
		walk_note(w, EXIT_NO_INPUT);
		return;
	}
	names = folder_names(folder, &count);
	closedir(folder);
	for (size_t i = 0; i < count; i++) {
		char inner[PATH_MAX];

		path_make(inner, "%s%s%s", path, length && path[length - 1] == '/' ? "" : "/",
			  names[i]);
		if (is_special(inner))
			complain("%s is skipped: not a regular file", inner);
		else
			walk_path(w, inner);
		free(names[i]);
	}
	free(names);
}

static void walk_path(struct walk *w, const char *path)
{
	static struct program p;
	struct stat st;
	int code;

	if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
		walk_folder(w, path);
		return;
	}
	code = input_load(path, &p);
	if (code != EXIT_CLEAN) {
		walk_note(w, code);
		return;
	}
	w->programs++;
	w->each(w->context, path, path + w->top, &p);
}

int input_walk(const struct cli *cli,
	       void (*each)(void *context, const char *path, const char *name,
			    const struct program *p),
	       void *context)
{
	struct walk w = { .each = each, .context = context };

	for (unsigned int i = 0; i < cli->file_count; i++) {
		const char *path = cli->files[i];
		struct stat st;

		if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
			w.top = strlen(path) + (path[strlen(path) - 1] != '/');
		} else {
			const char *slash = strrchr(path, '/');

			w.top = slash ? (size_t)(slash + 1 - path) : 0;
		}
		w.programs = 0;
		walk_path(&w, path);
		if (!w.programs && w.code == EXIT_CLEAN) {
			complain("no program in %s", path);
			w.code = EXIT_NO_INPUT;
		}
	}
	return w.code;
}
