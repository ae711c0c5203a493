/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that mean what they mean in the kernel: what kernel code has beyond
 * the language, and needs nothing of the shim.
 */
#ifndef PINPRICK_LINUX_RESTATED_LANGUAGE_H
#define PINPRICK_LINUX_RESTATED_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/instrument.h"

/* Types and their limits. */
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef long ssize_t;
typedef unsigned int gfp_t;
typedef unsigned int fmode_t;

/* A test has the C library's. */
#ifndef INT_MAX
#define INT_MAX	  __INT_MAX__
#define INT_MIN	  (-INT_MAX - 1)
#define UINT_MAX  (INT_MAX * 2u + 1u)
#define LONG_MAX  __LONG_MAX__
#define LONG_MIN  (-LONG_MAX - 1l)
#define ULONG_MAX (LONG_MAX * 2ul + 1ul)
#endif
#define U8_MAX	UINT8_MAX
#define U16_MAX UINT16_MAX
#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX

/* Error numbers, and pointers that are one. */
#define EPERM	   1
#define ENOENT	   2
#define EINTR	   4
#define EIO	   5
#define E2BIG	   7
#define EAGAIN	   11
#define ENOMEM	   12
#define EFAULT	   14
#define EBUSY	   16
#define EEXIST	   17
#define ENODEV	   19
#define EINVAL	   22
#define ENOSPC	   28
#define ERANGE	   34
#define ENOSYS	   38
#define EOPNOTSUPP 95
#define ETIMEDOUT  110

#define MAX_ERRNO	     4095
#define IS_ERR_VALUE(x)	     unlikely((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)
#define IS_ERR(pointer)	     IS_ERR_VALUE(pointer)
#define IS_ERR_OR_NULL(pointer) (!(pointer) || IS_ERR(pointer))
#define ERR_PTR(error)	     ((void *)(long)(error))
#define PTR_ERR(pointer)     ((long)(pointer))
#define ERR_CAST(pointer)    ((void *)(unsigned long)(pointer))
#define PTR_ERR_OR_ZERO(pointer) (IS_ERR(pointer) ? (int)PTR_ERR(pointer) : 0)

/* Said to the compiler. */
#define __always_inline	     inline __attribute__((always_inline))
#define __maybe_unused	     __attribute__((unused))
#define __always_unused	     __attribute__((unused))
#define __used		     __attribute__((used))
#define __packed	     __attribute__((packed))
#define __aligned(bytes)     __attribute__((aligned(bytes)))
#define __cold		     __attribute__((cold))
#define __pure		     __attribute__((pure))
#define __printf(a, b)	     __attribute__((format(printf, a, b)))
#define noinline	     __attribute__((noinline))
#define fallthrough	     __attribute__((fallthrough))
#define barrier()	     __asm__ volatile("" : : : "memory")
#define BUILD_BUG_ON(wrong)  _Static_assert(!(wrong), #wrong)
#define BUILD_BUG_ON_MSG(wrong, text) _Static_assert(!(wrong), text)
/* The text may be left out. */
#undef static_assert
#define static_assert(right, ...)     STATIC_ASSERT_2(right, ##__VA_ARGS__, #right, 0)
#define STATIC_ASSERT_2(right, text, ...) _Static_assert(right, text)

/* clang-format off */
#define container_of(pointer, type, member) \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))
/* clang-format on */
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define ARRAY_SIZE(array)	   (sizeof(array) / sizeof((array)[0]))

/* Numbers: each argument is evaluated once. */
/* clang-format off */
#define BEST_OF(a, relation, b) \
	({ __typeof__(a) best_a = (a); __typeof__(b) best_b = (b); \
	   best_a relation best_b ? best_a : best_b; })
#define min(a, b)	      BEST_OF(a, <, b)
#define max(a, b)	      BEST_OF(a, >, b)
#define min_t(type, a, b)     min((type)(a), (type)(b))
#define max_t(type, a, b)     max((type)(a), (type)(b))
#define min3(a, b, c)	      min(min(a, b), c)
#define max3(a, b, c)	      max(max(a, b), c)
#define clamp(x, low, high)   min(max(x, low), high)
#define clamp_t(type, x, low, high) min_t(type, max_t(type, x, low), high)
#define swap(a, b) \
	do { \
		__typeof__(a) swap_a = (a); \
		(a) = (b); \
		(b) = swap_a; \
	} while (0)
