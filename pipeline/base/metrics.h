/*
 * Counters, gauges and histograms, written out in Prometheus' text format 0.0.4.
 *
 * Metrics are rows of metrics.def; a series is a metric with its labels. Series are made at start or at the first use
 * and live as long as the registry; at most METRICS_SERIES_MAX, after which one shared series a metric, with the label
 * overflow="true", takes the rest. Making a series takes a lock; adding to one is a relaxed atomic. Any thread.
 */
#ifndef WIREDESK_METRICS_H
#define WIREDESK_METRICS_H

#include "pipeline/base/buf.h"

#include <stdint.h>

#define METRICS_SERIES_MAX 4096

enum metric_id {
#define METRIC(id, kind, name, help) METRIC_##id,
#include "pipeline/base/metrics.def"
#undef METRIC
	METRIC_COUNT
};

struct metrics;
struct series;

struct metrics *metrics_new(void);
void metrics_free(struct metrics **metrics);

/*
 * The series of a metric with up to three labels (key and value alternately; NULL ends them). The same metric and
 * labels give the same series, which callers keep: looking it up costs a lock. Values are cut at 200 bytes, made valid
 * UTF-8 and escaped here; keys are literals of ours.
 */
struct series *metrics_series(struct metrics *metrics, enum metric_id id, const char *key1, struct str value1,
                              const char *key2, struct str value2, const char *key3, struct str value3);
struct series *metrics_plain(struct metrics *metrics, enum metric_id id);
struct series *metrics_labelled(struct metrics *metrics, enum metric_id id, const char *key, struct str value);

/*
 * Counters (n not negative): whole numbers, or microseconds for those whose name ends in _seconds_total. And gauges, up
 * and down.
 */
void series_add(struct series *series, int64_t n);
/* Gauges. */
void series_set(struct series *series, int64_t n);
/* Histograms of seconds: bounds .001 .0025 .005 .01 .025 .05 .1 .25 .5 1 2.5 5 10 30 60. */
void series_observe_us(struct series *series, int64_t us);
/* What stands in it: a counter's or gauge's number, a histogram's count. */
int64_t series_value(const struct series *series);

/* The whole registry in exposition format, metrics in the order of metrics.def. */
void metrics_write(struct metrics *metrics, struct buf *out);

#endif
