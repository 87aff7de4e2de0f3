/*
 * tagger-train: makes the model of names out of sentences. tools/make-tagger runs it; the same input gives the same
 * bytes.
 *
 *     tagger-train MODEL GAZETTEER|none [--passes N] [--rows N] [--least N] [--rate X] [--drop X] [--hide X] [--lean X]
 *                  [--seed N] <lines
 *
 * Lines, fields between tabs: `set NAME TIMES` (what the next lines are of, and how often a pass reads them),
 * `document` (the next sentences are of another document), and `text PART TEXT NAMES`: a sentence; part is `train` or
 * `choose`; names are `start:end:type` in bytes, type p, o or l. The sentences of a document are put together again and
 * read as the stage reads them.
 *
 * Likelihood is climbed by stochastic gradients with a step for each weight (AdaGrad); features are dropped at random,
 * at times all that say which word it is (--hide), so that a name is known by more than its letters. After half of the
 * passes only the features with the largest weights go on, and from there on weights are averaged. Last, they are
 * rounded to a byte, the labels that begin a name are leant on for recall (--lean), and the sets to choose by are
 * tagged with the finished file.
 */
#include "pipeline/base/arena.h"
#include "pipeline/base/check.h"
#include "pipeline/stages/entities/features.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/tagger.h"
#include "pipeline/stages/entities/tagger_file.h"
#include "pipeline/tools/list.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define TRAIN_WEIGHTS      (TAGGER_LABELS - 1)
#define TRAIN_DEEP         8 /* added to a place */
#define TRAIN_NONE         UINT32_MAX
#define TRAIN_LOAD         0.96  /* of the rows of the file are used */
#define TRAIN_KICKS        20000 /* rows moved for one before the table counts as full */
#define TRAIN_SURE         0.002 /* a word that is that near the truth teaches nothing */
#define TRAIN_SETS         256
#define TRAIN_MATCHES      4096   /* of a document */
#define TRAIN_CLIPPED      0.0002 /* part of the weights beyond the largest byte */
#define TRAIN_FIRST_SQUARE 1.0f

struct name {
	uint32_t start, end; /* bytes of the document */
	uint8_t type;
};

struct document {
	size_t start, end; /* in the bytes of all */
	size_t first_name, n_names;
	uint32_t set;
	bool choose;
};

/* Which number a key has, and how often it was seen; open addressing. */
struct entry {
	uint64_t key; /* 0: a free place */
	uint32_t number, n;
};
struct index {
	struct entry *entries;
	size_t mask, n;
};

/* A distinct word: its features are neighbours in `word_keys`. */
struct type {
	size_t first_key;
	uint32_t n_keys;
	uint32_t seen[FEATURES_PLACES];
};

struct token {
	uint32_t words[FEATURES_PLACES]; /* types of the words near it; TRAIN_NONE: none there */
	uint32_t n_context, n_plain;     /* features; the deep ones stand behind the plain */
	size_t first_context;
	uint8_t label;
};

struct stretch {
	size_t first;
	uint16_t n;
	uint8_t grammar, times;
};

struct row {
	float weight[TRAIN_WEIGHTS];
	float squares[TRAIN_WEIGHTS]; /* of all its gradients */
	float late[TRAIN_WEIGHTS];    /* changes weighted by how late they came: for the average */
};

struct follow {
	float weight, squares, late;
};

struct train {
	struct gazetteer *gazetteer;
	LIST(char) text;
	LIST(struct name) names;
	LIST(struct document) documents;
	char *sets[TRAIN_SETS];
	uint8_t times[TRAIN_SETS];
	uint32_t n_sets;

	struct index types, features;
	LIST(struct type) type_list;
	LIST(uint64_t) word_keys;  /* then numbers of features */
	LIST(uint8_t) word_places; /* and TRAIN_DEEP */
	LIST(uint32_t) context;
	LIST(struct token) tokens;
	LIST(struct stretch) stretches;
	bool counting; /* features are counted, not yet numbered */

