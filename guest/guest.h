/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A guest: balloon devices, each with a driver of one of the disciplines of
 * contract 4, and the host that they talk to (guest/host.h).  Drivers call the
 * balloon core through the system under test, so that each runs on every core.
 *
 * Any number of contexts may call a driver at once, as in a kernel: what keeps
 * them apart is the discipline's own locks.  A guest is judged when it is quiet
 * (guest/audit.h).
 */
#ifndef PINPRICK_GUEST_H
#define PINPRICK_GUEST_H

#include "guest/host.h"
#include "harness/sut.h"
#include "shim/page.h"
#include "shim/sleep_lock.h"

#define GUEST_DEVICES 8
#define GUEST_CHUNK   256 /* units that a driver moves in one call at the most (contract 4.1) */

struct guest_device;

/*
 * A discipline.  Sizes are in units: a page has device->units of them, 1 or 16
 * (contract 4.1: pages of 4 KiB and of 64 KiB).  All but oom and migrate may
 * sleep and are called with no lock held.
 */
struct driver {
	const char *name; /* "virtio" */
	const char *story;
	/* Up to units more pages in the balloon; returns the units inflated. */
	unsigned int (*inflate)(struct guest_device *device, unsigned int units);
	/* Up to units out of the balloon and freed; returns the units deflated. */
	unsigned int (*deflate)(struct guest_device *device, unsigned int units);
	/* The callback of page migration; both pages are locked, and they may be by an allocation of this very context. */
	int (*migrate)(struct guest_device *device, struct page *newpage, struct page *page,
		       enum migrate_mode mode);
	/* The out-of-memory notifier, inside an allocation; returns the pages freed. */
	unsigned int (*oom)(struct guest_device *device);
	/* The driver goes: everything comes out.  False where it gives up because pages are isolated. */
	bool (*remove)(struct guest_device *device);
};

struct guest_device {
	void *core; /* the sut's device: SUT_DEVICE_BYTES in guest.cores */
	unsigned int number;
	const struct driver *driver;
	unsigned int units; /* per page */
	bool adjust;	    /* inflated pages do not count as managed memory */
	unsigned int target;	/* pages; atomic */
	long inflated;		/* pages, the driver's own count; atomic or under its lock, as the discipline has it */
	long reserved;		/* of them, what dequeuers have reserved (the free discipline) */
	struct sleep_lock lock; /* virtio's mutex, VMware's semaphore */
	struct spinlock host_lock;  /* VMware: one exchange with the host at a time */
	struct list_head aside; /* VMware, see guest/vmware.c: refused pages that cannot be enqueued again */
	long aside_count;
	bool removed;
};

struct guest {
	const struct sut *sut;
	unsigned int features; /* of the sut with its quirks: enum feature */
	bool as_is; /* drivers with the mistakes that those of the kernel have (rows B4, B5, B15) */
	unsigned int count;
	struct guest_device devices[GUEST_DEVICES];
	unsigned char (*cores)[SUT_DEVICE_BYTES];
	struct host host;
};

extern struct guest guest;

extern const struct driver driver_free, driver_virtio, driver_vmware, driver_pseries;
/* All of them, NULL at the end. */
extern const struct driver *const drivers[];

/* Makes device number n of guest; sut's start has been run (movable_registry is set). */
void guest_add(const struct driver *driver, unsigned int units, bool adjust);

/*
 * The calls of the core by a driver: each moves pages and looks after what
 * every driver must: the cookie that a page in a balloon carries (below), and
 * the link that some kernels' dequeue leaves behind (QUIRK_dangling_link).
 */
struct page *guest_alloc(void);
void guest_enqueue(struct guest_device *device, struct page *page);
size_t guest_list_enqueue(struct guest_device *device, struct list_head *pages);
struct page *guest_dequeue(struct guest_device *device);
size_t guest_list_dequeue(struct guest_device *device, struct list_head *pages, size_t max);
void guest_free(struct page *page);

/*
 * The cookie: page->content of a page in a balloon tells its device and frame.
 * Written when a page is inflated, checked whenever it changes hands, so that
 * whoever writes to a balloon page, or takes one for another, is seen.
 */
void cookie_write(const struct guest_device *device, struct page *page);
void cookie_check(const struct guest_device *device, const struct page *page);

#endif
