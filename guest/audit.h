/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Judges a guest that is quiet: no op is under way, nobody else runs; pages may
 * be isolated by somebody who holds them.  Linear in frames and pages.
 */
#ifndef PINPRICK_GUEST_AUDIT_H
#define PINPRICK_GUEST_AUDIT_H

/*
 * The contract's invariants I1 to I7, each device's list, the cookies, the
 * host's set, and where every frame is: free, in a balloon, isolated, aside, or
 * one of so many others that somebody holds.
 */
void guest_audit(unsigned int others);

/* When everything was removed: nothing is left anywhere. */
void guest_audit_end(void);

#endif
