/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fuzz/engine.h"
#include "harness/memory.h"
#include "harness/minimize.h"
#include "harness/quirks.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

static struct fuzz_shared alone, *shared = &alone;
const struct sut *engine_sut;

/* Where a sanitizer is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* In children, whose deaths are no finding; the engine takes the callback over later. */
static void measure(void)
{
	const char *strict = getenv(STRICT_VARIABLE);

	if (strict && !strcmp(strict, "1"))
		quirks_strict();
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(child_sanitizer_death);
	for (unsigned int i = 0; suts[i]; i++) {
		if (quirks_measure(suts[i]))
			continue;
		fprintf(stderr, "cannot start a process to measure quirks\n");
		exit(3);
	}
}

/* An engine that forks ends with its supervisor by itself, but its children would stay. */
static void end_with_parent(void)
{
	if (shared != &alone)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The programs are made for the first sut that is linked in. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *path = getenv(SHARED_VARIABLE);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map;

	(void)argc, (void)argv;
	engine_sut = suts[0];
	measure();
	if (fd < 0)
		return 0;
	map = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		shared = map;
	close(fd);
	shared->features = engine_features();
	memory_limit(MEMORY_MB);
	end_with_parent();
	return 0;
}

unsigned int engine_features(void)
{
	return sut_features(engine_sut);
}

struct stats *engine_input(const uint8_t *data, size_t size)
{
	static bool first_done; /* in this process */

	if (!first_done)
		end_with_parent();
	first_done = true;
	shared->size = (uint32_t)(size < PROGRAM_BYTES ? size : PROGRAM_BYTES);
	if (shared->size)
		memcpy(shared->input, data, shared->size);
	shared->inputs++;
	return &shared->stats;
}

UNINSTRUMENTED_END
