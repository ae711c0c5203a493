/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What schedules cost by themselves: the explored back end with bodies that
 * touch nothing, beside a hand-over between threads.
 *
 *   bench_schedules        for each strategy schedules a CPU second, then the ns
 *                          of a switch and of a hand-over
 *   bench_schedules memory the KiB resident after each count of schedules
 */
#define _GNU_SOURCE /* affinity */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/schedules.h"
#include "explore/schedule.h"
#include "shim/backend.h"
#include "shim/observe.h"

UNINSTRUMENTED_BEGIN

#define ROUNDS	  5
#define SECONDS	  0.03 /* of a round, at least */
#define BATCH	  1000 /* schedules between two looks at the clock */
#define PINGS	  1000 /* switches in one schedule, of each context */
#define SEED	  1
#define HANDOVERS 5000 /* in a round, of each thread */

void observe_finding(const char *rule, const char *format, ...)
{
	(void)format;
	fprintf(stderr, "pinprick: bench_schedules: %s\n", rule);
	exit(3);
}

void observe_warning(const char *what)
{
	(void)what;
}

_Noreturn void observe_bug(const char *what)
{
	(void)what;
	abort();
}

static double seconds_by(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void pass(unsigned int context)
{
	(void)context;
	for (unsigned int i = 0; i < SCHEDULE_POINTS; i++)
		backend_point("bench", NULL);
}

static void ping(unsigned int context)
{
	(void)context;
	for (unsigned int i = 0; i < PINGS; i++)
		backend_point("bench", NULL);
}

/* Always somebody else, so that each point is a switch. */
static unsigned int pick_other(const struct schedule_view *view)
{
	unsigned int others = view->enabled & ~(1u << view->current % 32);

	return (unsigned int)__builtin_ctz(others ? others : view->enabled);
}

static void run_schedules(const struct strategy *strategy, unsigned int contexts,
			  void (*body)(unsigned int), unsigned long from, unsigned long to)
{
	static struct schedule_run run;

	run.contexts = contexts;
	run.body = body;
	run.strategy = strategy;
	for (unsigned long seed = from; seed < to; seed++) {
		/* Where there is nothing left to try, once more from the start. */
		if (!strategy->begin(seed)) {
			strategy->start(contexts, SCHEDULE_BOUND);
			strategy->begin(seed);
		}
		schedule_execute(&run);
		strategy->end();
	}
}

/* Schedules a CPU second: the best round. */
static double rate(const struct strategy *strategy, unsigned int contexts,
		   void (*body)(unsigned int), unsigned int batch)
{
	double best = 0;

	strategy->start(contexts, SCHEDULE_BOUND);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		double start = seconds_by(CLOCK_THREAD_CPUTIME_ID), spent = 0;
		unsigned long runs = 0;

		for (; spent < SECONDS; runs += batch) {
			run_schedules(strategy, contexts, body, SEED + runs, SEED + runs + batch);
			spent = seconds_by(CLOCK_THREAD_CPUTIME_ID) - start;
		}
		if ((double)runs / spent > best)
			best = (double)runs / spent;
	}
	return best;
}

static double switch_ns(void)
{
	struct strategy turns = strategy_random;

	turns.pick = pick_other;
	turns.refuse = NULL;
	return 1e9 / rate(&turns, 2, ping, 1) / (2 * PINGS);
}

/* Two threads, one of which always waits for the other. */
struct baton {
	sem_t turn[2];
	int cpu[2];
};

static void pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

static void hand_over(struct baton *baton, unsigned int self)
{
	pin(baton->cpu[self]);
	for (unsigned int i = 0; i < HANDOVERS; i++) {
		while (sem_wait(&baton->turn[self]))
			;
		sem_post(&baton->turn[!self]);
	}
}

static void *other_thread(void *baton)
{
	hand_over(baton, 1);
	return NULL;
}

/* Of the wall clock: both threads together have nothing else to do. */
static double handover_ns(int cpu, int other_cpu)
{
	struct baton baton = { .cpu = { cpu, other_cpu } };
	pthread_t other;
	double start;

	sem_init(&baton.turn[0], 0, 1);
	sem_init(&baton.turn[1], 0, 0);
	start = seconds_by(CLOCK_MONOTONIC);
	if (pthread_create(&other, NULL, other_thread, &baton)) {
		fputs("pinprick: bench_schedules: no second thread\n", stderr);
		exit(3);
	}
	hand_over(&baton, 0);
	pthread_join(other, NULL);
	return 1e9 * (seconds_by(CLOCK_MONOTONIC) - start) / (2 * HANDOVERS);
}

/* The faster of both ways: on one CPU, and between two. */
static double best_handover_ns(void)
{
	int cpus[2] = { 0, 0 };
	unsigned int count = 0;
	cpu_set_t allowed;
	double best = 0;

	sched_getaffinity(0, sizeof(allowed), &allowed);
	for (int cpu = 0; cpu < CPU_SETSIZE && count < 2; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			cpus[count++] = cpu;
	for (unsigned int round = 0; round < ROUNDS * count; round++) {
		double ns = handover_ns(cpus[0], cpus[round % count]);

		if (!round || ns < best)
			best = ns;
	}
	return best;
}

static unsigned long resident_kib(void)
{
	unsigned long all, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%lu %lu", &all, &resident) != 2) {
		fputs("pinprick: bench_schedules: cannot read /proc/self/statm\n", stderr);
		exit(3);
	}
	fclose(file);
	return resident * ((unsigned long)sysconf(_SC_PAGESIZE) >> 10);
}

static void print_memory(void)
{
	static const unsigned long counts[] = {
#define X(millions) millions * 1000000ul,
		MEMORY_STEPS(X)
#undef X
	};
	unsigned long done = 0;

	strategy_random.start(SCHEDULE_CONTEXTS, SCHEDULE_BOUND);
	for (unsigned int i = 0; i < MEMORY_COUNT; i++) {
		run_schedules(&strategy_random, SCHEDULE_CONTEXTS, pass, done, counts[i]);
		done = counts[i];
		printf("%lu\n", resident_kib());
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "memory")) {
		print_memory();
		return 0;
	}
	for (unsigned int i = 0; strategies[i]; i++)
		printf("%.0f\n", rate(strategies[i], SCHEDULE_CONTEXTS, pass, BATCH));
	printf("%.2f\n", switch_ns());
	printf("%.2f\n", best_handover_ns());
	return 0;
}

UNINSTRUMENTED_END
