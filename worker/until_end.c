#include "worker/until_end.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#define UNTIL_END_NOTE_MS 10000
#define UNTIL_END_ASK_MS  500
#define UNTIL_END_WAIT_MS 1000
#define UNTIL_END_TELL_MS 10000
#define UNTIL_END_WORDS   800

void until_end_init(struct until_end *u, struct source *source, struct clock *clock)
{
	*u = (struct until_end){.source = source, .clock = clock};
}

void until_end_free(struct until_end *u)
{
	offsets_free(&u->ends);
	offsets_free(&u->left);
	offsets_free(&u->reached);
}

/* --- the ends ----------------------------------------------------------------------------------------------------- */

/* True now and then only. */
static bool until_end_may_tell(struct until_end *u, int64_t now_ms)
{
	if (u->told_ms && now_ms - u->told_ms < UNTIL_END_TELL_MS)
		return false;
	u->told_ms = now_ms;
	return true;
}

bool until_end_note(struct until_end *u)
{
	struct err err = {0};
	int64_t now_ms = clock_mono_ms(u->clock);
	if (u->noted || now_ms < u->due_ms || !u->source->ops->ends)
		return false;
	u->noted = u->source->ops->ends(u->source, &u->ends, UNTIL_END_NOTE_MS, &err);
	now_ms = clock_mono_ms(u->clock);
	u->due_ms = now_ms + UNTIL_END_WAIT_MS;
	if (u->noted) {
		offsets_copy(&u->left, &u->ends);
		u->told_ms = 0;
	} else if (until_end_may_tell(u, now_ms)) {
		log_warn("ENDS-UNKNOWN", "cannot find out where the input topics end; trying on",
		         LOG_CSTR("why", err.words));
	}
	return u->noted;
}

/* --- how far the group is ----------------------------------------------------------------------------------------- */

/* A partition of which nothing is committed stands at its beginning. The others keep their order, for who reads it. */
static void until_end_take(struct until_end *u, const struct offset *at)
{
	struct offset *end = offsets_find(&u->left, at->topic, at->partition, NULL);
	if (!end || at->next < (end->next ? end->next : OFFSET_AS_COMMITTED))
		return;
	u->left.n--;
	memmove(end, end + 1, (size_t)(u->left.items + u->left.n - end) * sizeof(*end));
}

void until_end_committed(struct until_end *u, const struct offsets *next)
{
	for (size_t i = 0; i < next->n && u->left.n; i++)
		until_end_take(u, &next->items[i]);
}

void until_end_works(struct until_end *u)
{
	u->waiting_since_ms = u->told_ms = 0;
}

/*
 * All at once; where no answer comes, perhaps because some transaction of the others is open at each moment, one of
 * them too, in turn.
 */
static bool until_end_ask(struct until_end *u, struct err *err)
{
	struct err alone = {0};
	CHECK(u->left.n > 0);
	const struct source_ops *ops = u->source->ops;
	offsets_copy(&u->reached, &u->left);
	if (ops->committed(u->source, &u->reached, UNTIL_END_ASK_MS, err)) {
		until_end_committed(u, &u->reached);
		return true;
	}
	struct offset one = u->left.items[u->turn++ % u->left.n];
	if (ops->committed(u->source, &(struct offsets){&one, 1, 1}, UNTIL_END_ASK_MS, &alone))
		until_end_take(u, &one);
	return false;
}

/* "wire.raw/1 at 0 of 70, wire.raw/3 at 12 of 71" */
static void until_end_list(const struct until_end *u, struct buf *out)
{
	for (size_t i = 0; i < u->left.n && out->n < UNTIL_END_WORDS; i++) {
		const struct offset *end = &u->left.items[i];
		const struct offset *at = offsets_find(&u->reached, end->topic, end->partition, NULL);
		buf_printf(out, "%s%s/%d at %lld of %lld", i ? ", " : "", end->topic, end->partition,
		           at && at->next > 0 ? (long long)at->next : 0LL, (long long)end->next);
	}
}

static void until_end_tell(const struct until_end *u, int64_t now_ms, const struct err *err)
{
	struct buf list;
	buf_init(&list, 4 * UNTIL_END_WORDS);
	until_end_list(u, &list);
	log_info("WAITING", "what this worker was given is at its end, but not yet what the others have, or nobody",
	         LOG_INT("seconds", (now_ms - u->waiting_since_ms) / 1000), LOG_INT("left", (int64_t)u->left.n),
	         LOG_STR("partitions", buf_view(&list)), LOG_CSTR("error", err->words));
	buf_free(&list);
}

bool until_end_wait(struct until_end *u)
{
	struct err err = {0};
	int64_t now_ms = clock_mono_ms(u->clock);
	if (!u->noted || !u->left.n || now_ms < u->due_ms)
		return false;
	bool answered = until_end_ask(u, &err);
	now_ms = clock_mono_ms(u->clock);
	u->due_ms = now_ms + UNTIL_END_WAIT_MS;
	if (!u->waiting_since_ms)
		u->waiting_since_ms = now_ms;
	if (u->left.n && until_end_may_tell(u, now_ms))
		until_end_tell(u, now_ms, &err);
	return answered;
}

bool until_end_is_reached(const struct until_end *u)
{
	return u->noted && u->left.n == 0;
}
