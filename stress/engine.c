/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The stress engine: makes a world and a guest, lets contexts loose on it, and
 * judges the quiet world at checkpoints and at the end.  It is started by the
 * supervisor (cli/stress.c), which reads and shows all that this one does.
 *
 * At a checkpoint every context waits between two of its steps.  That order is
 * the judge's alone: TSan does not see it, or each checkpoint would hide the
 * races across it.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "guest/audit.h"
#include "shim/count.h"
#include "shim/poison.h"
#include "shim/world.h"
#include "stress/actor.h"
#include "stress/clock.h"
#include "stress/engine.h"

UNINSTRUMENTED_BEGIN

#define STACK_GUARD    65536u
#define CHECK_EVERY_NS 400000000u  /* between two checkpoints */
#define HANG_NS	       10000000000 /* without any progress of a context: it hangs */
#define LOOK_NS	       200000000   /* what counts of the time between two looks, at the most */

struct actor actors[STRESS_CONTEXTS];
struct stress_shared *stress;

static pthread_t threads[STRESS_CONTEXTS];
static volatile sig_atomic_t asked_to_stop;
/* 0: run; 1: park; 2: end.  And which contexts are parked: a bit each. */
static unsigned int command, parked;

int sut_migratepage(void *device, struct page *newpage, struct page *page, enum migrate_mode mode)
{
	return guest_migratepage(device, newpage, page, mode);
}

/* Where a sanitizer is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));
/* TSan's: a reader that stands outside of the program. */
void AnnotateIgnoreReadsBegin(const char *file, int line) __attribute__((weak));
void AnnotateIgnoreReadsEnd(const char *file, int line) __attribute__((weak));

static void on_stop(int sig)
{
	(void)sig;
	asked_to_stop = 1;
}

UNSEEN static unsigned int commanded(void)
{
	return __atomic_load_n(&command, __ATOMIC_ACQUIRE);
}

/* Between two steps: waits as long as the main thread judges.  True: go on. */
UNSEEN static bool go_on(struct actor *self)
{
	const struct timespec while_judged = { .tv_nsec = 50000 };
	unsigned int what = commanded();

	if (what != 1)
		return !what;
	__atomic_fetch_or(&parked, 1u << self->number, __ATOMIC_RELEASE);
	while ((what = commanded()) == 1)
		nanosleep(&while_judged, NULL);
	__atomic_fetch_and(&parked, ~(1u << self->number), __ATOMIC_RELAXED);
	return !what;
}

static void *play(void *argument)
{
	struct actor *self = argument;

	backend_context = self->number;
	while (go_on(self))
		role_step(self);
	role_end(self);
	return NULL;
}

static void fail_os(const char *what)
{
	perror(what);
	exit(ENGINE_OS);
}

/* A stack as a kernel has it; below, more than a large frame could jump over is out of bounds. */
static void *guarded_stack(size_t size)
{
	char *memory = mmap(NULL, size + STACK_GUARD, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (memory == MAP_FAILED || mprotect(memory, STACK_GUARD, PROT_NONE))
		fail_os("a stack");
	return memory + STACK_GUARD;
}

static void start_contexts(void)
{
	pthread_attr_t attributes;

	if (pthread_attr_init(&attributes))
		fail_os("a thread");
	for (unsigned int i = 0; i < stress->config.threads; i++) {
		if (stress->config.stack &&
		    pthread_attr_setstack(&attributes, guarded_stack(stress->config.stack),
					  stress->config.stack))
			fail_os("a stack");
		if (pthread_create(&threads[i], &attributes, play, &actors[i]))
			fail_os("a thread");
	}
	pthread_attr_destroy(&attributes);
}

ORACLE static void prepare_actors(void)
{
	struct random seeds = random_seeded(stress->config.seed);

	for (unsigned int i = 0; i < STRESS_CONTEXTS; i++) {
		actors[i].number = i;
		actors[i].rng = random_seeded(random_next(&seeds));
		actors[i].seen = &stress->contexts[i];
		list_init(&actors[i].stash);
	}
	stress->started = stress->config.threads;
}

/* As the kernel's initcalls and its drivers' probes run. */
static void boot(const struct sut *sut)
{
	const struct stress_config *config = &stress->config;

	if (world_create(config->frames))
		fail_os("the world");
	world.contexts_used = config->threads;
	world.features = config->features;
	guest.host.refuses = role_host_refuses;
	guest_start(calls_wrap(sut), config->features, config->as_is);
	lock_check_idle();
	for (unsigned int i = 0; i < config->devices; i++) {
		guest_add(drivers[config->drivers[i]], config->units[i], config->adjust & 1u << i);
		guest.devices[i].target = config->frames / (config->devices + 1);
	}
	page_alloc_hook = role_reclaim;
	world.parallel = true;
}

/* Nobody's calls come back: who waits for which lock. */
ORACLE static void report_hang(unsigned int context)
{
	char text[FINDING_TEXT];
	size_t used;

	used = (size_t)snprintf(text, sizeof(text), "@%u has not come back for %llu s", context,
				HANG_NS / 1000000000ull);
	for (unsigned int i = 0; i < stress->started && used < sizeof(text); i++) {
		char name[sizeof(stress->contexts[0].waits_for)];
		unsigned int holder = stress->contexts[i].held_by;

		copy_text(name, stress->contexts[i].waits_for, sizeof(name));
		if (!name[0])
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "; @%u waits for %s", i,
					 name);
		if (holder && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 ", which @%u has", holder - 1);
	}
	backend_context = context;
	engine_found(stress->contexts[context].waits_for[0] ? "progress.deadlock"
							    : "progress.timeout",
		     text);
}

