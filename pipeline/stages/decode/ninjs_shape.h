/*
 * The shapes that ninjs 3.0 gives to the properties which wiredesk hands through unread. What does not fit is not
 * handed through: one lower-case key of ninjs 2 inside would make the whole record invalid.
 *
 * Facts from IPTC's schema of ninjs 3.0; formats (uri, date-time) are checked as well. Not known here: geoJSON of
 * places.
 */
#ifndef WIREDESK_DECODE_NINJS_SHAPE_H
#define WIREDESK_DECODE_NINJS_SHAPE_H

#include "pipeline/base/json_doc.h"

struct shape;

struct ninjs_property {
	const char *name;
	const struct shape *shape;
	size_t given; /* a list that stages of ours add to: its place in struct story, in decode.given; 0: nobody
	                 changes it */
};

#define NINJS_PROPERTIES 21
extern const struct ninjs_property ninjs_properties[NINJS_PROPERTIES];

/* Index of the property with these letters (lower case), or -1. */
int ninjs_shape_property(struct str name);

/* Is the value valid as this property of ninjs 3.0? The arena is for scratch. */
bool ninjs_shape_fits(const struct json_doc *doc, uint32_t value, int property, struct arena *a);

#endif
