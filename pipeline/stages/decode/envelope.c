#include "pipeline/stages/decode/envelope.h"

#include "pipeline/base/check.h"

#include <zlib.h>
#include <zstd.h>

#define CHUNK_BYTES     65536
#define SCHEMA_ID_BYTES 5

enum envelope envelope_of(struct str bytes)
{
	if (str_starts(bytes, STR("\x1f\x8b\x08")))
		return ENVELOPE_GZIP;
	if (str_starts(bytes, STR("\x28\xb5\x2f\xfd")))
		return ENVELOPE_ZSTD;
	bool begins = bytes.n > SCHEMA_ID_BYTES && bytes.p[0] == 0 && strchr("{[\"<", bytes.p[SCHEMA_ID_BYTES]);
	/* "{ \"" in UTF-16BE; as a number it would be of a registry with more than sixteen million schemas. */
	begins = begins && !(bytes.p[1] && !bytes.p[2] && !bytes.p[4]);
	return begins && bytes.p[SCHEMA_ID_BYTES] ? ENVELOPE_SCHEMA_ID : ENVELOPE_NONE;
}

/* --- compression -------------------------------------------------------------------------------------------------- */

/* Room for the next piece. False: the limit is reached. */
static bool envelope_room(struct buf *out, size_t *room)
{
	size_t left = out->limit_bytes - out->n;
	*room = left < CHUNK_BYTES ? left : CHUNK_BYTES;
	return left > 0 && buf_reserve(out, *room);
}

static enum envelope_fault envelope_inflate(z_stream *stream, struct buf *out)
{
	for (;;) {
		size_t room;
		if (!envelope_room(out, &room))
			return ENVELOPE_TOO_LARGE;
		stream->next_out = (unsigned char *)out->p + out->n;
		stream->avail_out = (unsigned)room;
		int code = inflate(stream, Z_NO_FLUSH);
		out->n += room - stream->avail_out;
		if (code == Z_STREAM_END && stream->avail_in == 0)
			return ENVELOPE_OK;
		bool more = code == Z_STREAM_END ? inflateReset(stream) == Z_OK : code == Z_OK;
		if (!more)
			return ENVELOPE_BROKEN;
	}
}

static enum envelope_fault envelope_gzip(struct str bytes, struct buf *out)
{
	z_stream stream = {.next_in = (unsigned char *)(uintptr_t)bytes.p, .avail_in = (unsigned)bytes.n};
	if (bytes.n > UINT32_MAX || inflateInit2(&stream, 15 + 16) != Z_OK)
		return ENVELOPE_BROKEN;
	enum envelope_fault fault = envelope_inflate(&stream, out);
	inflateEnd(&stream);
	return fault;
}

static enum envelope_fault envelope_zstd_all(ZSTD_DStream *stream, struct str bytes, struct buf *out)
{
	ZSTD_inBuffer in = {bytes.p, bytes.n, 0};
	size_t left = 1;
	while (in.pos < in.size || left) {
		size_t room, before = in.pos;
		if (!envelope_room(out, &room))
			return ENVELOPE_TOO_LARGE;
		ZSTD_outBuffer to = {out->p + out->n, room, 0};
		left = ZSTD_decompressStream(stream, &to, &in);
		out->n += to.pos;
		if (ZSTD_isError(left) || (in.pos == before && to.pos == 0))
			return ENVELOPE_BROKEN;
	}
	return ENVELOPE_OK;
}

static enum envelope_fault envelope_zstd(struct str bytes, struct buf *out)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	CHECK(stream);
	/* A window larger than what may come out is asked for by a bomb alone. */
	ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 25);
	enum envelope_fault fault = envelope_zstd_all(stream, bytes, out);
	ZSTD_freeDStream(stream);
	return fault;
}

enum envelope_fault envelope_open(enum envelope envelope, struct str bytes, struct buf *out, struct str *inside)
{
	CHECK(envelope != ENVELOPE_NONE);
	if (envelope == ENVELOPE_SCHEMA_ID) {
		*inside = str_slice(bytes, SCHEMA_ID_BYTES, bytes.n);
		return ENVELOPE_OK;
	}
	buf_clear(out);
	enum envelope_fault fault = envelope == ENVELOPE_GZIP ? envelope_gzip(bytes, out) : envelope_zstd(bytes, out);
	*inside = buf_view(out);
	return fault;
}

const char *envelope_word(enum envelope envelope, struct str bytes, struct arena *a)
{
	uint32_t id = 0;
	if (envelope != ENVELOPE_SCHEMA_ID)
		return envelope == ENVELOPE_GZIP ? "gzip" : "zstd";
	for (size_t i = 1; i < SCHEMA_ID_BYTES; i++)
		id = id << 8 | (unsigned char)bytes.p[i];
	return arena_printf(a, "schema-id:%u", id).p;
}

/* --- base64 ------------------------------------------------------------------------------------------------------- */

/* 0 to 63; -1: none of either of its alphabets. */
static int envelope_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool envelope_base64(struct str coded, struct arena *a, struct str *bytes)
{
	char *out = arena_alloc(a, coded.n / 4 * 3 + 3);
	uint32_t bits = 0;
	size_t n = 0;
	int count = 0;
	bool ended = false, clean = true;
	for (size_t i = 0; i < coded.n; i++) {
		int digit = envelope_digit(coded.p[i]);
		if (coded.p[i] == '=') {
			count = 0;
			ended = true;
		} else if (digit < 0) {
			clean &= str_is_space(coded.p[i]);
		}
		if (digit < 0)
			continue;
		clean &= !ended;
		bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
		if (count++ == 0)
			continue;
		/* Of the second, third and fourth digit each completes a byte. */
		out[n++] = (char)(count == 2 ? bits >> 4 : count == 3 ? bits >> 2 : bits);
		count %= 4;
	}
	*bytes = str_make(out, n);
	return clean;
}
