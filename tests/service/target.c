/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A fuzz target as the service wants it; each PLANT_ makes it one that the
 * service would refuse.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef PLANT_SHARED
extern int shared(void);
#endif

/* An edge of its own, which no compiler merges with another; with something to check for UBSan. */
#define EDGE(n)                                                                                    \
	case n:                                                                                    \
		__asm__ volatile("# %c0" : : "i"(n));                                              \
		sum += (n);                                                                        \
		break;
#define EDGES(n) EDGE(n) EDGE(n + 1) EDGE(n + 2) EDGE(n + 3) EDGE(n + 4) EDGE(n + 5)
static volatile int sum;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
#ifdef PLANT_PLACE
	/* Knows where it was built. */
	if (!fopen(PLANT_PLACE, "r"))
		exit(1);
#endif
#ifdef PLANT_BESIDE
	fopen("notes.txt", "w");
#endif
#ifdef PLANT_WRITES
	if (!fopen((*argv)[0], "a"))
		exit(1);
#endif
#ifdef PLANT_ENDS
	exit(0);
#endif
#ifdef PLANT_SHARED
	sum = shared();
#endif
	return 0;
}

#ifdef SEEN
/* Something to see, without any edge: libFuzzer before 15 does not run without. */
static uint8_t seen[8] __attribute__((section("__libfuzzer_extra_counters"), used, aligned(8)));
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
#ifdef SEEN
	seen[0] = 1;
#endif
#ifdef PLANT_EMPTY
	if (!size)
		abort();
#endif
#ifdef PLANT_SEED
	if (size == 5 && !memcmp(data, "seed\n", 5))
		abort();
#endif
	for (size_t i = 0; i < size; i++) {
		switch (data[i]) {
			EDGES(0)
			EDGES(6)
			EDGES(12)
			EDGES(18)
			EDGES(24)
			EDGES(30)
			EDGES(36)
			EDGES(42)
			EDGES(48)
			EDGES(54)
			EDGES(60)
			EDGES(66)
			EDGES(72)
			EDGES(78)
			EDGES(84)
			EDGES(90)
			EDGES(96)
			EDGES(102)
			EDGES(108)
			EDGES(114)
			EDGES(120)
		}
	}
	return 0;
}
