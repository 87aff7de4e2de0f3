/*
 * A series is found by its labels as they will be written out. The lock guards the making of series and the lists;
 * values are relaxed atomics, so a scrape may see one counter of a batch and not yet the next.
 */
#include "pipeline/base/metrics.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/utf8.h"

#include <pthread.h>
#include <stdatomic.h>

#define METRICS_LABELS_MAX  3
#define METRICS_VALUE_MAX   200
#define METRICS_LABEL_BYTES 4096 /* all labels of a series, escaped */
#define METRICS_PLACES      (4 * METRICS_SERIES_MAX)

enum metrics_kind { METRICS_counter, METRICS_gauge, METRICS_histogram };

struct metrics_row {
	enum metrics_kind kind;
	const char *name, *help;
};

static const struct metrics_row metrics_rows[] = {
#define METRIC(id, kind, name, help) [METRIC_##id] = {METRICS_##kind, "wiredesk_" name, help},
#include "pipeline/base/metrics.def"
#undef METRIC
};

static const char *const metrics_kinds[] = {"counter", "gauge", "histogram"};

static const struct {
	int64_t us;
	const char *text;
} metrics_bounds[] = {
        {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},  {25000, "0.025"},
        {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},  {1000000, "1"},
        {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"}, {30000000, "30"}, {60000000, "60"},
};
#define METRICS_BOUNDS (sizeof(metrics_bounds) / sizeof(*metrics_bounds))

struct series {
	enum metric_id id;
	struct series *next;      /* of the same metric, in the order of making */
	_Atomic int64_t value;    /* counter, gauge; histogram: sum in microseconds */
	_Atomic int64_t *buckets; /* histogram: METRICS_BOUNDS + 1, each for itself */
	struct str labels;        /* a="b",c="d"; of malloc, in one piece with the series */
};

struct metrics {
	pthread_mutex_t lock;
	size_t n; /* series, those for overflow not counted */
	struct series *first[METRIC_COUNT], *last[METRIC_COUNT];
	struct series *overflow[METRIC_COUNT];
	struct series
	        *places[METRICS_PLACES]; /* open addressing by labels and metric; never more than a quarter full */
};

struct metrics *metrics_new(void)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));
	if (!metrics)
		check_panic("out of memory: no metrics");
	pthread_mutex_init(&metrics->lock, NULL);
	return metrics;
}

void metrics_free(struct metrics **metrics)
{
	struct metrics *ended = *metrics;
	*metrics = NULL;
	if (!ended)
		return;
	for (size_t id = 0; id < METRIC_COUNT; id++) {
		while (ended->first[id]) {
			struct series *series = ended->first[id];
			ended->first[id] = series->next;
			free(series->buckets);
			free(series);
		}
	}
	pthread_mutex_destroy(&ended->lock);
	free(ended);
}

/* --- making series -------------------------------------------------------------------------------------------- */

static struct series *metrics_make(struct metrics *metrics, enum metric_id id, struct str labels)
{
	struct series *series = calloc(1, sizeof(*series) + labels.n + 1);
	bool is_histogram = metrics_rows[id].kind == METRICS_histogram;
	_Atomic int64_t *buckets = is_histogram ? calloc(METRICS_BOUNDS + 1, sizeof(*buckets)) : NULL;
	if (!series || (is_histogram && !buckets))
		check_panic("out of memory: no series of metric '%s'", metrics_rows[id].name);
	char *text = (char *)(series + 1);
	memcpy(text, labels.p ? labels.p : "", labels.n);
	series->id = id;
	series->buckets = buckets;
	series->labels = str_make(text, labels.n);
	if (metrics->last[id])
		metrics->last[id]->next = series;
	else
		metrics->first[id] = series;
	metrics->last[id] = series;
	return series;
}

static struct series *metrics_overflow(struct metrics *metrics, enum metric_id id)
{
	if (!metrics->overflow[id])
		metrics->overflow[id] = metrics_make(metrics, id, STR("overflow=\"true\""));
	return metrics->overflow[id];
}

static struct series *metrics_find(struct metrics *metrics, enum metric_id id, struct str labels)
{
	CHECK(metrics->n <= METRICS_SERIES_MAX);
	size_t at = (digest_xxh64(labels) + (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15)) % METRICS_PLACES;
	for (; metrics->places[at]; at = (at + 1) % METRICS_PLACES) {
		struct series *series = metrics->places[at];
		if (series->id == id && str_eq(series->labels, labels))
			return series;
	}
	if (metrics->n == METRICS_SERIES_MAX)
		return metrics_overflow(metrics, id);
	metrics->n++;
	return metrics->places[at] = metrics_make(metrics, id, labels);
}

static void metrics_escape(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n') {
			buf_str(out, STR("\\n"));
			continue;
		}
		if (text.p[i] == '\\' || text.p[i] == '"')
			buf_putc(out, '\\');
		buf_putc(out, text.p[i]);
	}
}

static void metrics_label(struct buf *out, const char *key, struct str value)
{
	value = str_slice(value, 0, METRICS_VALUE_MAX);
	buf_printf(out, "%s%s=\"", out->n ? "," : "", key);
	while (value.n) {
		size_t good = utf8_valid_length(value);
		metrics_escape(out, str_slice(value, 0, good));
		value = str_slice(value, good, value.n);
		if (value.n)
			buf_str(out, STR("\xef\xbf\xbd"));
		value = str_slice(value, 1, value.n);
	}
	buf_putc(out, '"');
}

