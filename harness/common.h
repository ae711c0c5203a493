/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What of a program two contracts have in common.
 */
#ifndef PINPRICK_COMMON_H
#define PINPRICK_COMMON_H

#include "harness/program.h"

/*
 * Walks p through the models of both feature sets in lock step and turns each
 * record into a nop that only one of them lets run, or that they let end
 * differently.  Returns how many those are.
 */
unsigned int program_common(struct program *p, const unsigned int features[2]);

#endif
