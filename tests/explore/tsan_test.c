/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * With TSan: what two contexts do without a lock is reported though they never
 * interleave, and what they do under one never is.  Each in a process of its own.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim/instrument.h"
#include "tests/explore/scenarios.h"

#ifdef PINPRICK_TSAN

#define TSAN_FOUND 66

/* A child has nobody to wait for. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "atexit_sleep_ms=0";
}

static int status_of(const struct scenario *s, unsigned int runs)
{
	int status = -1;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDERR_FILENO);
		strategy_random.start(s->contexts, 3);
		for (unsigned int n = 0; n < runs; n++) {
			struct schedule_run run = { .strategy = &strategy_random };

			strategy_random.begin(n);
			if (!n) /* one after the other, without a switch between */
				run.strategy = NULL;
			scenario_run(s, &run);
			strategy_random.end();
		}
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

void tsan_test(void)
{
	static const struct scenario *const clean[] = { &scenario_locked,  &scenario_page,
							&scenario_ordered, &scenario_sleepers,
							&scenario_lost,	   &scenario_abba,
							&scenario_leaves };

	for (unsigned int i = 0; i < 20; i++) {
		int status = status_of(&scenario_bare, 1);

		expect(status == TSAN_FOUND, "a bare counter is a race", (unsigned long)status);
	}
	for (unsigned int i = 0; i < sizeof(clean) / sizeof(*clean); i++) {
		int status = status_of(clean[i], 1000);

		expect(status == 0, clean[i]->name, (unsigned long)status);
	}
}

#else

void tsan_test(void)
{
}

#endif
