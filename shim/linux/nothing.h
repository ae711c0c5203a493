/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that do nothing: what has no meaning in one process that is a whole
 * machine.
 */
#ifndef PINPRICK_LINUX_NOTHING_H
#define PINPRICK_LINUX_NOTHING_H

/* What modules may use. */
#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define EXPORT_SYMBOL_NS(name, space)
#define EXPORT_SYMBOL_NS_GPL(name, space)
#define EXPORT_SYMBOL_FOR_MODULES(name, modules)

/* What the module loader shows. */
#define MODULE_LICENSE(text)
#define MODULE_AUTHOR(text)
#define MODULE_DESCRIPTION(text)
#define MODULE_ALIAS(text)

/* Where the linker puts things. */
#define __init
#define __exit
#define __initdata
#define __read_mostly
#define __ref
#define __meminit

/* What static checkers read. */
#define __user
#define __force
#define __must_hold(lock)
#define __acquires(lock)
#define __releases(lock)
#define __must_check

/* Messages: the harness shows what happened. */
#define printk(...)		 ((void)0)
#define pr_err(...)		 ((void)0)
#define pr_warn(...)		 ((void)0)
#define pr_warn_once(...)	 ((void)0)
#define pr_warn_ratelimited(...) ((void)0)
#define pr_notice(...)		 ((void)0)
#define pr_info(...)		 ((void)0)
#define pr_info_ratelimited(...) ((void)0)
#define pr_debug(...)		 ((void)0)
#define dump_page(page, reason)	 ((void)(page), (void)(reason))
#define dump_stack()		 ((void)0)

#endif
