/*
 * A growing array of anything, for the tools that make the stages' data files: they run once and end, so memory that is
 * not there ends them. No part of what is installed; stages have arenas.
 */
#ifndef WIREDESK_TOOLS_LIST_H
#define WIREDESK_TOOLS_LIST_H

#include "pipeline/base/check.h"

#include <stddef.h>
#include <stdlib.h>

static inline void *list_allocate(void *p, size_t bytes)
{
	p = realloc(p, bytes ? bytes : 1);
	if (!p)
		check_panic("out of memory");
	return p;
}

#define LIST(type)                                                                                                     \
	struct {                                                                                                       \
		type *items;                                                                                           \
		size_t n, room;                                                                                        \
	}
#define LIST_ADD(list, item)                                                                                           \
	do {                                                                                                           \
		if ((list)->n == (list)->room) {                                                                       \
			(list)->room = (list)->room ? 2 * (list)->room : 64;                                           \
			(list)->items = list_allocate((list)->items, (list)->room * sizeof(*(list)->items));           \
		}                                                                                                      \
		(list)->items[(list)->n++] = (item);                                                                   \
	} while (0)

#endif
