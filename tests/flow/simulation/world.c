/* See world.h. */
#include "tests/flow/simulation/world.h"

#include <stdarg.h>
#include <stdio.h>

static bool is_loud;

void world_be_loud(void)
{
	is_loud = true;
}

void world_tell(const char *format, ...)
{
	va_list args;
	if (!is_loud)
		return;
	va_start(args, format);
	fprintf(stderr, "%10.3f ms  ", (double)schedule_now_us() / 1000);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

void world_trace(struct world *w, uint64_t what)
{
	w->trace = (w->trace ^ what) * UINT64_C(0x100000001b3);
}

void world_happens(struct world *w, enum happening what)
{
	w->counts[what]++;
	world_trace(w, what);
}
