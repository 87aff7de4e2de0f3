/*
 * Any bytes through the whole stage, under sources that force this or that. What comes out keeps decode's promises:
 * text is text, an id is there, what is handed through is JSON on one line. And what a lane keeps from one message to
 * the next changes none: two messages of ours come out behind any others as they do first.
 *
 * The first byte chooses the source, the rest is the message. With FUZZ_FORMAT there is one source, which forces that
 * format, and all bytes are the message.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"

#include <xxhash.h>

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
        {.name = STR_INIT("mail"), .format = STR_INIT("rfc822")},
        {.name = STR_INIT("page"), .format = STR_INIT("html")},
        {.name = STR_INIT("rss"), .format = STR_INIT("rss")},
        {.name = STR_INIT("xml"), .format = STR_INIT("xml")},
};
#endif
#define FEEDS (sizeof(feeds) / sizeof(*feeds))

static struct stage_env env = {
        .limits = {16000000, 16000000, 50, 128000000, FUZZ_DEPTH}, .feeds = feeds, .n_feeds = FEEDS};
static void *shared, *local;

/* What comes of a message, in short. */
struct fuzz_outcome {
	enum answer answer;
	enum outcome ends;
	uint64_t headline, body, charset;
};

/* The second one has a charset that no source names, and lists whose tokens another message's would stand behind. */
static const char *const own[] = {
        "{\"data\":{\"a\":[\"x\"],\"b\":[]},\"nitf\":{\"body\":\"The old bridge reopened on "
        "Monday.\",\"headline\":[]}}",
        "Subject: =?windows-1257?Q?=D0iandien_=FEmon=EBs_=EBjo?=\nContent-Type: text/plain; charset=windows-1257\n\n"
        "\xd0iandien \xfemon\xebs \xebjo per tilt\xe0.\n",
};
#define OWN (sizeof(own) / sizeof(*own))
static struct fuzz_outcome own_outcomes[OWN];

static struct fuzz_outcome fuzz_own(struct call *call, size_t i)
{
	struct message msg = {.value = str_of(own[i]), .feed = &feeds[0]};
	digest_sha256(msg.value, msg.sha256);
	digest_hex(msg.sha256, msg.sha256_hex);
	struct fuzz_outcome out = {.answer = stage_decode.expand(call, &msg), .ends = msg.end.outcome};
	if (out.answer == ANSWER_KEEP && msg.n_parts) {
		const struct story *st = msg.parts[0];
		bool open = st->end.outcome == OUTCOME_OPEN;
		out.headline = open ? XXH3_64bits(st->decode.headline.p, st->decode.headline.n) : 0;
		out.body = open ? XXH3_64bits(st->decode.body.p, st->decode.body.n) : 0;
		out.charset = open ? XXH3_64bits(st->decode.charset, strlen(st->decode.charset)) : 0;
	}
	arena_reset(call->keep);
	arena_reset(call->tmp);
	return out;
}

static void fuzz_check_own(struct call *call)
{
	for (size_t i = 0; i < OWN; i++) {
		struct fuzz_outcome now = fuzz_own(call, i), was = own_outcomes[i];
		CHECK(now.answer == was.answer && now.ends == was.ends && now.headline == was.headline &&
		      now.body == was.body && now.charset == was.charset);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {""};
	(void)argc;
	(void)argv;
	shared = calloc(1, stage_decode.shared_size);
	local = calloc(1, stage_decode.local_size);
	CHECK(stage_decode.open(&env, NULL, shared, &err));
	CHECK(stage_decode.open_local(&env, NULL, shared, local, &err));
	struct arena keep, tmp;
	arena_init(&keep, 4096, 0);
	arena_init(&tmp, 4096, 0);
	struct call call = {
	        .stage = "decode", .keep = &keep, .tmp = &tmp, .shared = shared, .local = local, .env = &env};
	for (size_t i = 0; i < OWN; i++)
		own_outcomes[i] = fuzz_own(&call, i);
	arena_free(&keep);
	arena_free(&tmp);
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
	                            st->decode.title,
	                            st->decode.uri,
	                            st->decode.target,
	                            st->decode.dateline,
	                            st->decode.correction,
	                            st->decode.published.name,
	                            st->decode.published.label};
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
	fuzz_check_given(st->decode.given.associations);
	if (st->decode.format_basis)
		fuzz_is_text(str_of(st->decode.format_basis));
	fuzz_is_text(str_of(st->decode.charset));
	for (size_t i = 0; i < st->decode.n_envelopes; i++)
		CHECK(st->decode.envelopes[i][0] && utf8_is_valid(str_of(st->decode.envelopes[i])));
	for (size_t i = 0; i < st->decode.n_warnings; i++)
		CHECK(st->decode.warnings[i][0] && utf8_is_valid(str_of(st->decode.warnings[i])));
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
	arena_meter_set(&keep, NULL);
	arena_meter_set(&tmp, NULL);
	arena_reset(&tmp);
	arena_reset(&keep);
	fuzz_check_own(&call);
	arena_free(&keep);
	arena_free(&tmp);
	return 0;
}
