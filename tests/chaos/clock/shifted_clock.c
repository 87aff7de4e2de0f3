/*
 * A wall clock that is wrong, and may jump while the process runs: preloaded into a worker (LD_PRELOAD), it adds to
 * CLOCK_REALTIME the seconds that stand as an int64 in the file that SHIFTED_CLOCK names. Monotonic time stays true.
 *
 * As in a kernel whose clock is set, a wait until a point in time ends when the shifted clock reads it, however it got
 * there. libfaketime does not do that for C11's cnd_timedwait, by which librdkafka waits: there each wait would last as
 * long as the shift.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* A jump is noticed by who waits after so long at the latest. */
#define SLICE_NS  20000000L
#define SECOND_NS 1000000000L
/* No machine runs for so long: deadlines before it are monotonic ones. */
#define MONOTONIC_S 1000000000L

static const int64_t no_shift;
static const volatile int64_t *shift_s = &no_shift;
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_cnd_timedwait)(cnd_t *, mtx_t *, const struct timespec *);
static int (*real_cond_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

/* A function pointer out of dlsym, by way of memory: C has no cast for it. */
#define FIND(name, symbol) (*(void **)&(name) = dlsym(RTLD_NEXT, symbol))

__attribute__((constructor)) static void shifted_clock_start(void)
{
	FIND(real_gettime, "clock_gettime");
	FIND(real_cnd_timedwait, "cnd_timedwait");
	FIND(real_cond_timedwait, "pthread_cond_timedwait");
	const char *path = getenv("SHIFTED_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *at = mmap(NULL, sizeof *shift_s, PROT_READ, MAP_SHARED, fd, 0);
	if (at != MAP_FAILED)
		shift_s = at;
	close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	/* Somebody may ask before the constructor ran. */
	if (!real_gettime)
		FIND(real_gettime, "clock_gettime");
	int code = real_gettime(clock, now);
	if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += *shift_s;
	return code;
}

int timespec_get(struct timespec *now, int base)
{
	return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec at;
	(void)zone;
	int code = clock_gettime(CLOCK_REALTIME, &at);
	now->tv_sec = at.tv_sec;
	now->tv_usec = at.tv_nsec / 1000;
	return code;
}

time_t time(time_t *out)
{
	struct timespec at;
	clock_gettime(CLOCK_REALTIME, &at);
	if (out)
		*out = at.tv_sec;
	return at.tv_sec;
}

/* The true time of the next look, at most a slice away. True: the shifted clock reads `until` by then. */
static bool shifted_clock_slice(const struct timespec *until, struct timespec *look)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t seconds = until->tv_sec - now.tv_sec;
	int64_t left = seconds > 1    ? SLICE_NS + 1
	               : seconds < -1 ? 0
	                              : seconds * SECOND_NS + until->tv_nsec - now.tv_nsec;
	int64_t wait = left < 0 ? 0 : left > SLICE_NS ? SLICE_NS : left;
	real_gettime(CLOCK_REALTIME, look);
	look->tv_nsec += wait;
	look->tv_sec += look->tv_nsec / SECOND_NS;
	look->tv_nsec %= SECOND_NS;
	return left <= SLICE_NS;
}

int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex, const struct timespec *restrict until)
{
	for (;;) {
		struct timespec look;
		bool last = shifted_clock_slice(until, &look);
		int code = real_cnd_timedwait(cond, mutex, &look);
		if (code != thrd_timedout || last)
			return code;
	}
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
	if (until->tv_sec < MONOTONIC_S)
		return real_cond_timedwait(cond, mutex, until);
	for (;;) {
		struct timespec look;
		bool last = shifted_clock_slice(until, &look);
		int code = real_cond_timedwait(cond, mutex, &look);
		if (code != ETIMEDOUT || last)
			return code;
	}
}
