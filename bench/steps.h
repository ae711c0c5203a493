/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The steps that bench_steps times, in the order of its output.
 */
#ifndef PINPRICK_BENCH_STEPS_H
#define PINPRICK_BENCH_STEPS_H

#define SUTS_MAX 12

#define STEPS(X)                                                      \
	X(page, "alloc + enqueue + dequeue + free")                   \
	X(list, "a page of a list: list enqueue + list dequeue (256)") \
	X(putback, "isolate + put back")                              \
	X(migrate, "isolate + migrate")

enum bench_step {
#define X(name, story) STEP_##name,
	STEPS(X)
#undef X
	STEP_COUNT
};

#endif