	struct row *rows;
	uint64_t *row_keys;
	uint32_t *row_seen; /* words that had the feature */
	size_t n_rows;
	struct follow follows[TAGGER_GRAMMARS][TAGGER_LABELS][TAGGER_LABELS];
	double step, average_from, steps_all;

	uint64_t random;
	unsigned long n_passes, n_kept, least;
	double rate, drop, hide, lean;
};

/* --- small things ------------------------------------------------------------------------------------------------ */

static uint64_t train_random(struct train *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return t->random;
}

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

/* --- input ------------------------------------------------------------------------------------------------------- */

static void train_read_names(struct train *t, struct str spans, size_t offset)
{
	struct document *document = &t->documents.items[t->documents.n - 1];
	for (size_t at = 0; at < spans.n;) {
		char *rest;
		struct name name = {.start = (uint32_t)(strtoul(spans.p + at, &rest, 10) + offset)};
		CHECK(*rest == ':');
		name.end = (uint32_t)(strtoul(rest + 1, &rest, 10) + offset);
		CHECK(*rest == ':' && strchr("pol", rest[1]));
		name.type = (uint8_t)(strchr("pol", rest[1]) - "pol");
		LIST_ADD(&t->names, name);
		document->n_names++;
		at = (size_t)(rest + 2 - spans.p) + 1;
	}
}

static void train_begin_document(struct train *t)
{
	struct document document = {
	        .start = t->text.n, .end = t->text.n, .first_name = t->names.n, .set = t->n_sets - 1};
	LIST_ADD(&t->documents, document);
}

static void train_read_text(struct train *t, const struct str field[4])
{
	CHECK(t->documents.n > 0);
	bool choose = str_is(field[1], "choose");
	struct document *document = &t->documents.items[t->documents.n - 1];
	if (document->end > document->start && document->choose != choose) {
		train_begin_document(t);
		document = &t->documents.items[t->documents.n - 1];
	}
	document->choose = choose;
	size_t offset = document->end - document->start;
	for (size_t i = 0; i < field[2].n; i++)
		LIST_ADD(&t->text, field[2].p[i]);
	LIST_ADD(&t->text, '\n');
	document->end = t->text.n;
	train_read_names(t, field[3], offset);
}

static void train_read_line(struct train *t, struct str line)
{
	struct str field[4] = {{0}};
	for (size_t f = 0, at = 0; f < 4 && at <= line.n; f++) {
		size_t end = str_index(line, '\t', at);
		field[f] = str_slice(line, at, end);
		at = end + 1;
	}
	if (str_is(field[0], "set")) {
		CHECK(t->n_sets < TRAIN_SETS);
		t->sets[t->n_sets] = list_allocate(NULL, field[1].n + 1);
		memcpy(t->sets[t->n_sets], field[1].p, field[1].n);
		t->times[t->n_sets] = (uint8_t)(field[2].n ? field[2].p[0] - '0' : 1);
		t->sets[t->n_sets++][field[1].n] = 0;
		train_begin_document(t);
	} else if (str_is(field[0], "document")) {
		train_begin_document(t);
	} else {
		CHECK(str_is(field[0], "text"));
		train_read_text(t, field);
	}
}

static void train_read(struct train *t)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) > 0)
		train_read_line(t, str_make(line, (size_t)n - (line[n - 1] == '\n')));
	free(line);
}

static struct str train_text(const struct train *t, const struct document *document)
{
	return str_make(t->text.items + document->start, document->end - document->start);
}

/* --- features ---------------------------------------------------------------------------------------------------- */

/* A document as the stage would read it. */
struct reading {
	struct train *train;
	const struct document *document;
	struct words words;
	struct name_match *matches;
	size_t n_matches;
	uint8_t *labels;
	struct arena *arena;
};

