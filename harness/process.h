/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Starting engines: processes that share memory with this one, write a log, and
 * do not outlive it.
 */
#ifndef PINPRICK_PROCESS_H
#define PINPRICK_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct engine {
	char *const *args;    /* its path first, NULL at the end */
	const char *log;      /* where it writes; appended to */
	const char *variable; /* of its environment: names the shared memory's file */
	size_t shared_size;
	bool many_contexts; /* TSan's: no random addresses, which it may not bear; a report ends it
			     */
	/* What the shared memory begins with; NULL: zeroes. */
	const void *begin;
	size_t begin_size;
};

/*
 * Returns its process; *shared is memory that both have.  Where that cannot be,
 * says why on standard error and returns what to exit with (sysexits.h), negative.
 */
pid_t engine_start(const struct engine *engine, void **shared);

/* The environment of an engine with many contexts, for this process and what it becomes. */
void engine_prepare(void);

/* Prints the last lines of a log on standard error. */
void engine_log_tail(const char *path);

#endif
