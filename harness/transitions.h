/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which cells of the transition table can be reached at all: found by a
 * search over the model, never typed in.
 */
#ifndef PINPRICK_TRANSITIONS_H
#define PINPRICK_TRANSITIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/verdict.h"

/* Sets possible[cell] to 1 for each cell that some program can reach; returns how many. */
unsigned int transitions_possible(unsigned int features, uint8_t possible[CELL_COUNT]);

/* The same in a world of a chosen size; also says how many states it went through. */
struct transition_world {
	unsigned int frames, devices, registers;
};
unsigned int transitions_search(unsigned int features, const struct transition_world *world,
				uint8_t possible[CELL_COUNT], size_t *states);

/* "page_listed dequeue ok" */
void transition_print(FILE *out, unsigned int cell);

#endif
