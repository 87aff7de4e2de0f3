/*
 * JSON as an index over its text: one pass checks the grammar and notes where every value begins and ends; nothing is
 * copied until somebody asks for a string.
 *
 * Why not a tree: what goes through unchanged (numbers, nested fields) must keep its spelling to the letter, a text of
 * 1 MB of [1,1,…] must not cost forty times itself, and one bad string must not take the neighbours of its story down.
 * Costs 16 bytes a value, all in the given arena; time is linear in the text, whatever it holds.
 *
 * The text must be valid UTF-8 and outlive the index. Grammar is RFC 8259 to the letter: one value, white space around
 * it, nothing behind. Token 0 is the root. An object's children are key, value, key, value …; an array's its values:
 *
 *     for (uint32_t at = parent + 1; at < doc->tokens[parent].next; at = doc->tokens[at].next) …
 */
#ifndef WIREDESK_JSON_DOC_H
#define WIREDESK_JSON_DOC_H

#include "pipeline/base/arena.h"

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING, /* keys, too */
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_token {
	uint32_t start, end; /* bytes of the text, quotes and brackets included */
	uint32_t next;       /* the token behind it and all that is in it */
	uint8_t kind;
	bool escaped; /* a string with a backslash in it */
	bool bad;     /* a string that is no text: \u0000 or half of a surrogate pair */
};

struct json_doc {
	struct str text;
	struct json_token *tokens;
	uint32_t n;
	bool any_bad;
	size_t fault_at; /* where the text stops to be JSON, or breaks the limit */
};

enum json_doc_fault {
	JSON_DOC_OK,
	JSON_DOC_NOT_JSON,
	JSON_DOC_TOO_DEEP, /* so far it was JSON */
	JSON_DOC_TOO_LARGE,
};

enum json_doc_fault json_doc_read(struct arena *a, struct str text, int64_t depth_limit, struct json_doc *doc);
/* The same judgement in memory for the depth alone, whatever the text holds: of the tokens only the root is kept. */
enum json_doc_fault json_doc_check(struct arena *a, struct str text, int64_t depth_limit, struct json_doc *doc);

/* A value as it was written. */
struct str json_doc_raw(const struct json_doc *doc, uint32_t at);
/*
 * What a string says. Without escapes it is a view of the text, else it is made in the arena. Anything else, a bad
 * string too: empty, null pointer.
 */
struct str json_doc_text(const struct json_doc *doc, uint32_t at, struct arena *a);
/* Is there a bad string in the value, at any depth? */
bool json_doc_is_bad(const struct json_doc *doc, uint32_t at);

#endif
