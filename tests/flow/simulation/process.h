/*
 * One worker's process: its clock, its files, what its calls to the broker meet, how it is killed, and its lives, one
 * after the other.
 */
#ifndef WIREDESK_TESTS_SIMULATION_PROCESS_H
#define WIREDESK_TESTS_SIMULATION_PROCESS_H

#include "tests/flow/simulation/world.h"

/* The i-th; from WORKERS_MAX on they are twins. Its files are in folder/i, and none are there. */
void process_make(struct world *w, size_t i, const char *folder);
/* A fiber: life after life, until the world is over; of a twin one life. */
void process_main(void *arg);

/* Stops where it is, with the files that it has now. */
void process_die(struct process *p);
/* SIGKILL from outside. False: not now. */
bool process_kill(struct process *p);
/* Its group goes on without it. */
void process_throw_out(struct process *p);
void process_forget_state(const struct process *p);

#endif
