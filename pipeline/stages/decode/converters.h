/*
 * ICU's converters from other charsets to UTF-8, and ours where ICU has none. Opened once a lane, when first needed,
 * and reset before each use.
 */
#ifndef WIREDESK_DECODE_CONVERTERS_H
#define WIREDESK_DECODE_CONVERTERS_H

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/stage.h"
#include "pipeline/stages/decode/charset_bytes.h"
#include "pipeline/stages/decode/charset_single.h"

#include <unicode/ucnv.h>

struct converter {
	char name[UCNV_MAX_CONVERTER_NAME_LENGTH];
	UConverter *icu;               /* NULL: the charset is ours */
	struct charset_single *single; /* in place of ICU's; NULL: it has more bytes than one a character */
	uint64_t asked;                /* when it was last asked for: the more, the later */
};

/* Recognised by their marks or their pattern, in this order; these of converters.items are always open. */
enum { CONVERTER_UTF16LE, CONVERTER_UTF16BE, CONVERTER_UTF32LE, CONVERTER_UTF32BE, CONVERTER_OF_FEEDS };

/* Spellings that are remembered: of a name that is asked for with each story ICU's lists are not. */
#define CONVERTERS_SAID_MAX   64
#define CONVERTERS_SAID_BYTES 24

struct converters_said {
	char name[CONVERTERS_SAID_BYTES];
	uint8_t n;
	uint32_t item;
};

/* A lane's converters, and the buffers that are written into. */
struct converters {
	struct converter *items; /* of marks and sources first, which stay; then of names that stories give */
	size_t n, n_stay, room;
	uint64_t asked;
	struct converters_said said[CONVERTERS_SAID_MAX];
	size_t n_said, next_said;           /* once all are taken they are written over in turn */
	const struct charset_bytes *tables; /* borrowed */
	struct buf out, mended;
};

/* Is the charset that a source names one that can be read? False with err set, its place first. */
bool converters_check(const struct feed *feed, struct err *err);

/* Opens one for every charset that a source names, and those that are recognised by their marks. False with err set:
 * there is none of the name. tables: the process's, which are only read; they outlive the converters. */
bool converters_open(struct converters *converters, const struct charset_bytes *tables, const struct stage_env *env,
                     struct err *err);
void converters_close(struct converters *converters);

/* One that is open already; NULL: none of the name is. */
struct converter *converters_find(struct converters *converters, struct str said);

/* The converter of a name that a story gives, opened if need be; NULL: there is none. It is good until the next one is
 * asked for, which may take the place of the one that was longest not: no sender can use up what all others need. */
struct converter *converters_get(struct converters *converters, struct str said);

/* Is it UTF-8's name, which needs no converter? */
bool converters_is_utf8(struct str name);

/* The whole input into converters->out; what has no meaning in this charset becomes U+FFFD. *fault_at: where the first
 * of it is. Returns how often that was; more than `most` and the rest may be left unread. */
size_t converters_run(struct converters *converters, struct converter *converter, struct str in, size_t most,
                      size_t *fault_at);

#endif
