/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#define _GNU_SOURCE /* nftw */
#include "cli/campaign_run.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/status.h"
#include "harness/process.h"

#define ARGUMENTS_MAX (RECOVER_MAX + 32)
#define PATIENCE      90 /* seconds, for a verb that was asked to end: it may be minimising */

/* The flavours' programs stand in folders beside this one, for the same core or trees. */
static void lane_program(const struct lane *lane, char path[PATH_MAX])
{
	const char *here = cli_folder(), *name = strrchr(here, '/') + 1;
	const char *suffix = strstr(name, "-own-");

	suffix = suffix ? suffix : strstr(name, "-kernel-");
	path_make(path, "%.*s%s%s/pinprick-cli", (int)(name - here), here, lane->flavour,
		  suffix ? suffix : "");
}

void campaign_check(const struct campaign *c)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; i < c->lane_count; i++) {
		lane_program(c->lanes[i], path);
		if (access(path, X_OK))
			fail(EXIT_NOT_RUN,
			     "the lane %s needs %s: ./pinprick campaign builds it, or choose "
			     "others with --only",
			     c->lanes[i]->name, path);
	}
}

struct arguments {
	char *at[ARGUMENTS_MAX];
	unsigned int count;
};

static void argue(struct arguments *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void argue(struct arguments *a, const char *format, ...)
{
	va_list args;
	char *word;

	va_start(args, format);
	if (vasprintf(&word, format, args) < 0 || a->count + 1 == ARGUMENTS_MAX)
		fail(EXIT_OS, "no memory");
	va_end(args);
	a->at[a->count++] = word;
}

static void free_arguments(struct arguments *a)
{
	while (a->count)
		free(a->at[--a->count]);
}

static bool is_fuzzing(const struct lane *lane)
{
	return !strncmp(lane->words, "fuzz", 4) || !strncmp(lane->words, "diff", 4);
}

/* Has its run something left that nobody has settled? */
static bool is_cut_short(const struct campaign_slice *slice)
{
	return (!slice->end || slice->exit >= EXIT_NOT_RUN) && !slice->recovered && slice->run &&
	       !access(slice->run, R_OK);
}

static void argue_lane(const struct campaign *c, const struct lane *lane, struct arguments *a)
{
	const struct cli *cli = c->cli;
	char words[128], *rest = words, *word;
	unsigned int count = 0;

	snprintf(words, sizeof(words), "%s", lane->words);
	while ((word = strsep(&rest, " ")))
		argue(a, "%s", word);
	if (cli->strict)
		argue(a, "--strict");
	/* diff has pairs of its own. */
	if (strncmp(lane->words, "diff", 4))
		argue(a, "--sut=%s", c->log.suts);
	if (strncmp(lane->words, "explore", 7))
		argue(a, "--keep-going");
	if (!is_fuzzing(lane))
		return;
	if (cli->jobs)
		argue(a, "--jobs=%u", cli->jobs);
	for (unsigned int i = 0; i < c->log.slice_count; i++) {
		const struct campaign_slice *slice = &c->log.slices[i];

		if (count < RECOVER_MAX && is_cut_short(slice) &&
		    !strcmp(slice->lane, lane->name)) {
			argue(a, "--recover=%s", slice->run);
			count++;
		}
	}
}

/* Starts a->at[0], which does not outlive this process; journal NULL: it keeps none. */
static pid_t start(const struct arguments *a, const char *log, const char *journal)
{
	pid_t parent = getpid(), pid;
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0)
		fail(EXIT_CANNOT_CREATE, "cannot write %s: %s", log, strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		fail(EXIT_OS, "cannot start a process: %s", strerror(errno));
	if (pid) {
		close(fd);
		return pid;
	}
	/* Ctrl-C is for the campaign to pass on. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || (journal && setenv(JOURNAL_VARIABLE, journal, 1)))
		_exit(EXIT_OS);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execv(a->at[0], a->at);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", a->at[0], strerror(errno));
	_exit(EXIT_NOT_RUN);
}

static unsigned int count_ids(const struct campaign_log *log)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < log->finding_count; i++)
		count += campaign_is_first(log, i);
	return count;
}

static void show_status(const struct campaign *c, const struct lane *lane, double ran)
{
	double spent = campaign_spent(&c->log) + ran, left = c->log.seconds - spent;
	unsigned int percent = (unsigned int)(100 * spent / c->log.seconds), ids;
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	ids = count_ids(&c->log);
	fprintf(line, "%3u %%, ", percent < 100 ? percent : 100);
	campaign_print_time(line, left > 0 ? left : 0);
	fprintf(line, " left; slice %u: %s, %.0f s; %u finding%s", c->log.slice_count, lane->name,
		ran, ids, ids == 1 ? "" : "s");
	fclose(line);
	status_show(text);
	free(text);
}

/* Waits for the verb's end; returns its exit code. */
static int await(const struct campaign *c, const struct lane *lane, pid_t pid, double begin)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	double asked = 0;
	int status = 0;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) != pid) {
		double now_seconds = clock_seconds();

		if (got < 0 && errno != EINTR)
			fail(EXIT_OS, "cannot wait for %s: %s", lane->name, strerror(errno));
		if (interrupted && asked <= 0) {
			kill(pid, SIGINT);
			asked = now_seconds;
		}
		if (asked > 0 && now_seconds - asked > PATIENCE)
			kill(pid, SIGKILL);
		if (report_terminal() && status_due(now_seconds - begin + c->log.slice_count * 1e6))
			show_status(c, lane, now_seconds - begin);
		nanosleep(&tenth, NULL);
	}
	status_clear();
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SOFTWARE;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* A run that came to its end and found nothing: all of it is in the journal and the corpus. */
static void remove_run(const struct campaign_slice *slice)
{
	char runs[PATH_MAX];

	path_make(runs, "%s/work/runs/", cli_root());
	if (slice->run && !strncmp(slice->run, runs, strlen(runs)) &&
	    !strchr(slice->run + strlen(runs), '/') && slice->run[strlen(runs)] != '.' &&
	    nftw(slice->run, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		complain("cannot remove %s: %s", slice->run, strerror(errno));
}

/* Runs the finding's program once more, for the record. */
static void tell_story(const struct campaign *c, const struct campaign_finding *f,
		       const struct lane *lane)
{
	char path[PATH_MAX], stories[PATH_MAX], program[PATH_MAX];
	struct arguments a = { .count = 0 };
	const char *versus = strstr(f->sut, "-vs-");
	struct stat st;

	if (stat(f->file, &st) || !S_ISREG(st.st_mode))
		return;
	path_make(stories, "%s/stories", c->folder);
	campaign_story(path, c->folder, f->id);
	if (keep_folder(stories) != EXIT_CLEAN || (unlink(path) && errno != ENOENT))
		return;
	lane_program(lane, program);
	argue(&a, "%s", program);
	argue(&a, versus ? "diff" : strstr(f->again, " explore ") ? "explore" : "replay");
	if (versus)
		argue(&a, "--sut=%.*s,%s", (int)(versus - f->sut), f->sut, versus + 4);
	else
		argue(&a, "--sut=%s", f->sut);
	if (!strcmp(a.at[1], "explore"))
		argue(&a, "--strategy=written");
	if (c->cli->strict)
		argue(&a, "--strict");
	argue(&a, "%s", f->file);
	await(c, lane, start(&a, path, NULL), clock_seconds());
	free_arguments(&a);
}

static void tell_findings(const struct campaign *c, const struct lane *lane, unsigned int before)
{
	for (unsigned int i = before; i < c->log.finding_count; i++) {
		const struct campaign_finding *f = &c->log.findings[i];

		if (!campaign_is_first(&c->log, i))
			continue;
		fprintf(say, "     finding %s on %s\n     run it again: %s\n", f->id, f->sut,
			f->again);
		fflush(say);
		tell_story(c, f, lane);
	}
}

static void tell_slice(const struct campaign_slice *slice, const char *log)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < slice->did_count; i++)
		count += slice->did[i].count;
	fprintf(say, "%4u %-20s%5.0f s %12llu %s, ", slice->number, slice->lane, slice->seconds,
		(unsigned long long)count, slice->did_count ? slice->did[0].unit : "runs");
	status_number(say, slice->seconds > 0 ? (double)count / slice->seconds : 0);
	fprintf(say, "/s: %s\n", report_verdict_word(slice->exit));
	fflush(say);
	if (slice->exit >= EXIT_NOT_RUN && slice->exit != EXIT_INTERRUPTED) {
		complain("%s could not run (exit %d)", slice->lane, slice->exit);
		engine_log_tail(log);
	}
}

