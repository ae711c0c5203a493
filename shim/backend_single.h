/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The single back end: contexts take turns, each op runs to its end.
 */
#ifndef PINPRICK_BACKEND_SINGLE_H
#define PINPRICK_BACKEND_SINGLE_H

#include "shim/backend.h"

/* From now on this context runs. */
void backend_single_switch(unsigned int context);

#endif
