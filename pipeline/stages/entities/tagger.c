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
#include "pipeline/stages/entities/forms.h"
#include "pipeline/stages/entities/pages.h"
#include "pipeline/stages/entities/rows.h"
#include "pipeline/stages/entities/tagger_file.h"
#include "pipeline/stages/entities/ways.h"

#include <stddef.h>
#include <stdlib.h>

#define TAGGER_MEMORY_SHAPES 8192
#define TAGGER_MEMORY_NAMES  4096
#define TAGGER_LINE_BYTES    64
#define TAGGER_FORBIDDEN     INT16_MIN

const char *const name_type_words[] = {"person", "organisation", "place", NULL};

_Static_assert(TAGGER_SENTENCE_WORDS == FEATURES_SENTENCE_WORDS, "one limit");

struct tagger {
	struct mapped file;
	const struct tagger_file_head *head;
	struct rows rows;
	struct ways_grammar grammars[TAGGER_GRAMMARS];
};

/* What a word's rows add up to, at each place. */
struct tagger_sums {
	struct rows_sum places[FEATURES_PLACES];
};

/* The same as it is remembered, two cache lines: sums without the lanes that say nothing, but the first. */
struct tagger_packed {
	int16_t lanes[ROWS_FIRST_LANE +
	              FEATURES_PLACES * (TAGGER_LABELS - 1)]; /* the first four: whose sums they are */
};
_Static_assert(ROWS_FIRST_LANE * sizeof(int16_t) == sizeof(uint64_t), "a hash fits into the lanes that say nothing");
_Static_assert(sizeof(struct tagger_packed) == 128, "sums are two cache lines");

/* What the rows of features of shapes alone, or of names and shapes, add up to. */
struct tagger_shapes {
	uint64_t number;                  /* features_shapes, features_names; 0: a free place */
	int16_t lanes[TAGGER_LABELS - 1]; /* of the sum, but those that say nothing */
};
_Static_assert(sizeof(struct tagger_shapes) == sizeof(struct rows_sum), "a sum with its number in the lanes left out");

/* A word's place is told by who knows the words. */
struct tagger_memory {
	struct tagger_packed sums[TAGGER_MEMORY_WORDS];
	struct tagger_shapes shapes[TAGGER_MEMORY_SHAPES];
	struct tagger_shapes names[TAGGER_MEMORY_NAMES];
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
	return pages_new(sizeof(struct tagger_memory));
}

size_t tagger_memory_bytes(void)
{
	return pages_bytes(sizeof(struct tagger_memory));
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
	const struct known_words *known;
	struct arena *arena;
	struct features_sentence *sentence;
	struct rows_wanted *wanted;
	struct tagger_word *near;  /* of a stretch of a sentence, and those beside it */
	struct tagger_step *steps; /* of the stretch… */
	struct ways_step *ways;    /* …and the ways through them */
	struct tagged *names;
	size_t n_names, room;
};

static struct tagger_packed *tagger_place(const struct tagger_run *r, size_t word)
{
	return &r->memory->sums[r->known->places[word]];
}