static const struct features_token *train_look(const struct reading *reading)
{
	struct features_token *known = arena_alloc(reading->arena, reading->words.n * sizeof(*known));
	for (size_t i = 0; i < reading->words.n; i++)
		features_word(&reading->words, i, reading->train->gazetteer, &known[i]);
	return known;
}

static void train_match(struct reading *reading)
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

static void train_extract(struct train *t)
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

/* --- climbing ---------------------------------------------------------------------------------------------------- */

#define TRAIN_FEATURES (FEATURES_PLACES * FEATURES_WORD_KEYS + FEATURES_CONTEXT_MAX)

/* Scores, ways and what was active, for each word of a stretch. */
struct climb {
	uint32_t active[FEATURES_SENTENCE_WORDS][TRAIN_FEATURES];
	size_t n_active[FEATURES_SENTENCE_WORDS];
	float score[FEATURES_SENTENCE_WORDS][TAGGER_LABELS]; /* then exp of it */
	float before[FEATURES_SENTENCE_WORDS][TAGGER_LABELS];
	float behind[FEATURES_SENTENCE_WORDS][TAGGER_LABELS];
	float sum[FEATURES_SENTENCE_WORDS];
	float gold[FEATURES_SENTENCE_WORDS]; /* score of the true label */
	float follows[TAGGER_LABELS][TAGGER_LABELS];
	float wanted[TAGGER_LABELS][TAGGER_LABELS]; /* gradient of follows */
	double loss;
};

static void train_activate(struct climb *c, size_t i, uint32_t number)
{
	if (number != TRAIN_NONE)
		c->active[i][c->n_active[i]++] = number;
}

/* Which features of the token take part; some are dropped at random. */
static void train_choose_active(struct train *t, struct climb *c, size_t i, const struct token *token)
{
	c->n_active[i] = 0;
	bool hidden = (double)(train_random(t) >> 32) < t->hide * 4294967296.0;
	for (size_t place = 0; place < FEATURES_PLACES; place++) {
		if (token->words[place] == TRAIN_NONE)
			continue;
		const struct type *type = &t->type_list.items[token->words[place]];
		for (size_t k = type->first_key; k < type->first_key + type->n_keys; k++)
			if (t->word_places.items[k] == place ||
			    (!hidden && t->word_places.items[k] == (place | TRAIN_DEEP)))
				train_activate(c, i, (uint32_t)t->word_keys.items[k]);
	}
	for (size_t k = 0; k < (hidden ? token->n_plain : token->n_context); k++)
		train_activate(c, i, t->context.items[token->first_context + k]);
	uint64_t bits = 0;
	uint8_t limit = (uint8_t)(t->drop * 256);
	size_t n = 0;
	for (size_t k = 0; k < c->n_active[i]; k++) {
		if (k % 8 == 0)
			bits = train_random(t);
		if ((uint8_t)(bits >> k % 8 * 8) >= limit)
			c->active[i][n++] = c->active[i][k];
	}
	c->n_active[i] = n;
}

static void train_score(struct train *t, struct climb *c, size_t i, unsigned gold)
{
	float sum[TRAIN_WEIGHTS] = {0};
	float keep = (float)(1 / (1 - t->drop));
	for (size_t k = 0; k < c->n_active[i]; k++)
		__builtin_prefetch(&t->rows[c->active[i][k]]);
	for (size_t k = 0; k < c->n_active[i]; k++) {
		const float *weight = t->rows[c->active[i][k]].weight;
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++)
			sum[l] += weight[l];
	}
	float top = 0;
	c->score[i][0] = 0;
	for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
		c->score[i][l + 1] = keep * sum[l];
		top = fmaxf(top, keep * sum[l]);
	}
	c->loss += (double)top;
	c->gold[i] = c->score[i][gold];
	for (size_t l = 0; l < TAGGER_LABELS; l++)
		c->score[i][l] = expf(c->score[i][l] - top);
}

