/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * "Did you mean": how near a mistyped word is to a name.
 */
#ifndef PINPRICK_NEAREST_H
#define PINPRICK_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/* Characters to change, add or drop to make name of word. */
unsigned int edit_distance(const char *word, size_t size, const char *name);

/* Whether that distance is small enough for name to be worth a mention. */
bool is_near(unsigned int distance, const char *name);

#endif
