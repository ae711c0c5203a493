/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/verdict.h"

#include "harness/run.h"

/* clang-format off */
#define X(name, story) #name,
const char *const skip_names[SKIP_COUNT] = { SKIPS(X) };
#undef X
#define X(name, story) story,
const char *const skip_stories[SKIP_COUNT] = { SKIPS(X) };
#undef X
#define X(name) #name,
const char *const subject_names[SUBJECT_COUNT] = { SUBJECTS(X) };
const char *const class_names[CLASS_COUNT] = { CLASSES(X) };
const char *const oracle_names[ORACLE_COUNT] = { ORACLES(X) };
#undef X
/* clang-format on */
