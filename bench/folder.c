/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#define _XOPEN_SOURCE 700 /* nftw */
#include "bench/folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void folder_path(char path[PATH_MAX], const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(path, PATH_MAX, format, arguments);
	va_end(arguments);
	if (length < 0 || length >= PATH_MAX) {
		fputs("pinprick: a path is too long\n", stderr);
		exit(73);
	}
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

void folder_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool folder_make_empty(const char *path)
{
	folder_remove(path);
	return !mkdir(path, 0777);
}