/* Probabilities of all ways: forward and back, each word's sum scaled to one. */
static void train_ways(struct climb *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float sum = 0;
		for (size_t to = 0; to < TAGGER_LABELS; to++) {
			float way = 0;
			if (i == 0)
				way = c->follows[0][to];
			else
				for (size_t from = 0; from < TAGGER_LABELS; from++)
					way += c->before[i - 1][from] * c->follows[from][to];
			sum += c->before[i][to] = way * c->score[i][to];
		}
		sum = fmaxf(sum, 1e-30f);
		c->sum[i] = sum;
		c->loss += log((double)sum);
		for (size_t to = 0; to < TAGGER_LABELS; to++)
			c->before[i][to] /= sum;
	}
	for (size_t l = 0; l < TAGGER_LABELS; l++)
		c->behind[n - 1][l] = c->follows[l][0];
	for (size_t i = n - 1; i-- > 0;)
		for (size_t from = 0; from < TAGGER_LABELS; from++) {
			float way = 0;
			for (size_t to = 0; to < TAGGER_LABELS; to++)
				way += c->follows[from][to] * c->score[i + 1][to] * c->behind[i + 1][to];
			c->behind[i][from] = way / c->sum[i + 1];
		}
}

static void train_step_row(struct train *t, struct row *row, const float gradient[TRAIN_WEIGHTS], float late)
{
	float rate = (float)t->rate;
	for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
		row->squares[l] += gradient[l] * gradient[l];
		float change = rate * gradient[l] / sqrtf(TRAIN_FIRST_SQUARE + row->squares[l]);
		row->weight[l] -= change;
		row->late[l] -= late * change;
	}
}

/* What part of the average a change made now is missing from. */
static float train_late(const struct train *t)
{
	double late = (t->step - t->average_from) / (t->steps_all - t->average_from);
	return late > 0 ? (float)late : 0;
}

static void train_learn_follows(struct train *t, struct climb *c, const struct stretch *stretch, double total)
{
	const struct token *tokens = &t->tokens.items[stretch->first];
	float late = train_late(t);
	memset(c->wanted, 0, sizeof(c->wanted));
	for (size_t i = 0; i <= stretch->n; i++) {
		size_t gold_from = i ? tokens[i - 1].label : 0, gold_to = i < stretch->n ? tokens[i].label : 0;
		c->wanted[gold_from][gold_to] -= 1;
		for (size_t from = 0; from < TAGGER_LABELS; from++)
			for (size_t to = 0; to < TAGGER_LABELS; to++) {
				float way = i ? c->before[i - 1][from] : from == 0;
				way *= c->follows[from][to];
				if (i < stretch->n)
					way *= c->score[i][to] * c->behind[i][to] / c->sum[i];
				else if (to != 0)
					way = 0;
				c->wanted[from][to] += way / (float)total;
			}
	}
	for (size_t from = 0; from < TAGGER_LABELS; from++)
		for (size_t to = 0; to < TAGGER_LABELS; to++) {
			struct follow *follow = &t->follows[stretch->grammar][from][to];
			float gradient = c->wanted[from][to];
			follow->squares += gradient * gradient;
			float change = (float)t->rate * gradient / sqrtf(TRAIN_FIRST_SQUARE + follow->squares);
			follow->weight -= change;
			follow->late -= late * change;
		}
}

static void train_learn(struct train *t, struct climb *c, const struct stretch *stretch, double total)
{
	float keep = (float)(1 / (1 - t->drop)), late = train_late(t);
	for (size_t i = 0; i < stretch->n; i++) {
		unsigned gold = t->tokens.items[stretch->first + i].label;
		float gradient[TRAIN_WEIGHTS], most = 0;
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
			gradient[l] = c->before[i][l + 1] * c->behind[i][l + 1] / (float)total - (gold == l + 1);
			most = fmaxf(most, fabsf(gradient[l]));
			gradient[l] *= keep;
		}
		if (most < (float)TRAIN_SURE)
			continue;
		for (size_t k = 0; k < c->n_active[i]; k++)
			__builtin_prefetch(&t->rows[c->active[i][k]].squares);
		for (size_t k = 0; k < c->n_active[i]; k++)
			train_step_row(t, &t->rows[c->active[i][k]], gradient, late);
	}
}