static void tagger_ask(const struct tagger_run *r, size_t word)
{
	const struct tagger_packed *sums = tagger_place(r, word);
	__builtin_prefetch(sums);
	__builtin_prefetch((const char *)sums + TAGGER_LINE_BYTES);
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

/* A sum that the memory may have. */
struct tagger_part {
	struct tagger_shapes *place;
	uint64_t number;
	struct rows_sum sum;
	bool is_new;
};

/* A word of a stretch: what its rows add up to. */
struct tagger_step {
	struct rows_sum sum;
	struct tagger_part shapes, names;
};

static void tagger_want_word(struct tagger_run *r, size_t i, struct tagger_word *word)
{
	struct features_keys keys;
	const struct tagger_packed *sums = tagger_place(r, i);
	word->is_new = memcmp(sums, &r->known->hashes[i], sizeof(uint64_t)) != 0;
	word->sums = word->is_new ? &word->packed : sums;
	if (!word->is_new)
		return;
	features_word_keys(r->text->words, i, &keys);
	memset(&word->new, 0, sizeof(word->new));
	for (size_t k = 0; k < keys.n; k++)
		rows_want_one(&r->t->rows, r->wanted, keys.at[k], &word->new.places[keys.place[k]]);
}

/* The memory learns a new word's sums. */
static void tagger_learn(struct tagger_run *r, size_t i, const struct tagger_word *word)
{
	struct tagger_packed *sums = tagger_place(r, i);
	*sums = word->packed;
	memcpy(sums, &r->known->hashes[i], sizeof(uint64_t));
}

/* Shapes and kinds of names are few, and stand together in few ways: most have been met before. */
static void tagger_take_part(struct tagger_part *part)
{
	part->is_new = part->place->number != part->number;
	if (part->is_new)
		memset(&part->sum, 0, sizeof(part->sum));
	else
		memcpy(&part->sum, part->place, sizeof(part->sum));
}

static size_t tagger_part_place(uint64_t number, size_t room)
{
	return number * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (room - 1);
}

/* Asks the memory for the parts of a word's sum that it may have. */
static void tagger_ask_parts(struct tagger_run *r, size_t i, struct tagger_step *step)
{
	step->shapes.number = features_shapes(r->sentence, i);
	step->shapes.place = &r->memory->shapes[tagger_part_place(step->shapes.number, TAGGER_MEMORY_SHAPES)];
	__builtin_prefetch(step->shapes.place);
	step->names.number = features_names(r->sentence, i);
	step->names.place = &r->memory->names[tagger_part_place(step->names.number, TAGGER_MEMORY_NAMES)];
	if (step->names.number)
		__builtin_prefetch(step->names.place);
}

static void tagger_want_context(struct tagger_run *r, size_t i, struct tagger_step *step)
{
	struct features_context context;
	unsigned parts = FEATURES_OF_WORDS;
	tagger_take_part(&step->shapes);
	if (step->shapes.is_new)
		parts |= FEATURES_OF_SHAPES;
	if (step->names.number)
		tagger_take_part(&step->names);
	if (step->names.number && step->names.is_new)
		parts |= FEATURES_OF_NAMES;
	features_context(r->sentence, i, parts, &context);
	size_t names_end = context.first_name + context.n_names;
	memset(&step->sum, 0, sizeof(step->sum));
	rows_want(&r->t->rows, r->wanted, context.at, context.n_shapes, &step->shapes.sum);
	rows_want(&r->t->rows, r->wanted, context.at + context.n_shapes, context.first_name - context.n_shapes,
	          &step->sum);
	rows_want(&r->t->rows, r->wanted, context.at + context.first_name, context.n_names, &step->names.sum);
	rows_want(&r->t->rows, r->wanted, context.at + names_end, context.n - names_end, &step->sum);
}

/* Adds a part, and the memory learns it. */
static void tagger_add_part(struct rows_sum *sum, const struct tagger_part *part)
{
	rows_lanes_add(&sum->lanes, &part->sum.lanes);
	if (!part->is_new)
		return;
	memcpy(part->place, &part->sum, sizeof(*part->place));
	part->place->number = part->number;
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
		tagger_ask(r, s->first + i);
	for (size_t j = from; j < end; j++)
		tagger_ask_parts(r, j, &r->steps[j - from]);
	for (size_t i = first; i < last; i++)
		tagger_want_word(r, s->first + i, &r->near[i - first]);
	for (size_t j = from; j < end; j++)
		tagger_want_context(r, j, &r->steps[j - from]);
	rows_add(&r->t->rows, r->wanted);
	for (size_t i = first; i < last; i++)
		if (r->near[i - first].is_new)
			tagger_pack(&r->near[i - first].new, &r->near[i - first].packed);
	for (size_t j = from; j < end; j++) {
		struct tagger_step *step = &r->steps[j - from];
		tagger_add_part(&step->sum, &step->shapes);
		if (step->names.number)
			tagger_add_part(&step->sum, &step->names);
		tagger_add_words(r, first, last, j, &r->steps[j - from].sum);
	}
	for (size_t i = first; i < last; i++)
		if (r->near[i - first].is_new)
			tagger_learn(r, s->first + i, &r->near[i - first]);
}

/* Takes from a word the labels that it cannot have. */
static void tagger_forbid(const struct features_token *token, struct rows_sum *sum)
{
	unsigned may = features_may(token);
	if (may & FEATURES_MAY_BE_ALONE)
		return;
	for (unsigned label = LABEL_BEGIN; label < TAGGER_LABELS; label += LABELS_OF_TYPE) {
		int16_t *lanes = (int16_t *)&sum->lanes + ROWS_FIRST_LANE + label - 1;
		if (!(may & FEATURES_MAY_BEGIN))
			lanes[LABEL_BEGIN - LABEL_BEGIN] = TAGGER_FORBIDDEN;
		if (!(may & FEATURES_MAY_END))
			lanes[LABEL_LAST - LABEL_BEGIN] = TAGGER_FORBIDDEN;
		lanes[LABEL_SINGLE - LABEL_BEGIN] = TAGGER_FORBIDDEN;
	}
}

/* Words at the ends of a stretch that no name begins or ends with are outside, whatever else is said of them. */
static void tagger_trim(const struct features_sentence *s, size_t *from, size_t *end)
{
	while (*from < *end && !(features_may(&s->tokens[*from]) & FEATURES_MAY_BEGIN))
		++*from;
	while (*from < *end && !(features_may(&s->tokens[*end - 1]) & FEATURES_MAY_END))
		--*end;
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
	struct tagger_way way;
	tagger_trim(r->sentence, &from, &end);
	way.grammar = &r->t->grammars[r->sentence->alone];
	way.n = end - from;
	if (!way.n)
		return;
	tagger_sum(r, from, end);
	for (size_t i = 0; i < way.n; i++) {
		tagger_forbid(&r->sentence->tokens[from + i], &r->steps[i].sum);
		ways_set_scores(&r->ways[i], (const int16_t *)&r->steps[i].sum.lanes);
	}
	if (!ways_find(way.grammar, r->ways, way.n, &way.score))
		return;
	ways_trace(way.grammar, r->ways, way.n, way.labels);
	ways_find_rests(way.grammar, r->ways, way.n);
	tagger_keep_names(r, from, &way);
}

/* What is known of the words when nobody else knows it. */
static const struct known_words *tagger_find_out(struct tagger_run *r)
{
	const struct words *words = r->text->words;
	struct known_words *known = ARENA_NEW(r->arena, struct known_words);
	known->hashes = arena_alloc(r->arena, words->n * sizeof(*known->hashes));
	known->features = arena_alloc(r->arena, words->n * sizeof(*known->features));
	known->places = arena_alloc(r->arena, words->n * sizeof(*known->places));
	features_hash_words(words, known->hashes);
	for (size_t i = 0; i < words->n; i++) {
		features_word(words, i, r->text->gazetteer, &known->features[i]);
		known->places[i] = (uint32_t)(known->hashes[i] % TAGGER_MEMORY_WORDS);
	}
	return known;
}

size_t tagger_tag(const struct tagger *t, struct tagger_memory *memory, const struct tagger_text *text,
                  struct arena *arena, struct tagged **out)
{
	struct tagger_run *r = arena_alloc(arena, sizeof(*r));
	struct features_place at = {0};
	*r = (struct tagger_run){.t = t, .memory = memory, .text = text, .arena = arena};
	if (memory->tagger != t) {
		CHECK(memory->tagger == NULL);
		memory->tagger = t;
	}
	r->known = text->known ? text->known : tagger_find_out(r);
	struct features_source source = {text->words, r->known->features, text->matches, text->n_matches};
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
