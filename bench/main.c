/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * pinprick-bench PLAIN_BUILD ASAN_BUILD TSAN_BUILD [--json] [--verbose]
 *
 * Exits with 0 whatever the figures are, 3 where something could not be
 * measured, 130 interrupted.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/child.h"
#include "bench/folder.h"
#include "harness/quirks.h"

static struct bench bench;

static void interrupt(int sig)
{
	(void)sig;
	child_interrupted = true;
}

static bool parse(struct bench *b, int argc, char **argv)
{
	unsigned int folders = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			b->json = true;
		else if (!strcmp(argv[i], "--verbose"))
			b->verbose = true;
		else if (*argv[i] != '-' && folders < STRESS_FLAVOUR_COUNT)
			b->folder[folders++] = argv[i];
		else
			return false;
	}
	return folders == STRESS_FLAVOUR_COUNT;
}

static void say(const char *what)
{
	fprintf(stderr, "pinprick: measuring %s\n", what);
}

static bool measure(struct bench *b, const char *temporary)
{
	for (b->suts = 0; suts[b->suts]; b->suts++) {
		if (!quirks_measure(suts[b->suts]))
			return false;
		b->workload[b->suts] = malloc(sizeof(struct workload));
		if (b->suts == SUTS_MAX || !b->workload[b->suts])
			return false;
	}
	if (!find_builds(b) || !measure_workload(b))
		return false;
	say("the parts of a run (10 s)");
	if (!measure_parts(b))
		return false;
	measure_reset(b);
	if (child_interrupted || !measure_steps(b))
		return false;
	say("engines without sanitizers (40 s)");
	if (child_interrupted || !measure_rates(b, FLAVOUR_plain, temporary))
		return false;
	say("engines with AddressSanitizer and UBSan (40 s)");
	if (!measure_rates(b, FLAVOUR_asan, temporary))
		return false;
	say("stress engines (70 s)");
	if (child_interrupted || !measure_stress(b, temporary))
		return false;
	say("schedules (70 s)");
	return !child_interrupted && measure_schedules(b, temporary) &&
	       measure_planted(b, temporary);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = interrupt };
	const char *parent = getenv("TMPDIR");
	char temporary[PATH_MAX];
	bool good;

	if (!parse(&bench, argc, argv)) {
		fputs("usage: pinprick-bench PLAIN_BUILD ASAN_BUILD TSAN_BUILD [--json] [--verbose]\n",
		      stderr);
		return 64;
	}
	folder_path(temporary, "%s/pinprick-bench-XXXXXX", parent ? parent : "/tmp");
	if (!mkdtemp(temporary)) {
		perror("pinprick: cannot make a temporary folder");
		return 73;
	}
	/* Its programs sleep for a second before they end. */
	setenv("TSAN_OPTIONS", "atexit_sleep_ms=0", 0);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	good = measure(&bench, temporary);
	folder_remove(temporary);
	if (child_interrupted)
		return 130;
	if (!good)
		return 3;
	if (bench.json)
		report_json(stdout, &bench);
	else
		report_text(stdout, &bench);
	return 0;
}
