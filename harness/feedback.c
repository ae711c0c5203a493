/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/feedback.h"

#include <stdint.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

#define STATES 1024

static unsigned int place(unsigned int state)
{
	return (state * 2654435761u >> 16) % STATES;
}

#ifdef FEEDBACK_GUARDS
/* As if each state were an edge of the code: so does any engine see them that hands out guards. */
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);
void __sanitizer_cov_trace_pc_guard(uint32_t *guard);

static uint32_t states[STATES];

static __attribute__((constructor)) void get_guards(void)
{
	__sanitizer_cov_trace_pc_guard_init(states, states + STATES);
}

void feedback_note(unsigned int state)
{
	__sanitizer_cov_trace_pc_guard(&states[place(state)]);
}
#else
/*
 * libFuzzer takes counters from this section as coverage, and clears them before
 * each input: whole words, hence the alignment.  Larger costs more (each input
 * pays for the clearing), smaller mixes up states.
 */
static uint8_t states[STATES]
#ifdef __linux__
	__attribute__((section("__libfuzzer_extra_counters"), used, aligned(64)))
#endif
	;

void feedback_note(unsigned int state)
{
	states[place(state)] = 1;
}
#endif

UNINSTRUMENTED_END
