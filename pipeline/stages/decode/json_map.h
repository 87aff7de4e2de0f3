/*
 * A source's own field map: where its JSON says what, for senders whose names nobody knows.
 *
 *     sources:
 *       - name: acme
 *         fields: { items: feed/entries, headline: meta/kop, body: [text/full, text/short], version-created: ts }
 *
 * A value is a path of keys as they are written, "/" between them, and places in lists as numbers from 0; of several
 * paths the first that says something counts. Paths begin at the object that is the story, the one of `items` at the
 * message. What the map does not name is looked for under the usual names.
 */
#ifndef WIREDESK_DECODE_JSON_MAP_H
#define WIREDESK_DECODE_JSON_MAP_H

#include "pipeline/base/err.h"
#include "pipeline/stage.h"
#include "pipeline/stages/decode/json_fields.h"

struct json_map;

/* Is what a source says a map that can be read? False with err set, its place first. */
bool json_map_check(const struct feed *feed, struct err *err);

/* The maps of all sources that have one; they must have been checked. Read only, for all lanes. */
struct json_map *json_map_new(const struct stage_env *env);
void json_map_free(struct json_map **map);

/* Puts what the source's map finds in the object over what is known by names. False: it finds nothing. */
bool json_map_apply(const struct json_map *map, const struct feed *feed, const struct json_doc *doc, uint32_t object,
                    struct json_fields *fields);

#endif
