/* clang-format off */
/*
 * Records of the claims log; see claim_record.h.
 *
 *     0   "WD", layout, kind   4 bytes
 *     4   checksum             4   XXH3 of all that stands before and behind it, cut
 *     8   namespace            8
 *     16  position             8   of claims and voids: the key
 *     24  bytes hash           8
 *     32  part                 4
 *     36  of claims: time 6, exact hash 8, body hash 8; id, scope, uri, guid's hash and version, each its length and its
 *         bytes; then sections to the end: format (or that of the source) 1, length, bytes. Lengths take 7 bits a byte,
 *         the lowest first.
 *     16  of settings: window 8, claims 4, format 1; and where they are not the usual ones the limits of likeness, 4
 */
/* clang-format on */
#include "pipeline/stages/dedup/claim_record.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/dedup/packed.h"
#include "pipeline/words/fold.h"

#define RECORD_LAYOUT      1
#define RECORD_CHECKSUM_AT 4
#define RECORD_BODY_AT     8
#define RECORD_TIME_BYTES  6
/* A sketch takes no more, in any format. */
#define RECORD_SECTION_MAX 512

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static void record_put(struct buf *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_putc(out, (char)(value >> 8 * i));
}

static void record_put_text(struct buf *out, struct str text)
{
	size_t n = text.n;
	for (; n > 0x7f; n >>= 7)
		buf_putc(out, (char)(n | 0x80));
	buf_putc(out, (char)n);
	buf_str(out, text);
}

/* What is left to read. Reading past the end gives zeros and sets `ended`. */
struct record_reader {
	struct str left;
	bool ended;
};

static struct str record_take_bytes(struct record_reader *r, size_t n)
{
	if (n > r->left.n) {
		r->ended = true;
		n = 0;
	}
	struct str bytes = str_slice(r->left, 0, n);
	r->left = str_slice(r->left, n, r->left.n);
	return bytes;
}

static uint64_t record_take(struct record_reader *r, size_t n)
{
	struct str bytes = record_take_bytes(r, n);
	uint64_t value = 0;
	for (size_t i = bytes.n; i--;)
		value = value << 8 | (unsigned char)bytes.p[i];
	return value;
}

static struct str record_take_text(struct record_reader *r)
{
	size_t n = 0;
	uint64_t byte = 0x80;
	for (unsigned shift = 0; byte & 0x80 && shift < 21; shift += 7) {
		byte = record_take(r, 1);
		n |= (byte & 0x7f) << shift;
	}
	return record_take_bytes(r, n);
}

/* --- a sketch, in the format of sketch.h -------------------------------------------------------------------------- */

/* The text as it is packed, then how many samples, of the lead and all, and the samples. */
static void record_write_sketch(struct buf *out, const struct sketch *sketch)
{
	uint8_t text[PACKED_BYTES_MAX];
	buf_put(out, text, packed_write(&sketch->text, text));
	record_put(out, sketch->n_lead_samples, 1);
	record_put(out, sketch->n_samples, 1);
	for (size_t i = 0; i < sketch->n_samples; i++)
		record_put(out, sketch->samples[i], 4);
}

/* Copied into room that no packed text can lead out of. */
static bool record_read_text(struct record_reader *r, struct sketch_text *out)
{
	uint8_t room[2 * PACKED_BYTES_MAX] = {0};
	memcpy(room, r->left.p, r->left.n < PACKED_BYTES_MAX ? r->left.n : PACKED_BYTES_MAX);
	if (!packed_is_sound(room, PACKED_BYTES_MAX) || packed_bytes(room) > r->left.n)
		return false;
	record_take_bytes(r, packed_read(room, out));
	return true;
}

/* Those that two claims share are counted, so that each may stand there once. */
static bool record_are_distinct(const uint32_t *samples, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (samples[k] == samples[i])
				return false;
	return true;
}

static bool record_read_sketch(struct str bytes, struct sketch *out)
{
	struct record_reader r = {bytes, false};
	*out = (struct sketch){0};
	if (!bytes.n || !record_read_text(&r, &out->text))
		return false;
	out->n_lead_samples = (uint8_t)record_take(&r, 1);
	out->n_samples = (uint8_t)record_take(&r, 1);
	if (out->n_lead_samples > SKETCH_LEAD_SAMPLES_MAX || out->n_samples < out->n_lead_samples ||
	    out->n_samples - out->n_lead_samples > SKETCH_WHOLE_SAMPLES_MAX)
		return false;
	for (size_t i = 0; i < out->n_samples; i++)
		out->samples[i] = (uint32_t)record_take(&r, 4);
	return !r.ended && !r.left.n && record_are_distinct(out->samples, out->n_samples);
}

