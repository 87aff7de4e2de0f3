#include "worker/assignment.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"

#include <pthread.h>

struct place {
	const char *topic;
	int32_t partition;
	int64_t committed; /* next offset of the last commit of this assignment, or OFFSET_AS_COMMITTED */
	int64_t read;      /* next offset to read, or OFFSET_AS_COMMITTED */
	int64_t end;       /* at which this run stops; INT64_MAX: not known, or at none */
	bool left_out;     /* something behind it was read, and not worked on */
	bool at_end;
	int64_t progress_ms;
	struct series *offset_series, *lag_series;
};

struct assignment {
	pthread_mutex_t lock; /* guards items against assignment_status; the loop thread reads without it */
	struct place *items;
	size_t n, room;
	size_t hint;
	struct offsets ends; /* of every partition that this run stops at */
	bool ends_known;
	bool lifted; /* the ends stop nobody */
	struct metrics *metrics;
	struct series *assigned_series;
};

struct assignment *assignment_new(struct metrics *metrics)
{
	struct assignment *p = grow_new(sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	p->metrics = metrics;
	p->assigned_series = metrics_plain(metrics, METRIC_ASSIGNED);
	return p;
}

void assignment_free(struct assignment **assignment)
{
	struct assignment *p = *assignment;
	*assignment = NULL;
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	offsets_free(&p->ends);
	free(p->items);
	free(p);
}

static struct place *find(struct assignment *p, const char *topic, int32_t partition)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t at = (p->hint + i) % p->n;
		struct place *place = &p->items[at];
		if (place->partition == partition && (place->topic == topic || strcmp(place->topic, topic) == 0)) {
			p->hint = at;
			return place;
		}
	}
	return NULL;
}

static struct series *place_series(struct assignment *p, enum metric_id metric, const struct offset *at)
{
	char number[16];
	snprintf(number, sizeof(number), "%d", at->partition);
	return metrics_series(p->metrics, metric, "topic", str_of(at->topic), "partition", str_of(number), NULL,
	                      STR(""));
}

static int64_t end_of(const struct assignment *p, const char *topic, int32_t partition)
{
	const struct offset *end = offsets_find(&p->ends, topic, partition, NULL);
	return end ? end->next : p->ends_known ? 0 : INT64_MAX;
}

void assignment_take(struct assignment *p, const struct offsets *partitions, int64_t now_ms)
{
	CHECK(p->n == 0); /* the last one was dropped */
	pthread_mutex_lock(&p->lock);
	p->lifted = false;
	if (p->room < partitions->n) {
		p->room = partitions->n;
		p->items = grow(p->items, p->room, sizeof(*p->items));
	}
	p->n = partitions->n;
	p->hint = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct offset *at = &partitions->items[i];
		p->items[i] = (struct place){.topic = at->topic,
		                             .partition = at->partition,
		                             .committed = OFFSET_AS_COMMITTED,
		                             .read = OFFSET_AS_COMMITTED,
		                             .end = end_of(p, at->topic, at->partition),
		                             .progress_ms = now_ms,
		                             .offset_series = place_series(p, METRIC_OFFSET, at),
		                             .lag_series = place_series(p, METRIC_LAG, at)};
	}
	pthread_mutex_unlock(&p->lock);
	series_set(p->assigned_series, (int64_t)p->n);
}

void assignment_drop(struct assignment *p)
{
	pthread_mutex_lock(&p->lock);
	p->n = 0;
	p->hint = 0;
	pthread_mutex_unlock(&p->lock);
	series_set(p->assigned_series, 0);
}

size_t assignment_count(const struct assignment *p)
{
	return p->n;
}

void assignment_rewind(struct assignment *p, struct offsets *out)
{
	offsets_clear(out);
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->n; i++) {
		struct place *place = &p->items[i];
		place->read = place->committed;
		place->at_end = false;
		place->left_out = false;
		offsets_set(out, place->topic, place->partition, place->committed);
	}
	pthread_mutex_unlock(&p->lock);
}

bool assignment_read(struct assignment *p, const struct position *at)
{
	struct place *place = find(p, at->topic.p, at->partition);
	CHECK(place && at->offset >= place->read); /* offsets of a partition rise, until a rewind */
	place->read = at->offset + 1;
	if (place->at_end) {
		pthread_mutex_lock(&p->lock);
		place->at_end = false;
		pthread_mutex_unlock(&p->lock);
	}
	if (p->lifted || at->offset < place->end)
		return true;
	place->left_out = true;
	return false;
}

bool assignment_at_end(struct assignment *p, const struct offset *at, int64_t now_ms)
{
	struct place *place = find(p, at->topic, at->partition);
	if (!place)
		return false;
	pthread_mutex_lock(&p->lock);
	place->at_end = true;
	place->progress_ms = now_ms;
	place->read = at->next;
	pthread_mutex_unlock(&p->lock);
	return place->committed < at->next && !place->left_out;
}

bool assignment_has_committed(struct assignment *p, const struct offset *at)
{
	const struct place *place = find(p, at->topic, at->partition);
	return place && place->committed >= at->next;
}

void assignment_committed(struct assignment *p, const struct offsets *next, int64_t now_ms)
{
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < next->n; i++) {
		const struct offset *at = &next->items[i];
		struct place *place = find(p, at->topic, at->partition);
		if (!place)
			continue;
		CHECK(place->committed <= at->next);
		place->committed = at->next;
		place->progress_ms = now_ms;
		series_set(place->offset_series, at->next);
	}
	pthread_mutex_unlock(&p->lock);
}

void assignment_set_lag(struct assignment *p, const struct offset *at, int64_t lag)
{
	struct place *place = find(p, at->topic, at->partition);
	if (place)
		series_set(place->lag_series, lag);
}

void assignment_set_ends(struct assignment *p, const struct offsets *ends)
{
	offsets_copy(&p->ends, ends);
	p->ends_known = true;
	for (size_t i = 0; i < p->n; i++)
		p->items[i].end = end_of(p, p->items[i].topic, p->items[i].partition);
}

bool assignment_all_read(const struct assignment *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct place *place = &p->items[i];
		if (place->read == OFFSET_AS_COMMITTED || place->read < place->end)
			return false;
	}
	return !p->lifted;
}

bool assignment_lift_ends(struct assignment *p)
{
	bool left_out = false;
	for (size_t i = 0; i < p->n; i++)
		left_out |= p->items[i].left_out;
	CHECK(!p->lifted);
	p->lifted = true;
	return left_out;
}

bool assignment_is_lifted(const struct assignment *p)
{
	return p->lifted;
}

size_t assignment_status(struct assignment *p, struct partition_status *out, size_t room)
{
	pthread_mutex_lock(&p->lock);
	size_t n = p->n;
	for (size_t i = 0; i < n && i < room; i++) {
		const struct place *place = &p->items[i];
		out[i] = (struct partition_status){.topic = place->topic,
		                                   .partition = place->partition,
		                                   .next = place->committed < 0 ? -1 : place->committed,
		                                   .at_end = place->at_end,
		                                   .last_progress_ms = place->progress_ms};
	}
	pthread_mutex_unlock(&p->lock);
	return n;
}
