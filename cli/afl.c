/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * AFL++.  Of each subject's processes the first is AFL's main instance, which has
 * the op table's mutations only; of the others every second has AFL's own as
 * well, with the dictionary and CmpLog.  They share a folder in the run's, begin
 * with the seeds and the working corpus, and what they find goes there.  What comes
 * there from elsewhere the main instance takes (-F), and the others from it.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/engines.h"
#include "cli/exchange.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "harness/describe.h"

#define LOG_BYTES (1 << 20)

static void set(const char *variable, const char *value)
{
	if (value ? setenv(variable, value, 1) : unsetenv(variable))
		fail(EXIT_OS, "no memory");
}

/* The user's own come first, so that ours hold: AFL refuses to start without. */
static void set_sanitizer(const char *variable)
{
	const char *more = getenv(variable);
	char options[4096];

	snprintf(options, sizeof(options),
		 "%s%sabort_on_error=1:symbolize=0:detect_leaks=0:hard_rss_limit_mb=" WORD(
			 MEMORY_MB),
		 more ? more : "", more ? ":" : "");
	set(variable, options);
}

static void write_dictionary(FILE *out, const void *context)
{
	(void)context;
	describe_dictionary(out);
}

static void prepare(const struct cli *cli, const struct worker_folders *folders)
{
	static const char *const always[] = {
		"AFL_NO_UI",
		"AFL_SKIP_CPUFREQ",			 /* virtual machines have none */
		"AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", /* a piped core pattern, as in containers
							  */
		"AFL_NO_AFFINITY",			 /* others may have each core */
		"AFL_EXIT_ON_SEED_ISSUES",		 /* a seed may have a finding, too */
		"AFL_NO_CRASH_README",
		"AFL_DISABLE_TRIM", /* it knows nothing of records */
		"AFL_QUIET",
	};
	char path[PATH_MAX];
	int code;

	(void)cli;
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		set(always[i], "1");
	set("AFL_FORKSRV_INIT_TMOUT", "60000");
	/* Minutes; AFL's own is 20.  The main instance takes half. */
	set("AFL_SYNC_TIME", "1");
	set("TERM", "dumb");
	set_sanitizer("ASAN_OPTIONS");
	set_sanitizer("UBSAN_OPTIONS");
	path_make(path, "%s/dictionary", folders->run);
	code = keep_file(path, write_dictionary, NULL);
	if (code != EXIT_CLEAN)
		exit(code);
	/* What AFL leaves behind, which has a session of its own, becomes a child of this process.
	 */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static void start(const struct cli *cli, struct worker *w, const struct worker_folders *folders)
{
	char out[PATH_MAX], inputs[PATH_MAX], dictionary[PATH_MAX], mutator[PATH_MAX];
	char name[32] = "main", seconds[32], seed[32], length[32], foreign[PATH_MAX];
	static const struct bytes none = { .size = HEADER_BYTES };
	char nothing[PATH_MAX];
	bool bytes_too = w->rank % 2;
	int code;

	path_make(out, "%s/afl-%s", folders->run, w->name);
	path_make(inputs, "%s/inputs-%s", folders->run, w->name);
	path_make(dictionary, "%s/dictionary", folders->run);
	path_make(mutator, "%s", w->program);
	strcpy(strchr(strrchr(mutator, '/'), '-'), ".so");
	if (w->rank)
		snprintf(name, sizeof(name), "secondary-%u", w->rank);
	path_make(w->out, "%s/%s", out, name);
	snprintf(seconds, sizeof(seconds), "%u", w->seconds);
	snprintf(seed, sizeof(seed), "%u", worker_seed(cli, w));
	snprintf(length, sizeof(length), "%d", PROGRAM_BYTES);
	path_make(foreign, "-F%s", inputs);
	/* What it said before it began anew is not of interest. */
	if (w->starts && truncate(w->log, 0))
		complain("cannot shorten %s: %s", w->log, strerror(errno));
	if (!w->rank) {
		w->exchange = exchange_open(w->corpus, inputs);
		code = exchange_copy(folders->seeds, inputs);
		path_make(nothing, "%s/nothing", inputs);
		/* Where all else has findings: AFL must have one that has none. */
		code = code == EXIT_CLEAN ? exchange_keep(nothing, &none) : code;
		if (code != EXIT_CLEAN)
			exit(code);
	}
	set("AFL_CUSTOM_MUTATOR_LIBRARY", mutator);
	set("AFL_CUSTOM_MUTATOR_ONLY", bytes_too ? NULL : "1");
	/* -d, no walk through all bits, is what every -S implies. */
	char *const args[] = { (char[]){ AFL_FUZZ },
			       w->rank ? (char[]){ "-S" } : (char[]){ "-M" },
			       name,
			       bytes_too ? (char[]){ "-c0" } : (char[]){ "-d" },
			       w->rank ? (char[]){ "-d" } : foreign,
			       (char[]){ "-i" },
			       inputs,
			       (char[]){ "-o" },
			       out,
			       (char[]){ "-V" },
			       seconds,
			       (char[]){ "-s" },
			       seed,
			       (char[]){ "-G" },
			       length,
			       (char[]){ "-t" },
			       (char[]){ WORD(INPUT_SECONDS) "000" },
			       (char[]){ "-m" },
			       (char[]){ "none" },
			       (char[]){ "-x" },
			       dictionary,
			       (char[]){ "--" },
			       w->program,
			       NULL };

	worker_exec(w, args);
}

/* The first file in AFL's folder what that is a program, if there is one. */
static bool find_in(const struct worker *w, const char *what, char path[PATH_MAX])
{
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	path_make(path, "%s/%s", w->out, what);
	folder = opendir(path);
	while (!found && folder && (entry = readdir(folder))) {
		found = !strncmp(entry->d_name, "id:", 3);
		if (found)
			path_make(path, "%s/%s/%s", w->out, what, entry->d_name);
	}
	if (folder)
		closedir(folder);
	return found;
}

static bool find_death(const struct worker *w, char path[PATH_MAX])
{
	return find_in(w, "crashes", path) || find_in(w, "hangs", path);
}

/* False where it is not there as yet, or cannot be kept. */
static bool keep_find(struct worker *w, const char *path)
{
	uint64_t hash = 0xcbf29ce484222325;
	char to[PATH_MAX];
	struct bytes bytes;

	if (w->code != EXIT_CLEAN || !exchange_read(path, &bytes) || !bytes.size)
		return false;
	for (size_t i = 0; i < bytes.size; i++)
		hash = (hash ^ bytes.at[i]) * 0x100000001b3;
	path_make(to, "%s/afl-%016llx", w->corpus, (unsigned long long)hash);
	w->code = access(to, F_OK) ? exchange_keep(to, &bytes) : EXIT_CLEAN;
	return w->code == EXIT_CLEAN;
}

/* What it found by itself, not what it began with or has from the others. */
static void keep_finds(struct worker *w)
{
	char queue[PATH_MAX], path[PATH_MAX];
	unsigned int kept = w->kept;
	struct dirent *entry;
	DIR *folder;

	path_make(queue, "%s/queue", w->out);
	folder = opendir(queue);
	while (folder && (entry = readdir(folder))) {
		unsigned int number;

		if (sscanf(entry->d_name, "id:%u,", &number) != 1 || number < w->kept ||
		    strstr(entry->d_name, ",orig:") || strstr(entry->d_name, ",sync:"))
			continue;
		path_make(path, "%s/%s", queue, entry->d_name);
		if (keep_find(w, path) && number >= kept)
			kept = number + 1;
	}
	if (folder)
		closedir(folder);
	w->kept = kept;
}

/* Children of this process by the name of w's program: AFL left them behind. */
static void reap(const struct worker *w)
{
	const char *name = strrchr(w->program, '/') + 1;
	char path[PATH_MAX], comm[32];
	struct dirent *entry;
	DIR *folder = opendir("/proc");

	while (folder && (entry = readdir(folder))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		int parent;
		FILE *status;

		path_make(path, "/proc/%d/stat", (int)pid);
		status = pid > 0 ? fopen(path, "r") : NULL;
		if (!status)
			continue;
		if (fscanf(status, "%*d (%31[^)]) %*c %d", comm, &parent) == 2 &&
		    parent == getpid() && !strncmp(name, comm, strlen(comm))) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			/* Its children are ours now. */
			rewinddir(folder);
		}
		fclose(status);
	}
	if (folder)
		closedir(folder);
}

