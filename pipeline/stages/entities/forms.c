/*
 * A table by the hash of a form's bytes, two places a hash, of which a new form takes that not asked for last. A text's
 * words are read in pieces, so that what they need is on its way from memory while others are looked at: first their
 * places in the table, then the list's for those that are new. See forms.h.
 */
#include "pipeline/stages/entities/forms.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/calendar.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/pages.h"
#include "pipeline/stages/entities/reading.h"
#include "pipeline/stages/entities/tagger.h"
#include "pipeline/stages/entities/title.h"
#include "pipeline/words/fold.h"

#define FORMS_ROOM       TAGGER_MEMORY_WORDS
#define FORMS_WAYS       2  /* places of a hash */
#define FORMS_PIECE      64 /* words */
#define FORMS_LINE_BYTES 64
#define FORMS_TABLE_BITS 65536 /* some ten for each word of the tables */
#define FORMS_MARKS      4     /* a character and its marks, at the most */
#define FORMS_CUE_BYTES  96    /* no cue or title is longer */

struct form {
	uint64_t hash; /* 0: a free place */
	uint64_t key;
	struct features_token features;
	struct gazetteer_word listed;
	uint16_t cue;
	uint8_t flags;
	bool is_last; /* of the places of its hash */
};

struct form_line {
	_Alignas(FORMS_LINE_BYTES) struct form form;
};
_Static_assert(sizeof(struct form_line) == FORMS_LINE_BYTES, "a form is a cache line");

struct forms {
	struct form_line at[FORMS_ROOM];
	const struct gazetteer *gazetteer;
	/* Bits for the keys of words… */
	uint64_t in_tables[FORMS_TABLE_BITS / 64];   /* …that cues or titles begin with */
	uint64_t in_calendar[FORMS_TABLE_BITS / 64]; /* …that are days or months */
};

static void forms_put_key(uint64_t bits[FORMS_TABLE_BITS / 64], uint64_t key)
{
	bits[(key >> 6) % (FORMS_TABLE_BITS / 64)] |= UINT64_C(1) << (key & 63);
}

static bool forms_may_have(const uint64_t bits[FORMS_TABLE_BITS / 64], uint64_t key)
{
	return bits[(key >> 6) % (FORMS_TABLE_BITS / 64)] >> (key & 63) & 1;
}

static void forms_put_in_tables(struct forms *forms, struct str word)
{
	forms_put_key(forms->in_tables, reading_hash_folded(word));
}

/* A cue begins with what stands before a blank or hyphen; where words are characters, with one and its marks. */
static void forms_read_tables(struct forms *forms)
{
	struct str text;
	for (size_t i = 0; (text = cues_text(i)).n; i++) {
		size_t word = 0, letter = 0;
		bool by_characters = (unsigned char)text.p[0] >= 0xe0;
		for (int k = 0; by_characters && k < FORMS_MARKS && letter < text.n; k++) {
			utf8_next(text, &letter);
			forms_put_in_tables(forms, str_slice(text, 0, letter));
		}
		while (word < text.n && (unsigned char)text.p[word] > '-')
			word++;
		forms_put_in_tables(forms, str_slice(text, 0, word));
	}
	for (size_t i = 0; (text = title_text(i)).n; i++)
		forms_put_in_tables(forms, text);
	for (struct calendar_place at = {0}; calendar_next(&at, &text);)
		forms_put_key(forms->in_calendar, reading_hash(text));
}

struct forms *forms_new(const struct gazetteer *gazetteer)
{
	struct forms *forms = pages_new(sizeof(*forms));
	forms->gazetteer = gazetteer;
	forms_read_tables(forms);
	return forms;
}

void forms_free(struct forms **forms)
{
	free(*forms);
	*forms = NULL;
}

size_t forms_bytes(void)
{
	return pages_bytes(sizeof(struct forms));
}

static struct form_line *forms_places(struct forms *forms, uint64_t hash)
{
	return &forms->at[hash % (FORMS_ROOM / FORMS_WAYS) * FORMS_WAYS];
}

static void forms_ask(struct forms *forms, uint64_t hash)
{
	const struct form_line *places = forms_places(forms, hash);
	for (size_t way = 0; way < FORMS_WAYS; way++)
		__builtin_prefetch(&places[way]);
}

/* NULL: it is not remembered. */
static struct form *forms_find(struct forms *forms, uint64_t hash)
{
	struct form_line *places = forms_places(forms, hash);
	for (size_t way = 0; way < FORMS_WAYS; way++)
		if (places[way].form.hash == hash)
			return &places[way].form;
	return NULL;
}

static uint32_t forms_number(const struct forms *forms, const struct form *form)
{
	return (uint32_t)((const struct form_line *)(const void *)form - forms->at);
}

/* Of the two places of a hash this one was asked for last. */
static void forms_use(struct forms *forms, struct form *form)
{
	struct form_line *places = forms_places(forms, form->hash);
	/* Mostly it is so already: a line that is only read need not be written back. */
	if (form->is_last)
		return;
	places[0].form.is_last = places[1].form.is_last = false;
	form->is_last = true;
}

