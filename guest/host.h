/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The host: it keeps the set of what the guest has inflated, unit by unit, and
 * complains of what makes no sense.  It may refuse, if whoever runs the guest
 * says so.  A request takes its time: before the answer is a scheduling point, but
 * where the guest has a spinlock.
 */
#ifndef PINPRICK_GUEST_HOST_H
#define PINPRICK_GUEST_HOST_H

#include <stdbool.h>
#include <stdint.h>

#define HOST_FRAMES 65536 /* at the most */
#define HOST_UNITS  16	 /* of a frame, at the most */

/* The guest's first unit: a driver that keeps 32 bits of a number names another. */
#define HOST_FIRST_PFN (UINT64_C(0x5) << 32)

enum host_request {
	HOST_INFLATE,
	HOST_DEFLATE,
	HOST_REQUESTS
};

struct host {
	/* Asked before each request that may be refused, with its first unit.  NULL: never refuses. */
	bool (*refuses)(struct host *host, enum host_request request, uint64_t pfn);
	unsigned int refusing[HOST_REQUESTS]; /* that it will refuse in any case; atomic */
	unsigned int frames;
	uint16_t inflated[HOST_FRAMES]; /* a bit per unit; atomic */
	long requests[HOST_REQUESTS], units[HOST_REQUESTS], refused[HOST_REQUESTS]; /* atomic */
};

/* A host that knows of nothing inflated, of a guest with so many frames; its policy stays. */
void host_reset(struct host *host, unsigned int frames);

/* It will refuse the next count requests of this kind that it may refuse. */
void host_refuse(struct host *host, enum host_request request, unsigned int count);

/* The number of a unit of a frame, where pages have so many units. */
static inline uint64_t host_pfn(unsigned int units, unsigned int frame, unsigned int unit)
{
	return HOST_FIRST_PFN + (uint64_t)frame * units + unit;
}

/*
 * One request for count units, whose numbers stand in pfns; pages have so many
 * units.  False: refused, and nothing has changed.
 */
bool host_ask(struct host *host, enum host_request request, unsigned int units,
	      const uint64_t *pfns, unsigned int count);

/* The same where refusing is not foreseen. */
void host_tell(struct host *host, enum host_request request, unsigned int units,
	       const uint64_t *pfns, unsigned int count);

/* The units of a frame that are inflated, as bits. */
unsigned int host_inflated(const struct host *host, unsigned int frame);

#endif
