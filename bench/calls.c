/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How often a program calls the back end: linked with --wrap, so that every
 * call from the shim and the harness comes by here.  Prints the mean for each
 * sut, to one decimal.  A program of its own, because counting costs as much
 * as what it counts.
 */
#include "bench/workload.h"
#include "harness/quirks.h"
#include "harness/run.h"
#include "shim/backend.h"

UNINSTRUMENTED_BEGIN

static unsigned long calls;

void __real_backend_take(unsigned char *word, unsigned char owner, const char *name);
void __wrap_backend_take(unsigned char *word, unsigned char owner, const char *name);
void __wrap_backend_take(unsigned char *word, unsigned char owner, const char *name)
{
	calls++;
	__real_backend_take(word, owner, name);
}

void __real_backend_point(const char *name, const void *object);
void __wrap_backend_point(const char *name, const void *object);
void __wrap_backend_point(const char *name, const void *object)
{
	calls++;
	__real_backend_point(name, object);
}

bool __real_backend_choose(const char *name);
bool __wrap_backend_choose(const char *name);
bool __wrap_backend_choose(const char *name)
{
	calls++;
	return __real_backend_choose(name);
}

int main(void)
{
	static const struct run_options options;
	static struct workload workload;
	static struct stats stats;
	static struct verdict v;

	for (const struct sut *const *sut = suts; *sut; sut++) {
		if (!quirks_measure(*sut) || !workload_make(&workload, sut_features(*sut)))
			return 3;
		calls = 0;
		for (unsigned int i = 0; i < WORKLOAD_PROGRAMS; i++)
			run_program(*sut, &workload.programs[i], &options, &stats, &v);
		printf("%.1f\n", (double)calls / WORKLOAD_PROGRAMS);
	}
	return 0;
}

UNINSTRUMENTED_END
