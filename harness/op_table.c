/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The tables of harness/program.h, made from ops.def.
 */
#include <errno.h>

#include "harness/program.h"

const struct op_info op_table[OP_COUNT] = {
#define OP(number, name, text, a, b, c, traits, story) \
	[number] = { #name, text, story, { KIND_##a, KIND_##b, KIND_##c }, traits },
#include "harness/ops.def"
};

const struct kind_info kind_table[KIND_COUNT] = {
#define KIND(name, bits, prefix, story) { #name, prefix, story, bits },
#include "harness/ops.def"
};

const char *const mode_names[4] = {
#define MODE(number, name) [number] = #name,
#include "harness/ops.def"
};

static const char *const driver_names[DRIVER_COUNT] = {
#define DRIVER(number, name) [number] = #name,
#include "harness/ops.def"
};

static const char *const unit_names[] = { "1", "16" }, *const request_names[] = { "inflate", "deflate" };

const char *const *const kind_words[KIND_COUNT] = {
	[KIND_MODE] = mode_names,
	[KIND_DRIVER] = driver_names,
	[KIND_UNITS] = unit_names,
	[KIND_REQUEST] = request_names,
};

const char *const result_names[8] = {
#define RESULT(number, name, value) [number] = #name,
#include "harness/ops.def"
};

const int result_values[8] = {
#define RESULT(number, name, value) [number] = (value),
#include "harness/ops.def"
};

const char *const fault_names[FAULT_COUNT] = {
	[FAULT_none] = "none",
#define FAULT(number, name, story) [number] = #name,
#include "harness/ops.def"
};
