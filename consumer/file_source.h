/*
 * The source that is files and stdin, for enrich and explain.
 *
 * Each FILE is one message; with each_line each line of each FILE is one, written in JSON: a string's value is the
 * message, in UTF-8; an object is itself the message; a line of white space is an empty message; anything else is a
 * broken message (struct message) of the line's bytes. The last line need not end in a line feed. Messages are numbered
 * from 0 over all files: cluster local, topic enrich, partition 0, offset = number.
 *
 * Nothing is held in memory beyond limit_bytes + 1 a message (or line): of a larger one just so much comes, by which
 * the runner knows it, and the rest is skipped. Pipes and terminals are read as bytes come, so that lines stream.
 *
 * Events: ASSIGNED (one partition, no metadata), MESSAGE …, END; FAILED when a file cannot be read after all.
 * Rewinding is not possible: assign is accepted where reading stands (OFFSET_AS_COMMITTED: before the first message),
 * else it fails.
 */
#ifndef WIREDESK_FILE_SOURCE_H
#define WIREDESK_FILE_SOURCE_H

#include "consumer/source.h"

#define FILE_SOURCE_CLUSTER "local"
#define FILE_SOURCE_TOPIC   "enrich"

struct file_source_options {
	const char *const *files; /* "-" is stdin; borrowed for the source's life */
	size_t n_files;           /* 0: stdin */
	bool each_line;
	size_t limit_bytes; /* limits.message; not 0 */
};

/* Looks whether each file can be read; NULL with err naming the first that cannot. */
struct source *file_source_new(const struct file_source_options *options, struct err *err);

#endif
