/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PINPRICK_FEATURE_H
#define PINPRICK_FEATURE_H

/*
 * Bits of a sut's features, of world.features and of the model's.  A CALLER_ is
 * all of the bits of a column.
 */
enum feature {
#define FEATURE(bit, name, sentence) FEATURE_##name = 1 << (bit),
#define QUIRK(bit, name, ...) QUIRK_##name = 1 << (bit),
#define COLUMN(name, kernel, features) CALLER_##name = (features),
#include "shim/feature.def"
};

/* Which of the bits are the caller's, and which are quirks. */
enum feature_group {
	CALLER_FEATURES = 0
#define CALLER(bit, ...) | 1 << (bit)
#include "shim/feature.def"
	,
	QUIRK_FEATURES = 0
#define QUIRK(bit, ...) | 1 << (bit)
#include "shim/feature.def"
};

#endif
