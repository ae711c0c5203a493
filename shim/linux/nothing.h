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

/* Messages: the harness shows what happened.  Their arguments are evaluated and checked. */
#define KERN_EMERG   ""
#define KERN_ALERT   ""
#define KERN_CRIT    ""
#define KERN_ERR     ""
#define KERN_WARNING ""
#define KERN_NOTICE  ""
#define KERN_INFO    ""
#define KERN_DEBUG   ""
#define KERN_CONT    ""

__attribute__((format(printf, 1, 2))) static inline int kernel_message(const char *format, ...)
{
	(void)format;
	return 0;
}

/* Those that are not compiled in without debugging: checked only. */
#define no_printk(...) ((void)(0 && kernel_message(__VA_ARGS__)))
#define printk(...)    kernel_message(__VA_ARGS__)

#define printk_once(...)	kernel_message(__VA_ARGS__)
#define printk_ratelimited(...) kernel_message(__VA_ARGS__)
#define printk_deferred(...)	kernel_message(__VA_ARGS__)
#define printk_ratelimit()	1

#define pr_emerg(...)  kernel_message(__VA_ARGS__)
#define pr_alert(...)  kernel_message(__VA_ARGS__)
#define pr_crit(...)   kernel_message(__VA_ARGS__)
#define pr_err(...)    kernel_message(__VA_ARGS__)
#define pr_warn(...)   kernel_message(__VA_ARGS__)
#define pr_notice(...) kernel_message(__VA_ARGS__)
#define pr_info(...)   kernel_message(__VA_ARGS__)
#define pr_cont(...)   kernel_message(__VA_ARGS__)
#define pr_debug(...)  no_printk(__VA_ARGS__)
#define pr_devel(...)  no_printk(__VA_ARGS__)

#define pr_emerg_once(...)  kernel_message(__VA_ARGS__)
#define pr_alert_once(...)  kernel_message(__VA_ARGS__)
#define pr_crit_once(...)   kernel_message(__VA_ARGS__)
#define pr_err_once(...)    kernel_message(__VA_ARGS__)
#define pr_warn_once(...)   kernel_message(__VA_ARGS__)
#define pr_notice_once(...) kernel_message(__VA_ARGS__)
#define pr_info_once(...)   kernel_message(__VA_ARGS__)
#define pr_debug_once(...)  no_printk(__VA_ARGS__)
#define pr_devel_once(...)  no_printk(__VA_ARGS__)

#define pr_emerg_ratelimited(...)  kernel_message(__VA_ARGS__)
#define pr_alert_ratelimited(...)  kernel_message(__VA_ARGS__)
#define pr_crit_ratelimited(...)   kernel_message(__VA_ARGS__)
#define pr_err_ratelimited(...)	   kernel_message(__VA_ARGS__)
#define pr_warn_ratelimited(...)   kernel_message(__VA_ARGS__)
#define pr_notice_ratelimited(...) kernel_message(__VA_ARGS__)
#define pr_info_ratelimited(...)   kernel_message(__VA_ARGS__)
#define pr_debug_ratelimited(...)  no_printk(__VA_ARGS__)
#define pr_devel_ratelimited(...)  no_printk(__VA_ARGS__)

#define dump_page(page, reason) ((void)(page), (void)(reason))
#define dump_stack()		((void)0)

#endif
