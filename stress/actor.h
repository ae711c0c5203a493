/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A context of a stress run: one thread that plays roles.  For the engine only.
 */
#ifndef PINPRICK_STRESS_ACTOR_H
#define PINPRICK_STRESS_ACTOR_H

#include "guest/guest.h"
#include "harness/random.h"
#include "shim/count.h"
#include "stress/shared.h"

#define ACTOR_BATCH 32 /* pages that a scanner isolates at once (contract 3.1) */
#define ACTOR_STASH 8  /* pages that interrupts take out, at the most */

/* What the next allocation of a context runs into. */
enum actor_hook {
	HOOK_NONE,
	HOOK_OOM,
	HOOK_COMPACT,
};

struct actor {
	unsigned int number;
	struct random rng;
	struct stress_context *seen; /* what it lets be seen */
	enum actor_hook hook;
	unsigned int irqs_pending;
	unsigned int refuse_left; /* requests that the host refuses to this context */
	/* Isolated pages that it keeps for a later step, and what interrupts took out. */
	struct page *batch[ACTOR_BATCH];
	unsigned int batch_count;
	struct list_head stash;
	unsigned int stash_count;
	uint64_t events_seen[EVENT_COUNT]; /* by its last look at the counters */
} __attribute__((aligned(64)));

extern struct actor actors[STRESS_CONTEXTS];
extern struct stress_shared *stress;

static inline struct actor *actor_self(void)
{
	return &actors[backend_self()];
}

/*
 * Copies a text that others may change meanwhile.  Not by the C library, for
 * TSan sees what that reads and writes, whoever calls it.
 */
UNSEEN static inline void copy_text(char *to, const char *from, size_t size)
{
	char c = 1;

	for (size_t i = 0; c; i++) {
		c = i + 1 < size ? __atomic_load_n(&from[i], __ATOMIC_RELAXED) : 0;
		__atomic_store_n(&to[i], c, __ATOMIC_RELAXED);
	}
}

/* One step of a role of those that run. */
void role_step(struct actor *self);
/* Gives everything back that it keeps: the run is over. */
void role_end(struct actor *self);
/* The host's answer to a request of the running context; for guest.host.refuses. */
bool role_host_refuses(struct host *host, enum host_request request, uint64_t pfn);
/* For page_alloc_hook. */
void role_reclaim(void);
/* For the back end: an interrupt on this context. */
void role_interrupt(struct actor *self);

/* Page migration's steps, noted as calls. */
enum isolate_result call_isolate(struct page *page);
void call_putback(struct page *page);
int call_migrate(struct page *page, unsigned int near, enum migrate_mode mode);

/* The sut, each of its calls noted. */
const struct sut *calls_wrap(const struct sut *sut);

/* Programs on threads (--corpus).  False where the folder cannot be read or has none. */
bool corpus_load(const char *folder);
void corpus_step(struct actor *self);

/* Counts from now on how often the oracles are what runs, where that can be told. */
void profile_start(void);

/* For the sanitizers' death callback. */
void observe_sanitizer_death(void);

/* Ends the process with a finding; what this context does now is its place. */
_Noreturn void engine_found(const char *rule, const char *text);

#endif
