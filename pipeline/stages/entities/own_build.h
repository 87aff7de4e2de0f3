/*
 * Making a user's own gazetteer (own_file.h) out of rows, which own_rows.h reads.
 *
 * A row is a name, with a type, an id, aliases, a language; or another name for an id that has a row of its own
 * (alias_of), and such a row's id stands for that one, too. Rows of one id are one thing: they have its names in other
 * languages. The same rows in the same order give the same bytes. Memory is that of the names, some 150 bytes each.
 */
#ifndef WIREDESK_ENTITIES_OWN_BUILD_H
#define WIREDESK_ENTITIES_OWN_BUILD_H

#include "pipeline/base/err.h"
#include "pipeline/stages/entities/tagger.h"

#define OWN_BUILD_NO_TYPE     (-1)
#define OWN_BUILD_SAID_MAX    20 /* errors and warnings that are said in words; all are counted */
#define OWN_BUILD_ALIASES_MAX 2000

/* Where something stands; column 0: the whole line. */
struct own_place {
	const char *file;
	uint64_t line, column;
};

/* A cell, and the column where it begins. */
struct own_cell {
	struct str text;
	uint64_t column;
};

struct own_row {
	struct own_cell name, type, id, language, alias_of;
	const struct own_cell *aliases;
	size_t n_aliases;
};

struct own_build_options {
	struct str base; /* put before ids that are no address; empty: such ids are errors */
	void (*say)(void *arg, bool is_error, const char *words); /* at most OWN_BUILD_SAID_MAX times each */
	void *arg;
};

struct own_build_counts {
	uint64_t rows, names, things, errors, warnings;
};

struct own_build;

struct own_build *own_build_new(const struct own_build_options *options);
void own_build_free(struct own_build **build);

/* Something is wrong with the input: said and counted. */
void own_build_wrong(struct own_build *build, const struct own_place *at, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The file's name lives as long as the build. */
void own_build_add(struct own_build *build, const struct own_place *at, const struct own_row *row);

/* All rows are there: what they say of each other. False: there were errors. */
bool own_build_end(struct own_build *build);

/*
 * Writes the list under that name into a file beside the path, and puts it there when it is whole: who reads the old
 * one goes on reading it. False with err set. Only when own_build_end has said that all is well.
 */
bool own_build_write(const struct own_build *build, const char *path, const char *name, struct err *err);

struct own_build_counts own_build_count(const struct own_build *build);

#endif
