/*
 * Any text is split into words whose offsets cut it right, and tagged with names that keep to their sentence; a second
 * reading, of words remembered, finds the same.
 */
#include "pipeline/base/arena.h"
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/tagger.h"

#define MATCHES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct fuzz {
	struct gazetteer *gazetteer;
	struct tagger *tagger;
	struct tagger_memory *memory;
	struct arena arena;
};

static struct fuzz *fuzz_open(void)
{
	static struct fuzz fuzz;
	struct err err = {0};
	if (fuzz.tagger)
		return &fuzz;
	fuzz.gazetteer = gazetteer_open(WD_SOURCE_DIR "/pipeline/stages/entities/names.gazetteer", &err);
	fuzz.tagger = tagger_open(WD_SOURCE_DIR "/pipeline/stages/entities/names.model", &err);
	CHECK(fuzz.gazetteer && fuzz.tagger);
	fuzz.memory = tagger_memory_new();
	arena_init(&fuzz.arena, 0, 0);
	return &fuzz;
}

static void fuzz_check_words(const struct words *words)
{
	size_t at = 0, cp = 0;
	for (size_t i = 0; i < words->n; i++) {
		const struct word *word = &words->at[i];
		CHECK(word->start >= at && word->end > word->start && word->end <= words->text.n);
		cp += utf8_count(str_slice(words->text, at, word->start));
		CHECK(cp == word->start_cp && utf8_is_valid(words_text(words, i)));
		cp += utf8_count(words_text(words, i));
		CHECK(cp == word->end_cp);
		at = word->end;
	}
}

static void fuzz_check_names(const struct words *words, const struct tagged *names, size_t n)
{
	size_t end = 0;
	for (size_t i = 0; i < n; i++) {
		CHECK(names[i].first >= end && names[i].n > 0 && names[i].margin > 0);
		end = names[i].first + names[i].n;
		CHECK(end <= words->n);
		for (size_t w = names[i].first + 1; w < end; w++)
			CHECK(!(words->at[w].flags & WORD_SENTENCE));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz *fuzz = fuzz_open();
	struct str text = str_make(data, n);
	struct name_match matches[MATCHES];
	struct tagged *first, *second;
	arena_reset(&fuzz->arena);
	struct words words = words_split(str_slice(text, 0, utf8_valid_length(text)), &fuzz->arena);
	fuzz_check_words(&words);
	struct tagger_text read = {.words = &words, .matches = matches};
	read.n_matches = gazetteer_match(fuzz->gazetteer, &words, matches, MATCHES);
	size_t n_first = tagger_tag(fuzz->tagger, fuzz->memory, &read, &fuzz->arena, &first);
	fuzz_check_names(&words, first, n_first);
	size_t n_second = tagger_tag(fuzz->tagger, fuzz->memory, &read, &fuzz->arena, &second);
	CHECK(n_first == n_second);
	for (size_t i = 0; i < n_first; i++)
		CHECK(first[i].first == second[i].first && first[i].n == second[i].n &&
		      first[i].type == second[i].type);
	return 0;
}
