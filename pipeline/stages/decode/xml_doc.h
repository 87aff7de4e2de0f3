/*
 * XML as an index over its text: one pass checks that it is well-formed and notes where elements, attributes and text
 * stand; nothing is copied until somebody asks for a value. The sister of base/json_doc.h.
 *
 * Why not libxml2: its SAX interface alone takes 18 µs for a story of 6.5 kB with callbacks that do nothing, this index
 * 7; its memory is malloc's and its table of names grows with what hostile messages call their elements; and where a
 * part begins and ends in the message, which a story's identity hangs on, it does not say. What is left out here is
 * what must not be done anyway: a document type is skipped, one that declares entities is refused, and nothing is ever
 * fetched or expanded.
 *
 * Costs 28 bytes a token, all in the given arena; time is linear in the text, whatever it holds. The text must be
 * valid UTF-8 and outlive the index. Token 0 is the root. Behind an element stand its attributes, then its content:
 *
 *     for (uint32_t at = xml_first(doc, parent); at; at = xml_after(doc, parent, at)) …     child elements
 *
 * Milder than the recommendation, because wires are: a bare '&' stands for itself, names of characters that HTML knows
 * need no declaration, control characters are let through, and prefixes need no declaration (`mended` tells of the
 * first two).
 */
#ifndef WIREDESK_DECODE_XML_DOC_H
#define WIREDESK_DECODE_XML_DOC_H

#include "pipeline/base/arena.h"

enum xml_kind { XML_ELEMENT, XML_ATTRIBUTE, XML_TEXT, XML_CDATA };

/* Namespaces that somebody asks for. Of prefixes that nobody declared, those that are always the same are known. */
enum xml_space {
	XML_SPACE_NONE,
	XML_SPACE_OTHER,
	XML_SPACE_NAR, /* NewsML-G2 */
	XML_SPACE_NITF,
	XML_SPACE_XHTML,
	XML_SPACE_ATOM, /* 1.0 and 0.3 */
	XML_SPACE_RSS,  /* 1.0, 0.90 and what calls itself 2.0 */
	XML_SPACE_RDF,
	XML_SPACE_DC,      /* Dublin Core elements and terms */
	XML_SPACE_CONTENT, /* content:encoded */
	XML_SPACE_MEDIA,   /* Media RSS */
	XML_SPACE_ITUNES,
};

struct xml_token {
	uint32_t start, end; /* an element from its '<'; an attribute's value without quotes; text as written */
	uint32_t next;       /* the token behind it and all that is in it */
	uint32_t name;       /* where an element's local name begins, an attribute's whole name */
	uint16_t name_bytes;
	uint8_t prefix_bytes; /* of an element: before `name`, with the colon */
	uint8_t kind;
	uint8_t space;
	bool escaped; /* text or a value with a reference in it */
};

struct xml_doc {
	struct str text;
	struct xml_token *tokens;
	uint32_t n;
	bool mended;       /* references had to be guessed at */
	bool damaged;      /* not well-formed, and read all the same (forgiving) */
	size_t fault_at;   /* where the first fault is */
	const char *fault; /* what it is, in words */
};

enum xml_doc_fault {
	XML_DOC_OK,
	XML_DOC_NOT_XML,
	XML_DOC_ENTITIES, /* it declares entities */
	XML_DOC_TOO_DEEP, /* so far it was XML; the same below */
	XML_DOC_TOO_LARGE,
};

struct xml_doc_ask {
	struct str text;
	int64_t depth_limit;
	/* Go on behind faults: what is left open is closed, what was never opened is ignored, what is no tag is text.
	 */
	bool forgiving;
};

enum xml_doc_fault xml_doc_read(struct arena *a, const struct xml_doc_ask *ask, struct xml_doc *doc);

/* Of the root element, without reading further than its name: the name with its prefix; empty: there is none. */
struct str xml_doc_root_name(struct str text);

/* Line and column of a byte, both from 1; columns are characters. */
void xml_doc_position(struct str text, size_t at, size_t *line, size_t *column);

/* --- elements ----------------------------------------------------------------------------------------------------- */

/* The first child element, or 0; the next one behind `at`, or 0. */
uint32_t xml_first(const struct xml_doc *doc, uint32_t parent);
uint32_t xml_after(const struct xml_doc *doc, uint32_t parent, uint32_t at);

/* An element's local name. */
struct str xml_name(const struct xml_doc *doc, uint32_t element);
static inline bool xml_is(const struct xml_doc *doc, uint32_t element, const char *name)
{
	const struct xml_token *token = &doc->tokens[element];
	return token->name_bytes == strlen(name) && memcmp(doc->text.p + token->name, name, token->name_bytes) == 0;
}

/* The first child with that local name, or 0. */
uint32_t xml_child(const struct xml_doc *doc, uint32_t parent, const char *name);
/* The next sibling with the same local name as `at`, or 0. */
uint32_t xml_again(const struct xml_doc *doc, uint32_t parent, uint32_t at);
/* The first element at a path of local names below parent ("itemMeta/edNote"), or 0: if the first way leads nowhere,
 * others of the same names are tried. */
uint32_t xml_find(const struct xml_doc *doc, uint32_t parent, const char *path);
/* The first element of that local name at any depth below, or 0. */
uint32_t xml_descendant(const struct xml_doc *doc, uint32_t parent, const char *name);

/* --- values ------------------------------------------------------------------------------------------------------- */

/* The element with all that is in it, as written. */
struct str xml_raw(const struct xml_doc *doc, uint32_t element);
/* What a text token or an attribute says: a view, or made in the arena where references had to be read. */
struct str xml_value(const struct xml_doc *doc, uint32_t token, struct arena *a);
/* An attribute by its whole name ("xml:lang"); null pointer: there is none. */
struct str xml_attribute(const struct xml_doc *doc, uint32_t element, const char *name, struct arena *a);
/* All text in an element, at any depth, without mark-up; a view where that will do. */
struct str xml_inner(const struct xml_doc *doc, uint32_t element, struct arena *a);
/* The same on one line: white space folded to single blanks, none at either end. */
struct str xml_line(const struct xml_doc *doc, uint32_t element, struct arena *a);
/* That folding of any text. */
struct str xml_fold(struct str s, struct arena *a);
/* Is there an element in it? */
bool xml_has_elements(const struct xml_doc *doc, uint32_t element);

#endif
