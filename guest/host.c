/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The set is the oracle's own: whoever changes a frame's bits has the page, and
 * nothing here orders contexts.
 */
#include "guest/host.h"

#include <string.h>

#include "shim/backend.h"
#include "shim/instrument.h"
#include "shim/observe.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

static const char *const request_names[HOST_REQUESTS] = { "inflate", "deflate" };

void host_reset(struct host *host, unsigned int frames)
{
	host->frames = frames < HOST_FRAMES ? frames : HOST_FRAMES;
	memset(host->inflated, 0, host->frames * sizeof(host->inflated[0]));
	memset(host->requests, 0, sizeof(host->requests));
	memset(host->units, 0, sizeof(host->units));
	memset(host->refused, 0, sizeof(host->refused));
	memset(host->refusing, 0, sizeof(host->refusing));
}

ORACLE void host_refuse(struct host *host, enum host_request request, unsigned int count)
{
	__atomic_store_n(&host->refusing[request], count, __ATOMIC_RELAXED);
}

/* One of those that it will refuse. */
ORACLE static bool take_refusal(struct host *host, enum host_request request)
{
	unsigned int left = __atomic_load_n(&host->refusing[request], __ATOMIC_RELAXED);

	while (left)
		if (__atomic_compare_exchange_n(&host->refusing[request], &left, left - 1, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return true;
	return false;
}

ORACLE static void count(long *counter, long n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

ORACLE static void note_unit(struct host *host, enum host_request request, unsigned int units,
			     uint64_t pfn)
{
	uint64_t offset = pfn - HOST_FIRST_PFN, frame = offset / units;
	uint16_t bit = (uint16_t)(1u << offset % units), before;

	if (unlikely(pfn < HOST_FIRST_PFN || frame >= host->frames)) {
		observe_finding(
			"host.frame",
			"the host is asked to %s frame number %#llx, which this guest has not",
			request_names[request], (unsigned long long)pfn);
		return;
	}
	if (request == HOST_INFLATE) {
		before = __atomic_fetch_or(&host->inflated[frame], bit, __ATOMIC_RELAXED);
		if (unlikely(before & bit))
			observe_finding("host.double-inflate",
					"unit %u of f%u is inflated, and the host is told so again",
					(unsigned int)(offset % units), (unsigned int)frame);
	} else {
		before = __atomic_fetch_and(&host->inflated[frame], (uint16_t)~bit,
					    __ATOMIC_RELAXED);
		if (unlikely(!(before & bit)))
			observe_finding(
				"host.not-inflated",
				"the host is asked to deflate unit %u of f%u, which is not inflated",
				(unsigned int)(offset % units), (unsigned int)frame);
	}
}

ORACLE static void note(struct host *host, enum host_request request, unsigned int units,
			const uint64_t *pfns, unsigned int n)
{
	count(&host->requests[request], 1);
	count(&host->units[request], (long)n);
	if (unlikely(!n))
		observe_finding("host.empty-request", "the host is asked to %s nothing",
				request_names[request]);
	for (unsigned int i = 0; i < n; i++)
		note_unit(host, request, units, pfns[i]);
}

ORACLE static bool refuses(struct host *host, enum host_request request, const uint64_t *pfns,
			   unsigned int n)
{
	if (!n || !((host->refuses && host->refuses(host, request, pfns[0])) ||
		    take_refusal(host, request)))
		return false;
	count(&host->refused[request], 1);
	return true;
}

ORACLE static bool in_spinlock(void)
{
	return context_self()->held_count;
}

/* An exchange under a spinlock is one step: an interrupt inside would be taken for its holder. */
static void take_time(const struct host *host)
{
	if (!in_spinlock())
		backend_point("host", host);
}

void host_tell(struct host *host, enum host_request request, unsigned int units,
	       const uint64_t *pfns, unsigned int n)
{
	take_time(host);
	note(host, request, units, pfns, n);
}

bool host_ask(struct host *host, enum host_request request, unsigned int units,
	      const uint64_t *pfns, unsigned int n)
{
	take_time(host);
	if (refuses(host, request, pfns, n))
		return false;
	note(host, request, units, pfns, n);
	return true;
}

ORACLE unsigned int host_inflated(const struct host *host, unsigned int frame)
{
	return __atomic_load_n(&host->inflated[frame], __ATOMIC_RELAXED);
}

UNINSTRUMENTED_END
