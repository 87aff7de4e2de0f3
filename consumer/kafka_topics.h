/*
 * Topic names, interned: one pointer for one name for as long as the source lives, so that offsets compare by pointer
 * (offsets.h). The subscribed topics stand in it from the start; a group whose members disagree can bring others.
 * One thread.
 */
#ifndef WIREDESK_KAFKA_TOPICS_H
#define WIREDESK_KAFKA_TOPICS_H

#include <stddef.h>

struct topics {
	char **names;
	size_t n, room;
};

/* The pointer for this name, made if it is new. */
const char *topics_intern(struct topics *topics, const char *name);
void topics_free(struct topics *topics);

#endif
