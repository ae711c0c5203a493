/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Random numbers that are the same on every machine for the same seed
 * (splitmix64).
 */
#ifndef PINPRICK_RANDOM_H
#define PINPRICK_RANDOM_H

#include <stdint.h>

#include "shim/instrument.h"

struct random {
	uint64_t state;
};

UNINSTRUMENTED_BEGIN

static inline struct random random_seeded(uint64_t seed)
{
	return (struct random){ seed };
}

static inline uint64_t random_next(struct random *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to n - 1; n at least 1 and below 2^32. */
static inline unsigned int random_below(struct random *rng, unsigned int n)
{
	return (unsigned int)((random_next(rng) >> 32) * n >> 32);
}

UNINSTRUMENTED_END

#endif
