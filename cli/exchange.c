/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/exchange.h"
#include "cli/keep.h"
#include "cli/report.h"
#include "cli/sha1.h"

/* Names that were dealt with, by their hashes: a table that is half empty. */
struct names {
	uint64_t *at;
	size_t count, size;
};

/* What this run put into the corpus. */
struct made {
	char name[SHA1_NAME];
	bool gone; /* the engine removed it, as seen the last time */
};

struct exchange {
	struct exchange *next;
	char corpus[PATH_MAX], own[PATH_MAX];
	struct names known;
	struct made *made;
	unsigned int count, room;
	char torn[SHA1_NAME]; /* not what its name says, as seen the last time */
	int code;	      /* what went wrong */
};

static struct exchange *all;

static uint64_t *place(const struct names *names, uint64_t hash)
{
	size_t i = hash & (names->size - 1);

	while (names->at[i] && names->at[i] != hash)
		i = (i + 1) & (names->size - 1);
	return &names->at[i];
}

static uint64_t hash_of(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 0x100000001b3;
	return hash ? hash : 1;
}

static bool is_known(const struct names *names, const char *name)
{
	return names->size && *place(names, hash_of(name));
}

static void note(struct names *names, const char *name)
{
	struct names more = { NULL, names->count, names->size ? 2 * names->size : 1024 };

	if (2 * names->count >= names->size) {
		more.at = calloc(more.size, sizeof(*more.at));
		if (!more.at)
			fail(EXIT_OS, "no memory");
		for (size_t i = 0; i < names->size; i++)
			if (names->at[i])
				*place(&more, names->at[i]) = names->at[i];
		free(names->at);
		*names = more;
	}
	*place(names, hash_of(name)) = hash_of(name);
	names->count++;
}

bool exchange_read(const char *path, struct bytes *bytes)
{
	struct stat st;
	FILE *in;
	bool read;

	/* Opening a FIFO might never end. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		complain("%s is left alone: %s", path_short(path),
			 S_ISDIR(st.st_mode) ? "a folder in a working corpus"
					     : "not a regular file");
		return false;
	}
	in = fopen(path, "rb");
	/* It may have gone meanwhile: a dangling link has not. */
	if (!in && errno == ENOENT && lstat(path, &st))
		return false;
	bytes->size = in ? fread(bytes->at, 1, sizeof(bytes->at), in) : 0;
	read = in && !ferror(in);
	if (!read)
		complain("%s is left alone: %s", path_short(path), strerror(errno));
	if (in)
		fclose(in);
	return read;
}

static void write_bytes(FILE *out, const void *context)
{
	const struct bytes *bytes = context;

	fwrite(bytes->at, 1, bytes->size, out);
}

int exchange_keep(const char *path, const struct bytes *bytes)
{
	return keep_file(path, write_bytes, bytes);
}

/* Of folder `from`, those whose names `known` has not; NULL: all. */
static int copy(const char *from, const char *to, struct names *known)
{
	char path[PATH_MAX], copy[PATH_MAX];
	struct dirent *entry;
	struct bytes bytes;
	DIR *folder = opendir(from);
	int code = EXIT_CLEAN;

	while (folder && code == EXIT_CLEAN && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.' || (known && is_known(known, entry->d_name)))
			continue;
		path_make(path, "%s/%s", from, entry->d_name);
		path_make(copy, "%s/%s", to, entry->d_name);
		if (exchange_read(path, &bytes) && bytes.size)
			code = exchange_keep(copy, &bytes);
		if (known && code == EXIT_CLEAN)
			note(known, entry->d_name);
	}
	if (folder)
		closedir(folder);
	return code;
}

int exchange_copy(const char *from, const char *to)
{
	return copy(from, to, NULL);
}

struct exchange *exchange_open(const char *corpus, const char *own)
{
	struct exchange *x = all;
	int code;

	while (x && strcmp(x->own, own))
		x = x->next;
	if (x)
		return x;
	x = calloc(1, sizeof(*x));
	if (!x)
		fail(EXIT_OS, "no memory");
	path_make(x->corpus, "%s", corpus);
	path_make(x->own, "%s", own);
	x->next = all;
	all = x;
	code = keep_folder(own);
	if (code == EXIT_CLEAN)
		code = exchange_look(x, false);
	if (code != EXIT_CLEAN)
		exit(code);
	return x;
}

