/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* corpus check: what is wrong with a program by itself. */
#include <stdlib.h>
#include <string.h>

#include "cli/corpus.h"
#include "cli/sha1.h"

static char *print(const struct program *p, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!out)
		fail(EXIT_OS, "no memory");
	program_print(out, p);
	fclose(out);
	return text;
}

/* The next line of a text that is not a comment alone, without its comment and its end. */
static const char *next_line(const char **text, size_t *length)
{
	while (**text) {
		const char *line = *text;
		size_t all = strcspn(line, "\n");

		*length = strcspn(line, "#\n");
		*text += all + !!line[all];
		if (*length < all)
			while (*length && (line[*length - 1] == ' ' || line[*length - 1] == '\t'))
				--*length;
		if (*length || !all)
			return line;
	}
	return NULL;
}

/* Is a file this text, but for comments? */
static bool is_written_so(const char *path, const char *text)
{
	FILE *file = fopen(path, "rb");
	char *whole = NULL;
	size_t size = 0, a, b;
	bool same = false;
	const char *at, *line, *other;

	if (file && getdelim(&whole, &size, 0, file) > 0) {
		at = whole;
		do {
			line = next_line(&at, &a);
			other = next_line(&text, &b);
			same = line && other ? a == b && !memcmp(line, other, a) : line == other;
		} while (same && line);
	}
	if (file)
		fclose(file);
	free(whole);
	return same;
}

/* Text and bytes say the same, both ways. */
static bool survives(const struct corpus_item *item, const char *text, size_t size)
{
	struct program p;
	struct parse_error error;
	uint8_t bytes[PROGRAM_BYTES];

	return program_parse(&p, text, size, &error) && program_encode(&p, bytes) == item->size &&
	       !memcmp(bytes, item->bytes, item->size);
}

/* libFuzzer's names, and those of fuzzing services, say what the file has. */
static bool is_as_named(const char *path)
{
	static uint8_t bytes[CORPUS_WORKING_BYTES];
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char right[SHA1_NAME];
	FILE *file;

	if (!sha1_is_name(name))
		return true;
	file = fopen(path, "rb");
	if (!file)
		return true;
	sha1_name(bytes, fread(bytes, 1, sizeof(bytes), file), right);
	fclose(file);
	return !strcmp(name, right);
}

const char *corpus_problem(const struct corpus *c, const struct corpus_item *item)
{
	static char twin[PATH_MAX + 32];
	const char *problem = NULL;
	struct program p;
	size_t size;
	char *text;

	corpus_decode(item, &p);
	text = print(&p, &size);
	if (!item->text && item->file_bytes > PROGRAM_BYTES)
		problem = "is longer than a program";
	else if (!item->text && !is_as_named(item->path))
		problem = "is not what its name says: it was cut off, or changed; remove it, or "
			  "give it another name";
	/* Scenarios spell out which frame a page has. */
	else if (item->text && !strstr(item->path, "/scenarios/") &&
		 !is_written_so(item->path, text))
		problem = "is not written as pinprick show prints it";
	else if (!survives(item, text, size))
		problem = "is another program after a way through text";
	free(text);
	for (const struct corpus_item *other = c->at; !problem && other < item; other++) {
		if (other->hash != item->hash || other->kind != item->kind)
			continue;
		snprintf(twin, sizeof(twin), "is the same program as %s", other->path);
		problem = twin;
	}
	return problem;
}
