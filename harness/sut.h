/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Systems under test: one implementation of the balloon core in one
 * configuration, each behind one adapter (harness/sut_*.c).
 */
#ifndef PINPRICK_SUT_H
#define PINPRICK_SUT_H

#include <stdbool.h>
#include <stddef.h>

#include "shim/feature.h"
#include "shim/list.h"
#include "shim/migrate.h"

struct page;

struct sut {
	const char *name;	/* as --sut takes it: "modern", "modern-off" */
	const char *generation; /* stands in finding ids: "modern", "classic" */
	unsigned int features;	/* enum feature, with those of its caller column */
	const char *origin; /* the user's kernel file, whose quirks are measured; NULL: a core of ours */
	size_t device_size; /* at most SUT_DEVICE_BYTES */
	struct movable_registry *registry; /* its movable ops; filled by init */
	/* At the start of every run.  0, or a negative errno. */
	int (*init)(void);
	/*
	 * Makes a device: the driver sets the callback unless told not to.  False
	 * where the core itself has left one there, or adjusts managed pages.
	 */
	bool (*device_init)(void *device, bool adjust, bool callback);
	struct page *(*alloc)(void);
	void (*enqueue)(void *device, struct page *page);
	size_t (*list_enqueue)(void *device, struct list_head *pages);
	struct page *(*dequeue)(void *device);
	size_t (*list_dequeue)(void *device, struct list_head *pages, size_t max);
	/* The core's helpers for a driver's own lists; NULL where it has none. */
	void (*push)(struct list_head *pages, struct page *page);
	struct page *(*pop)(struct list_head *pages);
	/* For the checks: the device's list and its count of isolated pages. */
	struct list_head *(*device_pages)(void *device);
	unsigned long (*device_isolated)(void *device);
};

#define SUT_DEVICE_BYTES 1024

/* Every system under test linked into this program, NULL at the end. */
extern const struct sut *const suts[];
const struct sut *sut_find(const char *name);

/* Its features with the quirks that were measured (harness/quirks.h): what the model is made of. */
unsigned int sut_features(const struct sut *sut);

/* The driver's migration callback; the executor defines it, adapters call it. */
int sut_migratepage(void *device, struct page *newpage, struct page *page,
		    enum migrate_mode mode);

#endif
