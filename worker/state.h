/*
 * Files in the state folder: what must outlive the process, and how it gets there.
 *
 * Nothing in it is precious: a damaged file is put aside under the name NAME.damaged (the last one is kept) with a loud
 * log line, and the worker goes on without it.
 */
#ifndef WIREDESK_STATE_H
#define WIREDESK_STATE_H

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

#include <limits.h>

/* What to do about an errno that a file of the state folder met; stands behind the words for it, and begins with "; ".
 */
const char *state_advice(int why);

/* Makes the folder and those above it where they are absent. False with err set. */
bool state_dir_make(const char *dir, struct err *err);

/*
 * Would what the worker keeps find room in the folder? Writes a file of some KB there, fsyncs it and takes it away
 * again; of a folder that is absent it tries only whether one could be made there. False with err set to why.
 */
bool state_dir_try(const char *dir, struct err *err);

/* DIR/NAME into out; false with err set when that is too long. */
bool state_path(const char *dir, const char *name, char out[PATH_MAX], struct err *err);

/* Reads a whole file into out, whose limit bounds it. False with err set; an absent file is empty, and true. */
bool state_read(const char *path, struct buf *out, struct err *err);

/* Puts bytes in the place of a file, all or nothing, also through a power cut. False with err set: the old one stands.
 */
bool state_replace(const char *path, struct str bytes, struct err *err);

/* Renames a damaged file and says so. why: a few words of ours. */
void state_put_aside(const char *path, const char *why);

#endif
