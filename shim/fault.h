/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fault points: the places where the world can refuse.  A plan lets the n-th
 * point of one kind refuse; the executor gives each record its own.
 */
#ifndef PINPRICK_FAULT_H
#define PINPRICK_FAULT_H

#include <stdbool.h>

enum fault_point {
	FAULT_POINT_ALLOC = 1,
	FAULT_POINT_REF,
	FAULT_POINT_LOCK,
	FAULT_POINT_CALLBACK,
};

struct fault_plan {
	unsigned int kind; /* enum fault_point; 0: nothing refuses */
	unsigned int left; /* points of that kind to pass before the one that does */
	bool fired;
};

/* The running context is at a fault point.  True: refuse. */
bool fault_point(enum fault_point kind, const char *name);

#endif