static int note(const struct campaign *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static int note(const struct campaign *c, const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return journal_append(c->journal, line, strlen(line));
}

int campaign_slice(struct campaign *c, const struct lane *lane, unsigned int seconds, uint64_t seed)
{
	struct arguments a = { .count = 0 };
	unsigned int before = c->log.finding_count, number = c->log.slice_count + 1;
	char program[PATH_MAX], logs[PATH_MAX], log[PATH_MAX];
	double begin = clock_seconds();
	int code;

	path_make(logs, "%s/logs", c->folder);
	path_make(log, "%s/%lld-%u-%s.log", logs, c->log.begin, number, lane->name);
	code = keep_folder(logs);
	if (code != EXIT_CLEAN)
		return code;
	lane_program(lane, program);
	argue(&a, "%s", program);
	argue_lane(c, lane, &a);
	argue(&a, "--for=%us", seconds);
	argue(&a, "--seed=%llu", (unsigned long long)seed);
	code = note(c, "slice\t%u\t%s\t%lld\t%llu\t%u\n", number, lane->name, (long long)time(NULL),
		    (unsigned long long)seed, seconds);
	if (code != EXIT_CLEAN)
		return code;
	campaign_log_read(&c->log, c->journal);
	code = await(c, lane, start(&a, log, c->journal), begin);
	free_arguments(&a);
	if (note(c, "end\t%lld\t%d\t%.3f\n", (long long)time(NULL), code, clock_seconds() - begin))
		return EXIT_IO;
	campaign_log_read(&c->log, c->journal);
	tell_slice(&c->log.slices[c->log.slice_count - 1], log);
	tell_findings(c, lane, before);
	if (code == EXIT_CLEAN || code == EXIT_NOTHING)
		remove_run(&c->log.slices[c->log.slice_count - 1]);
	return code;
}
