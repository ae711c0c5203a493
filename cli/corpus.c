/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* corpus: its four words, and what they say. */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/corpus.h"
#include "cli/interrupt.h"
#include "cli/kernels.h"
#include "cli/report.h"
#include "harness/transitions.h"

void corpus_tell(struct corpus_report *r, const char *path, const char *problem)
{
	fprintf(say, "%s: %s\n", path_short(path), problem);
	fputs(r->problem_count++ ? ", {\"file\": " : "{\"file\": ", r->problems);
	json_string(r->problems, path);
	fputs(", \"problem\": ", r->problems);
	json_string(r->problems, problem);
	fputc('}', r->problems);
}

void corpus_begin(struct corpus_report *r, const char *folder, const struct corpus_target *t)
{
	fputs(r->corpus_count++ ? ", {\"folder\": " : "{\"folder\": ", r->corpora);
	json_string(r->corpora, folder);
	if (!t)
		return;
	fputs(", \"target\": ", r->corpora);
	json_string(r->corpora, t->target);
}

int corpus_tell_findings(struct corpus_report *r, const struct corpus_target *t,
			 const struct corpus *c)
{
	int code = EXIT_CLEAN;

	for (unsigned int i = 0; i < c->count; i++) {
		char problem[SUBJECT_NAME + 32];

		if (!c->at[i].died)
			continue;
		snprintf(problem, sizeof(problem), "has a finding on %s", t->name);
		corpus_tell(r, c->at[i].path, problem);
		fputs("run it again: ", say);
		report_command(say, r->cli, "replay", &t->subject, c->at[i].path);
		code = EXIT_FINDING;
	}
	return code;
}

/* What one folder is measured by: its own target, or one for each kind and sut. */
struct targets {
	struct corpus_target at[CORPUS_KINDS * SUTS_MAX];
	unsigned int count;
};

static void find_targets(const struct cli *cli, const char *folder, const struct corpus *c,
			 struct targets *targets)
{
	targets->count = 1;
	if (corpus_folder_target(folder, &targets->at[0]))
		return;
	targets->count = 0;
	for (enum corpus_kind kind = 0; kind < CORPUS_KINDS; kind++) {
		bool has = false;

		for (unsigned int i = 0; i < c->count; i++)
			has |= c->at[i].kind == kind;
		for (unsigned int i = 0; has && i < cli->sut_count; i++) {
			struct run_subject subject = subject_at(cli, i);

			targets->at[targets->count++] = corpus_target(kind, &subject);
		}
	}
}

/* "libfuzzer 12, afl 3": as words, or as the members of a JSON object. */
static void print_engines(FILE *out, const struct corpus *c, enum corpus_kind kind, bool json)
{
	static const char *const engines[] = { "libfuzzer", "afl", "hand", "other" };
	unsigned int told = 0;

	for (size_t e = 0; e < sizeof(engines) / sizeof(engines[0]); e++) {
		size_t length = strlen(engines[e]);
		unsigned int count = 0;

		for (unsigned int i = 0; i < c->count; i++)
			count += c->at[i].kind == kind &&
				 !strncmp(c->at[i].origin, engines[e], length) &&
				 c->at[i].origin[length] == '.';
		if (count)
			fprintf(out, json ? "%s\"%s\": %u" : "%s%s %u", told++ ? ", " : "",
				engines[e], count);
	}
}

static void print_stats(struct corpus_report *r, const char *folder, const struct corpus_target *t,
			const struct corpus *c, const struct corpus_cover *cover)
{
	static uint8_t possible[CELL_COUNT];
	unsigned int programs = 0, records = 0, reached = 0, all = 0;
	size_t bytes = 0;
	char transitions[32] = "-", name[PATH_MAX];

	for (unsigned int i = 0; i < c->count; i++) {
		if (c->at[i].kind != t->kind)
			continue;
		programs++;
		records += c->at[i].records;
		bytes += c->at[i].file_bytes;
	}
	/* The transition table is of the core's ops, one context at a time. */
	if (cover && t->kind == CORPUS_OPS) {
		all = subject_possible(&t->subject, possible);
		for (unsigned int cell = 0; cell < CELL_COUNT; cell++)
			reached += possible[cell] && cover->stats.cells[cell];
		snprintf(transitions, sizeof(transitions), "%u/%u", reached, all);
	}
	path_make(name, "%s", path_short(folder));
	fprintf(say, "%-28s %-28s %8u %8u %9zu %11s", name, t->target, programs, records, bytes,
		transitions);
	fprintf(say, cover ? " %6u %8u  " : "      -        -  ", cover ? cover->edges : 0,
		cover ? cover->features : 0);
	print_engines(say, c, t->kind, false);
	fputc('\n', say);
	corpus_begin(r, folder, t);
	fprintf(r->corpora, ", \"programs\": %u, \"records\": %u, \"bytes\": %zu, \"engines\": {",
		programs, records, bytes);
	print_engines(r->corpora, c, t->kind, true);
	fputc('}', r->corpora);
	if (cover)
		fprintf(r->corpora, ", \"edges\": %u, \"features\": %u", cover->edges,
			cover->features);
	if (all)
		fprintf(r->corpora, ", \"transitions\": %u, \"transitions_possible\": %u", reached,
			all);
	fputc('}', r->corpora);
}

