/*
 * Decoding: rows of weights are added up for each word near a capital, then the best sequence of labels is found. See
 * tagger.h, features.h and rows.h.
 *
 * Time goes into rows. What depends on a word alone is added up once and remembered, by the word's bytes, in a table of
 * one way; the rows of all else in a stretch of words are read together.
 */
#include "pipeline/stages/entities/tagger.h"

#include "pipeline/base/check.h"
#include "pipeline/base/mapped.h"
#include "pipeline/stages/entities/features.h"
#include "pipeline/stages/entities/rows.h"
#include "pipeline/stages/entities/tagger_file.h"
#include "pipeline/stages/entities/ways.h"

#include <stddef.h>
#include <stdlib.h>
#include <xxhash.h>

#define TAGGER_MEMORY_WORDS  16384
#define TAGGER_MEMORY_BYTES  44 /* longer words are not remembered */
#define TAGGER_MEMORY_SHAPES 2048
#define TAGGER_AHEAD         12 /* how many words before it is looked at a word is asked for */
#define TAGGER_LINE_BYTES    64
#define TAGGER_FORBIDDEN     INT16_MIN

_Static_assert(TAGGER_SENTENCE_WORDS == FEATURES_SENTENCE_WORDS, "one limit");

struct tagger {
	struct mapped file;
	const struct tagger_file_head *head;
	struct rows rows;
	struct ways_grammar grammars[TAGGER_GRAMMARS];
};

/* A word: a cache line. */
struct tagger_known {
	struct features_word word;
	uint8_t n_bytes; /* 0: a free place */
	uint8_t kind;
	bool has_sums;
	char bytes[TAGGER_MEMORY_BYTES];
};
_Static_assert(sizeof(struct tagger_known) == 64, "a known word is a cache line");

/* What a word's rows add up to, at each place. */
struct tagger_sums {
	struct rows_sum places[FEATURES_PLACES];
};

/* The same as it is remembered, two cache lines: sums without the lanes that say nothing, but the first. */
struct tagger_packed {
	int16_t lanes[ROWS_FIRST_LANE + FEATURES_PLACES * (TAGGER_LABELS - 1)];
};
_Static_assert(sizeof(struct tagger_packed) == 128, "sums are two cache lines");

/* What the rows of features of shapes add up to. */
struct tagger_shapes {
	uint64_t number;                  /* features_shapes; 0: a free place */
	int16_t lanes[TAGGER_LABELS - 1]; /* of the sum, but those that say nothing */
};
_Static_assert(sizeof(struct tagger_shapes) == sizeof(struct rows_sum), "a sum with its number in the lanes left out");

/* The last place is for the word at hand that is too long to be remembered. */
struct tagger_memory {
	struct tagger_known words[TAGGER_MEMORY_WORDS + 1];
	struct tagger_packed sums[TAGGER_MEMORY_WORDS + 1];
	struct tagger_shapes shapes[TAGGER_MEMORY_SHAPES];
	const struct tagger *tagger; /* whose sums these are */
};

/* --- opening ----------------------------------------------------------------------------------------------------- */

static const struct mapped_kind tagger_kind = {
        .name = "model of names",
        .magic = TAGGER_FILE_MAGIC,
        .version = TAGGER_FILE_VERSION,
        .head_bytes = sizeof(struct tagger_file_head),
        .bytes_max = TAGGER_FILE_BYTES_MAX,
        .bytes_at = offsetof(struct tagger_file_head, bytes),
        .checksum_at = offsetof(struct tagger_file_head, checksum),
};

static bool tagger_check(struct tagger *t, const char *path, struct err *err)
{
	const struct tagger_file_head *head = t->head = t->file.p;
	if (head->n_buckets == 0 ||
	    sizeof(*head) + (size_t)head->n_buckets * sizeof(struct tagger_file_bucket) != t->file.n ||
	    !(head->scale > 0))
		return err_set(err, "the model of names '%s' is damaged: its parts do not fit together", path);
	return true;
}

struct tagger *tagger_open(const char *path, struct err *err)
{
	struct tagger *t = calloc(1, sizeof(*t));
	if (!t)
		check_panic("out of memory");
	if (!mapped_open(&t->file, &tagger_kind, path, err) || !tagger_check(t, path, err)) {
		tagger_close(&t);
		return NULL;
	}
	rows_open(&t->rows, (const struct tagger_file_bucket *)(t->head + 1), t->head->n_buckets);
	for (unsigned i = 0; i < TAGGER_GRAMMARS; i++)
		ways_read_grammar(t->head->follows[i], &t->grammars[i]);
	return t;
}

