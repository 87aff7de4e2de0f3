/*
 * Handlers do what handlers may: set a lock-free flag, and for the second SIGINT put the default back and raise it
 * again. The flag is the one variable of the program that lives outside of any struct, because a handler gets no
 * argument.
 */
#include "worker/signals.h"

#include "pipeline/base/check.h"

#include <signal.h>

static _Atomic bool signals_stop;

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
