/*
 * What the readers of the XML family share: which kind of document it is, one story on its way from the index to a
 * draft, and small things that all of them say in the same way.
 *
 *     xml_doc.c        the index over the text
 *     xml_text.c       mark-up of a body → paragraphs
 *     xml.c            which format is it? what is not well-formed; the parts
 *     newsml_g2.c      NewsML-G2 (qcodes.c: its codes → addresses)
 *     nitf.c           NITF, alone or inside of others
 *     newsml.c         NewsML 1.x
 *     feeds.c          RSS and Atom
 *     vendors.c        other XML, by a table of names
 */
#ifndef WIREDESK_DECODE_XML_H
#define WIREDESK_DECODE_XML_H

#include "pipeline/stages/decode/draft.h"
#include "pipeline/stages/decode/xml_doc.h"
#include "pipeline/stages/decode/xml_text.h"

struct xml_reading {
	struct decode *d;
	const struct xml_doc *doc;
	uint32_t item; /* the element that is the story */
	struct story *st;
	struct draft draft;
};

/* A part for the element; false: the message has ended. */
bool xml_part(struct decode *d, const struct xml_doc *doc, uint32_t item, struct xml_reading *r);
/* A part that is none of the stories that a desk publishes: ends as no-story. The same answer. */
bool xml_drop_part(struct decode *d, const struct xml_doc *doc, uint32_t item);
/* The part is what the draft says; one without headline and text holds no story. */
void xml_part_end(struct xml_reading *r, const char *format);

/* --- values; all live as long as the batch ------------------------------------------------------------------------ */

/* One line of the first element at the path below `parent`, or of parent itself (path ""); empty: it is not there. */
struct str xml_get(const struct xml_reading *r, uint32_t parent, const char *path);
struct str xml_get_attribute(const struct xml_reading *r, uint32_t parent, const char *path, const char *name);
/* The same, and to the letter. */
struct str xml_get_exact(const struct xml_reading *r, uint32_t parent, const char *path);
/* The paragraphs of an element; empty if element is 0. */
struct str xml_get_text(const struct xml_reading *r, uint32_t element);
/* Takes them for the body, if there are any. */
bool xml_take_body(struct xml_reading *r, uint32_t element);
/* HTML that is written as text: "&lt;p&gt;". Text that is no mark-up stays as it is. */
struct str xml_get_escaped(const struct xml_reading *r, uint32_t element);

/* Is it white space, punctuation and control characters only? Faster where it is not. */
static inline bool xml_is_blank(struct str s)
{
	return !s.n || text_is_blank(s);
}

/* Sets what is not set yet. */
static inline void xml_set(struct str *to, struct str value)
{
	if (!to->n)
		*to = value;
}

/* Adds an author: several are joined by commas; "By", an agency behind a comma and the like are left out. */
void xml_add_by(struct xml_reading *r, struct str by);
/* The dateline that a field says: one that is only a time says nothing. A place at its head is where it was written,
 * if nothing else says that. */
void xml_set_dateline(struct xml_reading *r, struct str dateline);
/* Adds a line to the note for editors. */
void xml_add_note(struct xml_reading *r, struct str note);

/* A list of objects for draft_pass; each is opened, its members written, and closed. */
struct json xml_list_start(const struct xml_reading *r);
void xml_list_member(struct json *j, const char *name, struct str value);
void xml_list_number(struct json *j, const char *name, struct str value);
void xml_list_pass(struct xml_reading *r, struct json *j, const char *property);
/* A property that is one string. */
void xml_pass_string(struct xml_reading *r, const char *property, struct str value);
/* Something to look at or listen to. Only addresses for the whole world are kept. */
struct xml_rendition {
	struct str name, href, type, title, width, height, bytes;
};
void xml_list_rendition(struct json *j, const struct xml_rendition *rendition);

/* --- the formats -------------------------------------------------------------------------------------------------- */

/* Fills the draft from a nitf element; what is set already stays. */
void nitf_fill(struct xml_reading *r, uint32_t nitf);

/* Make the parts of a document of that root. False: the message has ended. */
bool newsml_g2_parts(struct decode *d, const struct xml_doc *doc, uint32_t root);
bool nitf_parts(struct decode *d, const struct xml_doc *doc, uint32_t root);
bool newsml_1_parts(struct decode *d, const struct xml_doc *doc, uint32_t root);
bool rss_parts(struct decode *d, const struct xml_doc *doc, uint32_t root);
bool atom_parts(struct decode *d, const struct xml_doc *doc, uint32_t root);

/* Of a document that is of none of these: how many parts there are; -1: the message has ended. */
int vendor_parts(struct decode *d, const struct xml_doc *doc);

#endif
