/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Verbs that run for a while: Ctrl-C ends them early and well, and they look at
 * the clock.
 */
#ifndef PINPRICK_CLI_INTERRUPT_H
#define PINPRICK_CLI_INTERRUPT_H

#include <signal.h>

/* Somebody wants the verb to end. */
extern volatile sig_atomic_t interrupted;

/* From now on signals set it; those that wait for a process are to be woken (0) or not
 * (SA_RESTART). */
void interrupt_catch(int flags);

/* Seconds, of which only differences mean something. */
double clock_seconds(void);

#endif
