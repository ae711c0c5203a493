/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a planted bug tells of itself: that its line is reached, and whether what
 * makes it a bug holds then (triggered).  Only the bank looks at it; no oracle
 * knows of any bug.
 */
#ifndef PINPRICK_PROBE_H
#define PINPRICK_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/* Names the file that both processes map; without it nobody counts. */
#define PROBE_VARIABLE "PINPRICK_PROBE"

struct probe_counts {
	uint64_t reached __attribute__((aligned(8))), triggered __attribute__((aligned(8)));
};

void bug_probe(bool triggered);

#endif
