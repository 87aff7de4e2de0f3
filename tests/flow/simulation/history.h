/*
 * One history, from its seed to its judge's last word; and what many of them add up to.
 */
#ifndef WIREDESK_TESTS_SIMULATION_HISTORY_H
#define WIREDESK_TESTS_SIMULATION_HISTORY_H

#include "tests/flow/simulation/world.h"

struct totals {
	uint64_t histories, messages, steps, articles, copies, drops, dead, stubs, refused, condemned, uncounted;
	uint64_t counts[HAPPENINGS];
	struct mem_counts broker;
};

/* A test fails, with the seed in its words, where a promise is broken. Returns a number that stands for all that
 * happened. */
uint64_t history_run(uint64_t seed, struct totals *totals);
/* Of the history that runs; for signal handlers. */
uint64_t history_seed(void);

/* For cmocka: where the processes have their files, in memory, if that is to be had: those of suspects are many. */
int history_make_folder(void **state);
int history_remove_folder(void **state);

#endif
