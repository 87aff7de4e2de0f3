/*
 * Replayed dead letters: messages that carry the headers of an earlier death.
 *
 * `wiredesk replay` puts a dead letter's bytes back into a raw topic with wiredesk-origin
 * (cluster/topic/partition/offset of the first delivery), -attempts, -first-seen, and a -part for each part that died;
 * no -part: the message died as a whole. The message is taken apart as a whole, but only those parts go on, under their
 * origin's identity.
 */
#ifndef WIREDESK_REPLAY_H
#define WIREDESK_REPLAY_H

#include "pipeline/stage.h"

/* Sets origin, attempts, first_seen and only. False: the headers cannot be read, or name more parts than limits.parts
 * allows, and the message has ended (BAD_HEADER); a first-seen that is no time is only left out. Runs on a lane; memory
 * is the batch's. */
bool replay_read(struct call *call, struct message *msg);

/* The header wiredesk-origin, cluster/topic/partition/offset, taken apart. False: it is not that. Views point into
 * text. */
bool replay_parse_origin(struct str text, struct position *origin);

/* After expand: leaves the parts that go on; one that no longer exists becomes a part that is dead (NO_SUCH_PART). */
void replay_select(struct call *call, struct message *msg);

#endif