static int stats(struct corpus_report *r, const char *folder)
{
	static struct corpus_cover cover;
	static struct targets targets;
	struct corpus c = { .at = NULL };
	int code = EXIT_CLEAN, found = EXIT_CLEAN;

	corpus_load(r->cli, folder, &c);
	find_targets(r->cli, folder, &c, &targets);
	for (unsigned int i = 0; i < targets.count && code == EXIT_CLEAN; i++) {
		const struct corpus_target *t = &targets.at[i];
		bool there = corpus_has_engine(t, folder);

		if (there)
			code = corpus_cover(t, NULL, &c, false, &cover);
		if (code != EXIT_CLEAN)
			break;
		print_stats(r, folder, t, &c, there ? &cover : NULL);
		if (there && corpus_tell_findings(r, t, &c) != EXIT_CLEAN)
			found = EXIT_FINDING;
	}
	code = code == EXIT_CLEAN ? found : code;
	code = code == EXIT_CLEAN ? c.code : code;
	corpus_free(&c);
	return code;
}

/* The files by themselves, and the folder's size. */
static int check_files(struct corpus_report *r, const char *folder, const struct corpus *c)
{
	struct corpus_target t;
	bool working = corpus_folder_target(folder, &t);
	size_t bytes = 0, most = working ? CORPUS_WORKING_BYTES : CORPUS_TEXT_BYTES;
	int code = EXIT_CLEAN;
	char problem[128];

	for (unsigned int i = 0; i < c->count; i++) {
		const char *wrong = corpus_problem(c, &c->at[i]);

		bytes += c->at[i].file_bytes;
		if (!wrong && working && c->at[i].text)
			wrong = "is text, which engines do not read: corpus merge takes it in";
		if (!wrong)
			continue;
		corpus_tell(r, c->at[i].path, wrong);
		code = EXIT_DATA;
	}
	if (bytes > most) {
		snprintf(problem, sizeof(problem), "has %zu bytes, and may have %zu%s", bytes, most,
			 working ? "; pinprick corpus minimize makes it smaller" : "");
		corpus_tell(r, folder, problem);
		code = EXIT_DATA;
	}
	return code;
}

static int check(struct corpus_report *r, const char *folder)
{
	static struct corpus_cover cover;
	static struct targets targets;
	struct corpus c = { .at = NULL };
	unsigned int before = r->problem_count;
	int code, clean = EXIT_CLEAN;

	corpus_load(r->cli, folder, &c);
	code = check_files(r, folder, &c);
	find_targets(r->cli, folder, &c, &targets);
	for (unsigned int i = 0; i < targets.count && clean <= EXIT_NOT_RUN; i++) {
		int one = EXIT_NOT_RUN;

		if (corpus_has_engine(&targets.at[i], folder))
			one = corpus_cover(&targets.at[i], NULL, &c, false, &cover);
		if (one == EXIT_CLEAN)
			one = corpus_tell_findings(r, &targets.at[i], &c);
		clean = clean == EXIT_CLEAN || one > clean ? one : clean;
	}
	corpus_begin(r, folder, targets.count == 1 ? &targets.at[0] : NULL);
	fprintf(r->corpora, ", \"programs\": %u, \"problems\": %u}", c.count,
		r->problem_count - before);
	if (r->problem_count == before && clean == EXIT_CLEAN && c.code == EXIT_CLEAN)
		fprintf(say, "%s: %u programs, nothing wrong\n", path_short(folder), c.count);
	code = clean != EXIT_CLEAN ? clean : code;
	code = code == EXIT_CLEAN ? c.code : code;
	corpus_free(&c);
	return code;
}

