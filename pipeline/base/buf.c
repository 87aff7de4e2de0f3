/*
 * The buffer doubles, up to its limit. One byte more than `room` is always allocated, so that printf's NUL has a place
 * without counting.
 */
#include "pipeline/base/buf.h"

#include "pipeline/base/check.h"

#include <stdarg.h>

#define BUF_FIRST_BYTES 256
#define BUF_KEEP_BYTES  ((size_t)1 << 20)

void buf_init(struct buf *b, size_t limit_bytes)
{
	*b = (struct buf){.limit_bytes = limit_bytes};
}

void buf_free(struct buf *b)
{
	free(b->p);
	buf_init(b, b->limit_bytes);
}

static void buf_resize(struct buf *b, size_t room)
{
	char *p = realloc(b->p, room + 1);
	if (!p)
		check_panic("out of memory: no buffer of %zu bytes", room);
	b->p = p;
	b->room = room;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
	if (b->room > BUF_KEEP_BYTES)
		buf_resize(b, BUF_KEEP_BYTES);
}

static size_t buf_next_room(const struct buf *b, size_t need)
{
	size_t room = b->room < BUF_FIRST_BYTES ? BUF_FIRST_BYTES : b->room;
	while (room < need && room <= b->limit_bytes / 2)
		room *= 2;
	return room >= need && room <= b->limit_bytes ? room : b->limit_bytes;
}

bool buf_reserve(struct buf *b, size_t n)
{
	CHECK(b->n <= b->room);
	if (b->overflow || n > b->limit_bytes - b->n) {
		b->overflow = true;
		return false;
	}
	if (n > b->room - b->n || !b->p)
		buf_resize(b, buf_next_room(b, b->n + n));
	return true;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !buf_reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buf_putc(struct buf *b, char c)
{
	if (buf_reserve(b, 1))
		b->p[b->n++] = c;
}

void buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	CHECK(n >= 0);
	if (buf_reserve(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_int(struct buf *b, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (value < 0)
		digits[--at] = '-';
	buf_put(b, digits + at, sizeof(digits) - at);
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = p;
	if (n > SIZE_MAX / 2 || !buf_reserve(b, 2 * n)) {
		b->overflow = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		b->p[b->n++] = digits[bytes[i] >> 4];
		b->p[b->n++] = digits[bytes[i] & 15];
	}
}
