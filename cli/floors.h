/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Below these a run proved nothing, whatever it did not find.
 */
#ifndef PINPRICK_CLI_FLOORS_H
#define PINPRICK_CLI_FLOORS_H

/* Transitions that a fuzz run must cover on each sut, in percent of the possible ones. */
#define FLOOR_TRANSITIONS 10

/*
 * Fuzzing by schedules, on each sut: pairs of ops of which the one gave way to
 * the other (ten seconds see all 272); schedules whose ops were put in order, in
 * percent.
 */
#define FLOOR_PAIRS   150
#define FLOOR_ORDERED 90

#endif
