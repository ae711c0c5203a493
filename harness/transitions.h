/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which cells of the transition table can be reached at all: found by a
 * search over the model, never typed in.
 */
#ifndef PINPRICK_TRANSITIONS_H
#define PINPRICK_TRANSITIONS_H

#include <stdint.h>
#include <stdio.h>

#include "harness/verdict.h"

/* Sets possible[cell] to 1 for each cell that some program can reach; returns how many. */
unsigned int transitions_possible(unsigned int features, uint8_t possible[CELL_COUNT]);

/* "page_listed dequeue ok" */
void transition_print(FILE *out, unsigned int cell);

#endif
