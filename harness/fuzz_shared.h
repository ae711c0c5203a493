/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What an engine tells its supervisor while it runs: the file that the
 * environment variable PINPRICK_STATS names, mapped by both.  The input in
 * work lies there too, so that whatever kills the engine, it is not lost.
 */
#ifndef PINPRICK_FUZZ_SHARED_H
#define PINPRICK_FUZZ_SHARED_H

#include "harness/verdict.h"

#define SHARED_VARIABLE "PINPRICK_STATS"

/* "1": the engine knows no quirks (harness/quirks.h). */
#define STRICT_VARIABLE "PINPRICK_STRICT"

/* "1": drivers with the mistakes that the kernel's have. */
#define AS_IS_VARIABLE "PINPRICK_AS_IS"

struct fuzz_shared {
	struct stats stats;
	uint64_t inputs;   /* begun so far */
	uint32_t features; /* of the sut, for whoever makes programs in another process */
	uint32_t size;	 /* of the one in work */
	uint8_t input[PROGRAM_BYTES];
};

#endif
