/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Systems under test that are not this project's own code: the user's kernel
 * files, and cores by SUT_SOURCE.
 */
#ifndef PINPRICK_CLI_KERNELS_H
#define PINPRICK_CLI_KERNELS_H

#include "cli/cli.h"

/*
 * Measures the quirks of the kernel files among the chosen suts and says in a
 * line for each which file it is, which generation, which quirks.  From then on,
 * with --strict, there are none.
 */
void kernels_announce(const struct cli *cli, FILE *out, const char *prefix);

/* The tree of a kernel sut as --kernel takes it; false for any other sut. */
bool kernel_tree(const struct sut *sut, char tree[PATH_MAX]);

/* One of the suts that SUT_SOURCE or KERNEL_TREE adds. */
bool sut_is_added(const struct sut *sut);

/* A name for a folder that is only for this sut's code: "modern", "kernel-1f00cafe". */
void sut_folder(const struct sut *sut, char name[80]);

#endif
