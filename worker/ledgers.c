/*
 * Which ledgers there are.
 */
#include "worker/ledgers.h"

struct ledger *ledgers_new(const struct stage_env *env, const char *name, const struct node *options, int64_t window_ms,
                           struct err *err)
{
	(void)env;
	(void)options;
	(void)window_ms;
	err_set(err, "this version has no ledger '%s'; use 'ledger: local', and read each feed with one worker", name);
	return NULL;
}
