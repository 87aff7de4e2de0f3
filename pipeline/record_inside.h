/*
 * The parts of record.c.
 *
 * The writer's state is one struct, the JSON writer inside it; each function writes one property or one group and
 * leaves out what no stage has found.
 */
#ifndef WIREDESK_RECORD_INSIDE_H
#define WIREDESK_RECORD_INSIDE_H

#include "pipeline/base/json.h"
#include "pipeline/stage.h"

#define RECORD_SCHEMA_URL     "https://wiredesk.invalid/schema/wiredesk-ninjs-3.0.json"
#define RECORD_SCHEMA_VERSION "wiredesk-ext/1"

struct writing {
	struct json j;
	const struct story *st;
	struct arena *tmp;
};

static inline void put_str(struct writing *w, const char *key, struct str value)
{
	if (!value.n)
		return;
	json_key(&w->j, key);
	json_str(&w->j, value);
}

static inline void put_cstr(struct writing *w, const char *key, const char *value)
{
	if (value)
		put_str(w, key, str_of(value));
}

static inline void put_int(struct writing *w, const char *key, int64_t value)
{
	json_key(&w->j, key);
	json_int(&w->j, value);
}

/* ninjs' own properties, into the object that is open. */
void record_write_ninjs(struct writing *w);
/* `wiredesk`, but for dedup, which stands last and is written in the tail; its object stays open. */
void record_write_wiredesk(struct writing *w);

#endif
