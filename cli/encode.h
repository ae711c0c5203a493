/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PINPRICK_CLI_ENCODE_H
#define PINPRICK_CLI_ENCODE_H

#include "cli/cli.h"

enum encode_which { ENCODE_ALL, ENCODE_CORE, ENCODE_DRIVERS };

/* Writes the programs of cli's files and folders, all or those of a kind, as bytes into a folder.
 */
int encode_folder(const struct cli *cli, enum encode_which which, const char *folder,
		  unsigned int *count);

#endif