/* Takes the place that was not asked for last. */
static struct form *forms_remember(struct forms *forms, const struct form *fresh)
{
	struct form *form = forms_find(forms, fresh->hash);
	if (form)
		return form; /* the word stands twice in its piece */
	struct form_line *places = forms_places(forms, fresh->hash);
	form = &places[places[0].form.is_last].form;
	*form = *fresh;
	form->is_last = false;
	forms_use(forms, form);
	return form;
}

/* A piece of a text: its words, and which of them are new. */
struct forms_piece {
	struct forms *forms;
	const struct words *words;
	size_t first, n;
	struct form *found[FORMS_PIECE];
	struct form fresh[FORMS_PIECE];
	uint8_t is_new[FORMS_PIECE];
	size_t n_new;
};

static void forms_look(struct forms_piece *piece, const uint64_t *hashes)
{
	piece->n_new = 0;
	for (size_t i = 0; i < piece->n; i++) {
		uint64_t hash = hashes[piece->first + i];
		piece->found[i] = forms_find(piece->forms, hash);
		if (piece->found[i]) {
			forms_use(piece->forms, piece->found[i]);
			continue;
		}
		struct form *form = piece->found[i] = &piece->fresh[piece->n_new];
		piece->is_new[piece->n_new++] = (uint8_t)i;
		form->hash = hash;
		gazetteer_word_want(piece->forms->gazetteer, piece->words, piece->first + i, &form->listed);
	}
}

/* What the tables say of a form. */
static void forms_look_up(struct forms *forms, struct str text, struct form *form)
{
	char bytes[READING_WORD_BYTES];
	struct str folded = str_make(bytes, fold_text(text, bytes, sizeof bytes));
	form->key = reading_hash_folded(folded);
	form->cue = CUES_NONE;
	form->flags = forms_may_have(forms->in_calendar, form->key) ? FORM_MAY_BE_DATE : 0;
	if (text.n > FORMS_CUE_BYTES || !forms_may_have(forms->in_tables, form->key))
		return;
	form->cue = cues_row(folded);
	form->flags |= title_is_folded(folded) ? FORM_IS_TITLE : 0;
}

/* What the gazetteer does not say of new forms, and then what it does. */
static void forms_find_out(struct forms_piece *piece)
{
	for (size_t k = 0; k < piece->n_new; k++) {
		struct form *form = &piece->fresh[k];
		size_t i = piece->first + piece->is_new[k];
		features_word(piece->words, i, piece->forms->gazetteer, &form->features);
		forms_look_up(piece->forms, words_text(piece->words, i), form);
	}
	for (size_t k = 0; k < piece->n_new; k++)
		gazetteer_word_look(piece->forms->gazetteer, piece->words, piece->first + piece->is_new[k],
		                    &piece->fresh[k].listed);
}

static bool forms_is_fresh(const struct forms_piece *piece, const struct form *form)
{
	return form >= piece->fresh && form < piece->fresh + FORMS_PIECE;
}

static void forms_write(const struct forms_piece *piece, const struct known_words *out)
{
	for (size_t i = 0; i < piece->n; i++) {
		const struct form *form = piece->found[i];
		size_t at = piece->first + i;
		out->features[at] = form->features;
		out->listed[at] = form->listed;
		out->keys[at] = form->key;
		out->cues[at] = form->cue;
		out->flags[at] = form->flags;
		if (!forms_is_fresh(piece, form))
			out->places[at] = forms_number(piece->forms, form);
	}
	for (size_t k = 0; k < piece->n_new; k++)
		out->places[piece->first + piece->is_new[k]] =
		        forms_number(piece->forms, forms_remember(piece->forms, &piece->fresh[k]));
}

static struct known_words forms_room(size_t n, struct arena *arena)
{
	return (struct known_words){
	        .hashes = arena_alloc(arena, n * sizeof(uint64_t)),
	        .features = arena_alloc(arena, n * sizeof(struct features_token)),
	        .listed = arena_alloc(arena, n * sizeof(struct gazetteer_word)),
	        .keys = arena_alloc(arena, n * sizeof(uint64_t)),
	        .cues = arena_alloc(arena, n * sizeof(uint16_t)),
	        .flags = arena_alloc(arena, n),
	        .places = arena_alloc(arena, n * sizeof(uint32_t)),
	};
}

struct known_words forms_read(struct forms *forms, const struct words *words, struct arena *arena)
{
	struct known_words out = forms_room(words->n, arena);
	struct forms_piece *piece = arena_alloc(arena, sizeof(*piece));
	piece->forms = forms;
	piece->words = words;
	features_hash_words(words, out.hashes);
	for (size_t i = 0; i < words->n && i < FORMS_PIECE; i++)
		forms_ask(forms, out.hashes[i]);
	for (piece->first = 0; piece->first < words->n; piece->first += piece->n) {
		size_t left = words->n - piece->first;
		piece->n = left < FORMS_PIECE ? left : FORMS_PIECE;
		for (size_t i = piece->first + piece->n; i < words->n && i < piece->first + 2 * FORMS_PIECE; i++)
			forms_ask(forms, out.hashes[i]);
		forms_look(piece, out.hashes);
		forms_find_out(piece);
		forms_write(piece, &out);
	}
	return out;
}
