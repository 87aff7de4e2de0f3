/*
 * ninjs 1, 2 and 3, read leniently: whatever is missing or misspelled, what is there is taken. One reader for all of
 * them; json.c calls it with an object's fields.
 */
#ifndef WIREDESK_DECODE_NINJS_H
#define WIREDESK_DECODE_NINJS_H

#include "pipeline/stages/decode/decode.h"
#include "pipeline/stages/decode/draft.h"
#include "pipeline/stages/decode/json_fields.h"

/* Is it ninjs? Lists of headlines or bodies say so, and an address with what ninjs 1 calls text or time. No minimum of
 * fields. */
bool ninjs_is_likely(const struct json_fields *fields);

struct ninjs_value {
	struct str value; /* empty: there is none */
	bool html;
};

/* The main one of a list of headlines or bodies: by role, then plain before mark-up, then the first. `at` 0: none. */
struct ninjs_value ninjs_main(const struct decode *d, const struct json_doc *doc, uint32_t at);

/* type and representationType. */
void ninjs_fill(struct decode *d, const struct json_doc *doc, const struct json_fields *fields, struct draft *draft);

/* Hands a value through untouched as a property (its place in ninjs_properties); what does not have its shape is left
 * out, with a warning. */
void ninjs_pass(struct decode *d, struct story *st, int property, const struct json_doc *doc, uint32_t at);
/* The same with all of an object's. */
void ninjs_pass_all(struct decode *d, struct story *st, const struct json_doc *doc, const struct json_fields *fields);

#endif
