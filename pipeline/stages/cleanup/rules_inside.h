/*
 * Inside of a rule file: what its readers share.
 *
 *     rules_runaway.c  words that are in every text
 *     rules.c          lines and columns to rules
 *     rules_odd.c      rules beside each other: doubled, hidden, built in
 *     rules_try.c      rules on their own examples
 */
#ifndef WIREDESK_CLEANUP_RULES_INSIDE_H
#define WIREDESK_CLEANUP_RULES_INSIDE_H

#include "pipeline/stages/cleanup/rules.h"

/* Where a rule stands; the phrase of the same number is what it says. */
struct rule {
	size_t line;
	size_t words_column, example_column;
	struct str example;
	struct str folded; /* its words */
	bool is_built_in;
};

struct rules {
	struct arena arena;
	const char *path, *name; /* as given; its last part */
	const struct rules_world *world;
	struct rule *items;
	struct phrase *phrases;
	size_t n, room, phrases_room;
	struct phrases *automaton;
	size_t n_errors, n_told;
	struct err *err;
};

/* The first error speaks, later ones are told as warnings; always false. */
bool rules_error(struct rules *r, size_t line, size_t column, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
void rules_warn(struct rules *r, size_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

void rules_find_odd(struct rules *r);
void rules_try_examples(struct rules *r);

#endif