/* From the loss: what the true way is worth; scores are those before exp. */
static void train_subtract_gold(const struct train *t, struct climb *c, const struct stretch *stretch)
{
	unsigned from = 0;
	for (size_t i = 0; i < stretch->n; i++) {
		unsigned to = t->tokens.items[stretch->first + i].label;
		c->loss -= (double)(c->gold[i] + t->follows[stretch->grammar][from][to].weight);
		from = to;
	}
	c->loss -= (double)t->follows[stretch->grammar][from][0].weight;
}

static void train_climb_stretch(struct train *t, struct climb *c, const struct stretch *stretch)
{
	size_t n = stretch->n;
	for (size_t from = 0; from < TAGGER_LABELS; from++)
		for (size_t to = 0; to < TAGGER_LABELS; to++)
			c->follows[from][to] = tagger_file_may_follow((unsigned)from, (unsigned)to)
			                               ? expf(t->follows[stretch->grammar][from][to].weight)
			                               : 0;
	for (size_t i = 0; i < n; i++) {
		train_choose_active(t, c, i, &t->tokens.items[stretch->first + i]);
		train_score(t, c, i, t->tokens.items[stretch->first + i].label);
	}
	train_ways(c, n);
	double total = 0;
	for (size_t l = 0; l < TAGGER_LABELS; l++)
		total += (double)(c->before[n - 1][l] * c->behind[n - 1][l]);
	if (total < 1e-30)
		return;
	c->loss += log(total);
	train_subtract_gold(t, c, stretch);
	train_learn(t, c, stretch, total);
	train_learn_follows(t, c, stretch, total);
}

struct ranked {
	float span;
	uint32_t row;
};

static int train_by_span(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->span != y->span)
		return x->span < y->span ? 1 : -1;
	return x->row < y->row ? -1 : 1;
}

/* Rows by the distance of their largest and smallest weight, outside's zero among them. */
static struct ranked *train_rank(const struct train *t)
{
	struct ranked *ranked = list_allocate(NULL, t->n_rows * sizeof(*ranked));
	for (size_t r = 0; r < t->n_rows; r++) {
		float least = 0, most = 0;
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++) {
			least = fminf(least, t->rows[r].weight[l]);
			most = fmaxf(most, t->rows[r].weight[l]);
		}
		ranked[r] = (struct ranked){most - least, (uint32_t)r};
	}
	qsort(ranked, t->n_rows, sizeof(*ranked), train_by_span);
	return ranked;
}

/* Halfway only what will be kept goes on, so that the rest learns to do without the others. */
static void train_prune(struct train *t)
{
	struct ranked *ranked = train_rank(t);
	for (size_t i = t->n_kept; i < t->n_rows; i++) {
		memset(&t->rows[ranked[i].row], 0, sizeof(*t->rows));
		t->row_keys[ranked[i].row] = 0;
	}
	for (size_t k = 0; k < t->word_keys.n; k++)
		if (t->word_keys.items[k] != TRAIN_NONE && t->row_keys[t->word_keys.items[k]] == 0)
			t->word_keys.items[k] = TRAIN_NONE;
	for (size_t k = 0; k < t->context.n; k++)
		if (t->row_keys[t->context.items[k]] == 0)
			t->context.items[k] = TRAIN_NONE;
	free(ranked);
}

/* The stretches of a pass; those of some sets several times. */
static uint32_t *train_order(const struct train *t, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < t->stretches.n; i++)
		*n += t->stretches.items[i].times;
	uint32_t *order = list_allocate(NULL, *n * sizeof(*order)), *out = order;
	for (size_t i = 0; i < t->stretches.n; i++)
		for (unsigned k = 0; k < t->stretches.items[i].times; k++)
			*out++ = (uint32_t)i;
	return order;
}