/* Each working corpus that is not empty, and the seeds. */
static unsigned int usual_folders(bool seeds, char ***folders)
{
	char path[PATH_MAX];
	struct dirent **entries = NULL;
	unsigned int count = 0;
	int found;

	path_make(path, "%s/work/corpus", cli_root());
	found = scandir(path, &entries, NULL, alphasort);
	*folders = calloc((size_t)(found > 0 ? found : 0) + 1, sizeof(**folders));
	if (!*folders)
		fail(EXIT_OS, "no memory");
	for (int i = 0; i < found; i++) {
		path_make(path, "%s/work/corpus/%s", cli_root(), entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && corpus_filled(path))
			(*folders)[count++] = strdup(path);
		free(entries[i]);
	}
	free(entries);
	path_make(path, "%s/corpus", cli_root());
	if (seeds)
		(*folders)[count++] = strdup(path);
	return count;
}

static const struct {
	const char *name;
	int (*each)(struct corpus_report *r, const char *folder);
	bool seeds; /* of corpus/, too, where no folder is named */
} words[] = {
	{ "stats", stats, true },
	{ "check", check, true },
	{ "minimize", corpus_minimize, false },
	{ "merge", NULL, false },
};

static int run(struct corpus_report *r, size_t word)
{
	char **folders = r->cli->files + 1, **usual = NULL;
	unsigned int count = r->cli->file_count - 1;
	int code = EXIT_CLEAN;

	if (!words[word].each && !count)
		fail(EXIT_USAGE, "merge needs what to take: corpus merge FILE|FOLDER...");
	if (!words[word].each)
		return corpus_merge(r, folders, count);
	if (!count) {
		count = usual_folders(words[word].seeds, &usual);
		folders = usual;
	}
	if (!count) {
		complain("there is no working corpus yet: ./pinprick fuzz makes one");
		code = EXIT_NO_INPUT;
	}
	if (words[word].each == stats)
		fprintf(say, "%-28s %-28s %8s %8s %9s %11s %6s %8s  %s\n", "corpus", "target",
			"programs", "records", "bytes", "transitions", "edges", "features",
			"found by");
	for (unsigned int i = 0; i < count && code != EXIT_INTERRUPTED; i++) {
		int one = words[word].each(r, folders[i]);

		code = one == EXIT_FINDING || code == EXIT_CLEAN || one == EXIT_INTERRUPTED ? one
											    : code;
	}
	for (unsigned int i = 0; usual && i < count; i++)
		free(usual[i]);
	free(usual);
	return code;
}

int verb_corpus(const struct cli *cli)
{
	struct corpus_report r = { .cli = cli };
	char *corpora = NULL, *problems = NULL;
	size_t sizes[2], word = 0, count = sizeof(words) / sizeof(words[0]);
	int code;

	while (word < count && strcmp(words[word].name, cli->files[0]))
		word++;
	if (word == count)
		fail(EXIT_USAGE, "corpus takes merge, minimize, stats or check, not '%s'",
		     cli->files[0]);
	if (cli->output && words[word].each)
		fail(EXIT_USAGE, "--output is for corpus merge");
	if (strcmp(ENGINE, "libFuzzer"))
		fail(EXIT_USAGE,
		     "corpus measures with libFuzzer, which this build has not: leave out "
		     "--flavour=%s",
		     FLAVOUR);
	interrupt_catch(SA_RESTART);
	r.corpora = open_memstream(&corpora, &sizes[0]);
	r.problems = open_memstream(&problems, &sizes[1]);
	if (!r.corpora || !r.problems)
		fail(EXIT_OS, "no memory");
	kernels_announce(cli, say, "");
	code = run(&r, word);
	if (code == EXIT_INTERRUPTED)
		fputs("interrupted: no program that is needed has gone\n", say);
	fclose(r.corpora);
	fclose(r.problems);
	if (cli->json)
		printf("{\"verb\": \"corpus\", \"what\": \"%s\", \"exit\": %d, \"corpora\": [%s], "
		       "\"problems\": [%s]}\n",
		       cli->files[0], code, corpora, problems);
	free(corpora);
	free(problems);
	return code;
}
