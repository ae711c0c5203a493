/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * SHA-1: what libFuzzer and fuzzing services name their files by.
 */
#ifndef PINPRICK_CLI_SHA1_H
#define PINPRICK_CLI_SHA1_H

#include <stdbool.h>
#include <stddef.h>

#define SHA1_NAME 41 /* 40 digits and their end */

void sha1_name(const void *data, size_t size, char name[SHA1_NAME]);

/* Has this name the form of one? */
bool sha1_is_name(const char *name);

#endif
