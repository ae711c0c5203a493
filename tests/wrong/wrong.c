/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "tests/wrong/wrong.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim/poison.h"

static _Noreturn void bad(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	exit(3);
}

char *file_text(const char *path, size_t *size)
{
	FILE *in = fopen(path, "r");
	size_t capacity = 1 << 20;
	char *text = malloc(capacity);

	if (!in || !text)
		bad(path, "cannot be read");
	*size = fread(text, 1, capacity - 1, in);
	text[*size] = 0;
	fclose(in);
	return text;
}

static const struct sut *find_sut(const char *path, const char *name)
{
	const struct sut *sut = sut_find(name);

	if (!sut)
		bad(path, "is not built in");
	return sut;
}

static void add_finding(struct wrong *w, const char *path, const char *id)
{
	if (w->finds_count == WRONG_FINDS)
		bad(path, "too many findings");
	snprintf(w->finds[w->finds_count++], FINDING_ID, "%s", id);
}

/* "key: value", and the program's lines, which stand two blanks in. */
static void read_line(struct wrong *w, const char *path, const char *line, FILE *program)
{
	static const char finds[] =
#ifdef PINPRICK_ASAN
		"finds-asan: ";
#else
		"finds-plain: ";
#endif

	if (!strncmp(line, "sut: ", 5))
		w->real = find_sut(path, line + 5);
	else if (!strncmp(line, "finds: ", 7))
		add_finding(w, path, line + 7);
	else if (!strncmp(line, finds, strlen(finds)))
		add_finding(w, path, line + strlen(finds));
	else if (!strncmp(line, "off-clean: ", 11))
		w->off_clean = !strcmp(line + 11, "yes");
	else if (!strcmp(line, "trace: differs"))
		w->trace_differs = true;
	else if (!strncmp(line, "  ", 2))
		fprintf(program, "%s\n", line + 2);
}

static void read_head(struct wrong *w, const char *path, char *text)
{
	struct parse_error error;
	char *program, *rest;
	size_t size;
	FILE *out = open_memstream(&program, &size);
	bool in_program = false;

	for (char *line = strtok_r(text, "\n", &rest); line && strncmp(line, "--- ", 4);
	     line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] != ' ')
			in_program = !strcmp(line, "program:");
		if (in_program || line[0] != ' ')
			read_line(w, path, line, out);
	}
	fclose(out);
	if (!program_parse(&w->program, program, size, &error)) {
		fprintf(stderr, "%s: program, line %u, column %u: %s\n", path, error.line,
			error.column, error.message);
		exit(3);
	}
	free(program);
	if (!w->real || !w->finds_count)
		bad(path, "has no sut, or finds nothing");
}

void wrong_load(struct wrong *w, const char *path)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char sut[80];
	size_t size;
	char *text = file_text(path, &size);

	memset(w, 0, sizeof(*w));
	snprintf(w->name, sizeof(w->name), "%.*s", (int)strcspn(base, "."), base);
	snprintf(sut, sizeof(sut), "%s-%s",
		 strstr(path, BUGS_FOLDER "/") == path ? "bug" : "wrong", w->name);
	w->sut = find_sut(path, sut);
	read_head(w, path, text);
	free(text);
}

static bool has_program(const char *path)
{
	size_t size;
	char *text = file_text(path, &size);
	bool has = strstr(text, "\nprogram:\n") != NULL;

	free(text);
	return has;
}

void wrong_each(void (*visit)(const struct wrong *w))
{
	static struct wrong w;
	glob_t found;

	if (glob(WRONG_FOLDER "/*.patch", 0, NULL, &found) ||
	    glob(BUGS_FOLDER "/*.patch", GLOB_APPEND, NULL, &found))
		bad(WRONG_FOLDER, "no patches here; run this in the project's folder");
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (!has_program(found.gl_pathv[i]))
			continue;
		wrong_load(&w, found.gl_pathv[i]);
		visit(&w);
	}
	globfree(&found);
}