const struct claim_format claim_formats[] = {
        {CLAIM_FORMAT_SKETCH, record_write_sketch, record_read_sketch},
        {0},
};

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* It goes into other stories' records as it stands there: as JSON it is no longer than it is. Ids and uris of ours are
 * like that (replay.c, identity.c). */
static bool record_is_name(struct str text, size_t most)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c <= ' ' || c == 0x7f || c == '"' || c == '\\')
			return false;
	}
	return text.n > 0 && text.n <= most && utf8_is_valid(text);
}

/* Anybody may write into the log, but what is read is named in records. */
static bool record_is_nameable(const struct claim *claim)
{
	return record_is_name(claim->id, CLAIM_ID_MAX) && record_is_name(claim->uri, STORY_URI_MAX);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

uint64_t claim_space(struct str name)
{
	return name.n ? digest_xxh64(name) : 0;
}

static uint32_t record_checksum(struct str bytes)
{
	uint64_t parts[] = {digest_xxh64(str_slice(bytes, 0, RECORD_CHECKSUM_AT)),
	                    digest_xxh64(str_slice(bytes, RECORD_BODY_AT, bytes.n))};
	return (uint32_t)digest_xxh64(str_make(parts, sizeof(parts)));
}

static void record_begin(struct buf *out, enum claim_record_kind kind, uint64_t space)
{
	CHECK(out->n == 0);
	buf_put(out, "WD", 2);
	record_put(out, RECORD_LAYOUT, 1);
	record_put(out, kind, 1);
	record_put(out, 0, 4);
	record_put(out, space, 8);
}

static void record_put_key(struct buf *out, const struct key *key)
{
	record_put(out, key->position, 8);
	record_put(out, key->bytes_hash, 8);
	record_put(out, key->part, 4);
}

void claim_record_seal(struct buf *out)
{
	CHECK(!out->overflow && out->n >= RECORD_BODY_AT && out->n <= CLAIM_RECORD_BYTES_MAX);
	uint32_t sum = record_checksum(buf_view(out));
	for (size_t i = 0; i < 4; i++)
		out->p[RECORD_CHECKSUM_AT + i] = (char)(sum >> 8 * i);
}

static void record_put_section(struct buf *out, const struct claim_format *format, const struct sketch *sketch)
{
	char bytes[RECORD_SECTION_MAX];
	struct buf section = {.p = bytes, .room = sizeof(bytes), .limit_bytes = sizeof(bytes)};
	format->write(&section, sketch);
	CHECK(!section.overflow);
	record_put(out, format->number, 1);
	record_put_text(out, buf_view(&section));
}

bool claim_record_write(struct buf *out, uint64_t space, const struct claim *claim, const struct claim_format *formats)
{
	struct str version = fold_cut(claim->version, CLAIM_VERSION_MAX);
	version = str_slice(version, 0, utf8_valid_length(version));
	if (!record_is_nameable(claim) ||
	    claim->id.n + claim->scope.n + claim->uri.n + version.n > CLAIM_RECORD_BYTES_MAX / 2)
		return false;
	struct key key = key_of(&claim->key);
	uint64_t guid = claim->guid.n ? digest_xxh64(claim->guid) : 0;
	record_begin(out, CLAIM_RECORD_CLAIM, space);
	record_put_key(out, &key);
	record_put(out, (uint64_t)claim->time_ms, RECORD_TIME_BYTES);
	record_put(out, claim->exact_hash, 8);
	record_put(out, claim->body_hash, 8);
	record_put_text(out, claim->id);
	record_put_text(out, claim->scope);
	record_put_text(out, claim->uri);
	record_put(out, claim->guid.n ? sizeof(guid) : 0, 1);
	record_put(out, guid, claim->guid.n ? sizeof(guid) : 0);
	record_put_text(out, version);
	for (; claim->sketch && formats->number; formats++)
		record_put_section(out, formats, claim->sketch);
	if (claim->source.n) {
		record_put(out, CLAIM_SECTION_SOURCE, 1);
		record_put_text(out, fold_cut(claim->source, CLAIM_SOURCE_MAX));
	}
	claim_record_seal(out);
	return true;
}

void claim_record_write_void(struct buf *out, uint64_t space, const struct key *key)
{
	record_begin(out, CLAIM_RECORD_VOID, space);
	record_put_key(out, key);
	claim_record_seal(out);
}

void claim_record_write_settings(struct buf *out, uint64_t space, const struct claim_settings *settings)
{
	record_begin(out, CLAIM_RECORD_SETTINGS, space);
	record_put(out, (uint64_t)settings->window_ms, 8);
	record_put(out, settings->window_claims, 4);
	record_put(out, settings->format, 1);
	const struct likeness_limits limits = likeness_limits_of(settings->limits);
	if (limits.same_text) {
		record_put(out, limits.same_text, 1);
		record_put(out, limits.same_numbers, 1);
		record_put(out, limits.own_facts, 1);
		record_put(out, limits.excerpt, 1);
	}
	claim_record_seal(out);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool record_read_sections(struct record_reader *r, const struct claim_format *format, struct claim_record *out)
{
	while (r->left.n && !r->ended) {
		uint64_t number = record_take(r, 1);
		struct str bytes = record_take_text(r);
		if (number == CLAIM_SECTION_SOURCE && bytes.n <= CLAIM_SOURCE_MAX && utf8_is_valid(bytes))
			out->claim.source = bytes;
		if (r->ended || !format || number != format->number)
			continue;
		if (!format->read(bytes, &out->sketch))
			return false;
		out->claim.sketch = &out->sketch;
	}
	return !r->ended;
}

static struct key record_take_key(struct record_reader *r)
{
	uint64_t position = record_take(r, 8), bytes_hash = record_take(r, 8);
	return (struct key){position, bytes_hash, (uint32_t)record_take(r, 4)};
}

static bool record_read_claim(struct record_reader *r, const struct claim_format *format, struct claim_record *out)
{
	out->key = record_take_key(r);
	out->claim = (struct claim){.key = {.part = out->key.part, .bytes_hash = out->key.bytes_hash}};
	/* Before 1970, too. */
	out->claim.time_ms = (int64_t)(record_take(r, RECORD_TIME_BYTES) << 16) >> 16;
	out->claim.exact_hash = record_take(r, 8);
	out->claim.body_hash = record_take(r, 8);
	out->claim.id = record_take_text(r);
	out->claim.scope = record_take_text(r);
	out->claim.uri = record_take_text(r);
	out->claim.guid = record_take_text(r);
	out->claim.version = record_take_text(r);
	return !r->ended && out->key.part <= KEY_PART_MAX && record_is_nameable(&out->claim) &&
	       utf8_is_valid(out->claim.version) && record_read_sections(r, format, out);
}

/* They stand there where they are not the usual ones. */
static struct likeness_limits record_take_limits(struct record_reader *r)
{
	struct likeness_limits limits = {0};
	if (!r->left.n)
		return limits;
	limits.same_text = (uint8_t)record_take(r, 1);
	limits.same_numbers = (uint8_t)record_take(r, 1);
	limits.own_facts = (uint8_t)record_take(r, 1);
	limits.excerpt = (uint8_t)record_take(r, 1);
	return likeness_limits_of(limits);
}

static bool record_read_settings(struct record_reader *r, struct claim_record *out)
{
	out->settings.window_ms = (int64_t)record_take(r, 8);
	out->settings.window_claims = (uint32_t)record_take(r, 4);
	out->settings.format = (uint8_t)record_take(r, 1);
	out->settings.limits = record_take_limits(r);
	const struct claim_settings *s = &out->settings;
	return !r->ended && !r->left.n && s->window_ms > 0 && s->window_ms <= CLAIM_WINDOW_MS_MAX &&
	       s->window_claims > 0 && s->window_claims <= CLAIM_WINDOW_CLAIMS_MAX && s->format > 0 &&
	       s->format <= CLAIM_FORMATS_MAX && likeness_limits_are_sound(&s->limits);
}

enum claim_record_answer claim_record_read(struct str bytes, const struct claim_format *format,
                                           struct claim_record *out)
{
	struct record_reader r = {bytes, false};
	struct str head = record_take_bytes(&r, 2);
	uint64_t layout = record_take(&r, 1), kind = record_take(&r, 1), checksum = record_take(&r, 4);
	if (r.ended || bytes.n > CLAIM_RECORD_BYTES_MAX || !str_eq(head, STR("WD")) ||
	    checksum != record_checksum(bytes))
		return CLAIM_RECORD_FOREIGN;
	bool is_known = kind == CLAIM_RECORD_CLAIM || kind == CLAIM_RECORD_VOID || kind == CLAIM_RECORD_SETTINGS;
	if (layout != RECORD_LAYOUT || !is_known)
		return CLAIM_RECORD_NEWER;
	out->kind = (enum claim_record_kind)kind;
	out->space = record_take(&r, 8);
	bool sound;
	if (kind == CLAIM_RECORD_CLAIM) {
		sound = record_read_claim(&r, format, out);
	} else if (kind == CLAIM_RECORD_SETTINGS) {
		sound = record_read_settings(&r, out);
	} else {
		out->key = record_take_key(&r);
		sound = !r.ended && !r.left.n;
	}
	return sound ? CLAIM_RECORD_READ : CLAIM_RECORD_FOREIGN;
}
