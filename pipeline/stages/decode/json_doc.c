/*
 * The index over JSON text. One loop, no recursion: open containers stand in a small stack, so depth costs no C stack.
 */
#include "pipeline/stages/decode/json_doc.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

/* Offsets are 32 bits. Messages are limited to far less; this guards a limit that was configured away. */
#define TEXT_MAX_BYTES (UINT32_MAX / 2)

struct reader {
	struct arena *a;
	const char *p;
	size_t n;
	size_t at;
	struct json_token *tokens;
	uint32_t n_tokens, room;
	uint32_t *open; /* containers not yet closed, outermost first */
	size_t n_open, depth_limit;
	bool any_bad;
};

static uint32_t json_doc_add(struct reader *r, enum token_kind kind, size_t start)
{
	if (r->n_tokens == r->room) {
		struct json_token *more = arena_alloc(r->a, 2 * (size_t)r->room * sizeof *more);
		memcpy(more, r->tokens, r->n_tokens * sizeof *more);
		r->tokens = more;
		r->room *= 2;
	}
	r->tokens[r->n_tokens] = (struct json_token){.start = (uint32_t)start, .kind = (uint8_t)kind};
	return r->n_tokens++;
}

static void json_doc_end(struct reader *r, uint32_t token)
{
	r->tokens[token].end = (uint32_t)r->at;
	r->tokens[token].next = r->n_tokens;
}

static void json_doc_skip_space(struct reader *r)
{
	while (r->at < r->n) {
		char c = r->p[r->at];
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

/* Is there "\uXXXX" at p with n bytes left? Its value, else -1. */
static int json_doc_unit(const char *p, size_t n)
{
	return n >= 6 && p[0] == '\\' && p[1] == 'u' ? json_doc_hex4(p + 2) : -1;
}

/* Moves past the escape at `at`. */
static bool json_doc_escape(struct reader *r, struct json_token *token)
{
	token->escaped = true;
	size_t left = r->n - r->at;
	if (left < 2)
		return false;
	if (r->p[r->at + 1] != 'u') {
		if (r->p[r->at + 1] == 0 || !strchr("\"\\/bfnrt", r->p[r->at + 1]))
			return false;
		r->at += 2;
		return true;
	}
	int unit = json_doc_unit(r->p + r->at, left);
	if (unit < 0)
		return false;
	r->at += 6;
	if (unit >= 0xd800 && unit <= 0xdbff) {
		int low = json_doc_unit(r->p + r->at, r->n - r->at);
		if (low >= 0xdc00 && low <= 0xdfff)
			r->at += 6;
		else
			token->bad = true;
	} else if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
		token->bad = true;
	}
	return true;
}

/* Moves over bytes that mean themselves in a string, eight at a time: story text is nearly all of a document. */
static void json_doc_plain(struct reader *r)
{
	const uint64_t ones = 0x0101010101010101ull, highs = 0x8080808080808080ull;
	while (r->n - r->at >= 8) {
		uint64_t word;
		memcpy(&word, r->p + r->at, 8);
		uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
		uint64_t hit = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - ones * 0x20) & ~word);
		if (hit & highs)
			break;
		r->at += 8;
	}
	while (r->at < r->n) {
		unsigned char c = (unsigned char)r->p[r->at];
		if (c == '"' || c == '\\' || c < 0x20)
			return;
		r->at++;
	}
}

static bool json_doc_string(struct reader *r)
{
	uint32_t token = json_doc_add(r, TOKEN_STRING, r->at++);
	for (;;) {
		json_doc_plain(r);
		if (r->at == r->n || (unsigned char)r->p[r->at] < 0x20)
			return false;
		if (r->p[r->at] == '"')
			break;
		if (!json_doc_escape(r, &r->tokens[token]))
			return false;
	}
	r->at++;
	r->any_bad |= r->tokens[token].bad;
	json_doc_end(r, token);
	return true;
}

