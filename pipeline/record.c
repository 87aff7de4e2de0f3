/*
 * Writing of the record, in the order in which a reader wants it: ninjs' own properties first, then `wiredesk`.
 */
#include "pipeline/record.h"

#include "pipeline/base/check.h"
#include "pipeline/record_inside.h"

/* wiredesk-verdict and wiredesk-cluster, which the tail adds. */
#define TAIL_HEADERS_MAX (100 + STORY_URI_MAX)

/* --- headers ----------------------------------------------------------------------------------------------------- */

static void add_header(struct story *st, const char *name, struct str value)
{
	CHECK(st->record.n_headers < sizeof(st->record.headers) / sizeof(*st->record.headers));
	st->record.headers[st->record.n_headers++] = (struct header){str_of(name), value};
}

static void render_headers(struct arena *a, struct story *st)
{
	st->record.n_headers = 0;
	add_header(st, "wiredesk-schema", STR(RECORD_SCHEMA_VERSION));
	add_header(st, "wiredesk-language", story_language(st));
	if (st->msg->timestamp_ms >= 0)
		add_header(st, "wiredesk-source-timestamp", arena_printf(a, "%lld", (long long)st->msg->timestamp_ms));
	struct str trace = message_header(st->msg, "traceparent");
	if (trace.p)
		add_header(st, "traceparent", trace);
}

/* --- the two steps ------------------------------------------------------------------------------------------------ */

void record_render(struct call *call, struct story *st, struct buf *scratch)
{
	if (!(st->done & GROUP_DECODE))
		return; /* passed through: the value stands already */
	buf_clear(scratch);
	CHECK(st->end.outcome == OUTCOME_OPEN);
	struct writing w = {.j = json_start(scratch), .st = st, .tmp = call->tmp};
	json_open_object(&w.j);
	record_write_ninjs(&w);
	record_write_wiredesk(&w);
	if (scratch->overflow) {
		story_dead(call, st, REASON_LIMIT_STORY, "the record needs more than limits.story (%zu bytes)",
		           scratch->limit_bytes);
		return;
	}
	st->record.room_bytes = scratch->n + RECORD_DEDUP_MAX;
	char *head = arena_alloc(call->keep, st->record.room_bytes);
	memcpy(head, scratch->p, scratch->n);
	st->record.head = str_make(head, scratch->n);
	render_headers(call->keep, st);
}

size_t record_bytes(const struct story *st)
{
	if (!st->record.head.p)
		return st->msg->key.n + st->record.value.n + RECORD_FRAMING_BYTES;
	size_t bytes = st->decode.uri.n + st->record.room_bytes + RECORD_FRAMING_BYTES + TAIL_HEADERS_MAX;
	for (size_t i = 0; i < st->record.n_headers; i++)
		bytes += st->record.headers[i].name.n + st->record.headers[i].value.n;
	return bytes;
}

static void write_sender(struct json *j, struct str source)
{
	if (!source.n)
		return;
	json_key(j, "source");
	json_str(j, source);
}

/* The matched story, and who sent either. */
static void write_dedup_of(struct json *j, const struct story *st)
{
	json_key(j, "of");
	if (!st->dedup.of_uri.n) {
		json_null(j);
		return;
	}
	json_open_object(j);
	json_key(j, "uri");
	json_str(j, st->dedup.of_uri);
	json_key(j, "id");
	json_str(j, st->dedup.of_id);
	write_sender(j, st->dedup.of_source);
	json_close(j);
	write_sender(j, st->dedup.source);
}

static void write_dedup(struct json *j, const struct story *st, bool with_evidence)
{
	json_key(j, "verdict");
	json_cstr(j, verdict_word(st->dedup.verdict));
	write_dedup_of(j, st);
	json_key(j, "score");
	if (st->dedup.score >= 0 && st->dedup.of_uri.n)
		json_double(j, st->dedup.score, 4);
	else
		json_null(j);
	json_key(j, "method");
	json_str_or_null(j, str_of(st->dedup.method));
	if (st->dedup.evidence.n) {
		json_key(j, "evidence");
		json_raw(j, with_evidence ? st->dedup.evidence : STR("{\"omitted\":\"too large\"}"));
	}
	json_key(j, "cluster");
	json_str(j, st->dedup.cluster.n ? st->dedup.cluster : st->decode.uri);
}

/* Into the room behind the head; false: it does not fit. */
static bool append_dedup(struct story *st, bool with_evidence)
{
	char *end = (char *)(uintptr_t)(st->record.head.p + st->record.head.n);
	struct buf room = {.p = end, .room = RECORD_DEDUP_MAX, .limit_bytes = RECORD_DEDUP_MAX};
	if (st->done & GROUP_DEDUP) {
		buf_str(&room, STR(",\"dedup\":"));
		struct json j = json_start(&room);
		json_open_object(&j);
		write_dedup(&j, st, with_evidence);
		json_close(&j);
	}
	buf_str(&room, STR("}}"));
	CHECK(room.p == end);
	if (room.overflow)
		return false;
	st->record.value = str_make(st->record.head.p, st->record.head.n + room.n);
	return true;
}

void record_finish(struct story *st)
{
	if (!append_dedup(st, true)) {
		bool fits = append_dedup(st, false);
		CHECK(fits); /* STORY_URI_MAX and replay.c's limits see to it */
	}
	CHECK(st->record.value.n > st->record.head.n && st->record.value.n <= st->record.room_bytes);
	if (st->done & GROUP_DEDUP) {
		add_header(st, "wiredesk-verdict", str_of(verdict_word(st->dedup.verdict)));
		add_header(st, "wiredesk-cluster", st->dedup.cluster.n ? st->dedup.cluster : st->decode.uri);
	}
}
