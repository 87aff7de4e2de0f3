/*
 * Wire documents, whole and broken: each file as it is, cut off behind each of its bytes, and with each of them
 * changed. Whatever comes of it, every part ends as an article, a dead letter or a drop, with a reason; built with
 * sanitizers, this shows that nothing is read or written where it must not be.
 *
 *   hostile [--step N] FILE…      every N-th place only
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX_BYTES (1 << 20)

extern const struct stage stage_decode;

struct hostile {
	struct feed feed;
	struct stage_env env;
	struct arena keep, tmp;
	void *shared, *local;
	unsigned long messages, articles, drops, dead;
};

static void hostile_open(struct hostile *h)
{
	struct err err = {""};
	h->feed = (struct feed){.name = STR("hostile")};
	h->env = (struct stage_env){
	        .limits = {16000000, 16000000, 2000, 128000000, 64}, .feeds = &h->feed, .n_feeds = 1};
	arena_init(&h->keep, 4096, 0);
	arena_init(&h->tmp, 4096, 0);
	h->shared = calloc(1, stage_decode.shared_size);
	h->local = calloc(1, stage_decode.local_size);
	CHECK(stage_decode.open(&h->env, NULL, h->shared, &err));
	CHECK(stage_decode.open_local(&h->env, NULL, h->shared, h->local, &err));
}

static void hostile_judge_part(struct hostile *h, const struct story *st)
{
	switch (st->end.outcome) {
	case OUTCOME_OPEN:
		CHECK(st->decode.uri.n && st->decode.format && utf8_is_valid(st->decode.body) &&
		      utf8_is_valid(st->decode.headline));
		h->articles++;
		break;
	case OUTCOME_DROP:
		CHECK(st->end.reason != REASON_NONE);
		h->drops++;
		break;
	default:
		CHECK(st->end.outcome == OUTCOME_DEAD && st->end.reason != REASON_NONE && st->end.words.n);
		h->dead++;
	}
}

static void hostile_try(struct hostile *h, struct str bytes)
{
	/* A block of just that size, so that a sanitizer sees each read beyond it. */
	char *copy = malloc(bytes.n);
	memcpy(copy, bytes.p, bytes.n);
	struct message msg = {
	        .delivery = {STR("local"), STR("hostile"), 0, 0}, .value = {copy, bytes.n}, .feed = &h->feed};
	struct call call = {.stage = "decode",
	                    .keep = &h->keep,
	                    .tmp = &h->tmp,
	                    .shared = h->shared,
	                    .local = h->local,
	                    .env = &h->env};
	digest_sha256(msg.value, msg.sha256);
	digest_hex(msg.sha256, msg.sha256_hex);
	h->messages++;
	if (stage_decode.expand(&call, &msg) == ANSWER_KEEP) {
		h->drops += msg.n_parts == 0;
		for (size_t i = 0; i < msg.n_parts; i++)
			hostile_judge_part(h, msg.parts[i]);
	} else {
		CHECK(msg.end.outcome == OUTCOME_DEAD && msg.end.reason != REASON_NONE && msg.end.words.n);
		h->dead++;
	}
	arena_reset(&h->keep);
	arena_reset(&h->tmp);
	free(copy);
}

static void hostile_file(struct hostile *h, struct str bytes, size_t step)
{
	static const char changes[] = {'<',    '&', '"',  ' ',  '\n', '>', 'x', '\x80',
	                               '\xff', ']', 0x0c, '\\', '{',  '=', '/'};
	char *changed = malloc(bytes.n);
	memcpy(changed, bytes.p, bytes.n);
	hostile_try(h, bytes);
	for (size_t i = step; i < bytes.n; i += step)
		hostile_try(h, str_slice(bytes, 0, i));
	for (size_t i = 0; i < bytes.n; i += step) {
		changed[i] = changes[i % sizeof changes];
		hostile_try(h, str_make(changed, bytes.n));
		changed[i] = bytes.p[i];
	}
	free(changed);
}

int main(int argc, char **argv)
{
	struct hostile h = {0};
	size_t step = 1;
	int first = 1;
	if (argc > 2 && strcmp(argv[1], "--step") == 0) {
		step = (size_t)strtoul(argv[2], NULL, 10);
		first = 3;
	}
	if (first >= argc || !step) {
		fputs("usage: hostile [--step N] FILE…\n", stderr);
		return 2;
	}
	hostile_open(&h);
	char *bytes = malloc(FILE_MAX_BYTES);
	for (int i = first; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		if (!file) {
			fprintf(stderr, "cannot open '%s'\n", argv[i]);
			return 4;
		}
		size_t n = fread(bytes, 1, FILE_MAX_BYTES, file);
		fclose(file);
		if (n)
			hostile_file(&h, str_make(bytes, n), step);
	}
	printf("%d files, %lu messages: %lu articles, %lu drops, %lu dead letters\n", argc - first, h.messages,
	       h.articles, h.drops, h.dead);
	free(bytes);
	arena_free(&h.keep);
	arena_free(&h.tmp);
	stage_decode.close_local(h.local);
	stage_decode.close(h.shared);
	free(h.shared);
	free(h.local);
	return 0;
}
