/*
 * A byte buffer that grows up to a limit, for writing.
 *
 * Memory comes from malloc and is kept when the buffer is cleared: a thread's buffer settles at the size of its largest
 * record (at most keep_bytes). Over the limit nothing is written and `overflow` is set, for good until the next clear:
 * callers write on without asking and check once at the end. One thread at a time.
 */
#ifndef WIREDESK_BUF_H
#define WIREDESK_BUF_H

#include "pipeline/base/str.h"

#include <stdint.h>

struct buf {
	char *p;
	size_t n;
	size_t room;
	size_t limit_bytes;
	bool overflow;
};

void buf_init(struct buf *b, size_t limit_bytes);
void buf_free(struct buf *b);
/* Empties; memory beyond 1 MiB goes back to malloc. */
void buf_clear(struct buf *b);
/* Room for n more bytes at b->p + b->n, or false with overflow set. Does not change b->n. */
bool buf_reserve(struct buf *b, size_t n);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_putc(struct buf *b, char c);
void buf_str(struct buf *b, struct str s);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Decimal, without printf. */
void buf_int(struct buf *b, int64_t value);
/* Lower-case hex, two digits a byte. */
void buf_hex(struct buf *b, const void *p, size_t n);

static inline struct str buf_view(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

#endif
