/*
 * Three readers of one text. The scan decides what is JSON; it keeps no tree, only a bit a level, so that neither depth
 * nor size can hurt it. cJSON then builds the tree from text that it cannot get wrong. The stepper walks over text that
 * the scan has accepted and hands out slices; it checks no grammar, but never reads beyond the text, whatever it says.
 */
#include "pipeline/base/json_tree.h"

#include "pipeline/base/check.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"

#include <sys/random.h>
#include <xxhash.h>

#define JSON_TREE_DEPTH_MAX    1000 /* CJSON_NESTING_LIMIT of the library that is linked */
#define JSON_TREE_NUMBER_MAX   63   /* cJSON as released reads no further, and takes the rest for rubbish */
#define JSON_TREE_FEW_KEYS     16   /* so many are compared each with each */
#define JSON_TREE_CHECK_LEVELS 2

/* --- the scan ------------------------------------------------------------------------------------------------- */

struct json_scan {
	struct str text;
	size_t at;
	int depth, depth_limit;
	uint64_t is_object[JSON_TREE_DEPTH_MAX / 64 + 1]; /* a bit a level */
	/* The first fault of a text that may still turn out not to be JSON at all. */
	enum json_fault soft_fault;
	size_t soft_at;
	enum json_fault fault;
};

/* What the scan looks for next. */
enum json_scan_step { SCAN_VALUE, SCAN_AFTER, SCAN_END, SCAN_FAILED };

static enum json_scan_step json_scan_fail(struct json_scan *s, enum json_fault fault)
{
	s->fault = fault;
	return SCAN_FAILED;
}

static void json_scan_note(struct json_scan *s, enum json_fault fault, size_t at)
{
	if (s->soft_fault != JSON_OK)
		return;
	s->soft_fault = fault;
	s->soft_at = at;
}

/* The byte at the scan's place, or NUL at the end (NUL is nowhere right in JSON). */
static char json_scan_peek(const struct json_scan *s)
{
	return s->at < s->text.n ? s->text.p[s->at] : 0;
}

static bool json_scan_take(struct json_scan *s, char c)
{
	if (s->at == s->text.n || s->text.p[s->at] != c)
		return false;
	s->at++;
	return true;
}

static bool json_tree_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void json_scan_space(struct json_scan *s)
{
	while (s->at < s->text.n && json_tree_is_space(s->text.p[s->at]))
		s->at++;
}

