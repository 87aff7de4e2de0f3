/*
 * Forms: what is to know of a word by its letters alone, whatever stands beside it. Words repeat, in a story and from
 * story to story: what the parts of this stage ask of a form is found out once and remembered.
 */
#ifndef WIREDESK_ENTITIES_FORMS_H
#define WIREDESK_ENTITIES_FORMS_H

#include "pipeline/stages/entities/features.h"
#include "pipeline/stages/entities/gazetteer.h"

/* What has been found out of forms met before: changes no answer, only how soon it comes. One for each thread; the
 * gazetteer must live longer. */
struct forms;
struct forms *forms_new(const struct gazetteer *gazetteer);
void forms_free(struct forms **forms);
size_t forms_bytes(void);

enum form_flag {
	FORM_IS_TITLE = 1 << 0,    /* title.h */
	FORM_MAY_BE_DATE = 1 << 1, /* a day or month of some language; else, alone, it is none (calendar.h) */
};

/* Of each word of a text; all in the arena that forms_read was given. */
struct known_words {
	uint64_t *hashes; /* tell forms apart, features_hash */
	struct features_token *features;
	struct gazetteer_word *listed;
	uint64_t *keys;   /* reading_hash */
	uint16_t *cues;   /* cues_row */
	uint8_t *flags;   /* FORM_… */
	uint32_t *places; /* where the tagger's memory has the word, if it does: below TAGGER_MEMORY_WORDS */
};
struct known_words forms_read(struct forms *forms, const struct words *words, struct arena *arena);

#endif
