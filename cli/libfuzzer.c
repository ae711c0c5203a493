/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * libFuzzer, and fuzz/standalone.c, which takes the same words.  The processes of a
 * subject share a folder in the run's, which begins as the working corpus is.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/engines.h"
#include "cli/exchange.h"
#include "cli/interrupt.h"

/* What engines exit with: libFuzzer's codes, which the standalone driver has too. */
enum engine_exit {
	ENGINE_DONE = 0,
	ENGINE_SANITIZER = 1,
	ENGINE_TIMEOUT = 70,
	ENGINE_MEMORY = 71,
	ENGINE_INTERRUPTED = 72,
	ENGINE_CRASH = 77,
};

static void prepare(const struct cli *cli, const struct worker_folders *folders)
{
	(void)cli, (void)folders;
}

static void start(const struct cli *cli, struct worker *w, const struct worker_folders *folders)
{
	char prefix[PATH_MAX], own[PATH_MAX], seeds[PATH_MAX], input[PATH_MAX];
	char seconds[32], runs[32], seed[32], length[32];
	char *args[12] = { w->program,
			   seconds,
			   seed,
			   length,
			   prefix,
			   (char[]){ "-timeout=" WORD(INPUT_SECONDS) },
			   (char[]){ "-rss_limit_mb=" WORD(MEMORY_MB) },
			   (char[]){ "-print_final_stats=1" } };
	unsigned int count = 8;

	path_make(prefix, "-artifact_prefix=%s/%s-%u-", folders->run, w->name, w->number);
	snprintf(seconds, sizeof(seconds), "-max_total_time=%u", w->seconds);
	/* It takes 0 as "choose one". */
	snprintf(seed, sizeof(seed), "-seed=%u", worker_seed(cli, w));
	snprintf(length, sizeof(length), "-max_len=%d", PROGRAM_BYTES);
	snprintf(runs, sizeof(runs), "-runs=%llu", (unsigned long long)w->runs);
	/* A file it would run as often. */
	if (w->input) {
		path_make(input, "%s", w->input);
		args[count++] = input;
	} else if (w->runs) {
		args[count++] = runs;
	}
	if (folders->corpus) {
		path_make(own, "%s/corpus-%s", folders->run, w->name);
		path_make(seeds, "%s", folders->seeds);
		w->exchange = exchange_open(w->corpus, own);
		args[count++] = own;
		args[count++] = seeds;
	}
	worker_exec(w, args);
}

static void look(struct worker *w)
{
	if (!w->exchange || (w->state == WORKER_RUNS && clock_seconds() - w->looked < 1))
		return;
	w->looked = clock_seconds();
	w->code = exchange_look(w->exchange, w->state == WORKER_RUNS);
}

static enum worker_state judge(struct worker *w)
{
	if (WIFEXITED(w->status)) {
		switch (WEXITSTATUS(w->status)) {
		case ENGINE_DONE:
		case ENGINE_INTERRUPTED:
			return WORKER_DONE;
		case ENGINE_SANITIZER:
		case ENGINE_TIMEOUT:
		case ENGINE_MEMORY:
		case ENGINE_CRASH:
			break;
		default:
			return WORKER_TROUBLE;
		}
	}
	return w->shared->inputs ? WORKER_DIED : WORKER_TROUBLE;
}

struct deaths {
	const struct worker *w;
	void (*each)(void *context, const char *path);
	void *context;
};

/* Is it one of SUBJECT-NUMBER-KIND-HASH? */
static void pass_death(void *context, const char *path)
{
	static const char *const kinds[] = { "crash-", "timeout-", "oom-", "leak-" };
	const struct deaths *deaths = context;
	const char *name = strrchr(path, '/') + 1;
	size_t length = strlen(deaths->w->name), digits;

	if (strncmp(name, deaths->w->name, length) || name[length] != '-')
		return;
	name += length + 1;
	digits = strspn(name, "0123456789");
	if (!digits || name[digits] != '-')
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strncmp(name + digits + 1, kinds[i], strlen(kinds[i])))
			deaths->each(deaths->context, path);
}

static void deaths(const struct worker *w, const struct worker_folders *folders,
		   void (*each)(void *context, const char *path), void *context)
{
	folder_walk(folders->run, pass_death, &(struct deaths){ w, each, context });
}

static int adopt(const struct worker *w, const struct worker_folders *folders)
{
	char own[PATH_MAX];

	path_make(own, "%s/corpus-%s", folders->run, w->name);
	return exchange_adopt(w->corpus, own);
}

/* What its last line says of the corpus. */
static void read_log(const struct worker *w, struct tally *tally)
{
	FILE *log = fopen(w->log, "r");
	char line[4096];
	const char *at;
	unsigned int edges, features;

	while (log && fgets(line, sizeof(line), log)) {
		at = strstr(line, " cov: ");
		if (!at || sscanf(at, " cov: %u ft: %u", &edges, &features) != 2)
			continue;
		if (edges > tally->edges[w->sut])
			tally->edges[w->sut] = edges;
		if (features > tally->features[w->sut])
			tally->features[w->sut] = features;
	}
	if (log)
		fclose(log);
}

static int conclude(const struct worker *workers, unsigned int count, struct tally *tally)
{
	for (unsigned int i = 0; i < count; i++)
		if (workers[i].log[0])
			read_log(&workers[i], tally);
	return exchange_close_all();
}

bool worker_timed_out(const struct worker *w)
{
	return WIFEXITED(w->status) && WEXITSTATUS(w->status) == ENGINE_TIMEOUT;
}

const struct fuzz_engine engine_libfuzzer = {
	SIGUSR1, "", prepare, start, look, judge, false, deaths, adopt, conclude,
};
