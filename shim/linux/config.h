/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every CONFIG_ symbol that a balloon file may ask for: detect.sh refuses a
 * file that names another one, as IS_ENABLED() of it would silently be 0.
 *
 * The build gives a file CONFIG_BALLOON_MIGRATION and
 * CONFIG_BALLOON_COMPACTION, or neither.
 * CONFIG_DEBUG_VM: not set, though what it would check is checked all the same
 */
#ifndef PINPRICK_LINUX_CONFIG_H
#define PINPRICK_LINUX_CONFIG_H

#define CONFIG_BALLOON	      1
#define CONFIG_MEMORY_BALLOON 1
#ifdef CONFIG_BALLOON_MIGRATION
#define CONFIG_MIGRATION  1
#define CONFIG_COMPACTION 1
#endif

/* 1 where the symbol is defined as 1, as the kernel's build does; else 0. */
#define IS_ENABLED(option)	    OPTION_IS_1(option)
#define IS_BUILTIN(option)	    OPTION_IS_1(option)
#define OPTION_IS_1(value)	    OPTION_IS_1_2(OPTION_PLACE_##value)
#define OPTION_IS_1_2(place_or_not) OPTION_SECOND(place_or_not 1, 0, 0)
#define OPTION_PLACE_1		    0,
#define OPTION_SECOND(a, b, ...)    b

#endif
