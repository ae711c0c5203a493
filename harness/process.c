/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#define _GNU_SOURCE /* memfd_create */
#include "harness/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

#define ENGINE_ORPHANED 72
#define ENGINE_NO_EXEC	127
#define TAIL_BYTES	2000

static int cannot(int code, const char *what, const char *name)
{
	fflush(stdout);
	fprintf(stderr, "pinprick: cannot %s%s: %s\n", what, name, strerror(errno));
	return -code;
}

/* In memory, not in a file: a full disk must not lose what a finding needs. */
static int make_shared(size_t size, void **shared)
{
	int fd = memfd_create("pinprick", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		return cannot(EX_OSERR, "make shared memory", "");
	*shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*shared == MAP_FAILED)
		return cannot(EX_OSERR, "map shared memory", "");
	return fd;
}

/* What comes after a report proves nothing.  The user's own options go last, and so first. */
void engine_prepare(void)
{
	const char *more = getenv("TSAN_OPTIONS");
	char options[1024];

	snprintf(options, sizeof(options),
		 "halt_on_error=1:report_signal_unsafe=0:atexit_sleep_ms=0:history_size=4%s%s",
		 more ? ":" : "", more ? more : "");
	setenv("TSAN_OPTIONS", options, 1);
	/* Where this is forbidden the engine's own log says what comes of it. */
	personality(ADDR_NO_RANDOMIZE);
}

/* In the child.  Its own process group: Ctrl-C is for the supervisor to handle. */
static _Noreturn void become(const struct engine *engine, int shared, int log, pid_t parent)
{
	char variable[32];
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(ENGINE_ORPHANED);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	fcntl(shared, F_SETFD, 0);
	snprintf(variable, sizeof(variable), "/proc/self/fd/%d", shared);
	setenv(engine->variable, variable, 1);
	if (engine->many_contexts)
		engine_prepare();
	execv(engine->args[0], engine->args);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", engine->args[0], strerror(errno));
	_exit(ENGINE_NO_EXEC);
}

pid_t engine_start(const struct engine *engine, void **shared)
{
	pid_t parent = getpid(), pid;
	int log, fd;

	log = open(engine->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (log < 0)
		return cannot(EX_CANTCREAT, "write ", engine->log);
	fd = make_shared(engine->shared_size, shared);
	if (fd < 0)
		return fd;
	if (engine->begin)
		memcpy(*shared, engine->begin, engine->begin_size);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return cannot(EX_OSERR, "start a process", "");
	if (!pid)
		become(engine, fd, log, parent);
	close(log);
	close(fd);
	return pid;
}

void engine_log_tail(const char *path)
{
	char tail[TAIL_BYTES + 1];
	FILE *log = fopen(path, "rb");
	const char *from;
	size_t size;

	fprintf(stderr, "the end of %s:\n", path);
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

UNINSTRUMENTED_END
