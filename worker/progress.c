/*
 * A progress bar with rate, on a terminal.
 */
#include "worker/progress.h"

#define PROGRESS_EVERY_US 100000
#define PROGRESS_CELLS    30

void progress_start(struct progress *p, struct clock *clock, const char *unit, int64_t total_bytes)
{
	*p = (struct progress){
	        .clock = clock, .unit = unit, .total_bytes = total_bytes, .is_terminal = isatty(STDERR_FILENO)};
	p->started_us = p->drawn_us = clock_mono_us(clock);
}

double progress_seconds(const struct progress *p)
{
	return (double)(clock_mono_us(p->clock) - p->started_us) / 1e6;
}

/* share below 0: not known, no bar. */
static void progress_bar(double share, char out[PROGRESS_CELLS + 10])
{
	out[0] = 0;
	if (share < 0)
		return;
	int full = share >= 1 ? PROGRESS_CELLS : (int)(share * PROGRESS_CELLS);
	char *to = out;
	*to++ = '[';
	for (int i = 0; i < PROGRESS_CELLS; i++)
		*to++ = i < full ? '#' : '.';
	snprintf(to, 9, "] %3d%% ", share >= 1 ? 100 : (int)(share * 100));
}

void progress_show_share(struct progress *p, int64_t count, int64_t bytes, double share)
{
	int64_t now_us = clock_mono_us(p->clock);
	if (!p->is_terminal || now_us - p->drawn_us < PROGRESS_EVERY_US)
		return;
	p->drawn_us = now_us;
	char bar[PROGRESS_CELLS + 10];
	double seconds = progress_seconds(p);
	progress_bar(share, bar);
	fprintf(stderr, "\r%s%lld %s, %.0f/s, %.1f MB/s \033[K", bar, (long long)count, p->unit,
	        (double)count / seconds, (double)bytes / 1e6 / seconds);
	fflush(stderr);
}

void progress_show(struct progress *p, int64_t count, int64_t bytes)
{
	progress_show_share(p, count, bytes, p->total_bytes > 0 ? (double)bytes / (double)p->total_bytes : -1);
}

void progress_end(struct progress *p)
{
	if (p->is_terminal)
		fprintf(stderr, "\r\033[K");
}
