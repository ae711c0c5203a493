/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The explore engine: runs one program under many schedules, until there is a
 * finding, nothing is left to try, or time is over.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "explore/contexts.h"
#include "explore/make_schedules.h"
#include "explore/shared.h"
#include "guest/guest.h"
#include "harness/minimize.h"
#include "harness/run.h"
#include "shim/memory_name.h"
#include "shim/poison.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

static struct explore_shared *shared;
static struct program program;
static struct contexts_result result;

/* Where a sanitizer is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The program with the schedule that it ran by, where the supervisor finds it. */
ORACLE static void keep_program(void)
{
	static struct program written;

	contexts_written(&written);
	shared->size = (uint32_t)program_encode(&written, shared->program);
	__atomic_store_n(&shared->found, 2, __ATOMIC_RELEASE);
}

/* What a sanitizer ends the run with. */
ORACLE static void keep_death(const char *rule, const char *where, const char *text)
{
	if (shared->found)
		return;
	snprintf(shared->finding.id, sizeof(shared->finding.id), "%s@%s/%s", rule,
		 where ? where : contexts_place(), suts[0]->generation);
	snprintf(shared->finding.text, sizeof(shared->finding.text), "%s", text);
	keep_program();
}

ORACLE static void on_death(void)
{
#ifdef PINPRICK_ASAN
	char rule[64];

	snprintf(rule, sizeof(rule), "sanitizer.%s",
		 __asan_report_present() ? __asan_get_report_description() : "error");
	keep_death(rule, NULL, "a sanitizer's report, below");
#else
	keep_death("sanitizer.signal", NULL, "a sanitizer's report, below");
#endif
}

ORACLE static void on_undefined(const char *kind)
{
	char rule[64];

	snprintf(rule, sizeof(rule), "sanitizer.%s", kind);
	keep_death(rule, NULL, "a sanitizer's report, below");
}

/* Where no sanitizer catches what kills, and where the supervisor has waited long enough. */
ORACLE static void on_signal(int number)
{
	char text[64];

	if (number == SIGALRM) {
		keep_death("progress.timeout", NULL, "a run does not end");
		_exit(EXPLORE_FOUND);
	}
	snprintf(text, sizeof(text), "signal %d (%s)", number, strsignal(number));
	keep_death("sanitizer.signal", NULL, text);
	/* It goes on where it was, and dies of the same without this handler. */
}

/* On a stack of its own: a context's may be what ran out. */
static void catch_signals(void)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
	static char stack[65536];
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND) };

	sigaltstack(&other, NULL);
	sigaction(SIGALRM, &action, NULL);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (!__sanitizer_set_death_callback)
			sigaction(deadly[i], &action, NULL);
}

/* TSan's: called with each report, after it was printed (see stress/observe.c). */
int __tsan_get_report_mop(void *report, unsigned long idx, int *tid, void **addr, int *size,
			  int *write, int *atomic, void **trace, unsigned long trace_size)
	__attribute__((weak));
void __tsan_on_report(void *report);

ORACLE void __tsan_on_report(void *report)
{
	int tid, size, write, atomic;
	void *trace[1], *address = NULL;
	char name[64];

	if (__tsan_get_report_mop)
		__tsan_get_report_mop(report, 0, &tid, &address, &size, &write, &atomic, trace, 1);
	keep_death("race.data", memory_name(address, SUT_DEVICE_BYTES, suts[0]->device_pages, name),
		   "two contexts access it, at least one writes, and nothing orders them");
}

static void map_shared(void)
{
	const char *path = getenv(EXPLORE_VARIABLE);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0) {
		fputs("this is a part of ./pinprick explore, which starts it\n", stderr);
		exit(EXPLORE_USAGE);
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		exit(EXPLORE_USAGE);
	close(fd);
}

static void add_result(void)
{
	shared->runs++;
	shared->points += result.points;
	shared->ops += result.ops;
	shared->skipped += result.skipped;
	shared->ordered += result.ordered;
	shared->not_ordered += !result.judged;
	shared->trace = (shared->trace ^ result.verdict.trace) * 0x9e3779b97f4a7c15;
	if (result.points > shared->most_points)
		shared->most_points = result.points;
	contexts_pairs(shared->pairs);
}

/* One run; true: no finding, go on. */
static bool run_once(const struct strategy *strategy)
{
	struct contexts_options options = { .strategy = strategy,
					    .trace = shared->config.trace ? stdout : NULL,
					    .history = true,
					    .as_is = shared->config.as_is };

	contexts_run(suts[0], &program, &options, &result);
	if (strategy)
		strategy->end();
	add_result();
	if (verdict_clean(&result.verdict))
		return true;
	shared->finding = result.verdict.finding;
	shared->preemptions = result.preemptions;
	keep_program();
	return false;
}

/* Which strategy for the i-th run, and its seed; NULL: the schedule that is written in the program.
 */
static const struct strategy *chosen(uint64_t i, uint64_t *seed)
{
	const char *name = shared->config.strategy;

	*seed = shared->config.seed + i;
	if (!strcmp(name, "seeded"))
		return strategy_seeded(program.seed, (unsigned int)i, seed);

	if (!strcmp(name, "written"))
		return NULL;
	return !strcmp(name, "portfolio") ? strategy_for(*seed) : strategy_find(name);
}

/*
 * In the first run of a process TSan misses some races that it tells of in each
 * later one (it has been seen to, by bugs/list-walk-without-lock.patch); a schedule
 * that is replayed has a process of its own.
 */
static void warm_up(void)
{
	const struct contexts_options options = { .as_is = shared->config.as_is };

	if (__tsan_get_report_mop && !strcmp(shared->config.strategy, "written"))
		contexts_run(suts[0], &program, &options, &result);
}

static bool explore(void)
{
	const struct explore_config *config = &shared->config;
	uint64_t start = now_ns(), end = start + config->milliseconds * 1000000ull;
	bool clean = true;

	exhaustive_refuses = true;
	warm_up();
	for (const struct strategy *const *s = strategies; *s; s++)
		(*s)->start(program_contexts(&program), config->bound);
	for (uint64_t i = 0; clean && (!config->runs || i < config->runs) && now_ns() < end; i++) {
		uint64_t seed;
		const struct strategy *strategy = chosen(i, &seed);

		if (strategy && !strategy->begin(seed)) {
			shared->complete = true;
			break;
		}
		clean = run_once(strategy);
		if (!strcmp(config->strategy, "written"))
			break;
		if (i == 0 && strategy && strategy->estimate)
			shared->estimate = strategy->estimate();
	}
	shared->nanoseconds = now_ns() - start;
	return clean;
}

int main(void)
{
	map_shared();
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(on_death);
	undefined_hook = on_undefined;
	catch_signals();
	setvbuf(stdout, NULL, _IOLBF, 0); /* a trace is there up to the end, whatever that is */
	shared->started = true;
	contexts_features = shared->config.features;
	program_decode(&program, shared->config.program, shared->config.size);
	schedules_prepare(&program);
	return explore() ? 0 : EXPLORE_FOUND;
}

UNINSTRUMENTED_END
