/*
 * fingerprint: two hashes by which dedup finds copies.
 *
 * exact_hash is of headline and text as decoded, before cleanup: equal means that two stories read the same. body_hash
 * is of the cleaned body: it finds the twin with another headline. Both are XXH3 of the text after NFKC, case folding
 * (Unicode's NFKC_Casefold) and white space: each run of it counts as one blank, at the ends as none.
 *
 * Text goes through in pieces, so memory does not depend on its length. ASCII is folded here; only what is near to
 * other characters goes through ICU. A piece may be cut before any ASCII character, since nothing before one combines
 * with it. Where a piece would grow over its limit without one, ICU is asked for a boundary; in a run of combining
 * marks that has none (no language does that) it is cut anyway, at the same place each time, so that such a text costs
 * no more than any other.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <xxhash.h>

#define PIECE_BYTES 2048
/* U+FDFA makes 18 UTF-16 units of 3 bytes: 6 a byte, which nothing surpasses. */
#define PIECE_FOLDED_UNITS (6 * PIECE_BYTES + 64)
/* So many ASCII bytes in a row end a piece: from there on folding them here is cheaper. */
#define PIECE_ASCII_RUN 32
#define SINK_BYTES      4096

struct fingerprint {
	const UNormalizer2 *fold; /* ICU's own, for the process; any thread */
};

/* Scratch of a lane. */
struct fingerprint_local {
	XXH3_state_t *hash;
	UChar units[PIECE_BYTES];
	UChar folded[PIECE_FOLDED_UNITS];
	char sink[SINK_BYTES];
};

/* Where folded text goes: white space is made one blank here, whatever side it came from. */
struct fingerprint_sink {
	XXH3_state_t *hash;
	char *bytes; /* SINK_BYTES */
	size_t n;
	bool any;          /* something was written */
	bool blank_is_due; /* white space was met behind something */
};

static bool fingerprint_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	(void)env;
	(void)options;
	struct fingerprint *f = shared;
	UErrorCode code = U_ZERO_ERROR;
	f->fold = unorm2_getNFKCCasefoldInstance(&code);
	if (U_FAILURE(code))
		return err_set(err, "cannot load ICU's table for NFKC_Casefold: %s; is the ICU data package installed?",
		               u_errorName(code));
	return true;
}

static bool fingerprint_open_local(const struct stage_env *env, const void *options, const void *shared, void *lane,
                                   struct err *err)
{
	(void)env;
	(void)options;
	(void)shared;
	(void)err;
	struct fingerprint_local *local = lane;
	local->hash = XXH3_createState();
	if (!local->hash)
		check_panic("out of memory");
	return true;
}

static void fingerprint_close_local(void *lane)
{
	struct fingerprint_local *local = lane;
	XXH3_freeState(local->hash);
}

/* --- the sink ------------------------------------------------------------------------------------------------- */

static void fingerprint_sink_flush(struct fingerprint_sink *sink)
{
	XXH3_64bits_update(sink->hash, sink->bytes, sink->n);
	sink->n = 0;
}

static void fingerprint_sink_blank(struct fingerprint_sink *sink)
{
	sink->blank_is_due = sink->any;
}

/* Room for one blank and one character of four bytes. */
static void fingerprint_sink_prepare(struct fingerprint_sink *sink)
{
	if (sink->n + 5 > SINK_BYTES)
		fingerprint_sink_flush(sink);
	if (sink->blank_is_due)
		sink->bytes[sink->n++] = ' ';
	sink->blank_is_due = false;
	sink->any = true;
}

/* A run of ASCII characters, lower-cased. The loop that most text goes through: it writes to where the sink has room.
 */
static void fingerprint_sink_ascii(struct fingerprint_sink *sink, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i];
		if (c <= ' ' && str_is_space(c)) {
			fingerprint_sink_blank(sink);
			continue;
		}
		if (sink->blank_is_due || sink->n + 5 > SINK_BYTES || !sink->any)
			fingerprint_sink_prepare(sink);
		sink->bytes[sink->n++] = (char)(c + (c >= 'A' && c <= 'Z' ? 'a' - 'A' : 0));
	}
}

static void fingerprint_sink_code_point(struct fingerprint_sink *sink, UChar32 c)
{
	if (u_isUWhiteSpace(c)) {
		fingerprint_sink_blank(sink);
		return;
	}
	fingerprint_sink_prepare(sink);
	sink->n += utf8_write(sink->bytes + sink->n, (uint32_t)c);
}

/* --- pieces --------------------------------------------------------------------------------------------------- */

static bool fingerprint_is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* The last place at or before `end` where the text may be cut, or 0: see the file's head. */
static size_t fingerprint_piece_boundary(const struct fingerprint *f, struct str text, size_t end)
{
	for (size_t at = end; at > 0; at--) {
		if (((unsigned char)text.p[at] & 0xc0) == 0x80)
			continue;
		size_t next = at;
		if (unorm2_hasBoundaryBefore(f->fold, (UChar32)utf8_next(text, &next)))
			return at;
	}
	return 0;
}

