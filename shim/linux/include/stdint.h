/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * gcc's own header of this name leads to the C library's, which must not be
 * found here; clang's does without one.
 */
#ifdef __clang__
#include_next <stdint.h>
#else
#include <stdint-gcc.h>
#endif
