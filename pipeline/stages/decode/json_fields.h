/*
 * The fields of a story object that we know, whatever they are called.
 *
 * Names are compared without '_', '-' and case, so that versionCreated, versioncreated and version_created are one row
 * of the table. Several names may stand for the same field; then the row's rank decides (body_text before description).
 */
#ifndef WIREDESK_DECODE_JSON_FIELDS_H
#define WIREDESK_DECODE_JSON_FIELDS_H

#include "pipeline/base/json_doc.h"
#include "pipeline/stages/decode/ninjs_shape.h"

enum field {
	FIELD_NONE,
	FIELD_HEADLINES, /* ninjs 2 and 3: lists of values with roles */
	FIELD_BODIES,
	FIELD_HEADLINE,
	FIELD_BODY,    /* plain, or mark-up that is recognised */
	FIELD_HTML,    /* mark-up, said by the name */
	FIELD_RAW,     /* a whole raw story, headline and all, in an envelope */
	FIELD_SUMMARY, /* text only where there is no other */
	FIELD_TITLE,
	FIELD_URI,
	FIELD_GUID,
	FIELD_LANGUAGE,
	FIELD_BY,
	FIELD_VERSION,
	FIELD_VERSION_CREATED,
	FIELD_FIRST_CREATED,
	FIELD_PUBLISHED,
	FIELD_EMBARGOED_UNTIL,
	FIELD_PUB_STATUS,
	FIELD_SIGNAL,
	FIELD_TYPE,
	FIELD_REPRESENTATION,
	FIELD_URGENCY,
	FIELD_SLUGLINE,
	FIELD_LOCATED,
	FIELD_ED_NOTE,
	FIELD_COPYRIGHT,
	FIELD_ITEMS,
	FIELD_WRAPPED, /* an object with the story in it */
	FIELD_PAYLOAD, /* bytes in base64, of the kind that the two below say */
	FIELD_ENCODING,
	FIELD_CONTENT_TYPE,
	FIELD_DATELINE,
	FIELD_LONG_HEADLINE,
	FIELD_TARGET, /* the story that this one goes on from */
	FIELD_COUNT
};

struct json_fields {
	uint32_t at[FIELD_COUNT];         /* token of the value that counts; 0: none */
	uint8_t rank[FIELD_COUNT];        /* its name's rank; 0 is what ninjs says */
	uint32_t ninjs[NINJS_PROPERTIES]; /* properties that are handed through, in the order of ninjs_properties */
	bool mapped;                      /* the source's own map found something (json_map.h) */
	const char *doubled;              /* a name of the tables whose key stands twice; NULL: none */
};

/* Reads the keys of an object. Nulls count as absent. */
void json_fields_read(const struct json_doc *doc, uint32_t object, struct json_fields *fields);

/* The value of a key of these letters (compared as above) in a small object; 0: none. The first one counts. */
uint32_t json_fields_find(const struct json_doc *doc, uint32_t object, const char *name);

#endif
