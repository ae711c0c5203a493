/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/memory.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

void memory_limit(unsigned int megabytes)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	unsigned long pages;
	struct rlimit limit;
	rlim_t most;

	if (statm && fscanf(statm, "%*u %*u %*u %*u %*u %lu", &pages) == 1 &&
	    !getrlimit(RLIMIT_DATA, &limit)) {
		most = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)megabytes << 20);
		/* Only ever less than the user allows. */
		limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
		setrlimit(RLIMIT_DATA, &limit);
	}
	if (statm)
		fclose(statm);
}

#ifdef PINPRICK_ASAN
void __asan_on_error(void);

/* A report of ASan's begins, and needs memory. */
void __asan_on_error(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_DATA, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_DATA, &limit);
	}
}
#endif

UNINSTRUMENTED_END