struct series *metrics_series(struct metrics *metrics, enum metric_id id, const char *key1, struct str value1,
                              const char *key2, struct str value2, const char *key3, struct str value3)
{
	CHECK(id < METRIC_COUNT);
	const char *keys[METRICS_LABELS_MAX] = {key1, key2, key3};
	const struct str values[METRICS_LABELS_MAX] = {value1, value2, value3};
	struct buf labels;
	buf_init(&labels, METRICS_LABEL_BYTES);
	for (size_t i = 0; i < METRICS_LABELS_MAX && keys[i]; i++)
		metrics_label(&labels, keys[i], values[i]);
	CHECK(!labels.overflow);
	pthread_mutex_lock(&metrics->lock);
	struct series *series = metrics_find(metrics, id, buf_view(&labels));
	pthread_mutex_unlock(&metrics->lock);
	buf_free(&labels);
	return series;
}

struct series *metrics_plain(struct metrics *metrics, enum metric_id id)
{
	return metrics_labelled(metrics, id, NULL, STR(""));
}

struct series *metrics_labelled(struct metrics *metrics, enum metric_id id, const char *key, struct str value)
{
	return metrics_series(metrics, id, key, value, NULL, STR(""), NULL, STR(""));
}

/* --- counting ------------------------------------------------------------------------------------------------- */

void series_add(struct series *series, int64_t n)
{
	enum metrics_kind kind = metrics_rows[series->id].kind;
	CHECK(kind != METRICS_histogram && (n >= 0 || kind == METRICS_gauge));
	atomic_fetch_add_explicit(&series->value, n, memory_order_relaxed);
}

void series_set(struct series *series, int64_t n)
{
	CHECK(metrics_rows[series->id].kind == METRICS_gauge);
	atomic_store_explicit(&series->value, n, memory_order_relaxed);
}

void series_observe_us(struct series *series, int64_t us)
{
	CHECK(series->buckets);
	size_t i = 0;
	while (i < METRICS_BOUNDS && us > metrics_bounds[i].us)
		i++;
	atomic_fetch_add_explicit(&series->buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&series->value, us > 0 ? us : 0, memory_order_relaxed);
}

static int64_t series_read(const _Atomic int64_t *value)
{
	return atomic_load_explicit(value, memory_order_relaxed);
}

int64_t series_value(const struct series *series)
{
	if (!series->buckets)
		return series_read(&series->value);
	int64_t count = 0;
	for (size_t i = 0; i <= METRICS_BOUNDS; i++)
		count += series_read(&series->buckets[i]);
	return count;
}

/* --- writing -------------------------------------------------------------------------------------------------- */

static void metrics_seconds(struct buf *out, int64_t us)
{
	buf_int(out, us / 1000000);
	int fraction = (int)(us % 1000000);
	if (fraction)
		buf_printf(out, ".%06d", fraction);
}

/* name{labels,le="bound"} and a space; `bound` may be NULL. */
static void metrics_sample(struct buf *out, const struct series *series, const char *suffix, const char *bound)
{
	buf_printf(out, "%s%s", metrics_rows[series->id].name, suffix);
	if (series->labels.n || bound)
		buf_putc(out, '{');
	buf_str(out, series->labels);
	if (bound)
		buf_printf(out, "%sle=\"%s\"", series->labels.n ? "," : "", bound);
	if (series->labels.n || bound)
		buf_putc(out, '}');
	buf_putc(out, ' ');
}

/* The count is summed up here, so that it equals the last bucket whatever other threads add meanwhile. */
static void metrics_write_histogram(struct buf *out, const struct series *series)
{
	int64_t count = 0;
	for (size_t i = 0; i <= METRICS_BOUNDS; i++) {
		count += series_read(&series->buckets[i]);
		metrics_sample(out, series, "_bucket", i < METRICS_BOUNDS ? metrics_bounds[i].text : "+Inf");
		buf_int(out, count);
		buf_putc(out, '\n');
	}
	metrics_sample(out, series, "_sum", NULL);
	metrics_seconds(out, series_read(&series->value));
	buf_putc(out, '\n');
	metrics_sample(out, series, "_count", NULL);
	buf_int(out, count);
	buf_putc(out, '\n');
}

static void metrics_write_number(struct buf *out, const struct series *series)
{
	metrics_sample(out, series, "", NULL);
	if (str_ends(str_of(metrics_rows[series->id].name), STR("_seconds_total")))
		metrics_seconds(out, series_read(&series->value));
	else
		buf_int(out, series_read(&series->value));
	buf_putc(out, '\n');
}

static void metrics_write_row(struct buf *out, const struct metrics_row *row, const struct series *series)
{
	if (!series)
		return;
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, metrics_kinds[row->kind]);
	for (; series; series = series->next) {
		if (row->kind == METRICS_histogram)
			metrics_write_histogram(out, series);
		else
			metrics_write_number(out, series);
	}
}

void metrics_write(struct metrics *metrics, struct buf *out)
{
	pthread_mutex_lock(&metrics->lock);
	for (size_t id = 0; id < METRIC_COUNT; id++)
		metrics_write_row(out, &metrics_rows[id], metrics->first[id]);
	pthread_mutex_unlock(&metrics->lock);
}
