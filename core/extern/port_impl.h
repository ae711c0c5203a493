/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A port in its plainest form: the types that core/port.h asks for, and every
 * function left extern.  Start a port from a copy of this file; it is also
 * what the test that builds the core for bare targets uses.
 */
#ifndef BALLOON_PORT_IMPL_H
#define BALLOON_PORT_IMPL_H

#define EAGAIN 11
#define EINVAL 22
#define ENOENT 2

struct page;

struct list_head {
	struct list_head *next, *prev;
};

typedef struct {
	unsigned int word;
} port_lock_t;
#define PORT_LOCK_INIT { 0 }

typedef unsigned long port_irqstate_t;

enum migrate_mode {
	MIGRATE_ASYNC,
	MIGRATE_SYNC_LIGHT,
	MIGRATE_SYNC,
};

typedef unsigned int isolate_mode_t;

struct movable_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migrate_page)(struct page *newpage, struct page *page, enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

#endif
