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
	struct tagger_text read = {.words = &answer.words, .matches = t->matches};
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

struct tag_line {
	char *text;
	size_t n;
};

static void tag_measure(struct tag *t, const struct tag_line *lines, size_t n_lines, unsigned long passes)
{
	for (unsigned long pass = 0; pass < passes; pass++) {
		size_t bytes = 0, words = 0, names = 0;
		double began = tag_now();
		for (size_t i = 0; i < n_lines; i++) {
			struct tag_answer answer = tag_read(t, str_make(lines[i].text, lines[i].n));
			bytes += lines[i].n;
			words += answer.words.n;
			names += answer.n_names;
		}
		double took = tag_now() - began;
		printf("%.2f MB, %zu words, %zu names, %.3f s, %.2f MB/s\n", (double)bytes * 1e-6, words, names, took,
		       (double)bytes * 1e-6 / took);
	}
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct tag t = {0};
	struct tag_line *lines = NULL;
	size_t n_lines = 0, room = 0;
	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: tagger-tag MODEL GAZETTEER|none [PASSES] <lines\n");
		return 2;
	}
	if (!(t.tagger = tagger_open(argv[1], &err)) ||
	    (strcmp(argv[2], "none") != 0 && !(t.gazetteer = gazetteer_open(argv[2], &err)))) {
		fprintf(stderr, "%s\n", err.words);
		return 4;
	}
	t.memory = tagger_memory_new();
	t.matches = calloc(TAG_MATCHES, sizeof(*t.matches));
	CHECK(t.matches);
	arena_init(&t.arena, 0, 0);
	struct tag_line line = {0};
	size_t line_room = 0;
	for (ssize_t n; (n = getline(&line.text, &line_room, stdin)) > 0;) {
		struct str text = tag_unescape(line.text, (size_t)n - (line.text[n - 1] == '\n'));
		if (argc == 3) {
			struct tag_answer answer = tag_read(&t, text);
			tag_print(&answer);
			continue;
		}
		if (n_lines == room) {
			room = 2 * room + 64;
			lines = realloc(lines, room * sizeof(*lines));
			CHECK(lines);
		}
		lines[n_lines++] = (struct tag_line){line.text, text.n};
		line = (struct tag_line){0};
		line_room = 0;
	}
	if (argc == 4)
		tag_measure(&t, lines, n_lines, strtoul(argv[3], NULL, 10));
	for (size_t i = 0; i < n_lines; i++)
		free(lines[i].text);
	free(lines);
	free(line.text);
	free(t.matches);
	arena_free(&t.arena);
	tagger_memory_free(&t.memory);
	tagger_close(&t.tagger);
	gazetteer_close(&t.gazetteer);
	return 0;
}
