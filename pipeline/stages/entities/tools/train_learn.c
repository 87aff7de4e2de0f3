/* Documents to the features of each word. See train.h. */
#include "pipeline/stages/entities/tools/train.h"

#include "pipeline/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define TRAIN_MATCHES 4096 /* of a document */

/* --- numbers of keys ---------------------------------------------------------------------------------------------- */

static void index_grow(struct index *index)
{
	struct index larger = {.mask = index->mask ? 2 * index->mask + 1 : 65535};
	larger.entries = calloc(larger.mask + 1, sizeof(*larger.entries));
	if (!larger.entries)
		check_panic("out of memory");
	for (size_t i = 0; index->entries && i <= index->mask; i++) {
		if (index->entries[i].key == 0)
			continue;
		size_t at = index->entries[i].key >> 20 & larger.mask;
		while (larger.entries[at].key)
			at = (at + 1) & larger.mask;
		larger.entries[at] = index->entries[i];
	}
	larger.n = index->n;
	free(index->entries);
	*index = larger;
}

/* The entry of a key; where there is none yet, a new one with the number TRAIN_NONE. */
static struct entry *index_at(struct index *index, uint64_t key)
{
	if (key == 0)
		key = 1;
	if (2 * index->n >= index->mask)
		index_grow(index);
	size_t at = key >> 20 & index->mask;
	while (index->entries[at].key && index->entries[at].key != key)
		at = (at + 1) & index->mask;
	if (index->entries[at].key == 0) {
		index->entries[at] = (struct entry){.key = key, .number = TRAIN_NONE};
		index->n++;
	}
	return &index->entries[at];
}

/* --- features ---------------------------------------------------------------------------------------------------- */

static const struct features_token *train_look(const struct reading *reading)
{
	struct features_token *known = arena_alloc(reading->arena, reading->words.n * sizeof(*known));
	for (size_t i = 0; i < reading->words.n; i++)
		features_word(&reading->words, i, reading->train->gazetteer, &known[i]);
	return known;
}

void train_match(struct reading *reading)
{
	reading->matches = NULL;
	reading->n_matches = 0;
	if (!reading->train->gazetteer)
		return;
	reading->matches = arena_alloc(reading->arena, TRAIN_MATCHES * sizeof(*reading->matches));
	reading->n_matches =
	        gazetteer_match(reading->train->gazetteer, &reading->words, reading->matches, TRAIN_MATCHES);
}

/* Labels of the words of a name; a sentence's end within it is one for the name, too. */
static void train_label(struct reading *reading, size_t first, size_t end, unsigned type)
{
	unsigned base = type * LABELS_OF_TYPE;
	for (size_t i = first; i < end; i++) {
		bool is_first = i == first || reading->words.at[i].flags & WORD_SENTENCE;
		bool is_last = i + 1 == end || reading->words.at[i + 1].flags & WORD_SENTENCE;
		unsigned part = is_first ? (is_last ? LABEL_SINGLE : LABEL_BEGIN) : is_last ? LABEL_LAST : LABEL_INSIDE;
		reading->labels[i] = (uint8_t)(base + part);
	}
}

static void train_label_all(struct reading *reading)
{
	const struct train *t = reading->train;
	const struct words *words = &reading->words;
	reading->labels = arena_calloc(reading->arena, words->n + 1, 1);
	size_t i = 0;
	for (size_t k = 0; k < reading->document->n_names; k++) {
		const struct name *name = &t->names.items[reading->document->first_name + k];
		while (i < words->n && words->at[i].end <= name->start)
			i++;
		size_t end = i;
		while (end < words->n && words->at[end].start < name->end)
			end++;
		if (end > i)
			train_label(reading, i, end, name->type);
		i = end;
	}
}

static uint32_t train_type(struct train *t, const struct words *words, size_t i)
{
	struct str text = words_text(words, i);
	struct entry *entry = index_at(&t->types, XXH3_64bits_withSeed(text.p, text.n, words->at[i].kind));
	if (entry->number != TRAIN_NONE)
		return entry->number;
	struct features_keys keys;
	features_word_keys(words, i, &keys);
	entry->number = (uint32_t)t->type_list.n;
	struct type type = {.first_key = t->word_keys.n, .n_keys = (uint32_t)keys.n};
	for (size_t k = 0; k < keys.n; k++) {
		LIST_ADD(&t->word_keys, keys.at[k]);
		LIST_ADD(&t->word_places, (uint8_t)(keys.place[k] | (keys.deep[k] ? TRAIN_DEEP : 0)));
	}
	LIST_ADD(&t->type_list, type);
	return (uint32_t)t->type_list.n - 1;
}

