/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#define _GNU_SOURCE /* memfd_create */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/subject.h"
#include "cli/workers.h"

#define INPUT_SECONDS	"2"    /* an input that runs longer is a finding */
#define MEMORY_MB	"2048" /* so is an engine that grows beyond this */
#define PATIENCE_TENTHS 50     /* how long an engine may take to end when asked */
#define TAIL_BYTES	2000

/* What engines exit with: libFuzzer's codes, which the standalone driver has too. */
enum engine_exit {
	ENGINE_DONE = 0,
	ENGINE_SANITIZER = 1,
	ENGINE_TIMEOUT = 70,
	ENGINE_MEMORY = 71,
	ENGINE_INTERRUPTED = 72,
	ENGINE_CRASH = 77,
};

/* In memory, not in a file: a full disk must not lose the input of a finding. */
static int make_shared(struct worker *w)
{
	int fd = memfd_create("pinprick", MFD_CLOEXEC);
	void *map;

	if (fd < 0 || ftruncate(fd, sizeof(*w->shared)))
		fail(EXIT_OS, "cannot make shared memory: %s", strerror(errno));
	map = mmap(NULL, sizeof(*w->shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		fail(EXIT_OS, "cannot map shared memory: %s", strerror(errno));
	w->shared = map;
	return fd;
}

/* In the child.  Its own process group: Ctrl-C is for the supervisor to handle. */
static _Noreturn void become_engine(const struct worker *w, int shared, int log, pid_t parent,
				    const char *engine, char *const *args)
{
	char variable[32];
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(ENGINE_INTERRUPTED);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	fcntl(shared, F_SETFD, 0);
	snprintf(variable, sizeof(variable), "/proc/self/fd/%d", shared);
	setenv(SHARED_VARIABLE, variable, 1);
	execv(engine, args);
	dprintf(STDERR_FILENO, "cannot run %s for %s: %s\n", engine, w->log, strerror(errno));
	_exit(127);
}

void worker_start(const struct cli *cli, struct worker *w, const struct worker_folders *folders)
{
	struct run_subject subject = subject_at(cli, w->sut);
	char engine[PATH_MAX], prefix[PATH_MAX], corpus[PATH_MAX], seeds[PATH_MAX];
	char name[SUBJECT_NAME];
	char seconds[32], seed[32], length[32];
	pid_t parent = getpid();
	int log, shared;

	subject_name(&subject, name);
	subject_engine(&subject, engine);
	path_make(prefix, "-artifact_prefix=%s/%s-%u-", folders->run, name, w->number);
	path_make(corpus, "%s/%s", folders->corpus, name);
	path_make(seeds, "%s", folders->seeds);
	path_make(w->log, "%s/%s-%u.log", folders->run, name, w->number);
	snprintf(seconds, sizeof(seconds), "-max_total_time=%u", w->seconds);
	/* libFuzzer takes 32 bits, and 0 as "choose one". */
	snprintf(seed, sizeof(seed), "-seed=%u",
		 (unsigned int)((cli->seed ^ cli->seed >> 32) + w->number) | 1u << 31);
	snprintf(length, sizeof(length), "-max_len=%d", PROGRAM_BYTES);
	char *const args[] = { engine,
			       seconds,
			       seed,
			       length,
			       prefix,
			       (char[]){ "-timeout=" INPUT_SECONDS },
			       (char[]){ "-rss_limit_mb=" MEMORY_MB },
			       (char[]){ "-print_final_stats=1" },
			       corpus,
			       seeds,
			       NULL };

	log = open(w->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (log < 0)
		fail(EXIT_CANNOT_CREATE, "cannot write %s: %s", w->log, strerror(errno));
	shared = make_shared(w);
	fflush(NULL);
	w->pid = fork();
	if (w->pid < 0)
		fail(EXIT_OS, "cannot start a process: %s", strerror(errno));
	if (!w->pid)
		become_engine(w, shared, log, parent, engine, args);
	close(log);
	close(shared);
	w->state = WORKER_RUNS;
}

static enum worker_state judge(const struct worker *w)
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
	/* It was asked to stop before its engine listened. */
	if (WIFSIGNALED(w->status) && WTERMSIG(w->status) == SIGUSR1)
		return WORKER_DONE;
	return w->shared->inputs ? WORKER_DIED : WORKER_TROUBLE;
}

bool workers_run(struct worker *workers, unsigned int count)
{
	bool run = false;

	for (unsigned int i = 0; i < count; i++) {
		struct worker *w = &workers[i];

		if (w->state != WORKER_RUNS)
			continue;
		if (waitpid(w->pid, &w->status, WNOHANG) == w->pid)
			w->state = judge(w);
		else
			run = true;
	}
	return run;
}

static void signal_all(struct worker *workers, unsigned int count, int sig)
{
	for (unsigned int i = 0; i < count; i++)
		if (workers[i].state == WORKER_RUNS)
			kill(workers[i].pid, sig);
}

void workers_stop(struct worker *workers, unsigned int count)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };

	signal_all(workers, count, SIGUSR1);
	for (unsigned int i = 0; i < PATIENCE_TENTHS && workers_run(workers, count); i++)
		nanosleep(&tenth, NULL);
	signal_all(workers, count, SIGKILL);
	for (unsigned int i = 0; i < count; i++) {
		if (workers[i].state != WORKER_RUNS)
			continue;
		waitpid(workers[i].pid, &workers[i].status, 0);
		workers[i].state = WORKER_DONE;
	}
}

void worker_log_tail(const struct worker *w)
{
	char tail[TAIL_BYTES + 1];
	FILE *log = fopen(w->log, "rb");
	const char *from;
	size_t size;

	fprintf(stderr, "the end of %s:\n", w->log);
	if (!log)
		return;
	if (fseek(log, -TAIL_BYTES, SEEK_END))
		rewind(log);
	size = fread(tail, 1, TAIL_BYTES, log);
	tail[size] = 0;
	fclose(log);
	from = size == TAIL_BYTES ? strchr(tail, '\n') : tail;
	fprintf(stderr, "%s\n", from ? from : tail);
}
