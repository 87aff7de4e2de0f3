/*
 * The ends at which a run --until-end stops: of every partition of the input topics as they were at its start, whoever
 * holds them now. It is over when the group has committed all of them; by this worker's own commits that is known
 * without asking, of the others' partitions the group is asked, about once a second while there is nothing else to do.
 * What cannot be asked just now is asked again: whether that lasts is for the source to judge.
 *
 * Loop's thread.
 */
#ifndef WIREDESK_UNTIL_END_H
#define WIREDESK_UNTIL_END_H

#include "consumer/source.h"
#include "pipeline/base/clock.h"

struct until_end {
	struct source *source;
	struct clock *clock;
	bool noted;
	struct offsets ends;               /* of all partitions */
	struct offsets left;               /* of those that the group has not reached, as far as is known */
	struct offsets reached;            /* scratch: where the group stands in them */
	size_t turn;                       /* of `left`, when they are asked for one by one */
	int64_t due_ms;                    /* no question before */
	int64_t waiting_since_ms, told_ms; /* 0: not yet */
};

void until_end_init(struct until_end *u, struct source *source, struct clock *clock);
void until_end_free(struct until_end *u);

/* Notes the ends, unless they are. True: now they are, in u->ends. */
bool until_end_note(struct until_end *u);
/* A batch of this worker is committed. */
void until_end_committed(struct until_end *u, const struct offsets *next);
/* There is work again: a wait that was is over. */
void until_end_works(struct until_end *u);
/* This worker has nothing to do but to wait: asks the group, and says what it waits for. True: the group answered. */
bool until_end_wait(struct until_end *u);
bool until_end_is_reached(const struct until_end *u);

#endif
