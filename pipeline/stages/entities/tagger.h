/*
 * The tagger: which runs of words are names of persons, organisations and places?
 *
 * A linear-chain conditional random field over words (Lafferty, McCallum, Pereira 2001), one model for all languages,
 * weights of eight bits, decoded by Viterbi over the valid sequences of begin, inside, last, outside and single labels;
 * sentences of characters that are words each have a grammar of their own. Features are the words near a word, their
 * shapes, beginnings and ends, and the gazetteer's classes. The file of weights is mapped read-only and shared by all
 * lanes; it is described in tagger_file.h, its maker is tools/make-tagger, its data, licences and figures are in
 * TAGGER.md.
 */
#ifndef WIREDESK_ENTITIES_TAGGER_H
#define WIREDESK_ENTITIES_TAGGER_H

#include "pipeline/base/arena.h"
#include "pipeline/base/err.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/words.h"

enum name_type { NAME_IS_PERSON, NAME_IS_ORGANISATION, NAME_IS_PLACE };
/* What users call them; NULL behind the last. */
extern const char *const name_type_words[];

/* A name in the text. */
struct tagged {
	uint32_t first, n; /* words */
	enum name_type type;
	float margin;    /* how much better than calling its words no name: above 0; of the order of a log-odds */
	bool by_context; /* not the tagger's: words beside the name say it (heads.h, people.h) */
};

struct tagger;

/* Maps and checks the file. NULL with err set: not there, not readable, another version, or damaged. */
struct tagger *tagger_open(const char *path, struct err *err);
void tagger_close(struct tagger **tagger);

/* What has been added up for words met before: changes no answer, only how soon it comes. One for each thread, and for
 * the tagger that it is first used with: no other may use it then. */
#define TAGGER_MEMORY_WORDS 131072
struct tagger_memory;
struct tagger_memory *tagger_memory_new(void);
void tagger_memory_free(struct tagger_memory **memory);
size_t tagger_memory_bytes(void);

/*
 * Tags the words. matches: the gazetteer's, ascending. The names are in the arena, ascending, not overlapping, none
 * across a sentence's end. Linear in the words; a sentence longer than TAGGER_SENTENCE_WORDS is cut there.
 */
#define TAGGER_SENTENCE_WORDS 512
struct known_words;
struct tagger_text {
	const struct words *words;
	const struct known_words *known;   /* what is known of the words by themselves; NULL: is found out… */
	const struct gazetteer *gazetteer; /* …with this, or NULL */
	const struct name_match *matches;
	size_t n_matches;
};
size_t tagger_tag(const struct tagger *tagger, struct tagger_memory *memory, const struct tagger_text *text,
                  struct arena *arena, struct tagged **out);

#endif