static void train_climb(struct train *t)
{
	struct climb *c = list_allocate(NULL, sizeof(*c));
	size_t n;
	uint32_t *order = train_order(t, &n);
	t->steps_all = (double)t->n_passes * (double)n;
	t->average_from = t->steps_all / 2;
	for (unsigned long pass = 0; pass < t->n_passes; pass++) {
		if (pass == t->n_passes / 2)
			train_prune(t);
		for (size_t i = n; i > 1; i--) {
			size_t other = train_random(t) % i;
			uint32_t kept = order[i - 1];
			order[i - 1] = order[other];
			order[other] = kept;
		}
		c->loss = 0;
		for (size_t i = 0; i < n; i++, t->step++)
			train_climb_stretch(t, c, &t->stretches.items[order[i]]);
		fprintf(stderr, "pass %lu: loss %.4f a word\n", pass + 1, c->loss / (double)t->tokens.n);
	}
	for (size_t r = 0; r < t->n_rows; r++)
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++)
			t->rows[r].weight[l] -= t->rows[r].late[l];
	for (size_t g = 0; g < TAGGER_GRAMMARS; g++)
		for (size_t from = 0; from < TAGGER_LABELS; from++)
			for (size_t to = 0; to < TAGGER_LABELS; to++)
				t->follows[g][from][to].weight -= t->follows[g][from][to].late;
	free(order);
	free(c);
}

/* --- the file ---------------------------------------------------------------------------------------------------- */

static int8_t train_round(float weight, float scale)
{
	float rounded = roundf(weight / scale);
	return (int8_t)fmaxf(-127, fminf(127, rounded));
}

/* A table of two choices: who finds both buckets full takes a place there, and who stood there looks on. */
static bool train_place(struct train *t, struct tagger_file_bucket *buckets, uint64_t *keys, uint32_t n_buckets,
                        uint64_t key, struct tagger_file_row row)
{
	for (int kick = 0; kick < TRAIN_KICKS; kick++) {
		for (unsigned which = 0; which < 2; which++) {
			size_t bucket = tagger_file_bucket(key, n_buckets, which);
			for (size_t i = 0; i < TAGGER_FILE_ROWS; i++)
				if (buckets[bucket].rows[i].check == 0) {
					buckets[bucket].rows[i] = row;
					keys[bucket * TAGGER_FILE_ROWS + i] = key;
					return true;
				}
		}
		uint64_t random = train_random(t);
		size_t bucket = tagger_file_bucket(key, n_buckets, random & 1), i = random >> 8 & 3;
		struct tagger_file_row moved = buckets[bucket].rows[i];
		uint64_t moved_key = keys[bucket * TAGGER_FILE_ROWS + i];
		buckets[bucket].rows[i] = row;
		keys[bucket * TAGGER_FILE_ROWS + i] = key;
		row = moved;
		key = moved_key;
	}
	return false;
}

static void train_fill(struct train *t, const struct ranked *ranked, size_t n, struct tagger_file_head *head,
                       struct tagger_file_bucket *buckets)
{
	uint64_t *keys = calloc((size_t)head->n_buckets * TAGGER_FILE_ROWS, sizeof(*keys));
	CHECK(keys);
	for (size_t i = 0; i < n; i++) {
		uint64_t key = t->row_keys[ranked[i].row];
		struct tagger_file_row row = {.check = tagger_file_check(key)};
		for (size_t l = 0; l < TRAIN_WEIGHTS; l++)
			row.weights[l] = train_round(t->rows[ranked[i].row].weight[l], head->scale);
		CHECK(train_place(t, buckets, keys, head->n_buckets, key, row));
	}
	free(keys);
}

/* What a name that begins is given: recall for precision. */
static float train_lean(const struct train *t, unsigned to)
{
	unsigned part = to ? (to - 1) % LABELS_OF_TYPE + 1 : LABEL_OUTSIDE;
	return part == LABEL_BEGIN || part == LABEL_SINGLE ? (float)t->lean : 0;
}

