/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The stress engine by itself, without its supervisor:
 *   - a bare variable that two contexts count up, beside locks and pages that
 *     every oracle watches, is reported as a race, with the oracles on and off:
 *     what they keep books of orders nobody;
 *   - short runs of every number of threads and devices end well, and have done
 *     what they should;
 *   - one asked to stop parks, drains and ends well.
 *
 * engine_test ENGINE, which is that of the modern core
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process.h"
#include "shim/feature.h"
#include "stress/engine.h"
#include "stress/shared.h"

#define PREFLIGHTS 10 /* of either kind */

static char *engine;
static unsigned int passed, failed;

static void expect(bool good, const char *what, const struct stress_shared *s, int status)
{
	passed += good;
	failed += !good;
	if (!good)
		printf("FAIL %s: wait status %#x, phase %u, finding '%s': %s\n", what,
		       (unsigned int)status, s->phase, s->finding.id, s->finding.text);
}

static struct stress_config usual(void)
{
	struct stress_config config = { .seed = 7,
					.seconds = 1,
					.threads = 2,
					.devices = 4,
					.frames = 512,
					.features = 0,
					.roles = 0 };

	for (unsigned int i = 0; i < STRESS_DEVICES; i++) {
		config.drivers[i] = i % 4;
		config.units[i] = i % 2 ? 16 : 1;
	}
	for (unsigned int role = 0; role < ROLE_COUNT; role++)
		if (role != ROLE_corpus)
			config.roles |= 1u << role;
	return config;
}

/* Runs it to its end, or asks it to stop after so many milliseconds. */
static struct stress_shared *run(const struct stress_config *config, unsigned int stop_after,
				 int *status)
{
	char *const args[] = { engine, NULL };
	void *shared;
	pid_t pid = engine_start(&(struct engine){ .args = args,
						   .log = "engine_test.log",
						   .variable = STRESS_VARIABLE,
						   .shared_size = sizeof(struct stress_shared),
						   .many_contexts = true,
						   .begin = config,
						   .begin_size = sizeof(*config) },
				 &shared);

	if (pid < 0)
		exit(3);
	if (stop_after) {
		usleep(stop_after * 1000);
		kill(pid, SIGUSR1);
	}
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return shared;
}

static void test_bare_variable(bool oracles_off)
{
	struct stress_config config = usual();

	config.preflight = true;
	config.oracles_off = oracles_off;
	for (unsigned int i = 0; i < PREFLIGHTS; i++) {
		struct stress_shared *s;
		int status;

		config.seed = i;
		s = run(&config, 0, &status);
		expect(s->found == 2 && !strcmp(s->finding.id, "race.data@memory/modern"),
		       oracles_off ? "a bare variable, oracles off" : "a bare variable, oracles on",
		       s, status);
		munmap(s, sizeof(*s));
	}
}

static bool every_call_ran(const struct stress_shared *s)
{
	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		uint64_t count = 0;

		for (unsigned int i = 0; i < s->started; i++)
			for (unsigned int class = 0; class < CLASS_COUNT; class ++)
				count += s->contexts[i].calls[call][class];
		if (!count)
			return false;
	}
	return true;
}

static void test_run(unsigned int features, unsigned int threads, unsigned int devices,
		     unsigned int stop_after)
{
	struct stress_config config = usual();
	struct stress_shared *s;
	char what[64];
	int status;

	config.features = features;
	config.threads = threads;
	config.devices = devices;
	config.seconds = stop_after ? 60 : 1;
	s = run(&config, stop_after, &status);
	snprintf(what, sizeof(what), "%u threads, %u devices%s", threads, devices,
		 stop_after ? ", stopped" : "");
	expect(WIFEXITED(status) && WEXITSTATUS(status) == ENGINE_DONE && !s->found &&
		       s->phase == STRESS_DONE && s->checkpoints && every_call_ran(s),
	       what, s, status);
	munmap(s, sizeof(*s));
}

int main(int argc, char **argv)
{
	const unsigned int features = FEATURE_migration | FEATURE_node_pages | FEATURE_core_moves |
				      FEATURE_sticky_type | FEATURE_owner_checks | CALLER_7_0;

	if (argc != 2) {
		fprintf(stderr, "usage: engine_test ENGINE\n");
		return 64;
	}
	engine = argv[1];
	test_bare_variable(false);
	test_bare_variable(true);
	test_run(features, 1, 4, 0);
	test_run(features, 2, 1, 0);
	test_run(features, 3, 8, 0);
	test_run(features, 16, 4, 0);
	test_run(features, 4, 4, 700);
	printf("the stress engine: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
