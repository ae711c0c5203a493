/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What records do to a guest: the actions that the executors of programs for
 * drivers share.  Whether a record may run is decided before.
 */
#ifndef PINPRICK_GUEST_ACTS_H
#define PINPRICK_GUEST_ACTS_H

#include <stdio.h>

#include "guest/guest.h"
#include "harness/program.h"

/*
 * Does what an op from OP_attach on says, and returns what its discipline does;
 * attach takes its driver from these, by enum program_driver.
 */
int guest_act(const struct record *r, const struct driver *const *drivers);

/* The device that r is about; NULL: it is about none. */
struct guest_device *guest_device_of(const struct record *r);

/* That value in words. */
void guest_print_value(FILE *out, const struct record *r, int value);

/*
 * Where the drivers have the kernel's mistakes: the row of the contract that a
 * finding in the middle of r is due to, in words, or "".  several: other
 * contexts ran beside it.
 */
const char *guest_mistake(const struct record *r, const char *rule, bool several);

#endif
