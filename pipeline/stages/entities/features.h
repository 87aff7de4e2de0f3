/*
 * What the tagger sees of a text: features as keys of 64 bits. The program that makes the model reads text through the
 * same functions, so that both see the same.
 *
 * A word by itself has features for each place near it (two words before, one before, itself, one behind, two behind):
 * they depend on its bytes alone, so that what they add up to can be kept. The rest is the *context*: pairs of words,
 * shapes, runs of capitals, names of the gazetteer, and where else in the document the word stands.
 *
 * Most words are far from any capital, and are no name: only words near a *core* (a capital, a word of a script without
 * capitals, a name of the gazetteer) are labelled.
 */
#ifndef WIREDESK_ENTITIES_FEATURES_H
#define WIREDESK_ENTITIES_FEATURES_H

#include "pipeline/base/arena.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/words.h"

#include <stdint.h>

#define FEATURES_PLACES      5  /* the labelled word is seen at places 0 … 4 of its neighbours: 2 is itself */
#define FEATURES_NEAR        2  /* a name's words are at most so far from a core */
#define FEATURES_LETTERS     32 /* of a word are read; more say no more */
#define FEATURES_WORD_KEYS   56
#define FEATURES_CONTEXT_MAX 72

enum features_flag {
	FEATURES_CORE = 1 << 0,
	FEATURES_CAPITAL = 1 << 1, /* begins with a capital */
	FEATURES_SMALL = 1 << 2,   /* letters, no capital among them */
	FEATURES_ALONE = 1 << 3,
	FEATURES_FIRST = 1 << 4, /* of the letters of its sentence */
	FEATURES_UPPER = 1 << 5, /* all capitals, two or more */
	FEATURES_LONG = 1 << 6,  /* small, and longer than what names begin with: "van", "al", "della" */
};

/* What the gazetteer's names may be, in sorts that tell most. */
enum features_sort {
	FEATURES_LAND = 1 << 0, /* countries, capitals, regions */
	FEATURES_CITY = 1 << 1,
	FEATURES_TOWN = 1 << 2,
	FEATURES_ORGANISATION = 1 << 3,
	FEATURES_FORENAME = 1 << 4,
	FEATURES_SURNAME = 1 << 5,
	FEATURES_DEMONYM = 1 << 6,
};

/* A word: by itself, and in its sentence. */
struct features_token {
	uint64_t lower; /* its letters in lower case, digits all the same */
	uint32_t stem;  /* its first letters, which a name's forms have in common; 0: it is too short, or has no capital
	                 */
	uint16_t ending;  /* a number for what it has behind a name of the gazetteer; 0: nothing */
	uint16_t classes; /* of the gazetteer's name it is part of; by itself of none */
	uint8_t part;     /* where in that name; 0: in none */
	uint8_t listed;   /* enum features_sort of the name that it is, or is but for an ending */
	uint8_t shape;    /* in a sentence with the white space before it */
	uint8_t flags;
};
/* The gazetteer may be NULL. */
void features_word(const struct words *words, size_t i, const struct gazetteer *gazetteer, struct features_token *out);

/* A number for each word, the same for the same bytes; never 0. */
void features_hash_words(const struct words *words, uint64_t *out);

/* Deep features say which word it is. The maker of the model hides them at times, so that it learns of new words, too.
 */
struct features_keys {
	uint64_t at[FEATURES_WORD_KEYS];
	uint8_t place[FEATURES_WORD_KEYS];
	bool deep[FEATURES_WORD_KEYS];
	size_t n;
};
void features_word_keys(const struct words *words, size_t i, struct features_keys *out);

/* A text to be read: its words, what each is by itself, and the gazetteer's names in it, ascending. */
struct features_source {
	const struct words *words;
	const struct features_token *known;
	const struct name_match *matches;
	size_t n_matches;
};

/* Where in the document words with capitals stand. Only the first words of a long text are looked at. */
#define FEATURES_DOCUMENT_WORDS 32768
struct features_document;
struct features_document *features_document_new(const struct features_source *source, struct arena *arena);

enum features_case { FEATURES_CASE_USUAL, FEATURES_CASE_CAPITALS, FEATURES_CASE_TITLE };

#define FEATURES_SENTENCE_WORDS 512 /* a longer one is cut there */
#define FEATURES_EDGE           2   /* tokens of nothing on each side */
struct features_sentence {
	struct features_token *tokens; /* in padded */
	size_t n;
	size_t first; /* number of its first word */
	uint8_t kind; /* enum features_case */
	bool alone;   /* most of its words are characters */
	const struct features_document *document;
	struct features_token padded[FEATURES_SENTENCE_WORDS + 2 * FEATURES_EDGE];
};
/* Where the reader is; begins with zeros. */
struct features_place {
	size_t word, match;
};
/* Reads the next sentence; false at the text's end. The document stays as the caller has set it. */
bool features_next_sentence(const struct features_source *source, struct features_place *at,
                            struct features_sentence *out);
/* Signs and small words that no name begins or ends with, and what is none alone. */
enum features_may { FEATURES_MAY_BEGIN = 1 << 0, FEATURES_MAY_END = 1 << 1, FEATURES_MAY_BE_ALONE = 1 << 2 };
unsigned features_may(const struct features_token *token);

/* The first token from `from` on that is near a core; n: none. *end: behind the last of the stretch. */
size_t features_stretch(const struct features_sentence *sentence, size_t from, size_t *end);

struct features_context {
	uint64_t at[FEATURES_CONTEXT_MAX];
	size_t n;
	size_t n_shapes;            /* the first ones, of shapes alone */
	size_t first_name, n_names; /* those of shapes and of names of the gazetteer alone */
	size_t n_plain;             /* the deep ones stand behind them */
};
/* Parts of the context that are asked for; what they add up to may be known for some. */
enum features_part { FEATURES_OF_SHAPES = 1 << 0, FEATURES_OF_NAMES = 1 << 1, FEATURES_OF_WORDS = 1 << 2 };
#define FEATURES_OF_ALL (FEATURES_OF_SHAPES | FEATURES_OF_NAMES | FEATURES_OF_WORDS)
void features_context(const struct features_sentence *sentence, size_t i, unsigned parts, struct features_context *out);
/* A number, not 0, that tells the features of shapes alone: words that have it in common have those. */
uint64_t features_shapes(const struct features_sentence *sentence, size_t i);
/* The same of names and shapes; 0: there are no such features. */
uint64_t features_names(const struct features_sentence *sentence, size_t i);

#endif
