/*
 * A data file, shipped with the program or made by it: mapped read-only, shared by all, checked as a whole when it is
 * opened.
 *
 * Such a file begins with a head that says what it is, in which version, how long it is, and its checksum. Whether its
 * parts fit together is for those who know them to check.
 */
#ifndef WIREDESK_MAPPED_H
#define WIREDESK_MAPPED_H

#include "pipeline/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* What a file has to be. A head begins with eight bytes of magic and a version of four. */
struct mapped_kind {
	const char *name;  /* for messages: "list of names" */
	const char *magic; /* eight bytes */
	uint32_t version;
	size_t head_bytes;
	uint64_t bytes_max;
	size_t bytes_at;    /* where the head has the file's length, of eight bytes */
	size_t checksum_at; /* and XXH3 of the file with zeros in this place, of eight too */
	const char *advice; /* what mends a damaged one; NULL: install it again */
};

struct mapped {
	const void *p; /* NULL: nothing is mapped */
	size_t n;
};

/* false with err set, and nothing mapped: not there, not readable, another kind or version, or damaged. */
bool mapped_open(struct mapped *m, const struct mapped_kind *kind, const char *path, struct err *err);
/*
 * The next of the parts that stand one behind another from *at on, of which *left bytes are there: count things of size
 * bytes. Too many: *left becomes SIZE_MAX and stays it, whatever is asked for then; all was read where it is 0 at last.
 */
const void *mapped_part(const char **at, size_t *left, size_t count, size_t size);
/* Does nothing where nothing is mapped. */
void mapped_close(struct mapped *m);

#endif
