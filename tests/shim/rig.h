/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the shim's tests share: the shim by itself, without harness and core.
 * Each rule is broken once, and what the shim then does is what the kernel
 * would have done.
 */
#ifndef PINPRICK_SHIM_RIG_H
#define PINPRICK_SHIM_RIG_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shim/backend_single.h"
#include "shim/count.h"
#include "shim/migrate.h"
#include "shim/page_alloc.h"
#include "shim/poison.h"
#include "shim/world.h"

#define FRAMES 64u

extern unsigned int warnings;
extern spinlock_t one, two;
extern struct movable_registry registry;

/* The findings since this was last asked, in order, apart by blanks. */
void assert_found(const char *want);
void forget_findings(void);

/* Does this give up?  Then assert_found() has what was found before. */
bool gives_up(void (*action)(void));

/* Before and after each test. */
int setup(void **state);
int teardown(void **state);

/* The driver's allocation, from near on. */
struct page *page_near(unsigned int near);
void assert_frame(const struct page *page, unsigned int frame);

/* Writes to a page, whether it is free or not. */
void scribble(struct page *page);

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
