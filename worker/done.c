/*
 * Done offsets. Text: "done1", then " SKIP+LENGTH" for each range: so many offsets behind the last range (or the base)
 * are not done, so many are.
 */
#include "worker/done.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"
#include "pipeline/base/options.h"

#define DONE_HEAD "done1"

void done_free(struct done *done)
{
	free(done->ranges);
	*done = (struct done){0};
}

static void done_reserve(struct done *done, size_t n)
{
	if (n <= done->room)
		return;
	done->room = n < 16 ? 16 : 2 * n;
	done->ranges = grow(done->ranges, done->room, sizeof *done->ranges);
}

void done_copy(struct done *to, const struct done *from)
{
	done_reserve(to, from->n);
	to->base = from->base;
	to->n = from->n;
	if (from->n)
		memcpy(to->ranges, from->ranges, from->n * sizeof *from->ranges);
}

/* Ranges that the base has reached are part of it. */
static void done_settle(struct done *done)
{
	size_t gone = 0;
	while (gone < done->n && done->ranges[gone].from <= done->base) {
		if (done->ranges[gone].to > done->base)
			done->base = done->ranges[gone].to;
		gone++;
	}
	done->n -= gone;
	if (gone && done->n)
		memmove(done->ranges, done->ranges + gone, done->n * sizeof *done->ranges);
}

void done_add(struct done *done, int64_t from, int64_t to)
{
	CHECK(from <= to);
	if (from == to)
		return;
	/* Ranges first … last-1 touch the new one and become part of it. */
	size_t first = 0;
	while (first < done->n && done->ranges[first].to < from)
		first++;
	size_t last = first;
	for (; last < done->n && done->ranges[last].from <= to; last++) {
		from = done->ranges[last].from < from ? done->ranges[last].from : from;
		to = done->ranges[last].to > to ? done->ranges[last].to : to;
	}
	done_reserve(done, done->n + 1);
	memmove(done->ranges + first + 1, done->ranges + last, (done->n - last) * sizeof *done->ranges);
	done->ranges[first] = (struct done_range){from, to};
	done->n += 1 - (last - first);
	done_settle(done);
}

bool done_has(const struct done *done, int64_t offset)
{
	if (offset < done->base)
		return true;
	size_t low = 0, high = done->n; /* the first range that ends behind it */
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (done->ranges[middle].to > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low < done->n && done->ranges[low].from <= offset;
}

bool done_write(const struct done *done, struct buf *out)
{
	int64_t at = done->base;
	size_t start = out->n;
	if (done->n)
		buf_str(out, STR(DONE_HEAD));
	for (size_t i = 0; i < done->n && out->n - start <= DONE_TEXT_MAX; i++) {
		const struct done_range *range = &done->ranges[i];
		buf_printf(out, " %lld+%lld", (long long)(range->from - at), (long long)(range->to - range->from));
		at = range->to;
	}
	return !out->overflow && out->n - start <= DONE_TEXT_MAX;
}

static bool done_read_range(struct str word, int64_t *at, struct done *done)
{
	int64_t skip, length;
	size_t plus = str_index(word, '+', 0);
	if (!options_parse_int(str_slice(word, 0, plus), &skip) ||
	    !options_parse_int(str_slice(word, plus + 1, word.n), &length))
		return false;
	if (skip < 1 || length < 1 || skip > INT64_MAX - *at || length > INT64_MAX - *at - skip)
		return false;
	done_add(done, *at + skip, *at + skip + length);
	*at += skip + length;
	return true;
}

bool done_read(struct done *done, int64_t base, struct str text)
{
	done->base = base;
	done->n = 0;
	if (!text.n)
		return true;
	if (text.n > DONE_TEXT_MAX || !str_starts(text, STR(DONE_HEAD " ")))
		return false;
	int64_t at = base;
	for (size_t start = strlen(DONE_HEAD " "); start < text.n;) {
		size_t end = str_index(text, ' ', start);
		if (!done_read_range(str_slice(text, start, end), &at, done))
			return false;
		start = end + 1;
	}
	return true;
}
