/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The shim's only way out: whoever links the shim defines these two.
 */
#ifndef PINPRICK_OBSERVE_H
#define PINPRICK_OBSERVE_H

/*
 * A rule of the shim was broken.  rule is "oracle.rule" (docs/findings.md);
 * the format says what happened with which page or lock, by frame number and
 * name, never by address.  Returns where that oracle is switched off; the
 * shim then does what the kernel would have done.
 */
void observe_finding(const char *rule, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A warning in the code under test fired (every time, not only the first). */
void observe_warning(const char *what);

/* The code under test gave up; ends the run. */
_Noreturn void observe_bug(const char *what);

#endif
