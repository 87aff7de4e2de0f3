/*
 * Shows what stands in the output topics, for a person: articles and duplicates with language and verdict, dead letters
 * with their reason. A helper of the demo, which must not need anything but what was just built.
 *
 *     show-records BROKERS ARTICLES DUPLICATES DEAD_LETTERS
 *
 * Reads each topic from its beginning to its end, what is committed only. Limitations: the first ROWS_MAX records of a
 * topic; columns are cut to a terminal's width by what the C library knows of characters.
 */
#include <cjson/cJSON.h>
#include <librdkafka/rdkafka.h>

#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define TOPICS         3
#define ROWS_MAX       1000
#define TIMEOUT_MS     10000
#define HEADLINE_WIDTH 64

struct row {
	int partition, part;
	int64_t offset;
	char columns[4][400];
};

struct table {
	const char *what, *topic;
	bool of_dead_letters;
	const char *heads[4];
	int widths[4]; /* 0: as wide as it is */
	struct row rows[ROWS_MAX];
	size_t n, more;
};

__attribute__((format(printf, 1, 2), noreturn)) static void show_records_die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("show-records: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(4);
}

/* --- printing ---------------------------------------------------------------------------------------------------- */

/* Prints text cut to, and filled up to, so many columns of a terminal. */
static void show_records_cell(const char *text, int width)
{
	mbstate_t state = {0};
	int used = 0;
	while (*text) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, MB_CUR_MAX, &state);
		if (n == 0 || n == (size_t)-1 || n == (size_t)-2)
			break;
		int columns = wcwidth(c);
		if (columns < 0)
			break;
		/* The last column is for the sign that there is more. */
		if (width && used + columns > width - (text[n] ? 1 : 0)) {
			fputs("…", stdout);
			used++;
			break;
		}
		fwrite(text, 1, n, stdout);
		used += columns;
		text += n;
	}
	for (; used < width; used++)
		putchar(' ');
}

static int show_records_compare(const void *one, const void *other)
{
	const struct row *a = one, *b = other;
	if (a->partition != b->partition)
		return a->partition < b->partition ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->part < b->part ? -1 : a->part > b->part;
}

static void show_records_print(struct table *table)
{
	size_t n = table->n + table->more;
	printf("\n%zu %s%s in topic '%s'\n", n, table->what, n == 1 ? "" : "s", table->topic);
	if (!table->n)
		return;
	qsort(table->rows, table->n, sizeof(table->rows[0]), show_records_compare);
	printf("    %-9s", "message");
	for (int i = 0; i < 4; i++) {
		putchar(' ');
		show_records_cell(table->heads[i], table->widths[i]);
	}
	putchar('\n');
	for (size_t r = 0; r < table->n; r++) {
		const struct row *row = &table->rows[r];
		char from[64];
		if (row->part >= 0)
			snprintf(from, sizeof(from), "%d/%lld.%d", row->partition, (long long)row->offset, row->part);
		else
			snprintf(from, sizeof(from), "%d/%lld", row->partition, (long long)row->offset);
		printf("    %-9s", from);
		for (int i = 0; i < 4; i++) {
			putchar(' ');
			show_records_cell(row->columns[i], table->widths[i]);
		}
		putchar('\n');
	}
	if (table->more)
		printf("    and %zu more\n", table->more);
}

/* --- records to rows --------------------------------------------------------------------------------------------- */

/* "cluster/topic/partition/offset" with or without "/part". */
static void show_records_place(struct row *row, const char *id, bool with_part)
{
	char copy[256];
	snprintf(copy, sizeof(copy), "%s", id);
	row->part = -1;
	char *slash = strrchr(copy, '/');
	if (slash && with_part) {
		row->part = (int)strtol(slash + 1, NULL, 10);
		*slash = 0;
		slash = strrchr(copy, '/');
	}
	if (!slash)
		return;
	row->offset = strtoll(slash + 1, NULL, 10);
	*slash = 0;
	slash = strrchr(copy, '/');
	row->partition = slash ? (int)strtol(slash + 1, NULL, 10) : 0;
}

static const char *show_records_text(const cJSON *object, const char *key)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
	return text ? text : "";
}

static void show_records_article(struct row *row, const rd_kafka_message_t *msg)
{
	cJSON *record = cJSON_ParseWithLength(msg->payload, msg->len);
	if (!record)
		show_records_die("a record of topic '%s' is not JSON", rd_kafka_topic_name(msg->rkt));
	const cJSON *own = cJSON_GetObjectItemCaseSensitive(record, "wiredesk");
	const cJSON *dedup = cJSON_GetObjectItemCaseSensitive(own, "dedup");
	const cJSON *of = cJSON_GetObjectItemCaseSensitive(dedup, "of");
	const cJSON *headline = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(record, "headlines"), 0);
	show_records_place(row, show_records_text(own, "id"), true);
	snprintf(row->columns[0], sizeof(row->columns[0]), "%s", show_records_text(record, "language"));
	snprintf(row->columns[1], sizeof(row->columns[1]), "%s", show_records_text(dedup, "verdict"));
	snprintf(row->columns[3], sizeof(row->columns[3]), "%s", show_records_text(headline, "value"));
	if (cJSON_IsObject(of)) {
		struct row original = {0};
		show_records_place(&original, show_records_text(of, "id"), true);
		snprintf(row->columns[2], sizeof(row->columns[2]), "%d/%lld.%d", original.partition,
		         (long long)original.offset, original.part);
	}
	cJSON_Delete(record);
}