/* The start of the character that `at` lies in. */
static size_t fingerprint_piece_character(struct str text, size_t at)
{
	while (((unsigned char)text.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* Length of the piece that begins text: to a long run of ASCII, or as much as there is room for. */
static size_t fingerprint_piece_length(const struct fingerprint *f, struct str text)
{
	size_t limit = text.n < PIECE_BYTES ? text.n : PIECE_BYTES;
	size_t ascii_run = 0;
	for (size_t at = 0; at < limit; at++) {
		ascii_run = fingerprint_is_ascii(text.p[at]) ? ascii_run + 1 : 0;
		if (ascii_run == PIECE_ASCII_RUN)
			return at;
	}
	if (limit == text.n)
		return limit;
	size_t boundary = fingerprint_piece_boundary(f, text, limit);
	return boundary ? boundary : fingerprint_piece_character(text, limit);
}

static void fingerprint_piece_fold(const struct fingerprint *f, struct fingerprint_local *local, struct str piece,
                                   struct fingerprint_sink *sink)
{
	CHECK(piece.n > 0 && piece.n <= PIECE_BYTES);
	UErrorCode code = U_ZERO_ERROR;
	int32_t n = 0;
	u_strFromUTF8(local->units, PIECE_BYTES, &n, piece.p, (int32_t)piece.n, &code);
	/* "Not terminated" is a warning: the text just fits. Anything else cannot be: it is valid UTF-8. */
	CHECK(U_SUCCESS(code));
	code = U_ZERO_ERROR;
	int32_t folded = unorm2_normalize(f->fold, local->units, n, local->folded, PIECE_FOLDED_UNITS, &code);
	CHECK(U_SUCCESS(code));
	for (int32_t i = 0; i < folded;) {
		UChar32 c;
		U16_NEXT(local->folded, i, folded, c);
		fingerprint_sink_code_point(sink, c);
	}
}

/* Length of the run of ASCII at `at` that may be folded here: an ASCII character before another kind may combine with
 * it. */
static size_t fingerprint_ascii_run(struct str text, size_t at)
{
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	size_t end = at;
	for (uint64_t word; end + sizeof(word) <= text.n; end += sizeof(word)) {
		memcpy(&word, text.p + end, sizeof(word));
		if (word & high_bits)
			break;
	}
	while (end < text.n && fingerprint_is_ascii(text.p[end]))
		end++;
	bool is_followed = end < text.n && end > at;
	return end - at - is_followed;
}

static void fingerprint_feed(const struct fingerprint *f, struct fingerprint_local *local, struct str text,
                             struct fingerprint_sink *sink)
{
	for (size_t i = 0; i < text.n;) {
		size_t n = fingerprint_ascii_run(text, i);
		fingerprint_sink_ascii(sink, text.p + i, n);
		i += n;
		if (i == text.n)
			break;
		n = fingerprint_piece_length(f, str_slice(text, i, text.n));
		fingerprint_piece_fold(f, local, str_slice(text, i, i + n), sink);
		i += n;
	}
}

/* --- the stage ------------------------------------------------------------------------------------------------ */

/* The hash of head and text together; 0 when there is nothing but white space. */
static uint64_t fingerprint_hash(struct call *call, struct str head, struct str text)
{
	struct fingerprint_local *local = call->local;
	XXH3_64bits_reset(local->hash);
	struct fingerprint_sink sink = {.hash = local->hash, .bytes = local->sink};
	fingerprint_feed(call->shared, local, head, &sink);
	fingerprint_sink_blank(&sink);
	fingerprint_feed(call->shared, local, text, &sink);
	if (!sink.any)
		return 0;
	fingerprint_sink_flush(&sink);
	uint64_t digest = XXH3_64bits_digest(local->hash);
	return digest ? digest : 1;
}

static enum answer fingerprint_run(struct call *call, struct story *st)
{
	st->fingerprint.exact_hash = fingerprint_hash(call, st->decode.headline, st->decode.body);
	st->fingerprint.body_hash = fingerprint_hash(call, STR(""), story_body(st));
	st->fingerprint.empty = st->fingerprint.exact_hash == 0;
	return ANSWER_KEEP;
}

const struct stage stage_fingerprint = {
        .name = "fingerprint",
        .summary = "hashes the text as decoded and the cleaned body, after case folding and white space",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .reads = GROUP_CLEANUP | GROUP_CREDITS,
        .writes = GROUP_FINGERPRINT,
        .shared_size = sizeof(struct fingerprint),
        .local_size = sizeof(struct fingerprint_local),
        .open = fingerprint_open,
        .open_local = fingerprint_open_local,
        .close_local = fingerprint_close_local,
        .run = fingerprint_run,
};
