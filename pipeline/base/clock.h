/*
 * Time behind an interface, so that the whole worker can run on a clock that a test moves.
 *
 * Nothing in this program asks the system for time or sleeps except through a struct clock (the log's time stamps and
 * librdkafka's own threads apart). clock_system() is the real one. All functions may be called from any thread.
 */
#ifndef WIREDESK_CLOCK_H
#define WIREDESK_CLOCK_H

#include <stdint.h>

struct clock {
	/* Microseconds of a clock that never jumps; only differences mean something. */
	int64_t (*mono_us)(struct clock *);
	/* Milliseconds since 1970-01-01T00:00:00Z; may jump. Used for provenance, in no verdict. */
	int64_t (*wall_ms)(struct clock *);
	/* Waits at least so long. A simulated clock just moves on. */
	void (*sleep_us)(struct clock *, int64_t us);
};

/* The real clock, one for the process. */
struct clock *clock_system(void);

static inline int64_t clock_mono_us(struct clock *c)
{
	return c->mono_us(c);
}

static inline int64_t clock_mono_ms(struct clock *c)
{
	return c->mono_us(c) / 1000;
}

static inline int64_t clock_wall_ms(struct clock *c)
{
	return c->wall_ms(c);
}

/*
 * RFC 3339 in UTC with milliseconds: 2024-01-21T07:32:00.000Z. 25 bytes with the NUL. Years outside 1..9999 are
 * clipped.
 */
void clock_format(int64_t wall_ms, char out[25]);

#endif