static void show_records_header(const rd_kafka_headers_t *headers, size_t index, const char *name, char *out,
                                size_t room)
{
	const void *value;
	size_t n;
	if (!rd_kafka_header_get(headers, index, name, &value, &n) && value)
		snprintf(out, room, "%.*s", (int)n, (const char *)value);
}

/* The sets of a dead letter: one a dead part, or one without a part for the whole message. */
static size_t show_records_dead(struct row *rows, size_t room, const rd_kafka_message_t *msg)
{
	static const char *const names[] = {"wiredesk-stage", "wiredesk-reason", "wiredesk-error"};
	rd_kafka_headers_t *headers;
	if (rd_kafka_message_headers(msg, &headers))
		show_records_die("a dead letter of topic '%s' has no headers", rd_kafka_topic_name(msg->rkt));
	char origin[256] = "";
	show_records_header(headers, 0, "wiredesk-origin", origin, sizeof(origin));
	size_t n = 0;
	const void *ignored;
	size_t ignored_n;
	for (; n < room && !rd_kafka_header_get(headers, n, "wiredesk-reason", &ignored, &ignored_n); n++) {
		char part[16] = "";
		show_records_place(&rows[n], origin, false);
		show_records_header(headers, n, "wiredesk-part", part, sizeof(part));
		if (part[0])
			rows[n].part = (int)strtol(part, NULL, 10);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			show_records_header(headers, n, names[i], rows[n].columns[i], sizeof(rows[n].columns[i]));
	}
	return n;
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

static rd_kafka_t *show_records_open(const char *brokers)
{
	const char *pairs[] = {"bootstrap.servers",
	                       brokers,
	                       "group.id",
	                       "show-records",
	                       "isolation.level",
	                       "read_committed",
	                       "enable.auto.commit",
	                       "false",
	                       "enable.partition.eof",
	                       "true",
	                       "auto.offset.reset",
	                       "earliest",
	                       "log_level",
	                       "3",
	                       NULL};
	char words[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	for (const char **pair = pairs; *pair; pair += 2)
		if (rd_kafka_conf_set(conf, pair[0], pair[1], words, sizeof(words)) != RD_KAFKA_CONF_OK)
			show_records_die("%s", words);
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, words, sizeof(words));
	if (!client)
		show_records_die("%s", words);
	return client;
}

/* Adds all partitions of a topic, from their beginnings. */
static void show_records_add(rd_kafka_t *client, const char *topic, rd_kafka_topic_partition_list_t *all)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
	rd_kafka_resp_err_t error = rd_kafka_metadata(client, 0, handle, &metadata, TIMEOUT_MS);
	if (!error)
		error = metadata->topics[0].err;
	if (error)
		show_records_die("cannot ask about topic '%s': %s", topic, rd_kafka_err2str(error));
	for (int32_t i = 0; i < metadata->topics[0].partition_cnt; i++)
		rd_kafka_topic_partition_list_add(all, topic, i)->offset = 0;
	rd_kafka_metadata_destroy(metadata);
	rd_kafka_topic_destroy(handle);
}

static void show_records_take(struct table *table, const rd_kafka_message_t *msg)
{
	if (table->n == ROWS_MAX)
		table->more++;
	else if (table->of_dead_letters)
		table->n += show_records_dead(&table->rows[table->n], ROWS_MAX - table->n, msg);
	else
		show_records_article(&table->rows[table->n++], msg);
}

/* All topics at once: each new assignment costs librdkafka a second. */
static void show_records_read(rd_kafka_t *client, struct table *tables)
{
	rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(TOPICS);
	for (int i = 0; i < TOPICS; i++)
		show_records_add(client, tables[i].topic, all);
	rd_kafka_assign(client, all);
	for (int left = all->cnt; left > 0;) {
		rd_kafka_message_t *msg = rd_kafka_consumer_poll(client, TIMEOUT_MS);
		if (!msg)
			show_records_die("the topics do not come to their ends");
		if (msg->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
			left--;
		else if (msg->err)
			show_records_die("cannot read: %s", rd_kafka_message_errstr(msg));
		else
			for (int i = 0; i < TOPICS; i++)
				if (strcmp(tables[i].topic, rd_kafka_topic_name(msg->rkt)) == 0)
					show_records_take(&tables[i], msg);
		rd_kafka_message_destroy(msg);
	}
	rd_kafka_topic_partition_list_destroy(all);
}

int main(int argc, char **argv)
{
	if (argc != 2 + TOPICS)
		show_records_die("usage: show-records BROKERS ARTICLES DUPLICATES DEAD_LETTERS");
	static struct table tables[TOPICS] = {
	        {.what = "article",
	         .heads = {"lang", "verdict", "of", "headline"},
	         .widths = {5, 10, 7, HEADLINE_WIDTH}},
	        {.what = "duplicate",
	         .heads = {"lang", "verdict", "of", "headline"},
	         .widths = {5, 10, 7, HEADLINE_WIDTH}},
	        {.what = "dead letter",
	         .heads = {"stage", "reason", "why", ""},
	         .widths = {9, 14, 0, 0},
	         .of_dead_letters = true},
	};
	for (int i = 0; i < TOPICS; i++)
		tables[i].topic = argv[2 + i];
	setlocale(LC_ALL, "C.UTF-8");
	rd_kafka_t *client = show_records_open(argv[1]);
	show_records_read(client, tables);
	for (int i = 0; i < TOPICS; i++)
		show_records_print(&tables[i]);
	rd_kafka_consumer_close(client);
	rd_kafka_destroy(client);
	return 0;
}
