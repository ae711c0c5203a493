/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <pthread.h>

#include "shim/world.h"
#include "stress/actor.h"
#include "stress/engine.h"

UNINSTRUMENTED_BEGIN

#define ROUNDS 2000

static struct {
	unsigned long isolated;
} planted;

/*
 * The oracles of the shim look at every step; the planted access is under no
 * lock, and those that are taken around it are not the same for both.
 */
static void *count_up(void *argument)
{
	static spinlock_t locks[2] = { SPINLOCK_INIT("a lock"), SPINLOCK_INIT("another lock") };
	struct actor *self = argument;
	unsigned int half = self->number * world.frames / 2;

	backend_context = self->number;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct page *page = page_alloc_target(half);
		unsigned long state = spin_lock_irqsave(&locks[self->number]);

		planted.isolated++;
		spin_unlock_irqrestore(&locks[self->number], state);
		if (page) /* an allocation may be refused here, too */
			page_put(page);
	}
	return NULL;
}

int preflight(void)
{
	pthread_t threads[2];

	stress->phase = STRESS_RUNS;
	for (unsigned int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, count_up, &actors[i]))
			return ENGINE_OS;
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return planted.isolated ? ENGINE_SILENT : ENGINE_OS;
}

UNINSTRUMENTED_END
