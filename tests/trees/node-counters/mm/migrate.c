// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Only read, for what it names: a migration in batches. */
static struct list_head dst_folios;
