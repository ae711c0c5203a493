/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Doubly linked circular lists with full checking.  An addition or removal that
 * would corrupt is reported and not done; a removed entry is poisoned all the
 * same.  Stricter than the kernel: the link of a page that is on a list already
 * is not added again.
 */
#ifndef PINPRICK_LIST_H
#define PINPRICK_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/instrument.h"

struct list_head {
	struct list_head *next, *prev;
};

/* What list_del() leaves behind (contract 3.5); never a valid address. */
#if UINTPTR_MAX > UINT32_MAX
#define LIST_POISON_DELTA 0xdead000000000000
#else
#define LIST_POISON_DELTA 0
#endif
#define LIST_POISON_NEXT ((struct list_head *)(uintptr_t)(LIST_POISON_DELTA + 0x100))
#define LIST_POISON_PREV ((struct list_head *)(uintptr_t)(LIST_POISON_DELTA + 0x122))

void list_add(struct list_head *entry, struct list_head *head);
void list_add_tail(struct list_head *entry, struct list_head *head);
void list_del(struct list_head *entry);

UNINSTRUMENTED_BEGIN

static inline void list_init(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

/* Racy by design where called without the lock, hence a marked read. */
static inline bool list_empty(const struct list_head *head)
{
	return __atomic_load_n(&head->next, __ATOMIC_RELAXED) == head;
}

UNINSTRUMENTED_END

#endif
