/*
 * A Kafka sink whose publish waits while the file WD_TRAP_DIR/hold stands, so that a test can force a rebalance around
 * a batch in flight. For tests only: the linker's --wrap puts kafka_sink_new's calls through here, the worker has no
 * hook of its own. WD_TRAP_DIR/held appears while a batch waits.
 *
 *     hold          wait before the transaction begins
 *     hold-open     wait before the transactional id is taken, as for brokers that do not answer
 */
#include "producer/kafka_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

struct sink *__real_kafka_sink_new(const struct kafka_sink_options *options, struct err *err);
struct sink *__wrap_kafka_sink_new(const struct kafka_sink_options *options, struct err *err);

#define HELD_SINK_MOST_MS 120000

struct held_sink {
	struct sink sink;
	struct sink *real;
	struct clock *clock;
};

static struct held_sink *held_sink_of(struct sink *sink)
{
	return (struct held_sink *)(void *)sink;
}

static void held_sink_path(char path[PATH_MAX], const char *name)
{
	const char *folder = getenv("WD_TRAP_DIR");
	snprintf(path, PATH_MAX, "%s/%s", folder ? folder : ".", name);
}

static void held_sink_wait(struct held_sink *held, const char *file)
{
	char hold[PATH_MAX], told[PATH_MAX];
	held_sink_path(hold, file);
	held_sink_path(told, "held");
	if (access(hold, F_OK) != 0)
		return;
	int fd = open(told, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
	for (int waited_ms = 0; access(hold, F_OK) == 0 && waited_ms < HELD_SINK_MOST_MS; waited_ms += 20)
		held->clock->sleep_us(held->clock, 20000);
	unlink(told);
}

static enum publish_result held_sink_open(struct sink *sink, struct sink_limits *limits, struct err *err)
{
	struct held_sink *held = held_sink_of(sink);
	held_sink_wait(held, "hold-open");
	return held->real->ops->open(held->real, limits, err);
}

static void held_sink_publish(struct sink *sink, struct publication *publication)
{
	struct held_sink *held = held_sink_of(sink);
	held_sink_wait(held, "hold");
	held->real->ops->publish(held->real, publication);
}

static enum publish_result held_sink_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	struct held_sink *held = held_sink_of(sink);
	return held->real->ops->renew(held->real, timeout_ms, err);
}

static void held_sink_close(struct sink *sink)
{
	struct held_sink *held = held_sink_of(sink);
	held->real->ops->close(held->real);
	free(held);
}

static const struct sink_ops held_sink_ops = {
        .open = held_sink_open,
        .publish = held_sink_publish,
        .renew = held_sink_renew,
        .close = held_sink_close,
};

struct sink *__wrap_kafka_sink_new(const struct kafka_sink_options *options, struct err *err)
{
	struct sink *real = __real_kafka_sink_new(options, err);
	if (!real)
		return NULL;
	struct held_sink *held = calloc(1, sizeof(*held));
	*held = (struct held_sink){.sink = {&held_sink_ops}, .real = real, .clock = options->clock};
	return &held->sink;
}
