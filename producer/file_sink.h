/*
 * The sink of `wiredesk enrich`: one JSON line a story, in input order, to a file descriptor.
 *
 * An article's or duplicate's line is its record; every other ending is a line of its own that says so:
 *
 *     {"type":"dead-letter","reason":"bad-json","stage":"decode","error":"…","id":"local/enrich/0/7/2","part":2}
 *     {"type":"drop","reason":"no-story","stage":"decode","id":"local/enrich/0/8"}
 *
 * A message that ended as a whole has one line without `part`, and its id has no part either. Every message gives at
 * least one line. Nothing is transactional here: a batch is written whole when publish returns PUBLISH_COMMITTED, and
 * may be written in part when it returns PUBLISH_FAILED.
 */
#ifndef WIREDESK_FILE_SINK_H
#define WIREDESK_FILE_SINK_H

#include "producer/sink.h"

/* fd is borrowed and may be a pipe, blocking or not. name: for errors ("standard output", a file's name); copied. */
struct sink *file_sink_new(int fd, const char *name);

/* Dead parts written so far; a message dead as a whole counts one. Valid until close. */
uint64_t file_sink_dead_letters(const struct sink *sink);

#endif
