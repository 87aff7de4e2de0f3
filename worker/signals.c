/*
 * Handlers do what handlers may: set a lock-free flag, and for the second SIGINT put the default back and raise it
 * again. The flag and the code are the only variables of the program that live outside of any struct, because a handler
 * gets no argument.
 */
#include "worker/signals.h"

#include "pipeline/base/check.h"

#include <signal.h>
#include <unistd.h>

static _Atomic bool signals_stop;
static _Atomic int signals_code;

static void signals_handle(int number)
{
	if (!atomic_exchange(&signals_stop, true) || number != SIGINT)
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

static void signals_overdue(int number)
{
	(void)number;
	_exit(atomic_load(&signals_code));
}

void signals_end_within(unsigned seconds, int code)
{
	CHECK(atomic_is_lock_free(&signals_code));
	atomic_store(&signals_code, code);
	signals_set(SIGALRM, signals_overdue);
	alarm(seconds);
}
