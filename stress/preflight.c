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

/* Locks are taken and released all around the planted access; it is under none. */
static void *count_up(void *argument)
{
	struct actor *self = argument;

	backend_context = self->number;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		role_step(self);
		planted.isolated++;
	}
	role_end(self);
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