static size_t json_doc_digits(struct reader *r)
{
	size_t start = r->at;
	while (r->at < r->n && r->p[r->at] >= '0' && r->p[r->at] <= '9')
		r->at++;
	return r->at - start;
}

static bool json_doc_take(struct reader *r, char c)
{
	bool there = r->at < r->n && r->p[r->at] == c;
	r->at += there;
	return there;
}

static bool json_doc_number(struct reader *r)
{
	uint32_t token = json_doc_add(r, TOKEN_NUMBER, r->at);
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

static bool json_doc_word(struct reader *r, struct str word, enum token_kind kind)
{
	if (!str_starts(str_make(r->p + r->at, r->n - r->at), word))
		return false;
	uint32_t token = json_doc_add(r, kind, r->at);
	r->at += word.n;
	json_doc_end(r, token);
	return true;
}

static bool json_doc_scalar(struct reader *r)
{
	switch (r->p[r->at]) {
	case '"':
		return json_doc_string(r);
	case 't':
		return json_doc_word(r, STR("true"), TOKEN_TRUE);
	case 'f':
		return json_doc_word(r, STR("false"), TOKEN_FALSE);
	case 'n':
		return json_doc_word(r, STR("null"), TOKEN_NULL);
	default:
		return json_doc_number(r);
	}
}

/* A key and its colon. */
static bool json_doc_key(struct reader *r)
{
	json_doc_skip_space(r);
	if (r->at == r->n || r->p[r->at] != '"' || !json_doc_string(r))
		return false;
	json_doc_skip_space(r);
	return json_doc_take(r, ':');
}

/* Behind a value: closes what closes. *more: another value is due. */
static bool json_doc_after(struct reader *r, bool *more)
{
	while (r->n_open) {
		uint32_t container = r->open[r->n_open - 1];
		bool object = r->tokens[container].kind == TOKEN_OBJECT;
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
static enum json_doc_fault json_doc_open(struct reader *r, bool object, bool *empty)
{
	if (r->n_open == r->depth_limit)
		return JSON_DOC_TOO_DEEP;
	uint32_t container = json_doc_add(r, object ? TOKEN_OBJECT : TOKEN_ARRAY, r->at++);
	json_doc_skip_space(r);
	*empty = json_doc_take(r, object ? '}' : ']');
	if (*empty) {
		json_doc_end(r, container);
		return JSON_DOC_OK;
	}
	r->open[r->n_open++] = container;
	return object && !json_doc_key(r) ? JSON_DOC_NOT_JSON : JSON_DOC_OK;
}

static enum json_doc_fault json_doc_values(struct reader *r)
{
	for (bool more = true; more;) {
		json_doc_skip_space(r);
		if (r->at == r->n)
			return JSON_DOC_NOT_JSON;
		char c = r->p[r->at];
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
	return r->at == r->n ? JSON_DOC_OK : JSON_DOC_NOT_JSON;
}

enum json_doc_fault json_doc_read(struct arena *a, struct str text, int64_t depth_limit, struct json_doc *doc)
{
	CHECK(depth_limit > 0);
	*doc = (struct json_doc){.text = text};
	if (text.n > TEXT_MAX_BYTES)
		return JSON_DOC_TOO_LARGE;
	struct reader r = {.a = a, .p = text.p, .n = text.n, .room = (uint32_t)(text.n / 64) + 16};
	/* Every level needs a byte of text, so a limit beyond the text's length is none. */
	r.depth_limit = (uint64_t)depth_limit < text.n ? (size_t)depth_limit : text.n;
	r.tokens = arena_alloc(a, r.room * sizeof *r.tokens);
	r.open = arena_alloc(a, r.depth_limit * sizeof *r.open);
	enum json_doc_fault fault = json_doc_values(&r);
	if (fault)
		return fault;
	doc->tokens = r.tokens;
	doc->n = r.n_tokens;
	doc->any_bad = r.any_bad;
	return JSON_DOC_OK;
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
	const struct json_token *token = &doc->tokens[at];
	if (token->kind != TOKEN_STRING || token->bad)
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
