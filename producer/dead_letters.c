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

/* Everything that a fit gives up is given up by those behind it, too. */
enum fit {
	FIT_WHOLE,
	FIT_STUB,       /* no value */
	FIT_NO_HEADERS, /* none of the message's own headers */
	FIT_NO_WORDS,   /* -error is there, and empty */
	FIT_NO_KEY,
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

bool dead_letter_needed(const struct message *msg)
{
	return msg->end.outcome == OUTCOME_DEAD || count_dead_parts(msg) > 0;
}

/* A replay that dies as a whole dies for the parts that it was to bring, or its next replay would bring all of them. */
static size_t count_sets(const struct message *msg)
{
	if (msg->end.outcome != OUTCOME_DEAD)
		return count_dead_parts(msg);
	return msg->only ? msg->n_only : 1;
}

static void add_header(struct letter *letter, const char *name, struct str value)
{
	CHECK(value.p);
	letter->out->headers[letter->out->n_headers++] = (struct header){str_of(name), value};
}

static void add_own_headers(struct letter *letter)
{
	const struct message *msg = letter->msg;
	if (letter->fit >= FIT_NO_HEADERS)
		return;
	for (size_t i = 0; i < msg->n_headers; i++) {
		if (!str_starts(msg->headers[i].name, STR("wiredesk-")))
			letter->out->headers[letter->out->n_headers++] = msg->headers[i];
	}
}

static void add_history(struct letter *letter)
{
	const struct message *msg = letter->msg;
	const struct position *origin = &msg->origin;
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
	if (msg->end.outcome == OUTCOME_DEAD) {
		if (!msg->only)
			add_set(letter, -1, &msg->end);
		for (size_t i = 0; msg->only && i < msg->n_only; i++)
			add_set(letter, msg->only[i], &msg->end);
		return;
	}
	for (size_t i = 0; i < msg->n_parts; i++) {
		if (msg->parts[i]->end.outcome == OUTCOME_DEAD)
			add_set(letter, msg->parts[i]->part, &msg->parts[i]->end);
	}
}

static void add_stub(struct letter *letter)
{
	uint8_t hash[DIGEST_SHA256_BYTES];
	char hex[2 * DIGEST_SHA256_BYTES + 1];
	if (letter->fit == FIT_WHOLE)
		return;
	letter->out->stub = true;
	digest_sha256(letter->msg->value, hash);
	digest_hex(hash, hex);
	add_header(letter, "wiredesk-stub", letter->refused ? STR("refused") : STR("too-large"));
	add_header(letter, "wiredesk-value-bytes", arena_printf(letter->a, "%zu", letter->msg->value.n));
	add_header(letter, "wiredesk-value-sha256", arena_copy(letter->a, str_of(hex)));
}

static void build(struct letter *letter)
{
	const struct message *msg = letter->msg;
	size_t room = msg->n_headers + 3 + 4 * count_sets(msg) + 3;
	*letter->out = (struct dead_letter){.headers = ARENA_ARRAY(letter->a, struct header, room)};
	if (letter->fit < FIT_NO_KEY)
		letter->out->key = msg->key;
	if (letter->fit == FIT_WHOLE)
		letter->out->value = msg->value;
	add_own_headers(letter);
	add_history(letter);
	add_sets(letter);
	add_stub(letter);
	CHECK(letter->out->n_headers <= room && letter->out->n_parts == count_sets(msg));
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
