/*
 * What each group of a story's fields promises to the stages behind it, asserted where it is handed over.
 *
 * story.h says it in words; here a stage that breaks it is found at once and by its name, not three stages later or in
 * a record that no schema takes. Costs a few comparisons a story and one for each thing in its lists; text is not read.
 */
#ifndef WIREDESK_PROMISE_H
#define WIREDESK_PROMISE_H

#include "pipeline/story.h"

/* Of an open story, right after the stage that writes these GROUP_… bits. Aborts where one is broken. */
void promise_check(const struct story *st, uint32_t groups);

#endif
