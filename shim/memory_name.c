/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/memory_name.h"

#include <stdio.h>

#include "shim/world.h"

UNINSTRUMENTED_BEGIN

static const struct {
	size_t from, to;
	const char *name;
} fields[] = {
#define FIELD(member)                                                             \
	{ offsetof(struct page, member),                                          \
	  offsetof(struct page, member) + sizeof(((struct page *)0)->member),     \
	  "page." #member }
	FIELD(flags), FIELD(page_type), FIELD(refcount), FIELD(mapping),
	FIELD(lru),   FIELD(private),	FIELD(content),
};

ORACLE const char *memory_name(const void *address, size_t device_bytes,
			       struct list_head *(*device_pages)(void *device), char buffer[64])
{
	size_t in_page = ((uintptr_t)address - (uintptr_t)world.pages) % sizeof(struct page);
	size_t in_devices = (uintptr_t)address - (uintptr_t)world.devices;
	uintptr_t device;

	for (size_t i = 0; world_has(address) && i < sizeof(fields) / sizeof(fields[0]); i++)
		if (in_page >= fields[i].from && in_page < fields[i].to)
			return fields[i].name;
	if (in_devices >= world.devices_size) {
		snprintf(buffer, 64, "memory");
		return buffer;
	}
	device = (uintptr_t)address - in_devices % device_bytes;
	if ((uintptr_t)address - (uintptr_t)device_pages((void *)device) < sizeof(struct list_head))
		return "device.pages";
	/* Every generation's descriptor begins with it (contract 1.0, 2.2). */
	return in_devices % device_bytes < sizeof(unsigned long) ? "device.isolated_pages" : "device";
}

UNINSTRUMENTED_END
