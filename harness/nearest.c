/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "harness/nearest.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

#define WORD_MAX 31 /* a longer word is near to nothing */

unsigned int edit_distance(const char *word, size_t size, const char *name)
{
	unsigned int row[WORD_MAX + 1], diagonal, i, j;

	if (size > WORD_MAX)
		return (unsigned int)strlen(name) + WORD_MAX;
	for (j = 0; j <= size; j++)
		row[j] = j;
	for (i = 0; name[i]; i++) {
		diagonal = row[0]++;
		for (j = 1; j <= size; j++) {
			unsigned int best = diagonal + (word[j - 1] != name[i]);

			diagonal = row[j];
			if (best > row[j] + 1)
				best = row[j] + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[size];
}

bool is_near(unsigned int distance, const char *name)
{
	return (size_t)distance * 2 <= strlen(name);
}

UNINSTRUMENTED_END
