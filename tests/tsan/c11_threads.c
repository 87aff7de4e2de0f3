/*
 * C11 threads by way of pthreads, for ThreadSanitizer.
 *
 * Debian's librdkafka is built on glibc's <threads.h>. ThreadSanitizer intercepts pthreads only: a thread that comes
 * from thrd_create is unknown to it, and the process dies at that thread's first memory access. These functions stand
 * in the executable, so the dynamic linker prefers them to glibc's, and hand every call to pthreads. Linked into all
 * executables when WD_SANITIZE is "thread", and into none otherwise.
 *
 * librdkafka itself is not instrumented, so what it does under its own atomics looks like races: those are suppressed
 * by the library's name, ours are not.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

/* ThreadSanitizer asks the program for this by name. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:librdkafka.so.1\n"
	       "called_from_lib:librdkafka.so.1\n";
}

static int c11_result(int pthread_error)
{
	switch (pthread_error) {
	case 0:
		return thrd_success;
	case ETIMEDOUT:
		return thrd_timedout;
	case EBUSY:
		return thrd_busy;
	case ENOMEM:
	case EAGAIN:
		return thrd_nomem;
	default:
		return thrd_error;
	}
}

/* --- mutexes: glibc's mtx_t has the size and alignment of a pthread_mutex_t ------------------------------------- */

_Static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t), "a mutex fits");
_Static_assert(sizeof(cnd_t) >= sizeof(pthread_cond_t), "a condition fits");
_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "a thread fits");
_Static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "a once flag fits");

static pthread_mutex_t *c11_mutex(mtx_t *mutex)
{
	return (pthread_mutex_t *)(void *)mutex;
}

static pthread_cond_t *c11_condition(cnd_t *condition)
{
	return (pthread_cond_t *)(void *)condition;
}

int mtx_init(mtx_t *mutex, int type)
{
	pthread_mutexattr_t attributes;
	pthread_mutexattr_init(&attributes);
	if (type & mtx_recursive)
		pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	int error = pthread_mutex_init(c11_mutex(mutex), &attributes);
	pthread_mutexattr_destroy(&attributes);
	return c11_result(error);
}

void mtx_destroy(mtx_t *mutex)
{
	pthread_mutex_destroy(c11_mutex(mutex));
}

int mtx_lock(mtx_t *mutex)
{
	return c11_result(pthread_mutex_lock(c11_mutex(mutex)));
}

int mtx_trylock(mtx_t *mutex)
{
	return c11_result(pthread_mutex_trylock(c11_mutex(mutex)));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until)
{
	return c11_result(pthread_mutex_timedlock(c11_mutex(mutex), until));
}

int mtx_unlock(mtx_t *mutex)
{
	return c11_result(pthread_mutex_unlock(c11_mutex(mutex)));
}

/* --- conditions -------------------------------------------------------------------------------------------------- */

int cnd_init(cnd_t *condition)
{
	return c11_result(pthread_cond_init(c11_condition(condition), NULL));
}

void cnd_destroy(cnd_t *condition)
{
	pthread_cond_destroy(c11_condition(condition));
}

int cnd_signal(cnd_t *condition)
{
	return c11_result(pthread_cond_signal(c11_condition(condition)));
}

int cnd_broadcast(cnd_t *condition)
{
	return c11_result(pthread_cond_broadcast(c11_condition(condition)));
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
	return c11_result(pthread_cond_wait(c11_condition(condition), c11_mutex(mutex)));
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict until)
{
	return c11_result(pthread_cond_timedwait(c11_condition(condition), c11_mutex(mutex), until));
}

/* --- threads ----------------------------------------------------------------------------------------------------- */

struct c11_start {
	thrd_start_t run;
	void *arg;
};

static void *c11_run(void *arg)
{
	struct c11_start start = *(struct c11_start *)arg;
	free(arg);
	return (void *)(intptr_t)start.run(start.arg);
}

int thrd_create(thrd_t *thread, thrd_start_t run, void *arg)
{
	struct c11_start *start = malloc(sizeof(*start));
	if (!start)
		return thrd_nomem;
	*start = (struct c11_start){run, arg};
	int error = pthread_create((pthread_t *)thread, NULL, c11_run, start);
	if (error)
		free(start);
	return c11_result(error);
}

int thrd_join(thrd_t thread, int *result)
{
	void *answer = NULL;
	int error = pthread_join((pthread_t)thread, &answer);
	if (!error && result)
		*result = (int)(intptr_t)answer;
	return c11_result(error);
}

thrd_t thrd_current(void)
{
	return (thrd_t)pthread_self();
}

void call_once(once_flag *flag, void (*run)(void))
{
	pthread_once((pthread_once_t *)(void *)flag, run);
}
