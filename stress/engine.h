/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PINPRICK_STRESS_ENGINE_H
#define PINPRICK_STRESS_ENGINE_H

/* What an engine exits with; any other end is a finding, or nothing that it foresaw. */
enum stress_exit {
	ENGINE_DONE = 0,
	ENGINE_USAGE = 64,
	ENGINE_OS = 71,
	ENGINE_SILENT = 72, /* the preflight's race was not reported */
	ENGINE_FOUND = 77,
};

/*
 * Is the race detector alive?  Two contexts take locks and pages, watched by
 * every oracle of a run, and beside that each counts up the same bare variable.
 * A detector that works ends the process; ENGINE_SILENT if none does.
 */
int preflight(void);

#endif