/* Four hex digits at `at`, or -1. */
static int32_t json_tree_hex4(struct str text, size_t at)
{
	int32_t value = 0;
	if (text.n < 4 || at > text.n - 4)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		char c = text.p[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
		            : c >= 'a' && c <= 'f' ? c - 'a' + 10
		            : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                   : -1;
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static bool json_tree_is_high(int32_t unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool json_tree_is_low(int32_t unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The low half of a pair at `at`, written \uDC00 to \uDFFF, or -1. */
static int32_t json_tree_low_half(struct str text, size_t at)
{
	if (!str_starts(str_slice(text, at, text.n), STR("\\u")))
		return -1;
	int32_t unit = json_tree_hex4(text, at + 2);
	return json_tree_is_low(unit) ? unit : -1;
}

/* Behind the backslash. */
static bool json_scan_escape(struct json_scan *s)
{
	char c = json_scan_peek(s);
	if (c != 'u') {
		s->at++;
		return c && strchr("\"\\/bfnrt", c);
	}
	size_t start = s->at - 1;
	int32_t unit = json_tree_hex4(s->text, s->at + 1);
	if (unit < 0)
		return false;
	s->at += 5;
	if (json_tree_is_high(unit) && json_tree_low_half(s->text, s->at) >= 0)
		s->at += 6;
	else if (unit == 0 || json_tree_is_high(unit) || json_tree_is_low(unit))
		json_scan_note(s, JSON_BAD_TEXT, start);
	return true;
}

/* With its quotes. */
static bool json_scan_string(struct json_scan *s)
{
	if (!json_scan_take(s, '"'))
		return false;
	for (;;) {
		s->at = json_plain_end(s->text, s->at);
		if (json_scan_take(s, '"'))
			return true;
		if (!json_scan_take(s, '\\') || !json_scan_escape(s))
			return false;
	}
}

static bool json_tree_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool json_scan_digits(struct json_scan *s)
{
	size_t start = s->at;
	while (json_tree_is_digit(json_scan_peek(s)))
		s->at++;
	return s->at > start;
}

static bool json_scan_number(struct json_scan *s)
{
	size_t start = s->at;
	json_scan_take(s, '-');
	if (!json_scan_take(s, '0') && !json_scan_digits(s))
		return false;
	if (json_scan_take(s, '.') && !json_scan_digits(s))
		return false;
	if (json_scan_take(s, 'e') || json_scan_take(s, 'E')) {
		if (!json_scan_take(s, '-'))
			json_scan_take(s, '+');
		if (!json_scan_digits(s))
			return false;
	}
	if (s->at - start > JSON_TREE_NUMBER_MAX)
		json_scan_note(s, JSON_TOO_LARGE, start);
	return true;
}

static bool json_scan_word(struct json_scan *s, struct str word)
{
	if (!str_starts(str_slice(s->text, s->at, s->text.n), word))
		return false;
	s->at += word.n;
	return true;
}

static bool json_scan_scalar(struct json_scan *s)
{
	switch (json_scan_peek(s)) {
	case '"':
		return json_scan_string(s);
	case 't':
		return json_scan_word(s, STR("true"));
	case 'f':
		return json_scan_word(s, STR("false"));
	case 'n':
		return json_scan_word(s, STR("null"));
	default:
		return json_scan_number(s);
	}
}

/* "key": with white space around; what follows is a value. */
static enum json_scan_step json_scan_key(struct json_scan *s)
{
	json_scan_space(s);
	if (!json_scan_string(s))
		return json_scan_fail(s, JSON_NOT_JSON);
	json_scan_space(s);
	return json_scan_take(s, ':') ? SCAN_VALUE : json_scan_fail(s, JSON_NOT_JSON);
}

static bool json_scan_in_object(const struct json_scan *s)
{
	return s->is_object[s->depth / 64] >> (s->depth % 64) & 1;
}

/* Behind '{' or '['. */
static enum json_scan_step json_scan_open(struct json_scan *s, bool is_object)
{
	if (s->depth == s->depth_limit) {
		s->at--;
		return json_scan_fail(s, JSON_TOO_DEEP);
	}
	s->depth++;
	uint64_t bit = UINT64_C(1) << (s->depth % 64);
	s->is_object[s->depth / 64] &= ~bit;
	s->is_object[s->depth / 64] |= is_object ? bit : 0;
	json_scan_space(s);
	if (json_scan_take(s, is_object ? '}' : ']')) {
		s->depth--;
		return SCAN_AFTER;
	}
	return is_object ? json_scan_key(s) : SCAN_VALUE;
}

static enum json_scan_step json_scan_value(struct json_scan *s)
{
	json_scan_space(s);
	if (json_scan_take(s, '{'))
		return json_scan_open(s, true);
	if (json_scan_take(s, '['))
		return json_scan_open(s, false);
	return json_scan_scalar(s) ? SCAN_AFTER : json_scan_fail(s, JSON_NOT_JSON);
}

/* Behind a value: the end, a comma, or the bracket that closes. */
static enum json_scan_step json_scan_after(struct json_scan *s)
{
	json_scan_space(s);
	if (s->depth == 0)
		return s->at == s->text.n ? SCAN_END : json_scan_fail(s, JSON_NOT_JSON);
	bool is_object = json_scan_in_object(s);
	if (json_scan_take(s, ','))
		return is_object ? json_scan_key(s) : SCAN_VALUE;
	if (json_scan_take(s, is_object ? '}' : ']')) {
		s->depth--;
		return SCAN_AFTER;
	}
	return json_scan_fail(s, JSON_NOT_JSON);
}

struct json_result json_tree_scan(struct str text, int depth_limit)
{
	CHECK(depth_limit >= 1 && depth_limit <= JSON_TREE_DEPTH_MAX);
	struct json_scan s = {.text = text, .depth_limit = depth_limit};
	enum json_scan_step step = SCAN_VALUE;
	while (step == SCAN_VALUE || step == SCAN_AFTER)
		step = step == SCAN_VALUE ? json_scan_value(&s) : json_scan_after(&s);
	if (step == SCAN_FAILED)
		return (struct json_result){.fault = s.fault, .at = s.at < text.n ? s.at : text.n};
	return (struct json_result){.fault = s.soft_fault, .at = s.soft_at};
}

/* --- cJSON in an arena ---------------------------------------------------------------------------------------- */

/* Where cJSON's memory comes from while this thread reads. */
struct json_tree_source {
	struct arena *a;
	size_t used_before, limit_bytes;
	bool exhausted;
};

/* cJSON's hooks have no argument. */
static _Thread_local struct json_tree_source *json_tree_active;
/* Set once, before there are threads. The seed keeps others from finding keys that all hash to one place. */
static bool json_tree_installed;
static uint64_t json_tree_seed;

static void *json_tree_alloc(struct json_tree_source *source, size_t n)
{
	size_t used = source->a->used_bytes - source->used_before;
	void *p = NULL;
	if (used <= source->limit_bytes && n <= source->limit_bytes - used)
		p = arena_try(source->a, n);
	if (!p)
		source->exhausted = true;
	return p;
}

static void *json_tree_malloc(size_t n)
{
	return json_tree_active ? json_tree_alloc(json_tree_active, n) : malloc(n);
}

static void json_tree_free(void *p)
{
	if (!json_tree_active)
		free(p);
}

void json_tree_install(void)
{
	cJSON_Hooks hooks = {.malloc_fn = json_tree_malloc, .free_fn = json_tree_free};
	if (json_tree_installed)
		return;
	cJSON_InitHooks(&hooks);
	if (getrandom(&json_tree_seed, sizeof(json_tree_seed), 0) != (ssize_t)sizeof(json_tree_seed))
		json_tree_seed = (uintptr_t)&hooks;
	json_tree_installed = true;
}

static bool json_tree_doubled_few(const cJSON *object)
{
	for (const cJSON *one = object->child; one; one = one->next) {
		for (const cJSON *other = one->next; other; other = other->next) {
			if (strcmp(one->string, other->string) == 0)
				return true;
		}
	}
	return false;
}

/* True also when memory runs out; the source says so. */
static bool json_tree_doubled_many(struct json_tree_source *source, const cJSON *object, size_t n)
{
	size_t places = 64;
	while (places < 2 * n)
		places *= 2;
	struct arena_mark mark = arena_mark(source->a);
	const char **set = json_tree_alloc(source, places * sizeof(*set));
	if (!set)
		return true;
	memset(set, 0, places * sizeof(*set));
	bool doubled = false;
	for (const cJSON *item = object->child; item && !doubled; item = item->next) {
		size_t at = XXH3_64bits_withSeed(item->string, strlen(item->string), json_tree_seed) & (places - 1);
		while (set[at] && strcmp(set[at], item->string) != 0)
			at = (at + 1) & (places - 1);
		doubled = set[at];
		set[at] = item->string;
	}
	arena_rewind(source->a, mark);
	return doubled;
}

static bool json_tree_doubled(struct json_tree_source *source, const cJSON *object)
{
	size_t n = 0;
	for (const cJSON *item = object->child; item; item = item->next)
		n++;
	return n <= JSON_TREE_FEW_KEYS ? json_tree_doubled_few(object) : json_tree_doubled_many(source, object, n);
}

/* A doubled key in so many levels of objects? Arrays of arrays hold nothing that is read by key and are passed over. */
static bool json_tree_doubled_within(struct json_tree_source *source, const cJSON *value, int levels)
{
	bool is_object = cJSON_IsObject(value);
	if (is_object && json_tree_doubled(source, value))
		return true;
	levels -= is_object;
	if (levels == 0)
		return false;
	for (const cJSON *item = value->child; item; item = item->next) {
		if (!cJSON_IsObject(item) && !(is_object && cJSON_IsArray(item)))
			continue;
		if (json_tree_doubled_within(source, item, levels))
			return true;
	}
	return false;
}

static struct json_result json_tree_build(struct json_tree_source *source, struct str text)
{
	struct json_result result = {.root = cJSON_ParseWithLength(text.p, text.n)};
	if (!result.root)
		result.fault = source->exhausted ? JSON_TOO_LARGE : JSON_NOT_JSON;
	else if (json_tree_doubled_within(source, result.root, JSON_TREE_CHECK_LEVELS))
		result.fault = source->exhausted ? JSON_TOO_LARGE : JSON_DOUBLE_KEY;
	return result;
}

struct json_result json_tree_read(struct arena *a, struct str text, int depth_limit, size_t limit_bytes)
{
	CHECK(json_tree_installed && !json_tree_active);
	struct json_result result = json_tree_scan(text, depth_limit);
	if (result.fault != JSON_OK)
		return result;
	struct arena_mark mark = arena_mark(a);
	struct json_tree_source source = {.a = a, .used_before = a->used_bytes, .limit_bytes = limit_bytes};
	json_tree_active = &source;
	result = json_tree_build(&source, text);
	json_tree_active = NULL;
	if (result.fault != JSON_OK) {
		arena_rewind(a, mark);
		result.root = NULL;
	}
	return result;
}

struct str json_tree_str(const cJSON *item)
{
	return cJSON_IsString(item) ? str_of(item->valuestring) : (struct str){NULL, 0};
}

/* --- raw text ------------------------------------------------------------------------------------------------- */

static size_t json_step_space(struct str text, size_t at)
{
	while (at < text.n && json_tree_is_space(text.p[at]))
		at++;
	return at;
}

/* Behind the closing quote of the string whose opening quote is at `at`. */
static size_t json_step_string(struct str text, size_t at)
{
	for (at = json_plain_end(text, at + 1); at < text.n && text.p[at] != '"'; at = json_plain_end(text, at))
		at += text.p[at] == '\\' ? 2 : 1;
	return at < text.n ? at + 1 : text.n;
}

static size_t json_step_nested(struct str text, size_t at)
{
	size_t depth = 0;
	while (at < text.n) {
		char c = text.p[at];
		if (c == '"') {
			at = json_step_string(text, at);
			continue;
		}
		at++;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			break;
	}
	return at;
}

/* Behind the value that begins at `at`. */
static size_t json_step_value(struct str text, size_t at)
{
	if (at >= text.n)
		return text.n;
	if (text.p[at] == '"')
		return json_step_string(text, at);
	if (text.p[at] == '{' || text.p[at] == '[')
		return json_step_nested(text, at);
	while (at < text.n && !strchr(",]} \n\r\t", text.p[at]))
		at++;
	return at;
}

bool json_tree_next(struct str text, size_t *at, struct str *key, struct str *value)
{
	size_t start = json_step_space(text, 0);
	bool is_object = start < text.n && text.p[start] == '{';
	if (*at == 0 && !is_object && (start == text.n || text.p[start] != '['))
		return false;
	/* Behind the bracket, or at the comma behind the last value. */
	size_t here = json_step_space(text, *at == 0 ? start + 1 : *at);
	if (here < text.n && text.p[here] == ',' && *at != 0)
		here = json_step_space(text, here + 1);
	if (here >= text.n || text.p[here] == '}' || text.p[here] == ']')
		return false;
	*key = (struct str){NULL, 0};
	if (is_object) {
		size_t end = json_step_string(text, here);
		*key = str_slice(text, here + 1, end - 1);
		here = json_step_space(text, json_step_space(text, end) + 1);
	}
	*at = json_step_value(text, here);
	*value = str_slice(text, here, *at);
	return value->n > 0;
}

/* The escape at `at` (its backslash) as UTF-8; moves past it. */
static size_t json_step_escape(struct str raw, size_t *at, char out[4])
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	char c = *at + 1 < raw.n ? raw.p[*at + 1] : '\\';
	int32_t unit = c == 'u' ? json_tree_hex4(raw, *at + 2) : -1;
	*at += 2;
	if (unit < 0) {
		const char *letter = strchr(letters, c);
		out[0] = letter && c ? meant[letter - letters] : c;
		return 1;
	}
	*at += 4;
	int32_t low = json_tree_is_high(unit) ? json_tree_low_half(raw, *at) : -1;
	if (low >= 0) {
		*at += 6;
		unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
	}
	bool is_scalar = !json_tree_is_high(unit) && !json_tree_is_low(unit);
	return utf8_write(out, is_scalar ? (uint32_t)unit : 0xfffd);
}

struct str json_tree_unescape(struct arena *a, struct str raw)
{
	size_t at = str_index(raw, '\\', 0);
	if (at == raw.n)
		return raw;
	/* No escape is shorter than what it stands for. */
	char *out = arena_alloc(a, raw.n);
	size_t n = 0;
	for (size_t start = 0;; at = str_index(raw, '\\', start)) {
		memcpy(out + n, raw.p + start, at - start);
		n += at - start;
		if (at >= raw.n)
			break;
		char bytes[4];
		size_t some = json_step_escape(raw, &at, bytes);
		memcpy(out + n, bytes, some);
		n += some;
		start = at < raw.n ? at : raw.n;
	}
	return str_make(out, n);
}

static bool json_tree_key_is(struct str raw, struct str key)
{
	size_t at = 0, n = 0;
	while (at < raw.n) {
		char bytes[4] = {raw.p[at]};
		size_t some = 1;
		if (raw.p[at] == '\\')
			some = json_step_escape(raw, &at, bytes);
		else
			at++;
		if (!str_starts(str_slice(key, n, key.n), str_make(bytes, some)))
			return false;
		n += some;
	}
	return n == key.n;
}

struct str json_tree_slice(struct str text, const char *key)
{
	struct str wanted = str_of(key), raw, value;
	for (size_t at = 0; json_tree_next(text, &at, &raw, &value);) {
		if (raw.p && json_tree_key_is(raw, wanted))
			return value;
	}
	return (struct str){NULL, 0};
}
