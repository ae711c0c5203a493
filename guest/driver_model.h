/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a program of driver ops is to do, by contract 4: which pages each balloon
 * holds, in which order, and what each op returns.  Knows neither shim nor
 * drivers.  Exact, for a program's ops run one after the other, or inside an
 * allocation of the one under way.
 */
#ifndef PINPRICK_GUEST_DRIVER_MODEL_H
#define PINPRICK_GUEST_DRIVER_MODEL_H

#include "guest/host.h"
#include "harness/program.h"
#include "harness/verdict.h"

struct driver_device {
	bool attached, adjust, hotplug;
	uint8_t driver; /* enum program_driver */
	uint8_t units;	/* per page */
	uint8_t target;
	uint8_t length, aside_count, isolated;
	uint8_t pages[PROGRAM_FRAMES]; /* the last one is the first on the core's list */
	uint8_t aside[PROGRAM_FRAMES]; /* VMware's refused pages, in their order */
};

struct driver_model {
	unsigned int features; /* of the sut: enum feature */
	uint64_t free;	       /* frames */
	unsigned int devices;
	struct driver_device device[PROGRAM_DEVICES];
	uint64_t isolated, aside; /* frames */
	uint64_t locked,
		lingering; /* by strangers: who has the lock; what is not free for a reference */
	uint8_t extra[PROGRAM_FRAMES]; /* references that strangers hold */
	uint8_t owner[PROGRAM_FRAMES]; /* device of a page that is in a balloon */
	unsigned int callbacks,
		moved; /* of all migrations so far: calls, and pages in a new place */
	unsigned int refuse[HOST_REQUESTS]; /* requests that the host will refuse yet */
	struct driver_register {
		uint8_t kind; /* KIND_NEW: empty; KIND_ISOLATED, KIND_HELD, KIND_LOCKED */
		uint8_t frame;
	} registers[PROGRAM_CONTEXTS][PROGRAM_REGISTERS];
};

#define NO_PAGE 255

static inline uint64_t frame_bit(unsigned int frame)
{
	return (uint64_t)1 << frame;
}

/* One op under way. */
struct driver_step {
	unsigned int allocs_left; /* before the one that finds no memory; ~0u: none does */
	long missing;		  /* target: how far the device is from it */
	bool allocates;		  /* so that nested records run */
	int value;		  /* what it returns */
};

void driver_model_init(struct driver_model *m, const struct program *p, unsigned int features);

/* May r run now?  Nested: in an allocation of another op. */
enum skip driver_model_check(const struct driver_model *m, const struct record *r);

/*
 * The op begins; nested ones run between the two if it allocates, for until its
 * first allocation it changes no page.
 */
void driver_model_begin(struct driver_model *m, const struct record *r, struct driver_step *s);
void driver_model_end(struct driver_model *m, const struct record *r, struct driver_step *s);

/* Takes a whole program through the model; visit, if any, may change each record before it is
 * judged. */
struct driver_walk {
	struct driver_model model;
	struct program *program;
	void (*visit)(struct driver_walk *walk, struct record *r);
	void *data;
	unsigned int ran, skipped;
};
void driver_walk(struct driver_walk *walk, unsigned int features);

#endif
