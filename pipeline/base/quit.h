/*
 * Is there nothing to wait for any more? Asked again and again by whoever waits for long: the process was told to stop,
 * or what it waits for would help nobody now. Once true, it stays true. Zeroed: never.
 */
#ifndef WIREDESK_QUIT_H
#define WIREDESK_QUIT_H

#include <stdbool.h>
#include <stddef.h>

struct quit {
	bool (*asked)(void *arg); /* quick, and on the thread that waits */
	void *arg;
};

static inline bool quit_is_asked(const struct quit *quit)
{
	return quit->asked && quit->asked(quit->arg);
}

#endif
