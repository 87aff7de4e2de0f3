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
#include "pipeline/stages/entities/tools/train.h"

#include "pipeline/base/check.h"

#include <stdio.h>
#include <stdlib.h>

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