static void look(struct worker *w)
{
	char path[PATH_MAX];
	struct stat st;

	if (w->state != WORKER_RUNS) {
		reap(w);
		/* All once more: one may have been half written. */
		w->kept = 0;
		keep_finds(w);
		return;
	}
	if (clock_seconds() - w->looked >= 1) {
		keep_finds(w);
		if (w->exchange && w->code == EXIT_CLEAN)
			w->code = exchange_look(w->exchange, true);
		w->looked = clock_seconds();
		/* A line for each program that it begins with: what counts is the end. */
		if (!stat(w->log, &st) && st.st_size > LOG_BYTES && truncate(w->log, 0))
			complain("cannot shorten %s: %s", w->log, strerror(errno));
	}
	if (!w->told && !w->goes_on && find_death(w, path)) {
		kill(w->pid, SIGINT);
		w->told = true;
	}
}

struct instances {
	const struct worker *w;
	void (*each)(void *context, const char *path);
	void *context;
	unsigned int hangs;
	int code;
};

#define HANGS_MOST 8 /* of an instance: each takes the time after which it is one */

static void pass_hang(void *context, const char *path)
{
	struct instances *all = context;

	if (all->hangs++ < HANGS_MOST)
		all->each(all->context, path);
}

static void pass_deaths(void *context, const char *instance)
{
	struct instances *all = context;
	char path[PATH_MAX];

	path_make(path, "%s/crashes", instance);
	folder_walk(path, all->each, all->context);
	path_make(path, "%s/hangs", instance);
	all->hangs = 0;
	folder_walk(path, pass_hang, all);
}

