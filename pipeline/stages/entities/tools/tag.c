/*
 * tagger-tag: the tagger alone, without the rest of its stage. tests/quality/entities scores it.
 *
 *     tagger-tag MODEL GAZETTEER|none [PASSES] <lines
 *
 * A line is a text, its own line breaks written as `\n`; the answer is a line of `start:end:type` in bytes of the text
 * as read, type p, o or l. With PASSES nothing is answered: the lines are tagged so many times, and the time of the
 * processor is told.
 */
#include "pipeline/base/arena.h"
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/tagger.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TAG_MATCHES 65536

struct tag {
	struct gazetteer *gazetteer;
	struct tagger *tagger;
	struct tagger_memory *memory;
	struct arena arena;
	struct name_match *matches;
};

struct tag_answer {
	struct words words;
	struct tagged *names;
	size_t n_names;
};

static struct tag_answer tag_read(struct tag *t, struct str text)
{
	struct tag_answer answer;
	arena_reset(&t->arena);
	answer.words = words_split(text, &t->arena);
	struct tagger_text read = {.words = &answer.words, .gazetteer = t->gazetteer, .matches = t->matches};
	if (t->gazetteer)
		read.n_matches = gazetteer_match(t->gazetteer, &answer.words, t->matches, TAG_MATCHES);
	answer.n_names = tagger_tag(t->tagger, t->memory, &read, &t->arena, &answer.names);
	return answer;
}

/* Takes the written line breaks for what they mean; the text only gets shorter. */
static struct str tag_unescape(char *line, size_t n)
{
	size_t out = 0;
	for (size_t i = 0; i < n; i++) {
		bool is_break = line[i] == '\\' && i + 1 < n && line[i + 1] == 'n';
		line[out++] = is_break ? '\n' : line[i];
		i += is_break;
	}
	struct str text = str_make(line, out);
	return str_slice(text, 0, utf8_valid_length(text));
}

static void tag_print(const struct tag_answer *answer)
{
	for (size_t i = 0; i < answer->n_names; i++) {
		const struct tagged *name = &answer->names[i];
		printf("%s%u:%u:%c", i ? " " : "", answer->words.at[name->first].start,
		       answer->words.at[name->first + name->n - 1].end, "pol"[name->type]);
	}
	printf("\n");
}

static double tag_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Texts that are kept to be tagged again and again. */
struct tag_lines {
	struct str *at;
	size_t n, room;
};

static void tag_keep(struct tag_lines *lines, struct str text)
{
	char *copy = malloc(text.n + 1);
	if (lines->n == lines->room) {
		lines->room = 2 * lines->room + 64;
		lines->at = realloc(lines->at, lines->room * sizeof(*lines->at));
	}
	CHECK(copy && lines->at);
	memcpy(copy, text.p, text.n);
	lines->at[lines->n++] = str_make(copy, text.n);
}

static void tag_measure(struct tag *t, const struct tag_lines *lines, unsigned long passes)
{
	for (unsigned long pass = 0; pass < passes; pass++) {
		size_t bytes = 0, words = 0, names = 0;
		double began = tag_now();
		for (size_t i = 0; i < lines->n; i++) {
			struct tag_answer answer = tag_read(t, lines->at[i]);
			bytes += lines->at[i].n;
			words += answer.words.n;
			names += answer.n_names;
		}
		double took = tag_now() - began;
		printf("%.2f MB, %zu words, %zu names, %.3f s, %.2f MB/s\n", (double)bytes * 1e-6, words, names, took,
		       (double)bytes * 1e-6 / took);
	}
}

/* Answers each line, or keeps it in `lines`, where there are such. */
static void tag_read_lines(struct tag *t, struct tag_lines *lines)
{
	char *line = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
		struct str text = tag_unescape(line, (size_t)n - (line[n - 1] == '\n'));
		if (lines) {
			tag_keep(lines, text);
			continue;
		}
		struct tag_answer answer = tag_read(t, text);
		tag_print(&answer);
	}
	free(line);
}

static bool tag_open(struct tag *t, char **argv, struct err *err)
{
	t->tagger = tagger_open(argv[1], err);
	if (!t->tagger)
		return false;
	if (strcmp(argv[2], "none") != 0 && !(t->gazetteer = gazetteer_open(argv[2], err)))
		return false;
	t->memory = tagger_memory_new();
	t->matches = calloc(TAG_MATCHES, sizeof(*t->matches));
	CHECK(t->matches);
	arena_init(&t->arena, 0, 0);
	return true;
}

static void tag_close(struct tag *t)
{
	free(t->matches);
	arena_free(&t->arena);
	tagger_memory_free(&t->memory);
	tagger_close(&t->tagger);
	gazetteer_close(&t->gazetteer);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct tag t = {0};
	struct tag_lines lines = {0};
	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: tagger-tag MODEL GAZETTEER|none [PASSES] <lines\n");
		return 2;
	}
	if (!tag_open(&t, argv, &err)) {
		fprintf(stderr, "%s\n", err.words);
		return 4;
	}
	tag_read_lines(&t, argc == 4 ? &lines : NULL);
	if (argc == 4)
		tag_measure(&t, &lines, strtoul(argv[3], NULL, 10));
	for (size_t i = 0; i < lines.n; i++)
		free((void *)(uintptr_t)lines.at[i].p);
	free(lines.at);
	tag_close(&t);
	return 0;
}
