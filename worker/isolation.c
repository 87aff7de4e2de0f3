#include "worker/isolation.h"

#include "pipeline/base/check.h"

void isolation_init(struct isolation *iso, size_t most)
{
	CHECK(most >= 1);
	*iso = (struct isolation){.most = most, .group = most};
}

void isolation_free(struct isolation *iso)
{
	offsets_free(&iso->low);
	offsets_free(&iso->high);
}

void isolation_reset(struct isolation *iso)
{
	iso->group = iso->most;
	iso->failed_in_row = 0;
	iso->active = false;
	iso->probe_from = 0;
	offsets_clear(&iso->low);
	offsets_clear(&iso->high);
}

static bool in_range(const struct isolation *iso, const struct message *msg)
{
	const struct position *at = &msg->delivery;
	if (!iso->active)
		return false;
	const struct offset *low = offsets_find(&iso->low, at->topic.p, at->partition, NULL);
	const struct offset *high = offsets_find(&iso->high, at->topic.p, at->partition, NULL);
	return low && high && at->offset >= low->next && at->offset < high->next;
}

size_t isolation_take(const struct isolation *iso, const struct batch *b)
{
	if (!iso->active || b->n_messages == 0)
		return b->n_messages < iso->most ? b->n_messages : iso->most;
	bool first = in_range(iso, &b->messages[0]);
	size_t most = first ? iso->group : iso->most;
	size_t n = 1;
	while (n < b->n_messages && n < most && in_range(iso, &b->messages[n]) == first)
		n++;
	return n;
}

bool isolation_one_by_one(const struct isolation *iso, const struct batch *b)
{
	return iso->active && iso->group == 1 && b->n_messages == 1 && in_range(iso, &b->messages[0]);
}

/* The batch's messages belong to the range from now on, and what lies between them and it. */
static void widen_range(struct isolation *iso, const struct batch *b)
{
	for (size_t i = 0; i < b->n_messages; i++) {
		const struct position *at = &b->messages[i].delivery;
		const struct offset *low = offsets_find(&iso->low, at->topic.p, at->partition, NULL);
		const struct offset *high = offsets_find(&iso->high, at->topic.p, at->partition, NULL);
		if (!low || low->next > at->offset)
			offsets_set(&iso->low, at->topic.p, at->partition, at->offset);
		if (!high || high->next < at->offset + 1)
			offsets_set(&iso->high, at->topic.p, at->partition, at->offset + 1);
	}
	iso->active = true;
}

/*
 * A batch of innocents that fails, too, does not stay one: were its partition always read first, it would come first
 * and fail for ever.
 */
void isolation_failed(struct isolation *iso, const struct batch *b)
{
	iso->failed_in_row++;
	if (b->n_messages == 0)
		return;
	if (!in_range(iso, &b->messages[0])) {
		if (iso->failed_in_row < 2)
			return;
		widen_range(iso, b);
	}
	iso->group = b->n_messages > 1 ? b->n_messages / 2 : 1;
	CHECK(iso->group <= iso->most);
}

void isolation_committed(struct isolation *iso, const struct batch *b)
{
	iso->failed_in_row = 0;
	iso->probe_from = 0;
	if (!iso->active)
		return;
	bool left = false;
	if (b->n_messages && in_range(iso, &b->messages[0]))
		iso->group = iso->group < iso->most / 2 ? 2 * iso->group : iso->most;
	CHECK(iso->low.n == iso->high.n && iso->group >= 1 && iso->group <= iso->most);
	for (size_t i = 0; i < iso->low.n; i++) {
		struct offset *low = &iso->low.items[i];
		const struct offset *next = offsets_find(&b->next, low->topic, low->partition, NULL);
		const struct offset *high = offsets_find(&iso->high, low->topic, low->partition, NULL);
		if (next && next->next > low->next)
			low->next = next->next;
		CHECK(high);
		left |= low->next < high->next;
	}
	if (!left)
		isolation_reset(iso);
}
