/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "stress/plan.h"

#include <stdio.h>

#include "guest/guest.h"
#include "harness/process.h"
#include "harness/random.h"

UNINSTRUMENTED_BEGIN

enum { NEVER = 0, RARELY = 1, SOMETIMES = 1, OFTEN = 1, ALWAYS = 1 };

static const unsigned char role_plays[ROLE_COUNT] = {
#define ROLE(name, frequency, story) [ROLE_##name] = frequency,
#include "stress/roles.def"
};

unsigned int stress_usual_roles(void)
{
	unsigned int roles = 0;

	for (unsigned int i = 0; i < ROLE_COUNT; i++)
		roles |= (unsigned int)role_plays[i] << i;
	return roles;
}

void stress_usual_devices(struct stress_config *config, unsigned int count)
{
	unsigned int kinds = 0;

	while (drivers[kinds])
		kinds++;
	for (config->devices = 0; config->devices < count; config->devices++)
		config->drivers[config->devices] = config->devices % kinds;
}

void stress_plan_by_seed(struct stress_config *config)
{
	struct random rng = random_seeded(config->seed);

	for (unsigned int i = 0; i < config->devices; i++) {
		config->units[i] = random_below(&rng, 2) ? 16 : 1;
		config->adjust |= random_below(&rng, 2) << i;
	}
}

pid_t stress_start(char *path, const char *log, const struct stress_config *config,
		   struct stress_shared **shared)
{
	char *const args[] = { path, NULL };
	void *memory;
	pid_t pid;

	pid = engine_start(&(struct engine){ .args = args,
					     .log = log,
					     .variable = STRESS_VARIABLE,
					     .shared_size = sizeof(**shared),
					     .many_contexts = true,
					     .begin = config,
					     .begin_size = sizeof(*config) },
			   &memory);
	*shared = memory;
	return pid;
}

UNINSTRUMENTED_END
