/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "bugs/probe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

static struct probe_counts nobody, *counts = &nobody;

__attribute__((constructor)) static void map_counts(void)
{
	const char *path = getenv(PROBE_VARIABLE);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		counts = map;
}

/* Relaxed, so that it orders nothing. */
void bug_probe(bool triggered)
{
	__atomic_fetch_add(&counts->reached, 1, __ATOMIC_RELAXED);
	if (triggered)
		__atomic_fetch_add(&counts->triggered, 1, __ATOMIC_RELAXED);
}

UNINSTRUMENTED_END
