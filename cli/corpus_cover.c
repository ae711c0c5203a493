/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * corpus: what of some programs is needed, as libFuzzer's merge says.  It works in a
 * folder of its own in work/runs; nothing that a user has is touched.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/corpus.h"
#include "cli/engines.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "harness/process.h"

static char scratch[PATH_MAX];

/* Where one measurement works. */
struct folders {
	char base[PATH_MAX], in[PATH_MAX], died[PATH_MAX], log[PATH_MAX], control[PATH_MAX];
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st, (void)type, (void)walk;
	return remove(path);
}

static void remove_scratch(void)
{
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int make_folders(struct folders *f)
{
	static unsigned int number;
	int code;

	if (!number) {
		path_make(scratch, "%s/work/runs/corpus-%ld", cli_root(), (long)getpid());
		atexit(remove_scratch);
	}
	number++;
	path_make(f->base, "%s/%u/base", scratch, number);
	path_make(f->in, "%s/%u/in", scratch, number);
	path_make(f->died, "%s/%u/died", scratch, number);
	path_make(f->log, "%s/%u/log", scratch, number);
	path_make(f->control, "%s/%u/control", scratch, number);
	code = keep_folder(f->base);
	code = code == EXIT_CLEAN ? keep_folder(f->in) : code;
	return code == EXIT_CLEAN ? keep_folder(f->died) : code;
}

static void write_bytes(FILE *out, const void *context)
{
	const struct corpus_item *item = context;

	fwrite(item->bytes, 1, item->size, out);
}

static struct corpus_item *find(struct corpus *c, enum corpus_kind kind, uint64_t hash)
{
	for (unsigned int i = 0; c && i < c->count; i++)
		if (c->at[i].kind == kind && c->at[i].hash == hash)
			return &c->at[i];
	return NULL;
}

/* By their hashes: what is there twice is there once, and in the same order each time. */
static int write_items(const char *folder, enum corpus_kind kind, struct corpus *c,
		       struct corpus *but)
{
	int code = EXIT_CLEAN;

	for (unsigned int i = 0; c && i < c->count && code == EXIT_CLEAN; i++) {
		char path[PATH_MAX];

		if (c->at[i].kind != kind || find(but, kind, c->at[i].hash))
			continue;
		path_make(path, "%s/%016llx", folder, (unsigned long long)c->at[i].hash);
		code = access(path, F_OK) ? keep_file(path, write_bytes, &c->at[i]) : EXIT_CLEAN;
	}
	return code;
}

static int run_engine(const struct corpus_target *t, struct folders *f, bool fewest,
		      struct corpus_cover *cover)
{
	const struct timespec wait = { .tv_nsec = 20000000 };
	char program[PATH_MAX], prefix[PATH_MAX], control[PATH_MAX];
	struct fuzz_shared *shared;
	void *map;
	int status;
	pid_t pid;

	path_make(program, "%s/%s", cli_folder(), t->target);
	path_make(prefix, "-artifact_prefix=%s/", f->died);
	path_make(control, "-merge_control_file=%s", f->control);
	char *const args[] = { program,
			       fewest ? (char[]){ "-set_cover_merge=1" } : (char[]){ "-merge=1" },
			       prefix,
			       control,
			       (char[]){ "-timeout=" WORD(INPUT_SECONDS) },
			       (char[]){ "-rss_limit_mb=" WORD(MEMORY_MB) },
			       f->base,
			       f->in,
			       NULL };

	pid = engine_start(&(struct engine){ .args = args,
					     .log = f->log,
					     .variable = SHARED_VARIABLE,
					     .shared_size = sizeof(*shared) },
			   &map);
	if (pid < 0)
		return -pid;
	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (interrupted) {
			kill(-pid, SIGKILL);
			waitpid(pid, NULL, 0);
			return EXIT_INTERRUPTED;
		}
		nanosleep(&wait, NULL);
	}
	shared = map;
	cover->stats = shared->stats;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return EXIT_CLEAN;
	complain("%s failed with wait status %#x", t->target, (unsigned int)status);
	engine_log_tail(f->log);
	return EXIT_SOFTWARE;
}

/* Marks the items whose bytes a file of this folder has, and returns how many those are. */
static unsigned int mark(const char *folder, enum corpus_kind kind, struct corpus *base,
			 struct corpus *c, bool died)
{
	struct dirent *entry;
	DIR *open = opendir(folder);
	unsigned int count = 0;

	while (open && (entry = readdir(open))) {
		uint8_t bytes[PROGRAM_BYTES];
		struct corpus_item *item;
		char path[PATH_MAX];
		uint64_t hash;
		FILE *file;

		if (entry->d_name[0] == '.')
			continue;
		path_make(path, "%s/%s", folder, entry->d_name);
		file = fopen(path, "rb");
		if (!file)
			continue;
		hash = corpus_hash(bytes, fread(bytes, 1, sizeof(bytes), file));
		fclose(file);
		item = find(base, kind, hash);
		if (item && !died)
			continue;
		item = item ? item : find(c, kind, hash);
		count += item != NULL;
		if (item && died)
			item->died = true;
		else if (item)
			item->taken = true;
	}
	if (open)
		closedir(open);
	return count;
}

/* What the engine says it did, against what is there: on a full disk it says nothing. */
static int read_log(const char *path, unsigned int taken, unsigned int died,
		    struct corpus_cover *cover)
{
	unsigned int deaths = 0;
	bool told = false;
	char line[4096];
	FILE *log = fopen(path, "r");

	while (log && fgets(line, sizeof(line), log)) {
		deaths += strstr(line, "Test unit written to ") != NULL;
		told |= sscanf(line,
			       "MERGE-OUTER: %u new files with %u new features added; %u new "
			       "coverage edges",
			       &cover->chosen, &cover->features, &cover->edges) == 3;
	}
	if (log)
		fclose(log);
	if (told && cover->chosen == taken && deaths == died)
		return EXIT_CLEAN;
	complain(
		"the engine chose %u programs and died of %u, and %u and %u are there: is the disk "
		"full? Nothing was changed",
		cover->chosen, deaths, taken, died);
	engine_log_tail(path);
	return EXIT_IO;
}

int corpus_cover(const struct corpus_target *t, struct corpus *base, struct corpus *c, bool fewest,
		 struct corpus_cover *cover)
{
	struct folders f;
	unsigned int taken, died;
	int code = make_folders(&f);

	memset(cover, 0, sizeof(*cover));
	for (unsigned int i = 0; i < c->count; i++)
		c->at[i].taken = c->at[i].died = false;
	if (code == EXIT_CLEAN)
		code = write_items(f.base, t->kind, base, NULL);
	if (code == EXIT_CLEAN)
		code = write_items(f.in, t->kind, c, base);
	if (code != EXIT_CLEAN || !corpus_filled(f.in))
		return code;
	code = run_engine(t, &f, fewest, cover);
	if (code != EXIT_CLEAN)
		return code;
	taken = mark(f.base, t->kind, base, c, false);
	died = mark(f.died, t->kind, base, c, true);
	return read_log(f.log, taken, died, cover);
}
