/*
 * A stage for tests only: its begin answers abort once for each file WD_TRAP_DIR/balk that it finds (and removes).
 */
#include "pipeline/stage.h"

#include <limits.h>

static enum begin_answer balk_begin(struct call *call, struct batch *batch, struct err *err)
{
	(void)call, (void)batch;
	const char *folder = getenv("WD_TRAP_DIR");
	char file[PATH_MAX];
	snprintf(file, sizeof(file), "%s/balk", folder ? folder : ".");
	if (unlink(file) != 0)
		return BEGIN_READY;
	err_set(err, "asked to balk by '%s'", file);
	return BEGIN_ABORT;
}

static enum answer balk_run(struct call *call, struct story *st)
{
	(void)call, (void)st;
	return ANSWER_KEEP;
}

const struct stage stage_balk = {
        .name = "balk",
        .summary = "tests only: aborts a batch when a file asks for it",
        .order = STAGE_IN_ORDER,
        .run = balk_run,
        .begin = balk_begin,
};