/* Which of those that stand still says most: one that waits for a lock. */
ORACLE static unsigned int who_hangs(const uint64_t without[STRESS_CONTEXTS], unsigned int first)
{
	for (unsigned int i = 0; i < stress->started; i++)
		if (without[i] > HANG_NS / 2 && stress->contexts[i].waits_for[0])
			return i;
	return first;
}

/*
 * Time counts only as far as this thread saw it pass: a machine that stands
 * still for a while is nobody's deadlock.
 */
ORACLE static void watch_progress(uint64_t now)
{
	static uint64_t progress[STRESS_CONTEXTS], without[STRESS_CONTEXTS], last;
	uint64_t passed = last && now - last < LOOK_NS ? now - last : LOOK_NS;

	last = now;
	for (unsigned int i = 0; i < stress->started; i++) {
		uint64_t seen = __atomic_load_n(&stress->contexts[i].progress, __ATOMIC_RELAXED);
		bool stands = seen == progress[i] &&
			      !(__atomic_load_n(&parked, __ATOMIC_RELAXED) & 1u << i);

		progress[i] = seen;
		without[i] = stands ? without[i] + passed : 0;
		if (without[i] > HANG_NS)
			report_hang(who_hangs(without, i));
	}
}

UNSEEN static void say_command(unsigned int what)
{
	__atomic_store_n(&command, what, __ATOMIC_RELEASE);
}

UNSEEN static void await_parked(void)
{
	unsigned int all = (1u << stress->started) - 1;
	const struct timespec moment = { .tv_nsec = 50000 };

	while (__atomic_load_n(&parked, __ATOMIC_ACQUIRE) != all) {
		nanosleep(&moment, NULL);
		watch_progress(clock_ns());
	}
}

UNSEEN static void await_running(void)
{
	while (__atomic_load_n(&parked, __ATOMIC_ACQUIRE))
		sched_yield();
}

/* What contexts hold that is in no balloon. */
ORACLE static unsigned int held_aside(void)
{
	unsigned int pages = 0;

	for (unsigned int i = 0; i < stress->started; i++)
		pages += actors[i].stash_count;
	return pages;
}

static void checkpoint(void)
{
	say_command(1);
	await_parked();
	if (AnnotateIgnoreReadsBegin)
		AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	guest_audit(held_aside());
	if (AnnotateIgnoreReadsEnd)
		AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
	stress->checkpoints++;
	say_command(0);
	await_running();
}

static void watch(void)
{
	const struct timespec moment = { .tv_nsec = CHECK_EVERY_NS / 8 };
	uint64_t start = clock_ns(), ticks = clock_ticks(), now = start, checked = start;

	while (!asked_to_stop && now - start < stress->config.seconds * 1000000000ull) {
		nanosleep(&moment, NULL);
		now = clock_ns();
		stress->ticks = clock_ticks() - ticks;
		stress->nanoseconds = now - start;
		watch_progress(now);
		if (now - checked > CHECK_EVERY_NS) {
			checkpoint();
			checked = clock_ns();
		}
	}
}

/* Everything comes out, by the drivers' own ways, and nothing may be left. */
static void drain(void)
{
	stress->phase = STRESS_DRAINS;
	say_command(2);
	for (unsigned int i = 0; i < stress->started; i++)
		pthread_join(threads[i], NULL);
	world.contexts[0].steps = 0;
	guest_audit(0);
	for (unsigned int i = 0; i < guest.count; i++)
		if (!guest.devices[i].driver->remove(&guest.devices[i]))
			observe_finding("leak.page", "%s's driver cannot be removed from b%u",
					guest.devices[i].driver->name, i);
	guest_audit_end();
}

static void map_shared(void)
{
	const char *path = getenv(STRESS_VARIABLE);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0) {
		fputs("this is a part of ./pinprick stress, which starts it\n", stderr);
		exit(ENGINE_USAGE);
	}
	stress = mmap(NULL, sizeof(*stress), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (stress == MAP_FAILED)
		fail_os("the shared memory");
	close(fd);
}

int main(void)
{
	map_shared();
	signal(SIGUSR1, on_stop);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(observe_sanitizer_death);
	prepare_actors();
	boot(suts[0]);
	if (stress->config.preflight)
		return preflight();
	if (stress->config.corpus[0] && !corpus_load(stress->config.corpus))
		return ENGINE_USAGE;
	if (stress->config.profile)
		profile_start();
	stress->phase = STRESS_RUNS;
	start_contexts();
	watch();
	drain();
	stress->phase = STRESS_DONE;
	return ENGINE_DONE;
}

UNINSTRUMENTED_END
