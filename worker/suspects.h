/*
 * Suspects: messages that were at work when a process died, noted where they survive SIGKILL and out-of-memory.
 *
 * Each thread at work notes its message in a small file mapped shared from the state folder. At start, what is noted
 * there has seen a process die: those messages run alone (one lane, a batch of one). One that dies alone twice, or four
 * times in all, is condemned (condemned.h) and becomes a dead letter. A message is forgotten when its batch commits.
 * Counts belong to this state folder, cluster, group and topic; those of others are ignored, and kept.
 *
 * working() may be called by every lane at once, each for its own slot; everything else on the loop thread, when no
 * lane runs.
 */
#ifndef WIREDESK_SUSPECTS_H
#define WIREDESK_SUSPECTS_H

#include "pipeline/base/err.h"
#include "pipeline/batch.h"
#include "pipeline/story.h"

#define SUSPECTS_MAX        256 /* over it the oldest is forgotten */
#define SUSPECTS_DEATHS_MAX 4   /* in all */
#define SUSPECTS_ALONE_MAX  2   /* with no other message at work */

struct suspects;
struct condemned;

/*
 * Opens STATE_DIR/suspects; folder and file are made if absent; a damaged file, or one of another version, is put aside
 * with a log line. Counts the dead process's notes, and condemns (NULL: nobody) those whose measure is full. NULL with
 * err set: folder not writable, disk full, the table of the condemned full, or another process works in this folder.
 */
struct suspects *suspects_open(const char *state_dir, struct str cluster, struct str group, struct condemned *condemned,
                               struct err *err);
/* An orderly end: nothing is at work any more. */
void suspects_close(struct suspects **suspects);
/* The process ends, and no message is at fault, whatever is at work. May be called in a signal's handler. */
void suspects_acquit(struct suspects *s);

/* Lane begins on msg (NULL: on none). A few stores and no system call: on the hot path. */
void suspects_working(struct suspects *s, size_t lane, const struct message *msg);
/* Must this message run alone? */
bool suspects_must_run_alone(const struct suspects *s, const struct message *msg);
/* The batch being worked on is one message, run alone because it is a suspect. */
void suspects_alone(struct suspects *s, bool alone);
/* The batch is committed: its messages are good, or dead letters. */
void suspects_forget(struct suspects *s, const struct batch *batch);
/* What the group has committed is past: after an assignment. Entries without a next offset (below 0) change nothing. */
void suspects_forget_below(struct suspects *s, const struct offsets *committed);
size_t suspects_count(const struct suspects *s);

#endif
