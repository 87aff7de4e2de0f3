/*
 * Handlers do what handlers may: set a lock-free flag, wind up the alarm, and for the second SIGINT put the default
 * back and raise it again. These are the only variables of the program that live outside of any struct, because a
 * handler gets no argument.
 */
#include "worker/signals.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#include <signal.h>
#include <unistd.h>

static _Atomic bool signals_stop;
static _Atomic bool signals_hangup;
static _Atomic unsigned signals_patience_s; /* from the first signal on; 0: without end */
static _Atomic int signals_code;
static void (*_Atomic signals_last)(void *arg);
static void *_Atomic signals_last_arg;

static void signals_wind_up(void)
{
	unsigned seconds = atomic_load(&signals_patience_s);
	if (seconds)
		alarm(seconds);
}

static void signals_handle(int number)
{
	if (!atomic_exchange(&signals_stop, true)) {
		signals_wind_up();
		return;
	}
	if (number != SIGINT)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

static void signals_set(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
	sigemptyset(&action.sa_mask);
	CHECK(sigaction(number, &action, NULL) == 0);
}

_Atomic bool *signals_install(void)
{
	CHECK(atomic_is_lock_free(&signals_stop));
	atomic_store(&signals_stop, false);
	signals_set(SIGTERM, signals_handle);
	signals_set(SIGINT, signals_handle);
	signals_set(SIGPIPE, SIG_IGN);
	return &signals_stop;
}

static void signals_hang_up(int number)
{
	(void)number;
	atomic_store(&signals_hangup, true);
}

_Atomic bool *signals_watch_hangup(void)
{
	CHECK(atomic_is_lock_free(&signals_hangup));
	atomic_store(&signals_hangup, false);
	signals_set(SIGHUP, signals_hang_up);
	return &signals_hangup;
}

static void signals_overdue(int number)
{
	void (*last)(void *arg) = atomic_load(&signals_last);
	(void)number;
	log_write_in_handler(LOG_WARN, "CUT-SHORT", "the way out took too long: the process ends where it is", "exit",
	                     atomic_load(&signals_code));
	if (last)
		last(atomic_load(&signals_last_arg));
	_exit(atomic_load(&signals_code));
}

void signals_stop_within(unsigned seconds, void (*last)(void *arg), void *arg)
{
	CHECK(atomic_is_lock_free(&signals_patience_s) && atomic_is_lock_free(&signals_code));
	CHECK(atomic_is_lock_free(&signals_last) && atomic_is_lock_free(&signals_last_arg));
	atomic_store(&signals_last_arg, arg);
	atomic_store(&signals_last, last);
	atomic_store(&signals_code, 0);
	signals_set(SIGALRM, signals_overdue);
	atomic_store(&signals_patience_s, seconds);
	if (atomic_load(&signals_stop))
		signals_wind_up();
}

void signals_end_within(unsigned seconds, int code)
{
	CHECK(atomic_is_lock_free(&signals_code));
	atomic_store(&signals_last, NULL);
	atomic_store(&signals_patience_s, 0); /* a first signal that comes now gives no more time */
	atomic_store(&signals_code, code);
	signals_set(SIGALRM, signals_overdue);
	unsigned left = alarm(seconds);
	if (left && left < seconds)
		alarm(left);
}
