/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The temporary folder.
 */
#ifndef PINPRICK_BENCH_FOLDER_H
#define PINPRICK_BENCH_FOLDER_H

#include <limits.h>
#include <stdbool.h>

/* Fills path; exits with 73 where it would be too long. */
void folder_path(char path[PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Makes path anew, without what was in it.  False: errno says why. */
bool folder_make_empty(const char *path);

void folder_remove(const char *path);

#endif
