/*
 * The index over JSON text. One loop, no recursion: open containers stand in a small stack, so depth costs no C stack.
 * Who only asks whether it is JSON gets the same loop, which then forgets each token but the root once it is closed.
 */
#include "pipeline/base/json_doc.h"

#include "pipeline/base/check.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"

/* Offsets are 32 bits. Messages are limited to far less; this guards a limit that was configured away. */
#define JSON_DOC_MAX_BYTES (UINT32_MAX / 2)
#define JSON_DOC_ROOM      16 /* tokens at first */

struct json_reader {
	struct arena *a;
	struct str text;
	size_t at;
	struct json_token *tokens;
	uint32_t n_tokens;
	size_t room;
	uint32_t *open; /* containers not yet closed, outermost first */
	size_t n_open, depth_limit;
	bool any_bad;
	bool forgets; /* what is closed, so that only depth costs memory */
};

static uint32_t json_doc_add(struct json_reader *r, enum json_kind kind, size_t start)
{
	if (r->n_tokens == r->room)
		r->tokens = arena_grow(r->a, r->tokens, &r->room, sizeof *r->tokens);
	r->tokens[r->n_tokens] = (struct json_token){.start = (uint32_t)start, .kind = (uint8_t)kind};
	return r->n_tokens++;
}

static void json_doc_end(struct json_reader *r, uint32_t token)
{
	r->tokens[token].end = (uint32_t)r->at;
	r->tokens[token].next = r->n_tokens;
	if (r->forgets)
		r->n_tokens = token;
}

static bool json_doc_take(struct json_reader *r, char c)
{
	bool there = r->at < r->text.n && r->text.p[r->at] == c;
	r->at += there;
	return there;
}

static void json_doc_skip_space(struct json_reader *r)
{
	while (r->at < r->text.n) {
		char c = r->text.p[r->at];
		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			return;
		r->at++;
	}
}

