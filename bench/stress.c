/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An engine is watched through the memory that it shares, between its start and
 * its end: neither of them counts.  Whatever is compared takes turns.
 */
#define _GNU_SOURCE /* clock_getcpuclockid */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "bench/bench.h"
#include "bench/child.h"
#include "bench/folder.h"
#include "harness/process.h"
#include "stress/engine.h"
#include "stress/plan.h"

#define SEED		1
#define ROUNDS		2
#define ROUNDS_FOR_MANY 1 /* with a kernel's files there is more to run */
#define WARM_UP		0.15
#define WINDOW		0.7
#define PROFILE_WINDOW	2.5 /* some hundred ticks of the kernel's clock */
#define PATIENCE	30  /* until an engine runs, and until it has ended */
#define THREADS		4   /* while devices are counted */

const char *const stress_flavours[STRESS_FLAVOUR_COUNT] = {
#define X(name) #name,
	STRESS_FLAVOURS(X)
#undef X
};
const unsigned int stress_threads[STRESS_STEPS] = { 1, 2, 4, 8 };
const unsigned int stress_devices[STRESS_SCALES] = { 1, 2, 4 };

/* One engine under way. */
struct engine_run {
	pid_t pid;
	int status;
	bool ended;
	struct stress_shared *shared;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* False where it ended, or somebody wants no more. */
static bool runs(struct engine_run *run)
{
	if (!run->ended && waitpid(run->pid, &run->status, WNOHANG) == run->pid)
		run->ended = true;
	return !run->ended && !child_interrupted;
}

static bool runs_for(struct engine_run *run, double seconds)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	double end = now() + seconds;

	while (runs(run) && now() < end)
		nanosleep(&moment, NULL);
	return runs(run);
}

static bool starts(struct engine_run *run)
{
	double end = now() + PATIENCE;

	while (run->shared->phase < STRESS_RUNS && now() < end)
		if (!runs_for(run, 0.001))
			return false;
	return runs_for(run, WARM_UP);
}

/* It drains what it has, and audits it. */
static bool ends(struct engine_run *run)
{
	if (!run->ended)
		kill(run->pid, SIGUSR1);
	runs_for(run, PATIENCE);
	if (run->ended)
		return WIFEXITED(run->status) && WEXITSTATUS(run->status) == ENGINE_DONE &&
		       !run->shared->found;
	kill(run->pid, SIGKILL);
	while (waitpid(run->pid, &run->status, 0) < 0 && errno == EINTR)
		;
	return false;
}

static uint64_t calls_of(const struct stress_shared *shared)
{
	uint64_t calls = 0;

	for (unsigned int i = 0; i < STRESS_CONTEXTS; i++)
		for (unsigned int call = 0; call < CALL_COUNT; call++)
			for (unsigned int class = 0; class < CLASS_COUNT; class ++)
				calls += __atomic_load_n(&shared->contexts[i].calls[call][class],
							 __ATOMIC_RELAXED);
	return calls;
}

