#include "pipeline/offsets.h"

#include "pipeline/base/grow.h"

void offsets_clear(struct offsets *o)
{
	o->n = 0;
}

void offsets_free(struct offsets *o)
{
	free(o->items);
	*o = (struct offsets){0};
}

static bool is_of(const struct offset *item, const char *topic, int32_t partition)
{
	return item->partition == partition && (item->topic == topic || strcmp(item->topic, topic) == 0);
}

struct offset *offsets_find(const struct offsets *o, const char *topic, int32_t partition, size_t *hint)
{
	if (hint && *hint < o->n && is_of(&o->items[*hint], topic, partition))
		return &o->items[*hint];
	for (size_t i = 0; i < o->n; i++) {
		if (is_of(&o->items[i], topic, partition)) {
			if (hint)
				*hint = i;
			return &o->items[i];
		}
	}
	return NULL;
}

void offsets_set(struct offsets *o, const char *topic, int32_t partition, int64_t next)
{
	CHECK(topic && partition >= 0);
	struct offset *item = offsets_find(o, topic, partition, NULL);
	if (item) {
		item->next = next;
		return;
	}
	if (o->n == o->room) {
		o->room = o->room ? 2 * o->room : 16;
		o->items = grow(o->items, o->room, sizeof(*o->items));
	}
	o->items[o->n++] = (struct offset){topic, partition, next};
}

void offsets_copy(struct offsets *to, const struct offsets *from)
{
	CHECK(to != from);
	offsets_clear(to);
	for (size_t i = 0; i < from->n; i++)
		offsets_set(to, from->items[i].topic, from->items[i].partition, from->items[i].next);
}
