/*
 * Any bytes through the whole stage, under sources that force this or that. What comes out keeps decode's promises:
 * text is text, an id is there, what is handed through is JSON on one line.
 *
 * The first byte chooses the source, the rest is the message. With FUZZ_FORMAT there is one source, which forces that
 * format, and all bytes are the message.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"

#define FUZZ_DEPTH 64

extern const struct stage stage_decode;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#ifdef FUZZ_FORMAT
#define FUZZ_SKIP 0
static struct feed feeds[] = {{.name = STR_INIT("forced"), .format = STR_INIT(FUZZ_FORMAT)}};
#else
#define FUZZ_SKIP 1
static struct feed feeds[] = {
        {.name = STR_INIT("plain")},
        {.name = STR_INIT("text"), .format = STR_INIT("plain-text")},
        {.name = STR_INIT("json"), .format = STR_INIT("json")},
        {.name = STR_INIT("ninjs"), .format = STR_INIT("ninjs")},
        {.name = STR_INIT("latin"), .charset = STR_INIT("iso-8859-1")},
        {.name = STR_INIT("japan"), .charset = STR_INIT("shift_jis")},
        {.name = STR_INIT("china"), .charset = STR_INIT("gb18030")},
        {.name = STR_INIT("utf7"), .charset = STR_INIT("utf-7")},
        {.name = STR_INIT("anpa"), .format = STR_INIT("anpa1312")},
        {.name = STR_INIT("iptc"), .format = STR_INIT("iptc7901")},
        {.name = STR_INIT("zczc"), .format = STR_INIT("zczc"), .zone = STR_INIT("Asia/Tokyo")},
        {.name = STR_INIT("iso"), .charset = STR_INIT("iso-2022-jp")},
};
#endif
#define FEEDS (sizeof(feeds) / sizeof(*feeds))

static struct stage_env env = {
        .limits = {16000000, 16000000, 50, 128000000, FUZZ_DEPTH}, .feeds = feeds, .n_feeds = FEEDS};
static void *shared, *local;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {""};
	(void)argc;
	(void)argv;
	shared = calloc(1, stage_decode.shared_size);
	local = calloc(1, stage_decode.local_size);
	CHECK(stage_decode.open(&env, NULL, shared, &err));
	CHECK(stage_decode.open_local(&env, NULL, shared, local, &err));
	return 0;
}

static void fuzz_is_text(struct str s)
{
	CHECK(utf8_is_valid(s));
	CHECK(!s.n || !memchr(s.p, 0, s.n));
}

static void fuzz_is_json_line(struct str json)
{
	struct json_doc doc;
	struct arena a;
	arena_init(&a, 0, 0);
	CHECK(json_doc_check(&a, json, FUZZ_DEPTH, &doc) == JSON_DOC_OK && !doc.any_bad);
	arena_free(&a);
	CHECK(!memchr(json.p, '\n', json.n));
}

static void fuzz_check_given(struct str entries)
{
	char *list = malloc(entries.n + 2);
	list[0] = '[';
	if (entries.n)
		memcpy(list + 1, entries.p, entries.n);
	list[entries.n + 1] = ']';
	fuzz_is_json_line(str_make(list, entries.n + 2));
	free(list);
}

static void fuzz_check_open(const struct story *st)
{
	const struct str texts[] = {st->decode.text,
	                            st->decode.headline,
	                            st->decode.body,
	                            st->decode.guid,
	                            st->decode.version,
	                            st->decode.language,
	                            st->decode.version_created,
	                            st->decode.first_created,
	                            st->decode.embargoed_until,
	                            st->decode.slugline,
	                            st->decode.by,
	                            st->decode.located,
	                            st->decode.ed_note,
	                            st->decode.copyright,
	                            st->decode.title};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		fuzz_is_text(texts[i]);
	CHECK(st->decode.text.p && st->decode.body.p && st->decode.format && st->decode.charset &&
	      st->decode.charset_basis);
	CHECK(st->decode.urgency >= 0 && st->decode.urgency <= 9);
	CHECK(st->decode.text_kind != TEXT_MESSAGE || st->decode.text.p == st->msg->value.p);
	for (size_t i = 0; i < st->decode.n_passed; i++)
		fuzz_is_json_line(st->decode.passed[i].json);
	fuzz_check_given(st->decode.given.people);
	fuzz_check_given(st->decode.given.alt_ids);
	for (size_t i = 0; i < st->decode.n_warnings; i++)
		CHECK(st->decode.warnings[i][0]);
}

static void fuzz_check(const struct message *msg, enum answer answer)
{
	CHECK((answer == ANSWER_KEEP) == (msg->end.outcome == OUTCOME_OPEN));
	for (size_t i = 0; answer == ANSWER_KEEP && i < msg->n_parts; i++) {
		const struct story *st = msg->parts[i];
		CHECK(st->part == i && st->decode.uri.n && st->decode.uri.n <= STORY_URI_MAX);
		CHECK(st->end.outcome == OUTCOME_OPEN || st->end.outcome == OUTCOME_DROP ||
		      st->end.outcome == OUTCOME_DEAD);
		if (st->end.outcome == OUTCOME_OPEN)
			fuzz_check_open(st);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2)
		return 0;
	struct arena keep, tmp;
	struct message msg = {.value = str_make(data + FUZZ_SKIP, n - FUZZ_SKIP), .feed = &feeds[data[0] % FEEDS]};
	struct call call = {
	        .stage = "decode", .keep = &keep, .tmp = &tmp, .shared = shared, .local = local, .env = &env};
	arena_init(&keep, 4096, 0);
	arena_init(&tmp, 4096, 0);
	digest_sha256(msg.value, msg.sha256);
	digest_hex(msg.sha256, msg.sha256_hex);
	fuzz_check(&msg, stage_decode.expand(&call, &msg));
	/* Again with too little memory for most: the way out by longjmp must leave `local` sound. */
	jmp_buf out;
	struct arena_meter meter = {.left_bytes = n, .out = &out};
	msg = (struct message){.value = msg.value, .feed = msg.feed};
	arena_reset(&tmp);
	arena_reset(&keep);
	if (setjmp(out) == 0) {
		arena_meter_set(&keep, &meter);
		arena_meter_set(&tmp, &meter);
		stage_decode.expand(&call, &msg);
	}
	arena_free(&keep);
	arena_free(&tmp);
	return 0;
}
