/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a run may take of the machine's memory.
 */
#ifndef PINPRICK_MEMORY_H
#define PINPRICK_MEMORY_H

/* What grows by more is a finding. */
#define MEMORY_MB     2048 /* an engine, with all it remembers */
#define RUN_MEMORY_MB 256  /* one run */

/*
 * For this process and those it starts: what it has, sanitizers' shadows among it, and
 * so much more.  Then allocations fail, which is sooner than any watcher sees.
 */
void memory_limit(unsigned int megabytes);

#endif