static int json_doc_hex4(const char *p)
{
	int value = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
		            : c >= 'a' && c <= 'f' ? c - 'a' + 10
		            : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                   : -1;
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* The value of a "\uXXXX" at `at`, or -1 where there is none. */
static int json_doc_unit(struct str text, size_t at)
{
	struct str rest = str_slice(text, at, text.n);
	return rest.n >= 6 && str_starts(rest, STR("\\u")) ? json_doc_hex4(rest.p + 2) : -1;
}

static bool json_doc_is_high(int unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool json_doc_is_low(int unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Moves past the escape at `at`. */
static bool json_doc_escape(struct json_reader *r, struct json_token *token)
{
	char c = r->at + 1 < r->text.n ? r->text.p[r->at + 1] : 0;
	token->escaped = true;
	if (c != 'u') {
		bool known = c && strchr("\"\\/bfnrt", c);
		r->at += known ? 2 : 0;
		return known;
	}
	int unit = json_doc_unit(r->text, r->at);
	if (unit < 0)
		return false;
	r->at += 6;
	if (json_doc_is_high(unit) && json_doc_is_low(json_doc_unit(r->text, r->at)))
		r->at += 6;
	else if (unit == 0 || json_doc_is_high(unit) || json_doc_is_low(unit))
		token->bad = true;
	return true;
}

static bool json_doc_string(struct json_reader *r)
{
	uint32_t token = json_doc_add(r, JSON_STRING, r->at++);
	for (;;) {
		r->at = json_plain_end(r->text, r->at);
		if (json_doc_take(r, '"'))
			break;
		if (r->at == r->text.n || r->text.p[r->at] != '\\' || !json_doc_escape(r, &r->tokens[token]))
			return false;
	}
	r->any_bad |= r->tokens[token].bad;
	json_doc_end(r, token);
	return true;
}

static size_t json_doc_digits(struct json_reader *r)
{
	size_t start = r->at;
	while (r->at < r->text.n && r->text.p[r->at] >= '0' && r->text.p[r->at] <= '9')
		r->at++;
	return r->at - start;
}

static bool json_doc_number(struct json_reader *r)
{
	uint32_t token = json_doc_add(r, JSON_NUMBER, r->at);
	json_doc_take(r, '-');
	if (!json_doc_take(r, '0') && !json_doc_digits(r))
		return false;
	if (json_doc_take(r, '.') && !json_doc_digits(r))
		return false;
	if (json_doc_take(r, 'e') || json_doc_take(r, 'E')) {
		if (!json_doc_take(r, '+'))
			json_doc_take(r, '-');
		if (!json_doc_digits(r))
			return false;
	}
	json_doc_end(r, token);
	return true;
}

static bool json_doc_word(struct json_reader *r, struct str word, enum json_kind kind)
{
	if (!str_starts(str_slice(r->text, r->at, r->text.n), word))
		return false;
	uint32_t token = json_doc_add(r, kind, r->at);
	r->at += word.n;
	json_doc_end(r, token);
	return true;
}

static bool json_doc_scalar(struct json_reader *r)
{
	switch (r->text.p[r->at]) {
	case '"':
		return json_doc_string(r);
	case 't':
		return json_doc_word(r, STR("true"), JSON_TRUE);
	case 'f':
		return json_doc_word(r, STR("false"), JSON_FALSE);
	case 'n':
		return json_doc_word(r, STR("null"), JSON_NULL);
	default:
		return json_doc_number(r);
	}
}

/* A key and its colon. */
static bool json_doc_key(struct json_reader *r)
{
	json_doc_skip_space(r);
	if (r->at == r->text.n || r->text.p[r->at] != '"' || !json_doc_string(r))
		return false;
	json_doc_skip_space(r);
	return json_doc_take(r, ':');
}

/* Behind a value: closes what closes. *more: another value is due. */
static bool json_doc_after(struct json_reader *r, bool *more)
{
	while (r->n_open) {
		uint32_t container = r->open[r->n_open - 1];
		bool object = r->tokens[container].kind == JSON_OBJECT;
		json_doc_skip_space(r);
		if (json_doc_take(r, ',')) {
			*more = true;
			return !object || json_doc_key(r);
		}
		if (!json_doc_take(r, object ? '}' : ']'))
			return false;
		json_doc_end(r, container);
		r->n_open--;
	}
	*more = false;
	return true;
}

/* Opens an array or object. *empty: it was closed at once, so that it counts as a whole value. */
static enum json_doc_fault json_doc_open(struct json_reader *r, bool object, bool *empty)
{
	if (r->n_open == r->depth_limit)
		return JSON_DOC_TOO_DEEP;
	uint32_t container = json_doc_add(r, object ? JSON_OBJECT : JSON_ARRAY, r->at++);
	json_doc_skip_space(r);
	*empty = json_doc_take(r, object ? '}' : ']');
	if (*empty) {
		json_doc_end(r, container);
		return JSON_DOC_OK;
	}
	r->open[r->n_open++] = container;
	return object && !json_doc_key(r) ? JSON_DOC_NOT_JSON : JSON_DOC_OK;
}

static enum json_doc_fault json_doc_values(struct json_reader *r)
{
	for (bool more = true; more;) {
		json_doc_skip_space(r);
		if (r->at == r->text.n)
			return JSON_DOC_NOT_JSON;
		char c = r->text.p[r->at];
		if (c == '{' || c == '[') {
			bool empty;
			enum json_doc_fault fault = json_doc_open(r, c == '{', &empty);
			if (fault)
				return fault;
			if (!empty)
				continue;
		} else if (!json_doc_scalar(r)) {
			return JSON_DOC_NOT_JSON;
		}
		if (!json_doc_after(r, &more))
			return JSON_DOC_NOT_JSON;
	}
	json_doc_skip_space(r);
	return r->at == r->text.n ? JSON_DOC_OK : JSON_DOC_NOT_JSON;
}

static enum json_doc_fault json_doc_index(struct json_reader *r, int64_t depth_limit, struct json_doc *doc)
{
	struct str text = r->text;
	CHECK(depth_limit > 0);
	*doc = (struct json_doc){.text = text};
	if (text.n > JSON_DOC_MAX_BYTES)
		return JSON_DOC_TOO_LARGE;
	/* Every level needs a byte of text, so a limit beyond the text's length is none. */
	r->depth_limit = (uint64_t)depth_limit < text.n ? (size_t)depth_limit : text.n;
	r->tokens = arena_alloc(r->a, r->room * sizeof *r->tokens);
	r->open = arena_alloc(r->a, r->depth_limit * sizeof *r->open);
	enum json_doc_fault fault = json_doc_values(r);
	doc->fault_at = fault ? r->at : 0;
	if (fault)
		return fault;
	CHECK(r->n_open == 0 && r->tokens[0].end <= text.n && r->tokens[0].next >= 1);
	doc->tokens = r->tokens;
	doc->n = r->tokens[0].next;
	doc->any_bad = r->any_bad;
	return JSON_DOC_OK;
}

enum json_doc_fault json_doc_read(struct arena *a, struct str text, int64_t depth_limit, struct json_doc *doc)
{
	struct json_reader r = {.a = a, .text = text, .room = text.n / 64 + JSON_DOC_ROOM};
	return json_doc_index(&r, depth_limit, doc);
}

enum json_doc_fault json_doc_check(struct arena *a, struct str text, int64_t depth_limit, struct json_doc *doc)
{
	struct json_reader r = {.a = a, .text = text, .room = JSON_DOC_ROOM, .forgets = true};
	return json_doc_index(&r, depth_limit, doc);
}

struct str json_doc_raw(const struct json_doc *doc, uint32_t at)
{
	CHECK(at < doc->n);
	return str_slice(doc->text, doc->tokens[at].start, doc->tokens[at].end);
}

/* The code point of the \u escape (or pair of them) at p, which moves past it. The pass has checked that it is whole.
 */
static uint32_t json_doc_code_point(const char **p)
{
	uint32_t unit = (uint32_t)json_doc_hex4(*p + 2);
	*p += 6;
	if (unit < 0xd800 || unit > 0xdfff)
		return unit;
	uint32_t low = (uint32_t)json_doc_hex4(*p + 2);
	*p += 6;
	return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static char json_doc_letter(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

static struct str json_doc_unescape(struct str s, struct arena *a)
{
	char *out = arena_alloc(a, s.n), *to = out;
	const char *p = s.p, *end = s.p + s.n;
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((slash ? slash : end) - p);
		memcpy(to, p, plain);
		to += plain;
		p += plain;
		if (p == end)
			break;
		if (p[1] == 'u') {
			to += utf8_write(to, json_doc_code_point(&p));
		} else {
			*to++ = json_doc_letter(p[1]);
			p += 2;
		}
	}
	return str_make(out, (size_t)(to - out));
}

struct str json_doc_text(const struct json_doc *doc, uint32_t at, struct arena *a)
{
	CHECK(at < doc->n);
	const struct json_token *token = &doc->tokens[at];
	if (token->kind != JSON_STRING || token->bad)
		return (struct str){0};
	struct str inside = str_slice(doc->text, token->start + 1, token->end - 1);
	return token->escaped ? json_doc_unescape(inside, a) : inside;
}

bool json_doc_is_bad(const struct json_doc *doc, uint32_t at)
{
	if (!doc->any_bad)
		return false;
	for (uint32_t i = at; i < doc->tokens[at].next; i++) {
		if (doc->tokens[i].bad)
			return true;
	}
	return false;
}
