/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Counters: events and balloon pages per node, kept per CPU as the kernel
 * does, and managed pages per zone.
 */
#ifndef PINPRICK_COUNT_H
#define PINPRICK_COUNT_H

#include "shim/world.h"

/* The non-atomic form: interrupts must be off, or a count may be lost. */
void count_event_irqs_off(enum balloon_event event);

/* From any context. */
void count_events(enum balloon_event event, long count);
void count_node(unsigned int node, long delta);
void count_node_pages(struct page *page, long delta);

/* Of the page's zone, and the total. */
void adjust_managed_page_count(struct page *page, long delta);

#endif
