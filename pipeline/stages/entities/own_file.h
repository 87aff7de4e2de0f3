/*
 * The file of a user's own gazetteer, in the order of its parts; little-endian, each part where the one before it ends.
 *
 *     struct own_file_head
 *     uint64_t × n_filter                 beginnings of names, see gazetteer_file_filter
 *     struct own_file_slot × n_slots      open addressing, linear, by gazetteer_file_slot
 *     struct own_file_link × n_links      those of one name stand together, the last of them says so,
 *                                         and in the order of their objects
 *     struct own_file_object × n_objects
 *     struct own_file_title × n_titles    those of one object stand together, what the rows say first last, which says
 * so char[16] × n_languages              tags, NUL behind them; the first is empty: of every language char × n_text
 * begins with NUL, and each text in it ends in one
 *
 * Names that differ in case alone are one name here: it is found by the hash of its folded words, and each of its links
 * has the name as it was written and says in which case it must stand in a text. So nothing is taken for a name that is
 * none, however many names there are.
 */
#ifndef WIREDESK_ENTITIES_OWN_FILE_H
#define WIREDESK_ENTITIES_OWN_FILE_H

#include "pipeline/base/str.h"

#include <stdint.h>

#define OWN_FILE_MAGIC     "WDOWNED\n"
#define OWN_FILE_VERSION   1
#define OWN_FILE_BYTES_MAX (UINT64_C(8) << 30)

#define OWN_FILE_NAME_BYTES     1000 /* of one name */
#define OWN_FILE_NAME_WORDS     64   /* where each character is a word: characters */
#define OWN_FILE_ID_BYTES       400
#define OWN_FILE_LIST_BYTES     64 /* what the list is called, and NUL */
#define OWN_FILE_LANGUAGE_BYTES 16
#define OWN_FILE_LANGUAGES_MAX  4096
#define OWN_FILE_THINGS_MAX     512  /* of one name: nobody can tell more apart */
#define OWN_FILE_LINKS_MAX      4096 /* of one name: a thing may have it in several languages and cases */

struct own_file_head {
	char magic[8];
	uint32_t version;
	uint32_t n_filter, n_slots, n_links, n_objects, n_titles, n_languages, n_text;
	char name[OWN_FILE_LIST_BYTES];
	uint64_t bytes;    /* of the file */
	uint64_t checksum; /* XXH3 of the file with zeros in this place */
};

struct own_file_slot {
	uint32_t check; /* the hash's low half */
	uint32_t first; /* the first link, plus one; 0: a free slot */
};

enum own_file_rule {
	OWN_LAST = 1 << 0,         /* the name's last link */
	OWN_EXACT = 1 << 1,        /* to the letter as it is written */
	OWN_ANY_CASE = 1 << 2,     /* several words, all small: nobody cared for capitals */
	OWN_SHORT_FORM = 1 << 3,   /* all capitals: as it is written, and not where everything is in capitals */
	OWN_ITS_LANGUAGE = 1 << 4, /* so short that it is looked for in stories of its own language alone */
};

struct own_file_link {
	uint32_t text; /* the name as it is written */
	uint32_t object;
	uint16_t language;
	uint8_t rule;
	uint8_t capitals; /* which of the first eight words begin with a capital, where no rule says more */
};

struct own_file_object {
	uint32_t uri; /* 0: no id */
	uint32_t title;
	uint32_t type; /* enum name_type */
};

/* What the object is called in a language. */
struct own_file_title {
	uint32_t text;
	uint16_t language;
	uint16_t is_last;
};

/* Filters: the first words of all names; of those that may begin with a small letter; and runs that names go on from.
 */
#define OWN_FILE_BEGINS       UINT64_C(0x2545f4914f6cdd1d)
#define OWN_FILE_BEGINS_SMALL UINT64_C(0x9fb21c651e98df25)

#endif
