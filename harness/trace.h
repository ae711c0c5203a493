/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the text traces of all executors have in common.
 */
#ifndef PINPRICK_TRACE_H
#define PINPRICK_TRACE_H

#include <stdio.h>

#include "harness/program.h"
#include "shim/list.h"

/* A record in a column of its own, by its number from 1 on; 0: after the last. */
void trace_record(FILE *out, const struct record *r, unsigned int number, bool inside);

/* A device as it is, not as it should be: its list, and how many pages are isolated. */
void trace_device(FILE *out, unsigned int device, const struct list_head *head,
		  unsigned long isolated);

#endif
