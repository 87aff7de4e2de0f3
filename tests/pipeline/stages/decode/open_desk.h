/* The desk of a file whose tests all need one, for a source that forces nothing. */
#ifndef WIREDESK_TEST_DECODE_OPEN_DESK_H
#define WIREDESK_TEST_DECODE_OPEN_DESK_H

#include "tests/pipeline/stages/decode/desk.h"

static struct desk desk;

static int set_up(void **state)
{
	(void)state;
	desk_open(&desk, "", "");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	desk_close(&desk);
	return 0;
}

#endif
