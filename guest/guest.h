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

/* Rounds without progress after which a driver that goes takes the rest for lost. */
#define GUEST_REMOVE_TRIES 64

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
	/*
	 * From any context, interrupts too: takes up to max pages out onto a list
	 * of the caller's, and puts all of such a list in.  NULL: not this driver.
	 */
	unsigned int (*take)(struct guest_device *device, struct list_head *pages, unsigned int max);
	void (*give)(struct guest_device *device, struct list_head *pages);
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
	/*
	 * Pages, the driver's own count; atomic.  Where dequeuers reserve first,
	 * their pages are not in it any more.
	 */
	long inflated;
	struct sleep_lock lock; /* virtio's mutex, VMware's semaphore, pseries' hotplug mutex */
	struct spinlock host_lock;  /* VMware: one exchange with the host at a time; aside */
	struct list_head aside; /* VMware, see guest/vmware.c: refused pages that cannot be enqueued again */
	long aside_count;
	bool hotplug; /* pseries: memory goes offline; atomic */
	bool removed; /* atomic */
	uint64_t pfns[GUEST_CHUNK]; /* virtio: of the request under way, under its mutex */
};

struct guest {
	const struct sut *sut;
	unsigned int features; /* of the sut with its quirks: enum feature */
	bool as_is; /* drivers with the mistakes that those of the kernel have (rows B4, B5, B15) */
	unsigned int count;
	struct guest_device devices[GUEST_DEVICES];
	unsigned char (*cores)[SUT_DEVICE_BYTES]; /* GUEST_DEVICES of them */
	struct host host;
};

extern struct guest guest;

extern const struct driver driver_free, driver_virtio, driver_vmware, driver_pseries;
/* All of them, by enum program_driver, NULL at the end. */
extern const struct driver *const drivers[];

/*
 * A guest without devices on this sut: before its pages, which are all free, and
 * its host are used.  Runs sut's start; world.features and the zones are set.
 */
void guest_start(const struct sut *sut, unsigned int features, bool as_is);

/* Makes device number n of guest; sut's start has been run (movable_registry is set). */
void guest_add(const struct driver *driver, unsigned int units, bool adjust);
/* A driver for a device whose last one has gone. */
void guest_attach(struct guest_device *device, const struct driver *driver, unsigned int units);

/* Everything has come out: the driver is not to be called again. */
bool guest_gone(struct guest_device *device);

/*
 * A driver goes: takes page after page out, again and again, until none is left
 * and it is not to be called any more.  False where it gets no further: somebody
 * keeps pages isolated.
 */
bool guest_remove(struct guest_device *device,
		  unsigned int (*take)(struct guest_device *device, unsigned int units));

/* What adapters' sut_migratepage() is to call: the driver of the device behind core. */
int guest_migratepage(void *core, struct page *newpage, struct page *page, enum migrate_mode mode);

/* One round of a driver's loop: towards the target, by one request at the most.  True: it is there. */
bool guest_round(struct guest_device *device);

/* Memory begins to go offline, or is done with it (contract 4.3). */
void guest_hotplug(struct guest_device *device, bool going);

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

/* Takes the first page off a driver's own list; NULL where there is none. */
struct page *guest_pop(struct list_head *pages);

/* The pages of a call for so many units: one request's worth at the most. */
unsigned int guest_pages(const struct guest_device *device, unsigned int units);

/* One page, all of its units, in one request: one that may be refused, or not. */
bool guest_ask(struct guest_device *device, enum host_request request, const struct page *page);
void guest_tell(struct guest_device *device, enum host_request request, const struct page *page);

/*
 * One page in, host first; false without memory, or where the host refuses.  One
 * page out by a reservation, host told before it is freed; false where there is
 * none to be had.
 */
bool guest_inflate_one(struct guest_device *device);
bool guest_deflate_one(struct guest_device *device);

/* Driver's counts that are atomic.  A reservation takes one away, if there is one. */
void guest_count(struct guest_device *device, long pages);
bool guest_reserve(struct guest_device *device);
long guest_inflated(const struct guest_device *device);

/*
 * The cookie: page->content of a page in a balloon tells its device and frame.
 * Written when a page is inflated, checked whenever it changes hands, so that
 * whoever writes to a balloon page, or takes one for another, is seen.
 */
uint64_t cookie_of(const struct guest_device *device, const struct page *page);
void cookie_write(const struct guest_device *device, struct page *page);
void cookie_check(const struct guest_device *device, const struct page *page);

#endif