void tagger_close(struct tagger **tagger)
{
	struct tagger *t = *tagger;
	if (!t)
		return;
	rows_close(&t->rows);
	mapped_close(&t->file);
	free(t);
	*tagger = NULL;
}

struct tagger_memory *tagger_memory_new(void)
{
	size_t n = (sizeof(struct tagger_memory) + TAGGER_LINE_BYTES - 1) / TAGGER_LINE_BYTES * TAGGER_LINE_BYTES;
	struct tagger_memory *memory = aligned_alloc(TAGGER_LINE_BYTES, n);
	if (!memory)
		check_panic("out of memory");
	memset(memory, 0, n);
	return memory;
}

size_t tagger_memory_bytes(void)
{
	return sizeof(struct tagger_memory);
}

void tagger_memory_free(struct tagger_memory **memory)
{
	free(*memory);
	*memory = NULL;
}

/* --- words met before -------------------------------------------------------------------------------------------- */

/* One text on its way. */
struct tagger_run {
	const struct tagger *t;
	struct tagger_memory *memory;
	const struct tagger_text *text;
	struct arena *arena;
	uint16_t *places; /* of the text's words in the memory */
	struct features_sentence *sentence;
	struct rows_wanted *wanted;
	struct tagger_word *near;  /* of a stretch of a sentence, and those beside it */
	struct tagger_step *steps; /* of the stretch… */
	struct ways_step *ways;    /* …and the ways through them */
	struct tagged *names;
	size_t n_names, room;
};

static bool tagger_is_long(struct str text)
{
	return text.n > TAGGER_MEMORY_BYTES;
}

/* Where in the memory a word is, or would be. */
static uint16_t tagger_place(struct str text)
{
	return (uint16_t)(tagger_is_long(text) ? TAGGER_MEMORY_WORDS
	                                       : XXH3_64bits(text.p, text.n) % TAGGER_MEMORY_WORDS);
}

/* The word at its place; if another is there it gives way. */
static struct tagger_known *tagger_know(struct tagger_run *r, size_t i)
{
	const struct words *words = r->text->words;
	struct str text = words_text(words, i);
	uint8_t kind = (uint8_t)(words->at[i].kind + 1);
	struct tagger_known *known = &r->memory->words[r->places[i]];
	if (known->n_bytes == text.n && known->kind == kind && memcmp(known->bytes, text.p, text.n) == 0)
		return known;
	features_word(words, i, &known->word);
	known->has_sums = false;
	known->kind = kind;
	known->n_bytes = tagger_is_long(text) ? 0 : (uint8_t)text.n;
	memcpy(known->bytes, text.p, known->n_bytes);
	return known;
}

/* The places of all words. Another word may take a place later; most stay where they are found now. */
static void tagger_know_all(struct tagger_run *r)
{
	const struct words *words = r->text->words;
	r->places = arena_alloc(r->arena, words->n * sizeof(*r->places));
	for (size_t i = 0; i < words->n; i++)
		r->places[i] = tagger_place(words_text(words, i));
}

static void tagger_look(void *self, size_t i, struct features_word *out)
{
	struct tagger_run *r = self;
	size_t ahead = i + TAGGER_AHEAD;
	if (ahead < r->text->words->n)
		__builtin_prefetch(&r->memory->words[r->places[ahead]]);
	*out = tagger_know(r, i)->word;
}

/* --- scores ------------------------------------------------------------------------------------------------------ */

/* A word in or beside a stretch. */
struct tagger_word {
	const struct tagger_packed *sums;
	bool is_new; /* its sums are not in the memory yet, but here */
	struct tagger_packed packed;
	struct tagger_sums new;
};

/* Adds the sum at a place of what is remembered. */
static void tagger_add_packed(struct rows_sum *sum, const struct tagger_packed *packed, size_t place)
{
	/* The lanes that say nothing are the last ones of the place before. */
	rows_lanes lanes;
	memcpy(&lanes, packed->lanes + place * (TAGGER_LABELS - 1), sizeof(lanes));
	rows_lanes_add(&sum->lanes, &lanes);
}

static void tagger_pack(const struct tagger_sums *sums, struct tagger_packed *out)
{
	for (size_t place = 0; place < FEATURES_PLACES; place++)
		memcpy(out->lanes + ROWS_FIRST_LANE + place * (TAGGER_LABELS - 1),
		       (const int16_t *)&sums->places[place].lanes + ROWS_FIRST_LANE,
		       (TAGGER_LABELS - 1) * sizeof(int16_t));
}

