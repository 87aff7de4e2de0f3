/* Codes of NewsML-G2 ("medtop:20000151") as the addresses that they stand for. */
#ifndef WIREDESK_DECODE_QCODES_H
#define WIREDESK_DECODE_QCODES_H

#include "pipeline/stages/decode/xml_doc.h"

/*
 * The address, in the arena: by the schemes that the element `item`, its message's header, or IPTC's catalogue declare.
 * Empty: nobody here knows the alias (catalogues elsewhere are not fetched).
 */
struct str qcodes_resolve(const struct xml_doc *doc, uint32_t item, struct str qcode, struct arena *a);

#endif