/* CPU seconds of all its threads so far. */
static double cpu_of(const struct engine_run *run)
{
	struct timespec t = { 0 };
	clockid_t clock;

	if (!clock_getcpuclockid(run->pid, &clock))
		clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What the engine did in a window of its run: calls a second, by either clock. */
struct seen {
	double rate, cpu_rate;
	uint64_t samples, oracle_samples;
};

static bool watch(struct engine_run *run, double window, struct seen *seen)
{
	const struct stress_shared *shared = run->shared;
	double start, cpu;
	uint64_t calls;

	if (!starts(run))
		return false;
	start = now();
	cpu = cpu_of(run);
	calls = calls_of(shared);
	seen->samples = shared->samples;
	seen->oracle_samples = shared->oracle_samples;
	if (!runs_for(run, window))
		return false;
	calls = calls_of(shared) - calls;
	seen->rate = (double)calls / (now() - start);
	seen->cpu_rate = (double)calls / (cpu_of(run) - cpu);
	seen->samples = shared->samples - seen->samples;
	seen->oracle_samples = shared->oracle_samples - seen->oracle_samples;
	return true;
}

/* The place of a build, and where engines say what went wrong. */
struct place {
	const struct bench *b;
	char log[PATH_MAX];
};

static bool run_engine(const struct place *place, enum stress_flavour flavour,
		       const struct sut *sut, const struct stress_config *config, struct seen *seen)
{
	double window = config->profile ? PROFILE_WINDOW : WINDOW;
	struct engine_run run = { 0 };
	char path[PATH_MAX];
	bool good;

	folder_path(path, "%s/bench/stress-%s", place->b->folder[flavour], sut->name);
	run.pid = stress_start(path, place->log, config, &run.shared);
	if (run.pid < 0)
		return false;
	good = watch(&run, window, seen);
	good &= ends(&run);
	if (!good && !child_interrupted) {
		if (run.shared->found == 2)
			fprintf(stderr, "pinprick: %s has a finding: %s: %s\n", path,
				run.shared->finding.id, run.shared->finding.text);
		engine_log_tail(place->log);
	}
	if (place->b->verbose)
		fprintf(stderr, "pinprick: %s, %u threads, %u devices: %.0f calls/s\n", path,
			config->threads, config->devices, seen->rate);
	munmap(run.shared, sizeof(*run.shared));
	return good;
}

static struct stress_config usual(enum stress_flavour flavour, const struct sut *sut,
				  unsigned int threads)
{
	struct stress_config config = {
		.seed = SEED,
		.seconds = 2 * PATIENCE, /* it is asked to end */
		.threads = threads,
		.frames = STRESS_PAGES,
		.roles = stress_usual_roles(),
		.stack = flavour == STRESS_plain ? STRESS_STACK : 0,
		.features = sut_features(sut),
	};

	stress_usual_devices(&config, 4);
	stress_plan_by_seed(&config);
	return config;
}

static bool run_threads(const struct place *place, struct stress_rates *rates, unsigned int i)
{
	const struct sut *sut = suts[rates->suts[i]];

	for (unsigned int step = 0; step < STRESS_STEPS; step++)
		for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++) {
			struct stress_config config = usual(f, sut, stress_threads[step]);
			struct seen seen = { 0 };

			if (!run_engine(place, f, sut, &config, &seen))
				return false;
			keep_most(&rates->of[i].threads[f][step], seen.rate);
			keep_most(&rates->of[i].cpu[f][step], seen.cpu_rate);
		}
	return true;
}

/* One driver for all, or it would be drivers that are compared. */
static bool run_devices(const struct place *place, struct stress_rates *rates, unsigned int i)
{
	const struct sut *sut = suts[rates->suts[i]];

	for (unsigned int scale = 0; scale < STRESS_SCALES; scale++) {
		struct stress_config config = usual(STRESS_plain, sut, THREADS);
		struct seen seen = { 0 };

		config.devices = stress_devices[scale];
		memset(config.drivers, 0, sizeof(config.drivers));
		if (!run_engine(place, STRESS_plain, sut, &config, &seen))
			return false;
		keep_most(&rates->of[i].devices[scale], seen.rate);
	}
	return true;
}

static bool run_profile(const struct place *place, struct stress_rates *rates, unsigned int i)
{
	const struct sut *sut = suts[rates->suts[i]];
	struct stress_config config = usual(STRESS_tsan, sut, THREADS);
	struct seen seen = { 0 };

	config.profile = true;
	if (!run_engine(place, STRESS_tsan, sut, &config, &seen))
		return false;
	rates->of[i].samples = seen.samples;
	rates->of[i].oracle_samples = seen.oracle_samples;
	return true;
}

bool measure_stress(struct bench *b, const char *temporary)
{
	struct place place = { .b = b };
	struct stress_rates *rates = &b->stress;
	unsigned int rounds;

	folder_path(place.log, "%s/stress.log", temporary);
	for (unsigned int s = 0; s < b->suts; s++)
		if (suts[s]->features & FEATURE_migration)
			rates->suts[rates->count++] = s;
	rounds = rates->count > 2 ? ROUNDS_FOR_MANY : ROUNDS;
	for (unsigned int round = 0; round < rounds; round++)
		for (unsigned int i = 0; i < rates->count; i++)
			if (!run_threads(&place, rates, i) || !run_devices(&place, rates, i))
				return false;
	for (unsigned int i = 0; i < rates->count; i++)
		if (!run_profile(&place, rates, i))
			return false;
	return true;
}
