/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef PINPRICK_CLI_ENCODE_H
#define PINPRICK_CLI_ENCODE_H

#include "cli/cli.h"

/* Writes every program of cli's files and folders as bytes into a folder. */
int encode_folder(const struct cli *cli, const char *folder, unsigned int *count);

#endif
