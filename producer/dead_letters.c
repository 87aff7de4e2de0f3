/*
 * Making of dead letters. A letter is built for one *fit* after the other, from the whole message down to the bare
 * sets, until it is small enough for its topic: what must not be lost is that the parts died, and where their bytes
 * are.
 */
#include "producer/dead_letters.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/utf8.h"
#include "pipeline/record.h"

#include <inttypes.h>

/* Lengths of a header's name and value, and of the number of headers, as Kafka's varints. */
#define HEADER_FRAMING_BYTES 10

/*
 * What goes on of headers that nobody could read: their bytes are anybody's, and no fit gives them up. So many parts
 * are what a message may have (limits.parts), and that many sets fit Kafka's usual limit.
 */
#define UNREADABLE_ORIGIN_BYTES 600
#define UNREADABLE_PART_BYTES   20
#define UNREADABLE_PARTS        2000

/* Everything that a fit gives up is given up by those behind it, too. */
enum fit {
	FIT_WHOLE,
	FIT_STUB,       /* no value */
	FIT_NO_HEADERS, /* none of the message's own headers */
	FIT_NO_KEY,
	FIT_NO_WORDS, /* -error is there, and empty */
	FIT_COUNT
};

struct letter {
	struct arena *a;
	const struct message *msg;
	enum fit fit;
	bool refused;
	struct str now;
	struct dead_letter *out;
};

static size_t count_dead_parts(const struct message *msg)
{
	size_t n = 0;
	for (size_t i = 0; i < msg->n_parts; i++)
		n += msg->parts[i]->end.outcome == OUTCOME_DEAD;
	return n;
}

/* An earlier death's headers that nobody could read: what they say of origin and parts goes on as it stands. */
static bool is_unreadable(const struct message *msg)
{
	return msg->end.outcome == OUTCOME_DEAD && (msg->broken || msg->end.reason == REASON_BAD_HEADER);
}

static size_t count_headers(const struct message *msg, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < msg->n_headers; i++)
		n += str_is(msg->headers[i].name, name);
	return n;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* A replay that dies as a whole dies for the parts that it was to bring, or its next replay would bring all of them. */
size_t dead_letter_parts(const struct message *msg)
{
	size_t parts = 0;
	if (msg->end.outcome != OUTCOME_DEAD)
		return count_dead_parts(msg);
	if (is_unreadable(msg))
		parts = least(count_headers(msg, "wiredesk-part"), UNREADABLE_PARTS);
	else if (msg->only)
		parts = msg->n_only;
	return parts ? parts : 1;
}

bool dead_letter_needed(const struct message *msg)
{
	return dead_letter_parts(msg) > 0;
}

static void add_header(struct letter *letter, const char *name, struct str value)
{
	CHECK(value.p);
	letter->out->headers[letter->out->n_headers++] = (struct header){str_of(name), value};
}

/* An origin that nobody could read, as far as it goes on: the last one is what a reader takes. Null pointer: none. */
static struct str unreadable_origin(const struct message *msg)
{
	struct str origin = message_header(msg, "wiredesk-origin");
	return is_unreadable(msg) && origin.n <= UNREADABLE_ORIGIN_BYTES ? origin : (struct str){0};
}

/* A part that is too long goes on empty: cut, it might be read as another one. */
static void add_unreadable_parts(struct letter *letter)
{
	const struct message *msg = letter->msg;
	size_t n = 0;
	for (size_t i = 0; i < msg->n_headers && n < UNREADABLE_PARTS; i++) {
		struct str value = msg->headers[i].value;
		if (!str_is(msg->headers[i].name, "wiredesk-part"))
			continue;
		add_header(letter, "wiredesk-part", value.p && value.n <= UNREADABLE_PART_BYTES ? value : STR(""));
		n++;
	}
}

static void add_own_headers(struct letter *letter)
{
	const struct message *msg = letter->msg;
	for (size_t i = 0; letter->fit < FIT_NO_HEADERS && i < msg->n_headers; i++) {
		if (!str_starts(msg->headers[i].name, STR("wiredesk-")))
			letter->out->headers[letter->out->n_headers++] = msg->headers[i];
	}
}

static void add_history(struct letter *letter)
{
	const struct message *msg = letter->msg;
	const struct position *origin = &msg->origin;
	struct str kept = unreadable_origin(msg);
	if (kept.p)
		add_header(letter, "wiredesk-origin", kept);
	else
		add_header(letter, "wiredesk-origin",
		           arena_printf(letter->a, "%.*s/%.*s/%" PRId32 "/%" PRId64, STR_ARG(origin->cluster),
		                        STR_ARG(origin->topic), origin->partition, origin->offset));
	add_header(letter, "wiredesk-attempts", arena_printf(letter->a, "%" PRIu64, (uint64_t)msg->attempts + 1));
	add_header(letter, "wiredesk-first-seen", msg->first_seen.n ? msg->first_seen : letter->now);
}