/* A word of a stretch: what its rows add up to. */
struct tagger_step {
	struct rows_sum sum;
	struct rows_sum shapes; /* of the features of shapes alone, and… */
	uint64_t number;        /* …what tells them; … */
	bool is_new;            /* …the memory does not have them */
};

static void tagger_want_word(struct tagger_run *r, size_t i, struct tagger_word *word)
{
	const struct tagger_known *known = tagger_know(r, i);
	struct features_keys keys;
	word->is_new = !known->has_sums;
	word->sums = word->is_new ? &word->packed : &r->memory->sums[r->places[i]];
	if (!word->is_new) {
		__builtin_prefetch(word->sums);
		__builtin_prefetch((const char *)word->sums + TAGGER_LINE_BYTES);
		return;
	}
	features_word_keys(r->text->words, i, &keys);
	memset(&word->new, 0, sizeof(word->new));
	for (size_t k = 0; k < keys.n; k++)
		rows_want(&r->t->rows, r->wanted, &keys.at[k], 1, &word->new.places[keys.place[k]]);
}

/* The memory learns a new word's sums, unless the word's place has been taken since. */
static void tagger_learn(struct tagger_run *r, size_t i, const struct tagger_word *word)
{
	struct tagger_known *known = tagger_know(r, i);
	r->memory->sums[r->places[i]] = word->packed;
	known->has_sums = true;
}

/* Shapes are few, and stand together in few ways: most have been met before. */
static struct tagger_shapes *tagger_shapes_place(struct tagger_run *r, uint64_t number)
{
	return &r->memory->shapes[number * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (TAGGER_MEMORY_SHAPES - 1)];
}

static void tagger_want_context(struct tagger_run *r, size_t i, struct tagger_step *step)
{
	struct features_context context;
	features_context(r->sentence, i, &context);
	step->number = features_shapes(r->sentence, i);
	const struct tagger_shapes *known = tagger_shapes_place(r, step->number);
	step->is_new = known->number != step->number;
	memset(&step->shapes, 0, sizeof(step->shapes));
	memset(&step->sum, 0, sizeof(step->sum));
	if (step->is_new)
		rows_want(&r->t->rows, r->wanted, context.at, context.n_shapes, &step->shapes);
	else
		memcpy(&step->shapes, known, sizeof(step->shapes));
	rows_want(&r->t->rows, r->wanted, context.at + context.n_shapes, context.n - context.n_shapes, &step->sum);
}

static void tagger_add_shapes(struct tagger_run *r, struct tagger_step *step)
{
	rows_lanes_add(&step->sum.lanes, &step->shapes.lanes);
	if (!step->is_new)
		return;
	struct tagger_shapes *place = tagger_shapes_place(r, step->number);
	memcpy(place, &step->shapes, sizeof(*place));
	place->number = step->number;
}

/* What the words of the stretch, and those beside it, say to the word at j of the sentence. */
static void tagger_add_words(struct tagger_run *r, size_t first, size_t last, size_t j, struct rows_sum *sum)
{
	for (size_t place = 0; place < FEATURES_PLACES; place++) {
		/* The word at i is at place 2 + (i - j) of the word at j. */
		size_t i = j + place;
		if (i >= first + FEATURES_EDGE && i < last + FEATURES_EDGE)
			tagger_add_packed(sum, r->near[i - FEATURES_EDGE - first].sums, place);
	}
}

static void tagger_sum(struct tagger_run *r, size_t from, size_t end)
{
	const struct features_sentence *s = r->sentence;
	size_t first = from < FEATURES_EDGE ? 0 : from - FEATURES_EDGE;
	size_t last = end + FEATURES_EDGE < s->n ? end + FEATURES_EDGE : s->n;
	for (size_t i = first; i < last; i++)
		tagger_want_word(r, s->first + i, &r->near[i - first]);
	for (size_t j = from; j < end; j++) {
		tagger_want_context(r, j, &r->steps[j - from]);
	}
	rows_add(&r->t->rows, r->wanted);
	for (size_t i = first; i < last; i++)
		if (r->near[i - first].is_new)
			tagger_pack(&r->near[i - first].new, &r->near[i - first].packed);
	for (size_t j = from; j < end; j++) {
		tagger_add_shapes(r, &r->steps[j - from]);
		tagger_add_words(r, first, last, j, &r->steps[j - from].sum);
	}
	for (size_t i = first; i < last; i++)
		if (r->near[i - first].is_new)
			tagger_learn(r, s->first + i, &r->near[i - first]);
}

