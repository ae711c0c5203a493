/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a run is made of where nobody asks for anything else, and how an engine
 * is started: for whoever supervises engines, the command and the bench.
 */
#ifndef PINPRICK_STRESS_PLAN_H
#define PINPRICK_STRESS_PLAN_H

#include <sys/types.h>

#include "stress/shared.h"

#define STRESS_PAGES 4096u
/* The 16 KiB that a kernel's task has, and what the C library keeps on a thread's stack. */
#define STRESS_STACK (16384u + 4096u)

/* Every role that is not only for those who ask for it. */
unsigned int stress_usual_roles(void);
/* So many devices, a driver of each kind in turn. */
void stress_usual_devices(struct stress_config *config, unsigned int count);
/* What a seed decides beside what the contexts do: a guest of its own. */
void stress_plan_by_seed(struct stress_config *config);

/* engine_start() for the engine at path, with TSan's options as every run has them. */
pid_t stress_start(char *path, const char *log, const struct stress_config *config,
		   struct stress_shared **shared);

#endif