static void train_write_follows(const struct train *t, struct tagger_file_head *head)
{
	for (unsigned g = 0; g < TAGGER_GRAMMARS; g++)
		for (unsigned from = 0; from < TAGGER_LABELS; from++)
			for (unsigned to = 0; to < TAGGER_LABELS; to++)
				if (tagger_file_may_follow(from, to))
					head->follows[g][from][to] = (int16_t)roundf(
					        (t->follows[g][from][to].weight + train_lean(t, to)) / head->scale);
}

/* What is looked for most comes first, and so has the first of its two buckets. */
static void train_order_by_seen(const struct train *t, struct ranked *ranked, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ranked[i].span = (float)t->row_seen[ranked[i].row];
	qsort(ranked, n, sizeof(*ranked), train_by_span);
}

static void train_write(struct train *t, const char *path)
{
	struct ranked *ranked = train_rank(t);
	size_t n = t->n_rows < t->n_kept ? t->n_rows : t->n_kept;
	struct tagger_file_head head = {.magic = TAGGER_FILE_MAGIC, .version = TAGGER_FILE_VERSION};
	head.scale = ranked[(size_t)((double)n * TRAIN_CLIPPED)].span / 127;
	while (n > 0 && ranked[n - 1].span < head.scale)
		n--;
	float smallest = n ? ranked[n - 1].span : 0;
	train_order_by_seen(t, ranked, n);
	head.n_buckets = (uint32_t)((double)n / TAGGER_FILE_ROWS / TRAIN_LOAD) + 2;
	head.bytes = sizeof(head) + (uint64_t)head.n_buckets * sizeof(struct tagger_file_bucket);
	char *file = calloc(1, head.bytes);
	CHECK(file);
	train_fill(t, ranked, n, &head, (struct tagger_file_bucket *)(file + sizeof(head)));
	train_write_follows(t, &head);
	memcpy(file, &head, sizeof(head));
	head.checksum = XXH3_64bits(file, head.bytes);
	memcpy(file, &head, sizeof(head));
	FILE *out = fopen(path, "wb");
	if (!out || fwrite(file, 1, head.bytes, out) != head.bytes || fclose(out) != 0) {
		fprintf(stderr, "cannot write '%s': %s\n", path, strerror(errno));
		exit(4);
	}
	fprintf(stderr, "%zu of %zu rows, scale %.5f, smallest kept %.4f, %llu bytes, XXH3 %016llx\n", n, t->n_rows,
	        (double)head.scale, (double)smallest, (unsigned long long)head.bytes,
	        (unsigned long long)head.checksum);
	free(ranked);
	free(file);
}

/* --- choosing ---------------------------------------------------------------------------------------------------- */

struct score {
	size_t gold[3], found[3], right[3];
};

static void train_compare(const struct reading *reading, const struct tagged *tagged, size_t n, struct score *score)
{
	const struct name *names = &reading->train->names.items[reading->document->first_name];
	for (size_t k = 0; k < reading->document->n_names; k++)
		score->gold[names[k].type]++;
	for (size_t i = 0, k = 0; i < n; i++) {
		uint32_t start = reading->words.at[tagged[i].first].start;
		uint32_t end = reading->words.at[tagged[i].first + tagged[i].n - 1].end;
		score->found[tagged[i].type]++;
		while (k < reading->document->n_names && names[k].start < start)
			k++;
		if (k < reading->document->n_names && names[k].start == start && names[k].end == end &&
		    names[k].type == (uint8_t)tagged[i].type)
			score->right[tagged[i].type]++;
	}
}

static double train_f1(size_t gold, size_t found, size_t right)
{
	return gold + found ? 200.0 * (double)right / (double)(gold + found) : 0;
}

