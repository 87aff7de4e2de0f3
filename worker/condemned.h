/*
 * Condemned: the messages or parts that must not be worked on again, because the broker refused their record or because
 * they killed the process. The runner asks before and after expand; they end as dead letters with the words kept here.
 * An entry is forgotten when its batch commits. The table is kept in the state folder, so that a fatal end does not
 * repeat for ever.
 *
 * Entries belong to a cluster and a group; those of others are left in the file as they are.
 *
 * Lanes read while the loop thread waits for them; add and forget are called on the loop thread when no lane runs. The
 * stub question comes from the publisher's thread while the loop may add: a lock inside.
 */
#ifndef WIREDESK_CONDEMNED_H
#define WIREDESK_CONDEMNED_H

#include "pipeline/base/err.h"
#include "pipeline/batch.h"
#include "pipeline/story.h"

#define CONDEMNED_MAX       1024 /* over it the worker ends with exit 4: this is no longer about single stories */
#define CONDEMNED_PARTS_MAX 16   /* of one message; with more the message is condemned as a whole */

struct condemned;

/*
 * Opens STATE_DIR/condemned (NULL: memory only, as in enrich and tests); the folder is made if absent. A damaged file
 * is put aside with a log line, and the table begins empty. NULL with err set: it cannot be read.
 */
struct condemned *condemned_open(const char *state_dir, struct str cluster, struct str group, struct err *err);
void condemned_close(struct condemned **condemned);

/* part -1: the whole message. words: for the dead letter, cut at 300 bytes. False with err set when the table is full
 * or cannot be kept; then it is as it was. */
bool condemned_add(struct condemned *c, const struct position *delivery, int64_t part, enum reason reason,
                   const char *words, struct err *err);
/* The message's dead letter itself was refused: it goes out as a stub. */
bool condemned_add_stub(struct condemned *c, const struct position *delivery, const char *words, struct err *err);

/* As run_hooks.condemned and publication.stub. Words are valid until the next add or forget. Part -1 asks for the whole
 * message only; a part is not found where its message is condemned as a whole. */
const char *condemned_find(struct condemned *c, const struct message *msg, int64_t part, enum reason *reason);
bool condemned_is_stub(struct condemned *c, const struct message *msg);

/* The batch is committed. */
void condemned_forget(struct condemned *c, const struct batch *batch);
/* What the group has committed is past: after an assignment. Entries without a next offset (below 0) change nothing. */
void condemned_forget_below(struct condemned *c, const struct offsets *committed);
size_t condemned_count(struct condemned *c);

#endif
