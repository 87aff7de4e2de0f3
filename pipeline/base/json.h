/*
 * Writes JSON into a struct buf, front to back, commas by itself.
 *
 *     struct json j = json_start(buf);
 *     json_open_object(&j);
 *     json_key(&j, "name"); json_str(&j, name);
 *     json_close(&j);
 *
 * Output is compact UTF-8. Strings must be valid UTF-8 (decode has checked that); only '"', '\\' and control bytes
 * are escaped, everything else goes out as it is. Limitations: 32 levels (asserted); a NaN or infinite double is
 * written as null; the caller keeps keys unique. A value where a key is due, or the reverse, is a bug and aborts.
 */
#ifndef WIREDESK_JSON_H
#define WIREDESK_JSON_H

#include "pipeline/base/buf.h"

#include <stdint.h>

struct json {
	struct buf *out;
	uint32_t is_object; /* a bit a level */
	uint32_t has_entry;
	uint8_t depth;
	bool key_written;
};

struct json json_start(struct buf *out);
void json_open_object(struct json *j);
void json_open_array(struct json *j);
/* Closes the innermost object or array. */
void json_close(struct json *j);
/* A key of our own: plain ASCII without anything to escape. */
void json_key(struct json *j, const char *key);
/* A key that came from outside. */
void json_key_str(struct json *j, struct str key);
void json_str(struct json *j, struct str value);
void json_cstr(struct json *j, const char *value);
/* A string, or null when the view's pointer is NULL. */
void json_str_or_null(struct json *j, struct str value);
void json_int(struct json *j, int64_t value);
/* As few digits as say the value to `decimals` places (0..9), no exponent. */
void json_double(struct json *j, double value, int decimals);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
/* Finished JSON, taken as it is: for numbers passed on as text, and for values made elsewhere. */
void json_raw(struct json *j, struct str value);

/* Only the escaping, without the quotes. */
void json_escape(struct buf *out, struct str s);

/* Offset of the first byte at or after `at` that a string cannot hold as it is ('"', '\\', a control byte), or s.n. */
size_t json_plain_end(struct str s, size_t at);

#endif
