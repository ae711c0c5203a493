/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#define _GNU_SOURCE /* wait4 */
#include "bench/explored.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bench/child.h"
#include "explore/shared.h"
#include "harness/process.h"

static int wait_for(pid_t pid, double *seconds)
{
	struct rusage used;
	int status;

	while (wait4(pid, &status, 0, &used) < 0)
		if (errno == EINTR && child_interrupted)
			kill(pid, SIGKILL);
	*seconds = child_seconds(&used);
	return status;
}

bool explored_run(const char *engine, const char *log, const struct explore_config *config,
		  struct explored *what)
{
	char *const args[] = { (char *)(uintptr_t)engine, NULL };
	const struct explore_shared *shared;
	void *memory;
	int status;
	pid_t pid = engine_start(&(struct engine){ .args = args,
						   .log = log,
						   .variable = EXPLORE_VARIABLE,
						   .shared_size = sizeof(*shared),
						   .many_contexts = true,
						   .begin = config,
						   .begin_size = sizeof(*config) },
				 &memory);

	if (pid < 0)
		return false;
	status = wait_for(pid, &what->seconds);
	shared = memory;
	what->found = shared->found;
	/* One that a signal ended is not counted there. */
	what->runs = shared->runs + (WIFSIGNALED(status) != 0);
	what->points = (double)shared->points / (double)what->runs;
	munmap(memory, sizeof(*shared));
	if (child_interrupted)
		return false;
	if (what->found || !status)
		return true;
	fprintf(stderr, "pinprick: %s ended with status %#x\n", engine, (unsigned int)status);
	engine_log_tail(log);
	return false;
}
