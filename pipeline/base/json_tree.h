/*
 * Reads JSON with cJSON, inside an arena, behind a scan that refuses what cJSON gets wrong.
 *
 * cJSON 1.7.15, measured: "\u0000" cuts a string short, invalid UTF-8 and trailing bytes are taken, doubled keys are
 * kept, numbers lose digits after the 15th, 1 MB of [1,1,…] costs 40 MB. So: a scan of our own checks the whole text
 * first (grammar of RFC 8259, UTF-8, depth, no \u0000, no lone surrogate, one value and nothing behind it), then
 * cJSON builds the tree, all in the given arena: nothing has to be freed, and the tree is gone with the arena.
 *
 * cJSON's hooks are process-wide: json_tree_install sets them once, before the first thread starts. Outside
 * json_tree_read cJSON's allocations come from malloc as usual, so tests and tools may use it for themselves; but
 * a tree of json_tree_read must not go to cJSON_Delete. cJSON_GetObjectItem folds case: use …ItemCaseSensitive.
 */
#ifndef WIREDESK_JSON_TREE_H
#define WIREDESK_JSON_TREE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/err.h"

#include <cjson/cJSON.h>

void json_tree_install(void);

enum json_fault {
	JSON_OK,
	JSON_NOT_JSON,  /* not this format at all: `at` says where it stops to be */
	JSON_TOO_DEEP,  /* so far it parses, but it breaks a limit */
	JSON_TOO_LARGE, /* the tree would need more than limit_bytes, or a number has more than 63 characters */
	JSON_BAD_TEXT,  /* \u0000 or a lone surrogate in a string */
	JSON_DOUBLE_KEY /* an object of the first two levels says a key twice; an array around objects is no level */
};

struct json_result {
	enum json_fault fault;
	size_t at;   /* byte offset of the fault; 0 where it is the tree's (JSON_DOUBLE_KEY, limit_bytes) */
	cJSON *root; /* fault JSON_OK: lives in the arena */
};

/*
 * `text` must be valid UTF-8. depth_limit (1..1000) counts nested arrays and objects. limit_bytes bounds the memory of
 * the tree (taken from a). Numbers: cJSON's valuedouble only, right to 15 digits: what is passed on must be copied as
 * text before.
 */
struct json_result json_tree_read(struct arena *a, struct str text, int depth_limit, size_t limit_bytes);

/* Only the scan: is this one JSON value and nothing else, within the depth? */
struct json_result json_tree_scan(struct str text, int depth_limit);

/*
 * Raw text beside the tree, for what is passed on as it was written. `text` is an object or array that the scan has
 * accepted, or a value of one. Steps to the next member or item: *at is 0 at first; false at the end. `key` is what
 * stands between its quotes, escapes and all (null pointer in an array), `value` the value without white space around.
 */
bool json_tree_next(struct str text, size_t *at, struct str *key, struct str *value);

/* The value of an object's key, or an empty view with a null pointer. One pass: for many keys use json_tree_next. */
struct str json_tree_slice(struct str text, const char *key);

/* A raw key, or a raw string without its quotes, escapes resolved: itself where there are none, else in the arena. */
struct str json_tree_unescape(struct arena *a, struct str raw);

/* A string's value as a view, or an empty view with a null pointer where item is NULL or no string. */
struct str json_tree_str(const cJSON *item);

#endif
