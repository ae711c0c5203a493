/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * While a finding is shrunk, hundreds of children die of it; their reports are
 * not for people.
 */
#ifndef PINPRICK_CLI_QUIET_H
#define PINPRICK_CLI_QUIET_H

/* Standard error goes nowhere until the end; pass on what the start returned. */
int quiet_start(void);
void quiet_end(int saved);

#endif
