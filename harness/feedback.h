/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tells a coverage-guided engine about states that no branch of the code under
 * test depends on: which transition came, in which abstract state.
 */
#ifndef PINPRICK_FEEDBACK_H
#define PINPRICK_FEEDBACK_H

/* This state was seen in the run under way. */
void feedback_note(unsigned int state);

#endif