static void train_report(const char *name, const struct score *s)
{
	size_t gold = s->gold[0] + s->gold[1] + s->gold[2], found = s->found[0] + s->found[1] + s->found[2];
	size_t right = s->right[0] + s->right[1] + s->right[2];
	fprintf(stderr, "%-28s %5zu names, P %.1f R %.1f F1 %.1f   PER %.1f ORG %.1f LOC %.1f\n", name, gold,
	        found ? 100.0 * (double)right / (double)found : 0, gold ? 100.0 * (double)right / (double)gold : 0,
	        train_f1(gold, found, right), train_f1(s->gold[0], s->found[0], s->right[0]),
	        train_f1(s->gold[1], s->found[1], s->right[1]), train_f1(s->gold[2], s->found[2], s->right[2]));
}

static void train_choose(struct train *t, const char *path)
{
	struct err err = {0};
	struct tagger *tagger = tagger_open(path, &err);
	CHECK(tagger);
	struct tagger_memory *memory = tagger_memory_new();
	struct score *scores = calloc(TRAIN_SETS, sizeof(*scores));
	struct arena arena;
	CHECK(scores);
	arena_init(&arena, 0, 0);
	for (size_t d = 0; d < t->documents.n; d++) {
		struct reading reading = {.train = t, .document = &t->documents.items[d], .arena = &arena};
		struct tagged *tagged;
		if (!reading.document->choose)
			continue;
		arena_reset(&arena);
		reading.words = words_split(train_text(t, reading.document), &arena);
		train_match(&reading);
		struct tagger_text text = {.words = &reading.words,
		                           .gazetteer = t->gazetteer,
		                           .matches = reading.matches,
		                           .n_matches = reading.n_matches};
		size_t n = tagger_tag(tagger, memory, &text, &arena, &tagged);
		train_compare(&reading, tagged, n, &scores[reading.document->set]);
	}
	for (uint32_t s = 0; s < t->n_sets; s++)
		if (scores[s].gold[0] + scores[s].gold[1] + scores[s].gold[2])
			train_report(t->sets[s], &scores[s]);
	arena_free(&arena);
	free(scores);
	tagger_memory_free(&memory);
	tagger_close(&tagger);
}

/* --- the program ------------------------------------------------------------------------------------------------- */

static void train_option(struct train *t, const char *name, const char *value)
{
	if (strcmp(name, "--passes") == 0)
		t->n_passes = strtoul(value, NULL, 10);
	else if (strcmp(name, "--rows") == 0)
		t->n_kept = strtoul(value, NULL, 10);
	else if (strcmp(name, "--least") == 0)
		t->least = strtoul(value, NULL, 10);
	else if (strcmp(name, "--seed") == 0)
		t->random = strtoul(value, NULL, 10) * 2 + 1;
	else if (strcmp(name, "--rate") == 0)
		t->rate = strtod(value, NULL);
	else if (strcmp(name, "--hide") == 0)
		t->hide = strtod(value, NULL);
	else if (strcmp(name, "--lean") == 0)
		t->lean = strtod(value, NULL);
	else if (strcmp(name, "--drop") == 0)
		t->drop = strtod(value, NULL);
	else {
		fprintf(stderr, "unknown option '%s'\n", name);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct train t = {.n_passes = 8,
	                  .n_kept = 775000,
	                  .least = 2,
	                  .rate = 0.2,
	                  .drop = 0.4,
	                  .hide = 0.3,
	                  .lean = 1,
	                  .random = 20240601};
	if (argc < 3 || argc % 2 == 0) {
		fprintf(stderr, "usage: tagger-train MODEL GAZETTEER|none [--option value]… <lines\n");
		return 2;
	}
	for (int i = 3; i < argc; i += 2)
		train_option(&t, argv[i], argv[i + 1]);
	if (strcmp(argv[2], "none") != 0 && !(t.gazetteer = gazetteer_open(argv[2], &err))) {
		fprintf(stderr, "%s\n", err.words);
		return 4;
	}
	train_read(&t);
	train_extract(&t);
	train_climb(&t);
	train_write(&t, argv[1]);
	train_choose(&t, argv[1]);
	return 0;
}
