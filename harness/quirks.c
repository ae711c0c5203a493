/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/quirks.h"

const struct quirk quirks[] = {
#define QUIRK(bit, name, row, sentence) { QUIRK_##name, #name, row, sentence },
#include "shim/feature.def"
	{ 0, NULL, NULL, NULL }
};

unsigned int sut_features(const struct sut *sut)
{
	return sut->features;
}
