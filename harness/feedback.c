/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/feedback.h"

#include <stdint.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/*
 * libFuzzer takes counters from this section as coverage, and clears them before
 * each input: whole words, hence the alignment.  Larger costs more (each input
 * pays for the clearing), smaller mixes up states.
 */
#define STATES 1024
static uint8_t states[STATES]
#ifdef __linux__
	__attribute__((section("__libfuzzer_extra_counters"), used, aligned(64)))
#endif
	;

void feedback_note(unsigned int state)
{
	states[(state * 2654435761u >> 16) % STATES] = 1;
}

UNINSTRUMENTED_END
