/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What ops.def says, for engines and for readers.
 */
#ifndef PINPRICK_DESCRIBE_H
#define PINPRICK_DESCRIBE_H

#include <stdio.h>

/* A dictionary for libFuzzer and AFL++: a record for each op, a few headers. */
void describe_dictionary(FILE *out);

/* docs/programs.md: the reference of the program format. */
void describe_format(FILE *out);

#endif
