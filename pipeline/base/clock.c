/*
 * The real clock, and how a time is written. A date far outside of any calendar (a record's timestamp can be anything)
 * must give a string of the same width.
 */
#include "pipeline/base/clock.h"

#include "pipeline/base/check.h"
#include "pipeline/base/civil.h"

#include <errno.h>

#define CLOCK_FIRST_MS INT64_C(-62135596800000) /* 0001-01-01T00:00:00.000Z */
#define CLOCK_LAST_MS  INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

static int64_t clock_mono(struct clock *c)
{
	(void)c;
	struct timespec now;
	CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t clock_wall(struct clock *c)
{
	(void)c;
	struct timespec now;
	CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void clock_pause(struct clock *c, int64_t us)
{
	(void)c;
	if (us <= 0)
		return;
	struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

struct clock *clock_system(void)
{
	static struct clock system = {clock_mono, clock_wall, clock_pause};
	return &system;
}

static void clock_digits(char *out, int value, int n)
{
	while (n--) {
		out[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

void clock_format(int64_t wall_ms, char out[25])
{
	if (wall_ms < CLOCK_FIRST_MS)
		wall_ms = CLOCK_FIRST_MS;
	if (wall_ms > CLOCK_LAST_MS)
		wall_ms = CLOCK_LAST_MS;
	int64_t days = wall_ms / CIVIL_DAY_MS - (wall_ms % CIVIL_DAY_MS < 0);
	int ms = (int)(wall_ms - days * CIVIL_DAY_MS);
	memcpy(out, "0000-00-00T00:00:00.000Z", 25);
	struct civil date = civil_of(days);
	clock_digits(out, date.year, 4);
	clock_digits(out + 5, date.month, 2);
	clock_digits(out + 8, date.day, 2);
	clock_digits(out + 11, ms / 3600000, 2);
	clock_digits(out + 14, ms / 60000 % 60, 2);
	clock_digits(out + 17, ms / 1000 % 60, 2);
	clock_digits(out + 20, ms % 1000, 3);
}
