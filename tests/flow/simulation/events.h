/*
 * What happens in a world beside its processes: messages come, time runs out at the broker, and a seed draws what else;
 * then all heals, and in the end everybody is told to go.
 */
#ifndef WIREDESK_TESTS_SIMULATION_EVENTS_H
#define WIREDESK_TESTS_SIMULATION_EVENTS_H

#include "tests/flow/simulation/world.h"

/* From the moment on at which nothing new happens. */
#define HEAL_MOST_US    (200 * SECOND)
#define HEAL_MOST_STEPS 400000

/* So many of those that are still to come. */
void events_put_messages(struct world *w, int n);
/* A fiber: all of it. */
void events_main(void *arg);

#endif
