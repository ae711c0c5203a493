/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What lies at an address, for reports of races: a member of a page, or a part of a
 * balloon device.
 */
#ifndef PINPRICK_MEMORY_NAME_H
#define PINPRICK_MEMORY_NAME_H

#include <stddef.h>

#include "shim/list.h"

/*
 * Devices lie in world.devices, each in so many bytes, with their lists where
 * device_pages says.  "memory" for anything that has no name.
 */
const char *memory_name(const void *address, size_t device_bytes,
			struct list_head *(*device_pages)(void *device), char buffer[64]);

#endif