static void note_made(struct exchange *x, const char *name)
{
	if (x->count == x->room) {
		x->room = x->room ? 2 * x->room : 256;
		x->made = realloc(x->made, x->room * sizeof(*x->made));
		if (!x->made)
			fail(EXIT_OS, "no memory");
	}
	x->made[x->count].gone = false;
	strcpy(x->made[x->count++].name, name);
}

/* A find of the engine's into the corpus, unless it is not whole as yet. */
static int take(struct exchange *x, const char *name, char torn[SHA1_NAME])
{
	char from[PATH_MAX], to[PATH_MAX], right[SHA1_NAME];
	struct bytes bytes;
	int code;

	path_make(from, "%s/%s", x->own, name);
	path_make(to, "%s/%s", x->corpus, name);
	if (!exchange_read(from, &bytes))
		return EXIT_CLEAN;
	sha1_name(bytes.at, bytes.size, right);
	if (strcmp(right, name)) {
		strcpy(torn, name);
		return EXIT_CLEAN;
	}
	if (access(to, F_OK)) {
		code = exchange_keep(to, &bytes);
		if (code != EXIT_CLEAN)
			return code;
		note_made(x, name);
	}
	note(&x->known, name);
	return EXIT_CLEAN;
}

static int take_all(struct exchange *x, char torn[SHA1_NAME])
{
	struct dirent *entry;
	DIR *folder = opendir(x->own);
	int code = EXIT_CLEAN;

	while (folder && code == EXIT_CLEAN && (entry = readdir(folder)))
		if (sha1_is_name(entry->d_name) && !is_known(&x->known, entry->d_name))
			code = take(x, entry->d_name, torn);
	if (folder)
		closedir(folder);
	return code;
}

static void tell_torn(const struct exchange *x, const char *name)
{
	char path[PATH_MAX];

	path_make(path, "%s/%s", x->own, name);
	complain("%s is left alone: the engine was stopped before it was whole", path_short(path));
}

int exchange_adopt(const char *corpus, const char *own)
{
	struct exchange x = { .next = NULL };
	char torn[SHA1_NAME] = "";
	int code;

	path_make(x.corpus, "%s", corpus);
	path_make(x.own, "%s", own);
	code = take_all(&x, torn);
	if (*torn)
		tell_torn(&x, torn);
	free(x.known.at);
	free(x.made);
	return code;
}

/*
 * libFuzzer removes what it can replace by something smaller, and writes that
 * afterwards.  So a file goes a look later than it was missed, when all is taken; and
 * not where an engine has ended, perhaps in between.
 */
static void drop_replaced(struct exchange *x, bool runs, bool all_taken)
{
	char path[PATH_MAX];
	unsigned int left = 0;

	for (unsigned int i = 0; i < x->count; i++) {
		struct made *m = &x->made[i];
		bool gone;

		path_make(path, "%s/%s", x->own, m->name);
		gone = access(path, F_OK);
		if (gone && !runs)
			continue;
		if (m->gone && all_taken) {
			path_make(path, "%s/%s", x->corpus, m->name);
			unlink(path);
			continue;
		}
		m->gone = gone;
		x->made[left++] = *m;
	}
	x->count = left;
}

int exchange_look(struct exchange *x, bool runs)
{
	char torn[SHA1_NAME] = "";

	if (x->code != EXIT_CLEAN)
		return x->code;
	x->code = take_all(x, torn);
	/* Still not whole, and perhaps the engine cannot help it. */
	if (x->code == EXIT_CLEAN && *torn && !strcmp(torn, x->torn))
		x->code = keep_room(x->own);
	strcpy(x->torn, torn);
	drop_replaced(x, runs, x->code == EXIT_CLEAN && !*torn);
	if (x->code == EXIT_CLEAN)
		x->code = copy(x->corpus, x->own, &x->known);
	return x->code;
}

/* Removes what is in the corpus, too, and tells what is not. */
static void clear(const struct exchange *x)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *folder = opendir(x->own);

	while (folder && (entry = readdir(folder))) {
		path_make(path, "%s/%s", x->own, entry->d_name);
		if (!sha1_is_name(entry->d_name) || is_known(&x->known, entry->d_name))
			unlink(path);
		else
			tell_torn(x, entry->d_name);
	}
	if (folder)
		closedir(folder);
	rmdir(x->own);
}

int exchange_close_all(void)
{
	int code = EXIT_CLEAN;

	while (all) {
		struct exchange *x = all;

		if (exchange_look(x, false) == EXIT_CLEAN)
			clear(x);
		code = code == EXIT_CLEAN ? x->code : code;
		all = x->next;
		free(x->known.at);
		free(x->made);
		free(x);
	}
	return code;
}
