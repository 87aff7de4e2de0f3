/*
 * A desk's own rules for cleanup, from a file: the built-in table's form (phrases.def), as text.
 *
 * A rule a line, UTF-8, tabs between its columns:
 *
 *     language  kind  mode  words  example  [note]
 *
 * language: a tag ("en", "zh-Hant") or "*"; it names the rule, and rules of all languages hold for every story.
 * kind, mode: as in phrases.h, in lower case. Kind "keep": a line like this is the writer's, whatever other rules say.
 * words: compared folded, as whole words; at most RULES_WORDS_MAX characters.
 * example: a line as it was seen. The rule is tried on it when the file is read.
 * note: where it was seen, why; for those who read the file.
 *
 * "[NAME]" alone in a line: the rules below it are for stories of the source NAME alone; "[*]": for all again. Lines
 * that begin with "#", empty ones, and a first line of the columns' names say nothing.
 *
 * What is wrong is told with file, line and column, in characters from 1, and what to do: a wrong column, no words,
 * words that nearly every line has (one letter, marks alone, words like "the"), the same words twice, a rule that
 * another one hides, an example that its rule does not find. What is odd is a warning: a rule that is built in, or a
 * single word.
 */
#ifndef WIREDESK_CLEANUP_RULES_H
#define WIREDESK_CLEANUP_RULES_H

#include "pipeline/base/arena.h"
#include "pipeline/base/err.h"
#include "pipeline/stages/cleanup/phrases.h"

#define RULES_FILE_BYTES_MAX (2 << 20)
#define RULES_LINE_BYTES_MAX 4096
#define RULES_MAX            20000
#define RULES_WORDS_MAX      100
#define RULES_TOLD_MAX       20 /* warnings of a file */

/* What rules are read with. */
struct rules_world {
	const struct feed *feeds;
	size_t n_feeds;
	void (*warn)(void *arg, const char *words); /* NULL: nobody listens */
	void *warn_arg;
	bool only_errors; /* warn hears of the errors behind the first one, not of what is odd */
};

struct rules;

/* The rules of a file, compiled with the built-in ones; path NULL: these alone. NULL with err set. */
struct rules *rules_open(const char *path, const struct rules_world *world, struct err *err);
/* The same of a text that is already read; name: what it is called in messages, and its last part in rules' names. */
struct rules *rules_parse(struct str text, const char *name, const struct rules_world *world, struct err *err);
void rules_close(struct rules *rules);

const struct phrases *rules_phrases(const struct rules *rules);

/*
 * Why these words would be found in nearly every text where this mode looks, or NULL: they are good enough. For rules
 * that are made (suggest) as for those that are read.
 */
const char *rules_runaway(struct str words, enum phrase_mode mode);

#endif
