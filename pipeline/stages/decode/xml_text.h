/*
 * The mark-up of a story's body inside XML to paragraphs: XHTML, NITF and what agencies have made of them. Blocks
 * become lines, cells are parted by blanks, white space is folded as a browser does; what is no text of the story
 * (heads, notepads, pictures and their captions) is left out.
 */
#ifndef WIREDESK_DECODE_XML_TEXT_H
#define WIREDESK_DECODE_XML_TEXT_H

#include "pipeline/stages/decode/xml_doc.h"

/* What is in the element, as paragraphs joined by one line feed, in `keep`; `tmp` is scratch. */
struct str xml_text(const struct xml_doc *doc, uint32_t element, struct arena *tmp, struct arena *keep);

/* Is the word one of those in a class attribute? */
bool xml_has_class(const struct xml_doc *doc, uint32_t element, const char *word, struct arena *tmp);

#endif
