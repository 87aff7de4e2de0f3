/*
 * A stage for tests only: stories that carry one of its words make the process fall over, as a poison story would.
 *
 * It stands in the run list behind decode. The words are looked for in the story's text as decoded.
 */
#include "pipeline/stage.h"

#include <signal.h>

static void trap_kill(struct call *call)
{
	(void)call;
	raise(SIGKILL);
}

static void trap_crash(struct call *call)
{
	(void)call;
	raise(SIGSEGV);
}

static void trap_hang(struct call *call)
{
	for (;;)
		call->env->clock->sleep_us(call->env->clock, 1000000);
}

static void trap_slow(struct call *call)
{
	call->env->clock->sleep_us(call->env->clock, 50000);
}

static const struct {
	const char *word;
	void (*spring)(struct call *call);
} trap_words[] = {
        {"TRAP-KILL", trap_kill},
        {"TRAP-CRASH", trap_crash},
        {"TRAP-HANG", trap_hang},
        {"TRAP-SLOW", trap_slow},
};

static enum answer trap_run(struct call *call, struct story *st)
{
	for (size_t i = 0; i < sizeof(trap_words) / sizeof(trap_words[0]); i++)
		if (memmem(st->decode.text.p, st->decode.text.n, trap_words[i].word, strlen(trap_words[i].word)))
			trap_words[i].spring(call);
	return ANSWER_KEEP;
}

const struct stage stage_trap = {
        .name = "trap",
        .summary = "tests only: kills, crashes, hangs or slows the worker at stories with certain words",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .run = trap_run,
};
