/*
 * Reading the rows of a user's gazetteer from a file.
 *
 * TSV: columns name, type, id, aliases, language, alias-of, parted by tabs; a first line that begins with "name" says
 * which there are and in what order, else it is this one. Aliases stand between bars. JSON Lines: an object a line with
 * the same keys, aliases an array of strings. Which of the two a file is, its name says (.jsonl, .ndjson, .json), or
 * its first line, if that begins with a brace. Empty lines and those that begin with "#" are no rows.
 *
 * Time is linear in the file, memory that of one line, which is bounded.
 */
#ifndef WIREDESK_ENTITIES_OWN_ROWS_H
#define WIREDESK_ENTITIES_OWN_ROWS_H

#include "pipeline/stages/entities/own_build.h"

#define OWN_ROWS_LINE_BYTES (1024 * 1024)

struct own_rows_progress {
	void (*show)(void *arg, uint64_t bytes); /* read from this file so far; may be NULL */
	void *arg;
};

/* Adds what a file has; "-" is the standard input. False with err set: it cannot be read. What is wrong with its rows
 * the build says, by the path: that must live as long as the build. */
bool own_rows_read(struct own_build *build, const char *path, const struct own_rows_progress *progress,
                   struct err *err);

/* The same of a text, which is called so as long as the build lives. */
void own_rows_read_text(struct own_build *build, const char *name, struct str text);

#endif
