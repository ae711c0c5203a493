/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tells the sanitizers which memory must not be used.
 */
#ifndef PINPRICK_POISON_H
#define PINPRICK_POISON_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PINPRICK_ASAN
#endif
#if __has_feature(memory_sanitizer)
#define PINPRICK_MSAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(PINPRICK_ASAN)
#define PINPRICK_ASAN
#endif

#ifdef PINPRICK_ASAN
#include <sanitizer/asan_interface.h>
#define memory_forbid(address, size) __asan_poison_memory_region(address, size)
#define memory_allow(address, size)  __asan_unpoison_memory_region(address, size)
#else
#define memory_forbid(address, size) ((void)(address), (void)(size))
#define memory_allow(address, size)  ((void)(address), (void)(size))
#endif

/* Stale contents: may be written, not read before that. */
#ifdef PINPRICK_MSAN
#include <sanitizer/msan_interface.h>
#define memory_stale(address, size) __msan_allocated_memory(address, size)
#else
#define memory_stale(address, size) ((void)(address), (void)(size))
#endif

#endif