/* part -1: none. */
static void add_set(struct letter *letter, int64_t part, const struct ending *end)
{
	/* Words may hold bytes that a feed declared, or end inside a character where they were cut. */
	struct str words = str_slice(end->words, 0, utf8_valid_length(end->words));
	if (letter->fit >= FIT_NO_WORDS || !words.n)
		words = STR("");
	if (part >= 0)
		add_header(letter, "wiredesk-part", arena_printf(letter->a, "%" PRId64, part));
	add_header(letter, "wiredesk-stage", end->stage ? str_of(end->stage) : STR("run"));
	add_header(letter, "wiredesk-reason", str_of(reason_word(end->reason)));
	add_header(letter, "wiredesk-error", words);
	letter->out->n_parts++;
}

static void add_sets(struct letter *letter)
{
	const struct message *msg = letter->msg;
	bool whole = msg->end.outcome == OUTCOME_DEAD;
	bool by_part = whole && !is_unreadable(msg) && msg->only;
	for (size_t i = 0; whole && i < dead_letter_parts(msg); i++)
		add_set(letter, by_part ? (int64_t)msg->only[i] : -1, &msg->end);
	for (size_t i = 0; !whole && i < msg->n_parts; i++) {
		if (msg->parts[i]->end.outcome == OUTCOME_DEAD)
			add_set(letter, msg->parts[i]->part, &msg->parts[i]->end);
	}
}

static void add_sha256(struct letter *letter, const char *name, struct str bytes)
{
	uint8_t hash[DIGEST_SHA256_BYTES];
	char hex[2 * DIGEST_SHA256_BYTES + 1];
	digest_sha256(bytes, hash);
	digest_hex(hash, hex);
	add_header(letter, name, arena_copy(letter->a, str_of(hex)));
}

static void add_stub(struct letter *letter)
{
	const struct message *msg = letter->msg;
	if (letter->fit == FIT_WHOLE)
		return;
	letter->out->stub = true;
	add_header(letter, "wiredesk-stub", letter->refused ? STR("refused") : STR("too-large"));
	add_header(letter, "wiredesk-value-bytes", arena_printf(letter->a, "%zu", msg->value.n));
	add_sha256(letter, "wiredesk-value-sha256", msg->value);
	if (letter->fit >= FIT_NO_KEY && msg->key.p)
		add_sha256(letter, "wiredesk-key-sha256", msg->key);
}

static void build(struct letter *letter)
{
	const struct message *msg = letter->msg;
	size_t room = msg->n_headers + 3 + 4 * dead_letter_parts(msg) + 4;
	*letter->out = (struct dead_letter){.headers = ARENA_ARRAY(letter->a, struct header, room)};
	if (letter->fit < FIT_NO_KEY)
		letter->out->key = msg->key;
	if (letter->fit == FIT_WHOLE)
		letter->out->value = msg->value;
	add_own_headers(letter);
	add_history(letter);
	if (is_unreadable(letter->msg))
		add_unreadable_parts(letter);
	add_sets(letter);
	add_stub(letter);
	CHECK(letter->out->n_headers <= room && letter->out->n_parts == dead_letter_parts(msg));
}

static size_t letter_bytes(const struct dead_letter *letter)
{
	size_t bytes = letter->key.n + letter->value.n + RECORD_FRAMING_BYTES;
	for (size_t i = 0; i < letter->n_headers; i++)
		bytes += letter->headers[i].name.n + letter->headers[i].value.n + HEADER_FRAMING_BYTES;
	return bytes;
}

void dead_letter_make(struct arena *a, const struct message *msg, size_t limit_bytes, bool force_stub, struct str now,
                      struct dead_letter *out)
{
	CHECK(dead_letter_needed(msg));
	struct letter letter = {.a = a, .msg = msg, .refused = force_stub, .now = now, .out = out};
	struct arena_mark mark = arena_mark(a);
	letter.fit = force_stub ? FIT_STUB : FIT_WHOLE;
	build(&letter);
	while (limit_bytes && letter_bytes(out) > limit_bytes && letter.fit + 1 < FIT_COUNT) {
		arena_rewind(a, mark);
		letter.fit++;
		build(&letter);
	}
}