/* Takes from a word the labels that it cannot have. */
static void tagger_forbid(const struct features_token *token, struct rows_sum *sum)
{
	bool may_begin = features_may_begin(token), may_end = features_may_end(token);
	bool may_be_alone = may_begin && may_end && features_may_be_alone(token);
	if (may_be_alone)
		return;
	for (unsigned label = LABEL_BEGIN; label < TAGGER_LABELS; label += LABELS_OF_TYPE) {
		int16_t *lanes = (int16_t *)&sum->lanes + ROWS_FIRST_LANE + label - 1;
		if (!may_begin)
			lanes[LABEL_BEGIN - LABEL_BEGIN] = TAGGER_FORBIDDEN;
		if (!may_end)
			lanes[LABEL_LAST - LABEL_BEGIN] = TAGGER_FORBIDDEN;
		lanes[LABEL_SINGLE - LABEL_BEGIN] = TAGGER_FORBIDDEN;
	}
}

/* --- names ------------------------------------------------------------------------------------------------------- */

static void tagger_add_name(struct tagger_run *r, struct tagged name)
{
	if (r->n_names == r->room)
		r->names = arena_grow(r->arena, r->names, &r->room, sizeof(*r->names));
	r->names[r->n_names++] = name;
}

/* The best way through a stretch. */
struct tagger_way {
	const struct ways_grammar *grammar;
	uint8_t labels[TAGGER_SENTENCE_WORDS];
	size_t n;
	int32_t score;
};

static void tagger_keep_names(struct tagger_run *r, size_t from, const struct tagger_way *way)
{
	for (size_t i = 0; i < way->n; i++) {
		unsigned label = way->labels[i];
		size_t first = i;
		if (label == LABEL_OUTSIDE)
			continue;
		while ((way->labels[i] - 1) % LABELS_OF_TYPE + 1 < LABEL_LAST)
			i++;
		/* An equal way counts as the least that is better. */
		int32_t without = ways_past(way->grammar, r->ways, first, i);
		int32_t better = way->score > without ? way->score - without : 1;
		struct tagged name = {.first = (uint32_t)(r->sentence->first + from + first),
		                      .n = (uint32_t)(i - first + 1),
		                      .type = (enum name_type)((label - 1) / LABELS_OF_TYPE),
		                      .margin = (float)better * r->t->head->scale};
		tagger_add_name(r, name);
	}
}

static void tagger_tag_stretch(struct tagger_run *r, size_t from, size_t end)
{
	struct tagger_way way = {.grammar = &r->t->grammars[r->sentence->alone], .n = end - from};
	bool any = false;
	tagger_sum(r, from, end);
	for (size_t i = 0; i < way.n; i++) {
		tagger_forbid(&r->sentence->tokens[from + i], &r->steps[i].sum);
		ways_set_scores(&r->ways[i], (const int16_t *)&r->steps[i].sum.lanes + ROWS_FIRST_LANE);
	}
	way.score = ways_find(way.grammar, r->ways, way.n, way.labels);
	for (size_t i = 0; i < way.n; i++)
		any |= way.labels[i] != LABEL_OUTSIDE;
	if (!any)
		return;
	ways_find_rests(way.grammar, r->ways, way.n);
	tagger_keep_names(r, from, &way);
}

size_t tagger_tag(const struct tagger *t, struct tagger_memory *memory, const struct tagger_text *text,
                  struct arena *arena, struct tagged **out)
{
	struct tagger_run *r = arena_alloc(arena, sizeof(*r));
	struct features_source source = {text->words, text->matches, text->n_matches, tagger_look, r};
	struct features_place at = {0};
	*r = (struct tagger_run){.t = t, .memory = memory, .text = text, .arena = arena};
	if (memory->tagger != t) {
		CHECK(memory->tagger == NULL);
		memory->tagger = t;
	}
	tagger_know_all(r);
	r->wanted = arena_alloc(arena, sizeof(*r->wanted));
	r->wanted->n = 0;
	r->near = arena_alloc(arena, (TAGGER_SENTENCE_WORDS + 2 * FEATURES_EDGE) * sizeof(*r->near));
	r->sentence = arena_alloc(arena, sizeof(*r->sentence));
	r->ways = arena_alloc(arena, TAGGER_SENTENCE_WORDS * sizeof(*r->ways));
	r->steps = arena_alloc(arena, TAGGER_SENTENCE_WORDS * sizeof(*r->steps));
	r->sentence->document = features_document_new(&source, arena);
	while (features_next_sentence(&source, &at, r->sentence))
		for (size_t from = 0, end = 0; (from = features_stretch(r->sentence, end, &end)) < r->sentence->n;)
			tagger_tag_stretch(r, from, end);
	*out = r->names;
	return r->n_names;
}
