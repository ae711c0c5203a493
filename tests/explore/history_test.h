/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PINPRICK_TESTS_HISTORY_TEST_H
#define PINPRICK_TESTS_HISTORY_TEST_H

#include <stdbool.h>

void judge(bool right, const char *what, const char *got);

/* Histories made from random programs for one context at a time. */
void test_random_histories(const char *sut, unsigned int features);

#endif
