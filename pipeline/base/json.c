/*
 * Commas and colons by two bits a level; strings go out in runs between the bytes that need an escape, which are
 * looked for eight bytes at a time.
 */
#include "pipeline/base/json.h"

#include "pipeline/base/check.h"

#include <endian.h>

#define JSON_LEVELS_MAX   32
#define JSON_DECIMALS_MAX 9
#define JSON_ONES         UINT64_C(0x0101010101010101)
/* Up to here a double holds every whole number, and so does an int64_t. */
#define JSON_EXACT_MAX 9e15

struct json json_start(struct buf *out)
{
	return (struct json){.out = out};
}

static uint32_t json_bit(const struct json *j)
{
	return UINT32_C(1) << (j->depth - 1);
}

/* The comma before an entry of the innermost object or array. */
static void json_comma(struct json *j)
{
	if (j->has_entry & json_bit(j))
		buf_putc(j->out, ',');
	j->has_entry |= json_bit(j);
}

static void json_before_value(struct json *j)
{
	if (j->depth == 0)
		return;
	if (j->is_object & json_bit(j)) {
		CHECK(j->key_written);
		j->key_written = false;
		return;
	}
	json_comma(j);
}

static void json_open(struct json *j, bool is_object)
{
	json_before_value(j);
	CHECK(j->depth < JSON_LEVELS_MAX);
	j->depth++;
	j->has_entry &= ~json_bit(j);
	j->is_object &= ~json_bit(j);
	if (is_object)
		j->is_object |= json_bit(j);
	buf_putc(j->out, is_object ? '{' : '[');
}

void json_open_object(struct json *j)
{
	json_open(j, true);
}

void json_open_array(struct json *j)
{
	json_open(j, false);
}

void json_close(struct json *j)
{
	CHECK(j->depth > 0 && !j->key_written);
	buf_putc(j->out, j->is_object & json_bit(j) ? '}' : ']');
	j->depth--;
}

static void json_before_key(struct json *j)
{
	CHECK(j->depth > 0 && (j->is_object & json_bit(j)) && !j->key_written);
	json_comma(j);
	j->key_written = true;
}

void json_key(struct json *j, const char *key)
{
	json_before_key(j);
	buf_putc(j->out, '"');
	buf_str(j->out, str_of(key));
	buf_put(j->out, "\":", 2);
}

void json_key_str(struct json *j, struct str key)
{
	json_before_key(j);
	buf_putc(j->out, '"');
	json_escape(j->out, key);
	buf_put(j->out, "\":", 2);
}

void json_str(struct json *j, struct str value)
{
	json_before_value(j);
	/* Room at once for what mostly needs no escape; a longer text grows the buffer as it goes. */
	if (value.n < SIZE_MAX - 2)
		buf_reserve(j->out, value.n + 2);
	buf_putc(j->out, '"');
	json_escape(j->out, value);
	buf_putc(j->out, '"');
}

void json_cstr(struct json *j, const char *value)
{
	json_str(j, str_of(value));
}

void json_str_or_null(struct json *j, struct str value)
{
	if (value.p)
		json_str(j, value);
	else
		json_null(j);
}

void json_int(struct json *j, int64_t value)
{
	json_before_value(j);
	buf_int(j->out, value);
}

/* A fraction of that many digits, without the zeros at its end; nothing where it is all zeros. */
static void json_fraction(struct buf *out, uint64_t fraction, int digits)
{
	char text[JSON_DECIMALS_MAX];
	if (fraction == 0)
		return;
	for (int i = digits; i > 0; i--) {
		text[i - 1] = (char)('0' + fraction % 10);
		fraction /= 10;
	}
	while (text[digits - 1] == '0')
		digits--;
	buf_putc(out, '.');
	buf_put(out, text, (size_t)digits);
}

void json_double(struct json *j, double value, int decimals)
{
	static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
	CHECK(decimals >= 0 && decimals <= JSON_DECIMALS_MAX);
	if (!isfinite(value)) {
		json_null(j);
		return;
	}
	json_before_value(j);
	if (fabs(value) >= JSON_EXACT_MAX) {
		buf_printf(j->out, "%.0f", value);
		return;
	}
	/* Places that a double of this size does not have are not asked of it. */
	while (fabs(value) * (double)powers[decimals] >= JSON_EXACT_MAX)
		decimals--;
	uint64_t scaled = (uint64_t)llround(fabs(value) * (double)powers[decimals]);
	if (value < 0 && scaled)
		buf_putc(j->out, '-');
	buf_int(j->out, (int64_t)(scaled / powers[decimals]));
	json_fraction(j->out, scaled % powers[decimals], decimals);
}

void json_bool(struct json *j, bool value)
{
	json_before_value(j);
	buf_str(j->out, value ? STR("true") : STR("false"));
}

void json_null(struct json *j)
{
	json_before_value(j);
	buf_str(j->out, STR("null"));
}

void json_raw(struct json *j, struct str value)
{
	CHECK(value.n > 0);
	json_before_value(j);
	buf_str(j->out, value);
}

static bool json_is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

/* A high bit for each zero byte of x. The borrow runs on from a true one only, so the lowest bit is always right. */
static uint64_t json_zero_bytes(uint64_t x)
{
	return (x - JSON_ONES) & ~x & (JSON_ONES << 7);
}

/* The same for the bytes at p that are not plain. */
static uint64_t json_special_bytes(const char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof(x));
	x = le64toh(x);
	uint64_t control = (x - JSON_ONES * 0x20) & ~x & (JSON_ONES << 7);
	return control | json_zero_bytes(x ^ JSON_ONES * '"') | json_zero_bytes(x ^ JSON_ONES * '\\');
}

size_t json_plain_end(struct str s, size_t at)
{
	if (at >= s.n)
		return s.n;
	for (; s.n - at >= 8; at += 8) {
		uint64_t special = json_special_bytes(s.p + at);
		if (special)
			return at + (size_t)__builtin_ctzll(special) / 8;
	}
	while (at < s.n && json_is_plain((unsigned char)s.p[at]))
		at++;
	return at;
}

static void json_escape_byte(struct buf *out, char c)
{
	static const char shorts[][2] = {{'"', '"'},  {'\\', '\\'}, {'\n', 'n'}, {'\t', 't'},
	                                 {'\r', 'r'}, {'\b', 'b'},  {'\f', 'f'}};
	for (size_t i = 0; i < sizeof(shorts) / sizeof(*shorts); i++) {
		if (shorts[i][0] == c) {
			buf_put(out, (char[]){'\\', shorts[i][1]}, 2);
			return;
		}
	}
	buf_put(out, "\\u00", 4);
	buf_hex(out, &c, 1);
}

void json_escape(struct buf *out, struct str s)
{
	size_t at = 0;
	while (at < s.n) {
		size_t end = json_plain_end(s, at);
		buf_put(out, s.p + at, end - at);
		if (end < s.n)
			json_escape_byte(out, s.p[end++]);
		at = end;
	}
}
