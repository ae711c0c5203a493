/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* corpus: programs from files and folders, and who found them. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/corpus.h"
#include "cli/explored.h"
#include "cli/input.h"
#include "cli/sha1.h"

static const struct {
	const char *prefix, *target; /* of the working corpus; the engine */
} kinds[CORPUS_KINDS] = {
	[CORPUS_OPS] = { "", "fuzz_ops" },
	[CORPUS_DRIVERS] = { "drivers-", "fuzz_drivers" },
	[CORPUS_SCHEDULES] = { "schedules-", "fuzz_schedule" },
};

uint64_t corpus_hash(const uint8_t *bytes, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}

void corpus_decode(const struct corpus_item *item, struct program *p)
{
	program_decode(p, item->bytes, item->size);
}

bool corpus_filled(const char *folder)
{
	DIR *open = opendir(folder);
	struct dirent *entry;
	bool filled = false;

	while (open && !filled && (entry = readdir(open)))
		filled = entry->d_name[0] != '.';
	if (open)
		closedir(open);
	return filled;
}

struct corpus_target corpus_target(enum corpus_kind kind, const struct run_subject *subject)
{
	struct corpus_target t = { .kind = kind, .subject = *subject };

	subject_name(subject, t.name);
	snprintf(t.target, sizeof(t.target), "%s-%s",
		 subject->other ? "fuzz_diff" : kinds[kind].target, t.name);
	return t;
}

void corpus_folder(const struct corpus_target *t, char path[PATH_MAX])
{
	path_make(path, "%s/work/corpus/%s%s", cli_root(), kinds[t->kind].prefix, t->name);
}

/* The last part of a path that may end in a slash. */
static void last_part(const char *path, char name[SUBJECT_NAME])
{
	size_t end = strlen(path), from;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (from = end; from && path[from - 1] != '/';)
		from--;
	snprintf(name, SUBJECT_NAME, "%.*s", (int)(end - from), path + from);
}

/* Does this folder stand in work/corpus? */
static bool is_working(const char *folder)
{
	char corpus[PATH_MAX], above[PATH_MAX], real[PATH_MAX];

	path_make(corpus, "%s/work/corpus", cli_root());
	path_make(above, "%s/..", folder);
	return realpath(above, real) && !strcmp(real, corpus);
}

static bool has_engine(const char *target)
{
	char path[PATH_MAX];

	path_make(path, "%s/%s", cli_folder(), target);
	return !access(path, X_OK);
}

static bool skip(const char **name, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*name, prefix, length))
		return false;
	*name += length;
	return true;
}

/* Fuzzing services name a folder by its target, and put the project's name before it or not. */
static bool skip_target(const char **name, enum corpus_kind *kind)
{
	const char *rest = *name;

	skip(&rest, "pinprick_");
	for (enum corpus_kind k = 0; k < CORPUS_KINDS; k++) {
		if (!skip(&rest, kinds[k].target) || !skip(&rest, "-"))
			continue;
		*kind = k;
		*name = rest;
		return true;
	}
	return skip(&rest, "fuzz_diff-") && (*name = rest);
}

bool corpus_folder_target(const char *folder, struct corpus_target *t)
{
	char name[SUBJECT_NAME];
	const char *rest, *against;

	*t = (struct corpus_target){ .kind = CORPUS_OPS };
	last_part(folder, name);
	rest = name;
	if (!skip_target(&rest, &t->kind))
		for (enum corpus_kind k = CORPUS_DRIVERS; k < CORPUS_KINDS; k++)
			if (skip(&rest, kinds[k].prefix))
				t->kind = k;
	against = strstr(rest, "-vs-");
	memcpy(t->name, rest, strlen(rest) + 1);
	snprintf(t->target, sizeof(t->target), "%s-%s",
		 against ? "fuzz_diff" : kinds[t->kind].target, rest);
	t->subject.sut = sut_find(rest);
	if (against) {
		name[against - name] = 0;
		t->subject.sut = sut_find(rest);
		t->subject.other = sut_find(against + strlen("-vs-"));
	}
	return is_working(folder) || has_engine(t->target);
}

