/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * virtio's driver with one mistake, for tests of what is done with a finding: its
 * callback forgets what a page in a balloon has to hold.
 */
#include "guest/guest.h"

#define cookie_write(device, page) ((void)(page))
#include "guest/virtio.c"
