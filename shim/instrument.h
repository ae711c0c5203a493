/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which code is instrumented: everything is compiled with the same flags, and
 * whatever is not under test stands between these two.  Coverage and UBSan are
 * for the core only; ASan, MSan and TSan stay on everywhere.
 */
#ifndef PINPRICK_INSTRUMENT_H
#define PINPRICK_INSTRUMENT_H

#ifdef __clang__
/* clang-format off */
#define UNINSTRUMENTED_BEGIN \
	_Pragma("clang attribute push(__attribute__((no_sanitize(\"coverage\", \"undefined\"))), apply_to = function)")
#define UNINSTRUMENTED_END _Pragma("clang attribute pop")
/* clang-format on */
#else
#define UNINSTRUMENTED_BEGIN
#define UNINSTRUMENTED_END
#endif

/*
 * ORACLE: the oracles' own bookkeeping, in code that TSan instruments: unseen by
 * it, so that it neither orders contexts nor is taken for the code under test.
 * Plain accesses in such a function are the oracle's; where several contexts may
 * make them, they are relaxed atomics all the same.  All of them lie together,
 * so that who looks where time goes can tell (stress/profile.c).
 *
 * UNSEEN: what TSan must not see either, and judges nothing: waiting.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PINPRICK_TSAN
/* Not even its atomics; and, by the second, not inlined where all is instrumented. */
#define UNSEEN __attribute__((disable_sanitizer_instrumentation, no_sanitize("thread")))
#endif
#elif defined(__SANITIZE_THREAD__)
#define PINPRICK_TSAN
#define UNSEEN __attribute__((no_sanitize("thread")))
#endif
#ifdef PINPRICK_TSAN
#define ORACLE UNSEEN __attribute__((section("pinprick_oracles")))
#else
#define UNSEEN
#define ORACLE
#endif

/* The same for all that stands between these two, headers included there as well. */
#if defined(PINPRICK_TSAN) && defined(__clang__)
/* clang-format off */
#define ORACLE_BEGIN \
	_Pragma("clang attribute push(__attribute__((disable_sanitizer_instrumentation)), apply_to = function)") \
	_Pragma("clang attribute push(__attribute__((no_sanitize(\"thread\"))), apply_to = function)")
#define ORACLE_END _Pragma("clang attribute pop") _Pragma("clang attribute pop")
/* clang-format on */
#else
#define ORACLE_BEGIN
#define ORACLE_END
#endif

/* Conditions within a macro are not measured: to a kernel file that is measured these are none. */
#if defined(KERNEL_SOURCE) && defined(__LLVM_INSTR_PROFILE_GENERATE)
#define likely
#define unlikely
#pragma clang diagnostic ignored "-Wparentheses-equality"
#else
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

#endif