bool corpus_has_engine(const struct corpus_target *t, const char *folder)
{
	if (has_engine(t->target) && t->subject.sut)
		return true;
	complain("%s is left alone: this build has no %s; if that was a kernel tree or a core of "
		 "yours, name it: --kernel=DIR or --sut-source=FILE",
		 folder, t->target);
	return false;
}

/*
 * Working corpora have libFuzzer's files, named by 40 digits, AFL++'s, afl-DIGITS, and
 * what corpus merge took from elsewhere, ENGINE.TARGET-SUT.DIGITS.  True: the folder
 * says which target that is for.
 */
static bool find_origin(const char *path, bool text, char origin[ORIGIN_BYTES],
			struct corpus_target *t)
{
	char folder[PATH_MAX], name[SUBJECT_NAME];
	const char *digits, *engine = text ? "hand" : "other";
	bool found;

	last_part(path, name);
	path_make(folder, "%.*s", (int)(strlen(path) - strlen(name)), path);
	found = corpus_folder_target(*folder ? folder : ".", t);
	digits = strrchr(name, '.');
	if (digits && strchr(name, '.') != digits && strlen(digits + 1) == 16 &&
	    strspn(digits + 1, "0123456789abcdef") == 16) {
		snprintf(origin, ORIGIN_BYTES, "%.*s", (int)(digits - name), name);
		return found;
	}
	if (!strncmp(name, "afl-", 4) || !strncmp(name, "id:", 3))
		engine = "afl";
	else if (sha1_is_name(name))
		engine = "libfuzzer";
	snprintf(origin, ORIGIN_BYTES, "%s.%s", engine, found ? t->target : "unknown");
	return found;
}

static void add(void *context, const char *path, const char *name, const struct program *p)
{
	struct corpus *c = context;
	struct corpus_item *item;
	struct corpus_target t;
	struct stat st;

	(void)name;
	if (!(c->count & (c->count - 1)))
		c->at = realloc(c->at, (c->count ? c->count * 2 : 1) * sizeof(*c->at));
	if (!c->at)
		fail(EXIT_OS, "no memory");
	item = &c->at[c->count++];
	*item = (struct corpus_item){ .path = strdup(path), .records = p->count };
	if (!item->path)
		fail(EXIT_OS, "no memory");
	item->size = program_encode(p, item->bytes);
	item->hash = corpus_hash(item->bytes, item->size);
	item->kind = program_has_drivers(p)	      ? CORPUS_DRIVERS
		     : program_switches(p) || p->seed ? CORPUS_SCHEDULES
						      : CORPUS_OPS;
	item->file_bytes = stat(path, &st) ? 0 : (size_t)st.st_size;
	item->text = input_was_text;
	if (find_origin(path, item->text, item->origin, &t) && !item->text) {
		item->kind = t.kind;
		if (t.subject.sut && t.subject.other)
			item->pair = t.subject;
	}
}

void corpus_load(const struct cli *cli, const char *path, struct corpus *c)
{
	char copy[PATH_MAX], *files[] = { copy };
	struct cli one = *cli;
	unsigned int first = c->count;
	struct corpus_target t;
	int code;

	path_make(copy, "%s", path);
	one.files = files;
	one.file_count = 1;
	input_any_bytes = true;
	code = input_walk(&one, add, c);
	c->code = c->code == EXIT_CLEAN ? code : c->code;
	/* What a working corpus has is for its target, whatever is in it. */
	if (corpus_folder_target(path, &t))
		while (first < c->count)
			c->at[first++].kind = t.kind;
}

void corpus_free(struct corpus *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		free(c->at[i].path);
		free(c->at[i].story);
	}
	free(c->at);
	*c = (struct corpus){ .at = NULL };
}
