/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/linux/nothing.h"
#include "shim/linux/restated.h"
#include "shim/linux/differs.h"
