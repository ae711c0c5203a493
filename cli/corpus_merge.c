/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * corpus merge: takes what others found, as far as it reaches more than the seeds and
 * the working corpus do; with --output, as text seeds, as far as it reaches more than
 * the seeds and what that folder has.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/corpus.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/report.h"
#include "harness/transitions.h"

static void write_bytes(FILE *out, const void *context)
{
	const struct corpus_item *item = context;

	fwrite(item->bytes, 1, item->size, out);
}

/* A name in a comment, which it must not end. */
static void print_name(FILE *out, const char *name)
{
	for (; *name; name++)
		fputc((unsigned char)*name < ' ' ? '?' : *name, out);
}

static void write_seed(FILE *out, const void *context)
{
	const struct corpus_item *item = context;
	const char *dot = strchr(item->origin, '.');
	char *text = NULL, *rest;
	size_t size;
	struct program p;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		fail(EXIT_OS, "no memory");
	corpus_decode(item, &p);
	program_print(memory, &p);
	fclose(memory);
	rest = strchr(text, '\n') + 1;
	fwrite(text, 1, (size_t)(rest - text), out);
	fprintf(out, "# SPDX-License-Identifier: GPL-2.0-only OR MIT\n#\n%s# Found by %.*s",
		item->story, (int)(dot - item->origin), item->origin);
	if (strcmp(dot, ".unknown")) {
		fputs(" with ", out);
		print_name(out, dot + 1);
	}
	fputs("; taken from ", out);
	print_name(out, path_short(item->path));
	fprintf(out, ".\n%s", rest);
	free(text);
}

/* Adds what this target sees in the item, and nothing before it showed. */
static void add_story(const struct corpus_target *t, struct corpus_item *item, struct stats *seen)
{
	static struct stats stats;
	struct program p;
	struct finding finding;
	char *text = NULL;
	size_t size;
	unsigned int count = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		fail(EXIT_OS, "no memory");
	fputs(item->story ? item->story : "", out);
	memset(&stats, 0, sizeof(stats));
	corpus_decode(item, &p);
	/* The transition table is of the core's ops, one context at a time. */
	if (t->kind == CORPUS_OPS)
		subject_run(&t->subject, &p, false, &stats, &finding);
	for (unsigned int cell = 0; cell < CELL_COUNT; cell++) {
		if (!stats.cells[cell] || seen->cells[cell])
			continue;
		seen->cells[cell] = 1;
		if (!count++)
			fprintf(out, "# On %s it reaches transitions that nothing before it did.\n",
				t->name);
		fputs("#   ", out);
		transition_print(out, cell);
		fputc('\n', out);
	}
	if (!count)
		fprintf(out,
			"# On %s it reaches an edge of the core, or an abstract state, that "
			"nothing before it did.\n",
			t->name);
	fclose(out);
	free(item->story);
	item->story = text;
}

struct merge {
	struct corpus_report *r;
	struct corpus given, seeds;
};

static void add_all(const struct corpus *from, struct corpus *to)
{
	if (!from->count)
		return;
	to->at = realloc(to->at, (to->count + from->count) * sizeof(*to->at));
	if (!to->at)
		fail(EXIT_OS, "no memory");
	memcpy(to->at + to->count, from->at, from->count * sizeof(*to->at));
	to->count += from->count;
}

static int take(const struct merge *m, const char *folder)
{
	char path[PATH_MAX];
	int code = keep_folder(folder);

	for (unsigned int i = 0; i < m->given.count && code == EXIT_CLEAN; i++) {
		const struct corpus_item *item = &m->given.at[i];

		if (!item->taken)
			continue;
		path_make(path, "%s/%s.%016llx", folder, item->origin,
			  (unsigned long long)item->hash);
		code = keep_file(path, write_bytes, item);
	}
	return code;
}