static void train_add_token(struct train *t, const struct reading *reading, const struct features_sentence *s, size_t i)
{
	struct features_context context;
	features_context(s, i, FEATURES_OF_ALL, &context);
	struct token token = {.first_context = t->context.n, .label = reading->labels[s->first + i]};
	for (size_t place = 0; place < FEATURES_PLACES; place++) {
		size_t j = i + place - FEATURES_EDGE;
		token.words[place] = j < s->n ? train_type(t, &reading->words, s->first + j) : TRAIN_NONE;
		if (t->counting && token.words[place] != TRAIN_NONE)
			t->type_list.items[token.words[place]].seen[place]++;
	}
	for (size_t k = 0; k < context.n; k++) {
		struct entry *entry = index_at(&t->features, context.at[k]);
		if (k == context.n_plain)
			token.n_plain = (uint32_t)(t->context.n - token.first_context);
		if (t->counting)
			entry->n++;
		else if (entry->number != TRAIN_NONE)
			LIST_ADD(&t->context, entry->number);
	}
	token.n_context = (uint32_t)(t->context.n - token.first_context);
	if (!t->counting)
		LIST_ADD(&t->tokens, token);
}

/* A name that reaches out of a stretch ends with it. */
static void train_close_names(struct reading *reading, size_t from, size_t end)
{
	uint8_t *first = &reading->labels[from], *last = &reading->labels[end - 1];
	unsigned part = (*first + LABELS_OF_TYPE - 1) % LABELS_OF_TYPE + 1;
	if (*first && (part == LABEL_INSIDE || part == LABEL_LAST))
		*first = (uint8_t)(*first +
		                   (part == LABEL_INSIDE ? LABEL_BEGIN - LABEL_INSIDE : LABEL_SINGLE - LABEL_LAST));
	part = (*last + LABELS_OF_TYPE - 1) % LABELS_OF_TYPE + 1;
	if (*last && (part == LABEL_BEGIN || part == LABEL_INSIDE))
		*last = (uint8_t)(*last +
		                  (part == LABEL_BEGIN ? LABEL_SINGLE - LABEL_BEGIN : LABEL_LAST - LABEL_INSIDE));
}

static void train_read_document(struct train *t, const struct document *document, struct arena *arena)
{
	struct reading reading = {.train = t, .document = document, .arena = arena};
	struct features_place at = {0};
	reading.words = words_split(train_text(t, document), arena);
	train_match(&reading);
	train_label_all(&reading);
	struct features_source source = {&reading.words, train_look(&reading), reading.matches, reading.n_matches};
	struct features_sentence *s = arena_alloc(arena, sizeof(*s));
	s->document = features_document_new(&source, arena);
	while (features_next_sentence(&source, &at, s))
		for (size_t from = 0, end = 0; (from = features_stretch(s, end, &end)) < s->n;) {
			struct stretch stretch = {t->tokens.n, (uint16_t)(end - from), s->alone,
			                          t->times[document->set]};
			train_close_names(&reading, s->first + from, s->first + end);
			for (size_t i = from; i < end; i++)
				train_add_token(t, &reading, s, i);
			if (!t->counting)
				LIST_ADD(&t->stretches, stretch);
		}
}

static void train_read_documents(struct train *t)
{
	struct arena arena;
	arena_init(&arena, 0, 0);
	for (size_t d = 0; d < t->documents.n; d++) {
		if (t->documents.items[d].choose)
			continue;
		arena_reset(&arena);
		train_read_document(t, &t->documents.items[d], &arena);
	}
	arena_free(&arena);
}

/* Those seen often enough get numbers. */
static void train_number(struct train *t)
{
	for (size_t i = 0; i < t->type_list.n; i++) {
		const struct type *type = &t->type_list.items[i];
		for (size_t k = type->first_key; k < type->first_key + type->n_keys; k++)
			index_at(&t->features, t->word_keys.items[k])->n +=
			        type->seen[t->word_places.items[k] & ~TRAIN_DEEP];
	}
	for (size_t i = 0; i <= t->features.mask; i++) {
		struct entry *entry = &t->features.entries[i];
		if (entry->key && entry->n >= t->least)
			entry->number = (uint32_t)t->n_rows++;
	}
	t->rows = calloc(t->n_rows + 1, sizeof(*t->rows));
	t->row_keys = calloc(t->n_rows + 1, sizeof(*t->row_keys));
	t->row_seen = calloc(t->n_rows + 1, sizeof(*t->row_seen));
	CHECK(t->rows && t->row_keys && t->row_seen);
	for (size_t i = 0; i <= t->features.mask; i++) {
		const struct entry *entry = &t->features.entries[i];
		if (entry->number == TRAIN_NONE)
			continue;
		t->row_keys[entry->number] = entry->key;
		t->row_seen[entry->number] = entry->n;
	}
	for (size_t k = 0; k < t->word_keys.n; k++)
		t->word_keys.items[k] = index_at(&t->features, t->word_keys.items[k])->number;
}

void train_extract(struct train *t)
{
	t->counting = true;
	train_read_documents(t);
	train_number(t);
	t->counting = false;
	train_read_documents(t);
	fprintf(stderr,
	        "%zu documents, %zu words near a core in %zu stretches, %zu distinct words, %zu features, %zu kept\n",
	        t->documents.n, t->tokens.n, t->stretches.n, t->type_list.n, t->features.n, t->n_rows);
	free(t->features.entries);
	t->features = (struct index){0};
}
