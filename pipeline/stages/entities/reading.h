/*
 * A body as the parts of this stage read it together: its words, the gazetteer's matches, and keys of words that are
 * equal where a reader takes two spellings for the same name ("Kim Jong-Un", "Kim Jong-un").
 */
#ifndef WIREDESK_ENTITIES_READING_H
#define WIREDESK_ENTITIES_READING_H

#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/tagger.h"
#include "pipeline/stages/entities/words.h"

/* A table of numbers by key; room for so many, fixed when it is made. */
struct slots {
	uint64_t *keys;
	uint32_t *values;
	size_t mask, n, most;
	uint64_t spread; /* odd: tells a key's place, which no story can foresee */
	unsigned shift;
};
#define SLOT_NONE UINT32_MAX

/* What has been asked for before: of reading_is_in the languages, by where their text stands; of listed_entry names of
 * the list; the rows of the language's endings (link.c). */
#define READING_ASKED   64
#define READING_ENTRIES 32
struct reading_asked {
	const char *languages[READING_ASKED];
	bool is_in[READING_ASKED];
	uint32_t names[READING_ENTRIES]; /* plus one; 0: none yet */
	struct name_entry entries[READING_ENTRIES];
	bool has_endings;
	uint32_t endings_from, endings_to;
};

struct cue;
struct known_words;
struct own_found;

struct reading {
	const struct words *words;
	const struct gazetteer *gazetteer;
	const struct name_match *matches; /* ascending, not overlapping */
	size_t n_matches;
	struct str language;             /* BCP 47, or und */
	struct arena *arena;             /* scratch of the call */
	uint64_t *keys;                  /* of words; 0: not asked for yet */
	const struct known_words *known; /* what is known of the words by themselves; NULL: is found out when asked */
	struct cue *cues;                /* of words (cues.h); n 0: not asked for yet */
	const struct own_found *own;     /* what the user's own gazetteers have (own.h); NULL: there are none */
	struct reading_asked *asked;
	struct gazetteer_speaker speaker; /* whose language it is */
	struct slots seen;                /* of an Arabic body: keys of its words as written; else without keys */
};

struct reading reading_start(const struct words *words, const struct gazetteer *gazetteer, struct str language,
                             struct arena *arena);

/*
 * How many bytes of a word are another one that Arabic writes before it: "wa-", "bi-", "li-". Only where the rest is a
 * name of the list, or a word of the story, and the whole is none.
 */
size_t reading_proclitic(const struct reading *r, size_t word);

/* What is known of the words is used, not found out again; it stays as long as the reading. */
void reading_know(struct reading *r, const struct known_words *known);

/* Of a text; the same of a folded one. Never 0. */
uint64_t reading_hash(struct str text);
uint64_t reading_hash_folded(struct str folded);
#define READING_WORD_BYTES 256 /* folded; longer words are told apart by their beginnings */

/* A word's key, of the folded word without its proclitic. Never 0. */
uint64_t reading_key(const struct reading *r, size_t word);

/* A word folded, its beginning if it is long: for comparing letters. */
struct folded_word {
	char p[96];
	size_t n;
};
struct folded_word reading_fold(const struct reading *r, size_t word);

/* Key of a word's first letters; 0: there are too few. */
uint64_t reading_stem(const struct reading *r, size_t word);

/* Two words with the same stem: the same but for an ending? */
bool reading_same_but_ending(const struct reading *r, size_t a, size_t b);

/* Key of a run of words; signs do not count, so that hyphens and blanks are alike. 0: nothing but signs. */
uint64_t reading_run_key(const struct reading *r, size_t first, size_t n);

/* The same step by step: the key of a run that goes on with one more word. */
uint64_t reading_join(uint64_t before, uint64_t word);

/* The text of a run of words, with what stands between them. */
struct str reading_text(const struct reading *r, size_t first, size_t n);

/* The same without the first word's proclitic. */
struct str reading_name(const struct reading *r, size_t first, size_t n);

/* The name of the list that a text is; UINT32_MAX: none. */
uint32_t reading_find_text(const struct reading *r, struct str text);

/* The same of reading_name. */
uint32_t reading_find(const struct reading *r, size_t first, size_t n);

static inline const struct word *reading_word(const struct reading *r, size_t i)
{
	return &r->words->at[i];
}

size_t reading_letters(const struct reading *r, size_t word);

/* Words of a run, without signs. */
size_t reading_count_words(const struct reading *r, size_t first, size_t n);

/* Could the word be a name's: with a capital, or of a script without? */
static inline bool reading_is_capital(const struct word *w)
{
	return w->kind == WORD_LETTERS && w->flags & (WORD_UPPER_FIRST | WORD_CASELESS);
}

/* Does the run have such a word? */
bool reading_has_capital(const struct reading *r, size_t first, size_t n);

/* Is the word a sign that is part of names, within them: "Jong-un", "O'Neill"? */
bool reading_joins(const struct reading *r, size_t word);

/* Is the word this one sign? */
bool reading_is_sign(const struct reading *r, size_t word, char sign);
/* A Roman number: "III". */
bool reading_is_roman(const struct reading *r, size_t word);
bool reading_is_hyphen(const struct reading *r, size_t word);
bool reading_is_apostrophe(const struct reading *r, size_t word);

/* Is the story's language, whatever its region, one of those between blanks: "hr bs sr"? A text that stays as it is. */
bool reading_is_in(const struct reading *r, const char *languages);

/* Does the language write endings behind names? */
bool reading_has_endings(const struct reading *r);

struct slots slots_new(struct arena *arena, size_t most);
/* The value's place: of a key not there yet SLOT_NONE stands in it. NULL: the table is full. */
uint32_t *slots_put(struct slots *slots, uint64_t key);
/* The value, or SLOT_NONE. */
uint32_t slots_get(const struct slots *slots, uint64_t key);

#endif
