/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/quiet.h"

int quiet_start(void)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	fflush(NULL);
	if (null >= 0 && saved >= 0)
		dup2(null, STDERR_FILENO);
	close(null);
	return saved;
}

void quiet_end(int saved)
{
	if (saved < 0)
		return;
	dup2(saved, STDERR_FILENO);
	close(saved);
}