static void deaths(const struct worker *w, const struct worker_folders *folders,
		   void (*each)(void *context, const char *path), void *context)
{
	char out[PATH_MAX];

	path_make(out, "%s/afl-%s", folders->run, w->name);
	folder_walk(out, pass_deaths,
		    &(struct instances){ .w = w, .each = each, .context = context });
}

static void adopt_instance(void *context, const char *instance)
{
	struct instances *all = context;
	struct worker w = *all->w;

	path_make(w.out, "%s", instance);
	w.kept = 0;
	keep_finds(&w);
	all->code = all->code == EXIT_CLEAN ? w.code : all->code;
}

static int adopt(const struct worker *w, const struct worker_folders *folders)
{
	struct instances all = { .w = w };
	char out[PATH_MAX];

	path_make(out, "%s/afl-%s", folders->run, w->name);
	folder_walk(out, adopt_instance, &all);
	return all.code;
}

static bool log_says(const struct worker *w, const char *words)
{
	FILE *log = fopen(w->log, "r");
	char line[4096];
	bool says = false;

	while (log && !says && fgets(line, sizeof(line), log))
		says = strstr(line, words);
	if (log)
		fclose(log);
	return says;
}

static enum worker_state judge(struct worker *w)
{
	char path[PATH_MAX];
	struct bytes bytes;

	if (!w->goes_on && find_death(w, path)) {
		if (!exchange_read(path, &bytes))
			return WORKER_TROUBLE;
		memcpy(w->shared->input, bytes.at, bytes.size);
		w->shared->size = (uint32_t)bytes.size;
		return WORKER_DIED;
	}
	if (WIFEXITED(w->status) && !WEXITSTATUS(w->status))
		return WORKER_DONE;
	/* A seed that does not come to its end is the last that ran. */
	if (w->shared->inputs &&
	    (log_says(w, "AFL_EXIT_ON_SEED_ISSUES is set") || log_says(w, "results in a timeout")))
		return WORKER_DIED;
	return WORKER_TROUBLE;
}

static int conclude(const struct worker *workers, unsigned int count, struct tally *tally)
{
	bool steady = true;
	int code = exchange_close_all();

	for (unsigned int i = 0; i < count; i++) {
		char path[PATH_MAX], line[256];
		unsigned long long executions;
		double stability;
		FILE *stats;

		path_make(path, "%s/fuzzer_stats", workers[i].out);
		stats = workers[i].out[0] ? fopen(path, "r") : NULL;
		while (stats && fgets(line, sizeof(line), stats)) {
			if (sscanf(line, "execs_done : %llu", &executions) == 1)
				tally->executions += executions;
			/* 0: it was stopped before it knew. */
			if (sscanf(line, "stability : %lf%%", &stability) != 1 || stability <= 0)
				continue;
			if (tally->stability <= 0 || stability < tally->stability)
				tally->stability = stability;
			if (stability >= 100)
				continue;
			complain("%s: stability %.2f %%: the same program does not always take the "
				 "same way, which is a mistake of the harness, or of a core that "
				 "remembers more than its balloons",
				 workers[i].name, stability);
			steady = false;
		}
		if (stats)
			fclose(stats);
	}
	return steady ? code : EXIT_SOFTWARE;
}

const struct fuzz_engine engine_afl = {
	SIGINT, " --engine=afl", prepare, start, look, judge, true, deaths, adopt, conclude,
};