/* For one target.  Text seeds are written when all have said what is new to them. */
static int merge_target(struct merge *m, const struct corpus_target *t, const char *folder)
{
	static struct corpus_cover before, cover;
	struct corpus own = { .at = NULL }, base = { .at = NULL };
	bool text = m->r->cli->output;
	int code = EXIT_CLEAN, found;

	if (corpus_filled(folder))
		corpus_load(m->r->cli, folder, &own);
	add_all(&m->seeds, &base);
	add_all(&own, &base);
	if (text)
		code = corpus_cover(t, NULL, &base, false, &before);
	if (code == EXIT_CLEAN)
		code = corpus_cover(t, &base, &m->given, true, &cover);
	free(base.at);
	corpus_free(&own);
	if (code != EXIT_CLEAN)
		return code;
	corpus_begin(m->r, folder, t);
	found = corpus_tell_findings(m->r, t, &m->given);
	fprintf(say, "%s: %u programs are new to %s%s\n", path_short(folder), cover.chosen, t->name,
		cover.chosen ? "" : ": they add nothing");
	fprintf(m->r->corpora, ", \"taken\": %u, \"new_features\": %u}", cover.chosen,
		cover.features);
	if (!text)
		code = take(m, folder);
	for (unsigned int i = 0; text && i < m->given.count; i++)
		if (m->given.at[i].taken)
			add_story(t, &m->given.at[i], &before.stats);
	return code == EXIT_CLEAN ? found : code;
}

/* What was found by comparing two, for the corpus of these two. */
static int merge_pairs(const struct merge *m)
{
	int code = EXIT_CLEAN;

	for (unsigned int i = 0; i < m->given.count && code <= EXIT_NOT_RUN; i++) {
		const struct corpus_item *first = &m->given.at[i];
		struct merge part = { .r = m->r, .seeds = m->seeds };
		struct corpus_target t;
		char path[PATH_MAX];
		bool told = !first->pair.sut;
		int one;

		for (unsigned int j = 0; j < i; j++)
			told |= subject_same(&m->given.at[j].pair, &first->pair);
		if (told)
			continue;
		part.given.at = calloc(m->given.count, sizeof(*part.given.at));
		if (!part.given.at)
			fail(EXIT_OS, "no memory");
		for (unsigned int j = i; j < m->given.count; j++)
			if (subject_same(&m->given.at[j].pair, &first->pair))
				part.given.at[part.given.count++] = m->given.at[j];
		t = corpus_target(CORPUS_OPS, &first->pair);
		corpus_folder(&t, path);
		one = corpus_has_engine(&t, path) ? merge_target(&part, &t, path) : EXIT_NOT_RUN;
		code = code == EXIT_CLEAN || one == EXIT_FINDING || one > EXIT_NOT_RUN ? one : code;
		free(part.given.at);
	}
	return code;
}

static int write_seeds(const struct merge *m)
{
	const char *folder = m->r->cli->output;
	unsigned int count = 0;
	int code = keep_folder(folder);

	for (unsigned int i = 0; i < m->given.count && code == EXIT_CLEAN; i++) {
		char path[PATH_MAX];

		if (!m->given.at[i].story)
			continue;
		path_make(path, "%s/find-%016llx.txt", folder,
			  (unsigned long long)m->given.at[i].hash);
		code = keep_file(path, write_seed, &m->given.at[i]);
		count++;
	}
	if (code == EXIT_CLEAN)
		fprintf(say, "%u text seeds written to %s; read them before they go to corpus/\n",
			count, folder);
	return code;
}

static bool has(const struct corpus *c, enum corpus_kind kind)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (c->at[i].kind == kind)
			return true;
	return false;
}

int corpus_merge(struct corpus_report *r, char **files, unsigned int count)
{
	struct merge m = { .r = r };
	const struct cli *cli = r->cli;
	char path[PATH_MAX];
	int code = EXIT_CLEAN, one;

	for (unsigned int i = 0; i < count; i++)
		corpus_load(cli, files[i], &m.given);
	path_make(path, "%s/corpus", cli_root());
	if (corpus_filled(path))
		corpus_load(cli, path, &m.seeds);
	for (enum corpus_kind kind = 0; kind < CORPUS_KINDS; kind++) {
		for (unsigned int i = 0; i < cli->sut_count && has(&m.given, kind); i++) {
			struct run_subject subject = subject_at(cli, i);
			struct corpus_target t = corpus_target(kind, &subject);

			corpus_folder(&t, path);
			one = !corpus_has_engine(&t, path)
				      ? EXIT_NOT_RUN
				      : merge_target(&m, &t, cli->output ? cli->output : path);
			code = code == EXIT_CLEAN || one == EXIT_FINDING || one > EXIT_NOT_RUN
				       ? one
				       : code;
			if (code > EXIT_NOT_RUN)
				goto end;
		}
	}
	one = cli->output ? write_seeds(&m) : cli->sut_given ? EXIT_CLEAN : merge_pairs(&m);
	code = one != EXIT_CLEAN ? one : code;
end:
	code = code == EXIT_CLEAN ? m.given.code : code;
	corpus_free(&m.given);
	corpus_free(&m.seeds);
	return code;
}
