/*
 * What is known of a story beside its text, as far as it tells its language.
 *
 * Three things speak: what the source is configured to expect, the language that the story declares, and where it was
 * written: the zone of its time line, else of its source, and its dateline's town, as far as homes.def has them. They
 * decide between languages that are taken for each other (near.def) and only where the text leaves a doubt: the odds of
 * one language against another change by a factor of PRIOR_MOST at most, so that no word about a story stands against
 * what it says itself, and what is shared among languages near to each other takes nothing from all others. Only what
 * the source expects, which somebody wrote down on purpose, counts for any language.
 *
 * All of it is optional: without cleanup, credits, a source or a declaration the text decides alone.
 */
#ifndef WIREDESK_LANGUAGE_PRIOR_H
#define WIREDESK_LANGUAGE_PRIOR_H

#include "pipeline/stages/language/model.h"
#include "pipeline/story.h"

struct prior;

/* For the labels of a model. Made once, read by all lanes. */
struct prior *prior_new(const struct model *model);
void prior_free(struct prior **prior);

/* Is the tag the language of an expected one ("pt" of "pt-BR"), or the same? */
bool prior_tag_fits(const char *tag, struct str expected);

/* Are two labels of a group languages that are taken for each other? */
bool prior_are_near(const struct prior *prior, size_t group, size_t label, size_t other);

/* Changes the probabilities that the model gave for a story's text. They still sum to 1. */
void prior_apply(const struct prior *prior, size_t group, const struct story *st, struct model_answer *answer);

/*
 * What is left of the confidence in a language that is not the declared one: of all stories that declare another
 * language few are right in that, and most of them leave no doubt.
 */
double prior_against_declared(double confidence);

#endif
