/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#define _GNU_SOURCE /* memfd_create, wait4 */
#include "bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/workload.h"
#include "harness/fuzz_shared.h"

#define UNITS "stat::number_of_executed_units:"

volatile bool child_interrupted;

static _Noreturn void become(const struct child *child, unsigned long runs, int shared)
{
	char count[32], length[32], variable[32];
	int log = open(child->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	char *args[] = { (char *)(uintptr_t)child->engine,
			 count,
			 length,
			 (char[]){ "-seed=1" },
			 (char[]){ "-print_final_stats=1" },
			 (char *)(uintptr_t)(child->corpus ? child->output : NULL),
			 (char *)(uintptr_t)child->corpus,
			 NULL };

	snprintf(count, sizeof(count), "-runs=%lu", runs);
	snprintf(length, sizeof(length), "-max_len=%d", PROGRAM_BYTES);
	snprintf(variable, sizeof(variable), "/proc/self/fd/%d", shared);
	setenv(SHARED_VARIABLE, variable, 1);
	if (child->programs)
		setenv(WORKLOAD_VARIABLE, child->programs, 1);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	execv(child->engine, args);
	dprintf(STDERR_FILENO, "%s\n", strerror(errno));
	_exit(127);
}

/* Reads the engine's own count; false where it does not tell, with the log's last line. */
static bool read_log(const struct child *child, uint64_t *inputs, char last[256])
{
	FILE *log = fopen(child->log, "r");
	bool told = false;
	char line[256];

	*last = 0;
	while (log && fgets(line, sizeof(line), log)) {
		if (line[0] != '\n')
			memcpy(last, line, sizeof(line));
		if (strncmp(line, UNITS, sizeof(UNITS) - 1) == 0) {
			*inputs = strtoull(line + sizeof(UNITS) - 1, NULL, 10);
			told = true;
		}
	}
	if (log)
		fclose(log);
	return told;
}

double child_seconds(const struct rusage *used)
{
	return (double)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) +
	       1e-6 * (double)(used->ru_utime.tv_usec + used->ru_stime.tv_usec);
}

static uint64_t ops_of(const struct stats *stats)
{
	uint64_t ops = 0;

	for (unsigned int op = 0; op < OP_COUNT; op++)
		ops += stats->ran[op];
	return ops;
}

static bool wait_for(const struct child *child, pid_t pid, struct child_cost *cost)
{
	struct rusage used;
	char last[256];
	int status;

	while (wait4(pid, &status, 0, &used) < 0)
		if (errno != EINTR)
			return false;
	if (child_interrupted)
		return false;
	if (!read_log(child, &cost->inputs, last) || status) {
		fprintf(stderr, "pinprick: %s ended with status %#x: %s", child->engine,
			(unsigned int)status, *last ? last : "it said nothing\n");
		return false;
	}
	cost->seconds = child_seconds(&used);
	return true;
}

bool child_run(const struct child *child, unsigned long runs, struct child_cost *cost)
{
	int fd = memfd_create("pinprick-bench", 0);
	struct fuzz_shared *shared;
	bool good;
	pid_t pid;

	if (fd < 0 || ftruncate(fd, sizeof(*shared))) {
		perror("pinprick: cannot make shared memory");
		return false;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED) {
		perror("pinprick: cannot map shared memory");
		close(fd);
		return false;
	}
	fflush(NULL);
	pid = fork();
	if (!pid)
		become(child, runs, fd);
	close(fd);
	if (pid < 0)
		perror("pinprick: cannot start a process");
	good = pid > 0 && wait_for(child, pid, cost);
	cost->ops = ops_of(&shared->stats);
	munmap(shared, sizeof(*shared));
	return good;
}

bool ask(const char *build, const char *program, double *numbers, unsigned int count)
{
	char command[PATH_MAX + 32];
	FILE *out;
	unsigned int got = 0;

	snprintf(command, sizeof(command), "exec '%s'/bench/%s", build, program);
	out = popen(command, "r");
	while (out && got < count && fscanf(out, "%lf", &numbers[got]) == 1)
		got++;
	if (out && !pclose(out) && got == count)
		return true;
	fprintf(stderr, "pinprick: this does not measure what it should: %s\n", command);
	return false;
}
