/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef __MM_INTERNAL_H
#define __MM_INTERNAL_H
#error it names half of a kernel, for which there are no stand-ins
#endif