/* clang-format on */
#define BIT(n)		  (1ul << (n))
#define BIT_ULL(n)	  (1ull << (n))
#define GENMASK(high, low) ((~0ul >> (__LONG_WIDTH__ - 1 - (high))) & (~0ul << (low)))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN(x, to)	  (((x) + ((__typeof__(x))(to) - 1)) & ~((__typeof__(x))(to) - 1))
#define IS_ALIGNED(x, to) (((x) & ((__typeof__(x))(to) - 1)) == 0)

/* Memory that others look at, too. */
#define READ_ONCE(x)		  __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value)	  __atomic_store_n(&(x), (value), __ATOMIC_RELAXED)
#define smp_load_acquire(p)	  __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, value) __atomic_store_n(p, value, __ATOMIC_RELEASE)
#define smp_mb()		  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()		  __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()		  __atomic_thread_fence(__ATOMIC_RELEASE)
#define data_race(x)		  (x)
#define xchg(p, value)		  __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST)
/* clang-format off */
#define try_cmpxchg(p, old, new) \
	__atomic_compare_exchange_n(p, old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, new) \
	({ __typeof__(*(p)) cmpxchg_was = (old); (void)try_cmpxchg(p, &cmpxchg_was, new); cmpxchg_was; })
/* clang-format on */

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

/* Atomic counters. */
#define ATOMIC_INIT(value)	{ (value) }
#define ATOMIC_LONG_INIT(value) { (value) }
#define ATOMIC64_INIT(value)	{ (value) }

/* clang-format off */
#define ATOMIC_CHANGE(name, number, operation) \
	static inline void name##_##operation(number by, name##_t *v) \
	{ \
		__atomic_fetch_##operation(&v->counter, by, __ATOMIC_RELAXED); \
	} \
	static inline number name##_fetch_##operation(number by, name##_t *v) \
	{ \
		return __atomic_fetch_##operation(&v->counter, by, __ATOMIC_SEQ_CST); \
	} \
	static inline number name##_##operation##_return(number by, name##_t *v) \
	{ \
		return __atomic_##operation##_fetch(&v->counter, by, __ATOMIC_SEQ_CST); \
	}

#define ATOMIC_STEP(name, number, step, operation) \
	static inline void name##_##step(name##_t *v) \
	{ \
		name##_##operation(1, v); \
	} \
	static inline number name##_fetch_##step(name##_t *v) \
	{ \
		return name##_fetch_##operation(1, v); \
	} \
	static inline number name##_##step##_return(name##_t *v) \
	{ \
		return name##_##operation##_return(1, v); \
	} \
	static inline bool name##_##step##_and_test(name##_t *v) \
	{ \
		return !name##_##step##_return(v); \
	}

#define ATOMIC_TYPE(name, number) \
	typedef struct { \
		number counter; \
	} name##_t; \
	static inline number name##_read(const name##_t *v) \
	{ \
		return READ_ONCE(v->counter); \
	} \
	static inline void name##_set(name##_t *v, number value) \
	{ \
		WRITE_ONCE(v->counter, value); \
	} \
	static inline number name##_xchg(name##_t *v, number value) \
	{ \
		return xchg(&v->counter, value); \
	} \
	static inline bool name##_try_cmpxchg(name##_t *v, number *old, number value) \
	{ \
		return try_cmpxchg(&v->counter, old, value); \
	} \
	static inline number name##_cmpxchg(name##_t *v, number old, number value) \
	{ \
		return cmpxchg(&v->counter, old, value); \
	} \
	ATOMIC_CHANGE(name, number, add) \
	ATOMIC_CHANGE(name, number, sub) \
	ATOMIC_CHANGE(name, number, or) \
	ATOMIC_CHANGE(name, number, and) \
	ATOMIC_STEP(name, number, inc, add) \
	ATOMIC_STEP(name, number, dec, sub) \
	static inline bool name##_sub_and_test(number by, name##_t *v) \
	{ \
		return !name##_sub_return(by, v); \
	} \
	static inline bool name##_add_unless(name##_t *v, number by, number unless) \
	{ \
		number was = name##_read(v); \
		while (was != unless) \
			if (name##_try_cmpxchg(v, &was, was + by)) \
				return true; \
		return false; \
	} \
	static inline bool name##_inc_not_zero(name##_t *v) \
	{ \
		return name##_add_unless(v, 1, 0); \
	}

UNINSTRUMENTED_BEGIN

ATOMIC_TYPE(atomic, int)
ATOMIC_TYPE(atomic_long, long)
ATOMIC_TYPE(atomic64, s64)

UNINSTRUMENTED_END
/* clang-format on */

#endif
