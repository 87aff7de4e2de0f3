/* Version, commit and the libraries this program runs with. */
#ifndef WIREDESK_VERSION_H
#define WIREDESK_VERSION_H

#include "pipeline/base/buf.h"

extern const char version_number[]; /* "0.1.0" */
extern const char version_commit[]; /* twelve digits, "-dirty" behind them if files were changed; or "unknown" */

/* For --version: a line for the program, then one a library, as loaded and not as compiled against. */
void version_write(struct buf *out);

#endif
