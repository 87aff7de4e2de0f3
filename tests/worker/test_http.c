#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "worker/http.h"
#include "worker/http_client.h"

#include <errno.h>
#include <microhttpd.h>
#include <sys/time.h>

/* Time that stands where it is put. */
struct still_clock {
	struct clock clock;
	int64_t now_us;
};

static int64_t still_mono_us(struct clock *clock)
{
	return ((struct still_clock *)clock)->now_us;
}

struct fixture {
	struct still_clock clock;
	_Atomic(const char *) unready;
	struct partition_status partitions[3];
	size_t n_partitions;
	int n_refreshed;
	struct metrics *metrics;
	struct http *http;
	struct http_address address;
	struct buf body;
	struct err err;
};

static const char *fixture_unready(void *arg)
{
	return ((struct fixture *)arg)->unready;
}

static size_t fixture_partitions(void *arg, struct partition_status *out, size_t room)
{
	struct fixture *f = arg;
	assert_true(room >= f->n_partitions);
	memcpy(out, f->partitions, f->n_partitions * sizeof *out);
	return f->n_partitions;
}

static void fixture_refresh(void *arg)
{
	((struct fixture *)arg)->n_refreshed++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->unready = "it sleeps";
	f->clock = (struct still_clock){.clock.mono_us = still_mono_us, .now_us = 1000000000};
	f->metrics = metrics_new();
	buf_init(&f->body, 100000);
	struct http_setup with = {.listen = STR("127.0.0.1:0"),
	                          .stuck_ms = 60000,
	                          .metrics = f->metrics,
	                          .clock = &f->clock.clock,
	                          .refresh = fixture_refresh,
	                          .unready = fixture_unready,
	                          .partitions = fixture_partitions,
	                          .arg = f};
	f->http = http_open(&with, &f->err);
	if (!f->http)
		return -1;
	char text[40];
	snprintf(text, sizeof text, "127.0.0.1:%d", http_port(f->http));
	*state = f;
	return http_parse_address(str_of(text), &f->address, &f->err) ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	http_close(&f->http);
	metrics_free(&f->metrics);
	buf_free(&f->body);
	free(f);
	return 0;
}

static int get(struct fixture *f, const char *path)
{
	buf_clear(&f->body);
	int code = http_get(&f->address, path, 5000, &f->body, &f->err);
	buf_putc(&f->body, 0);
	return code;
}

/* Sends bytes as they are; the answer stands in body. */
static void talk(struct fixture *f, const char *request)
{
	buf_clear(&f->body);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&f->address.at, f->address.n), 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	char bytes[1000];
	ssize_t n;
	while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
		buf_put(&f->body, bytes, (size_t)n);
	close(fd);
	buf_putc(&f->body, 0);
}

static void is_ready_when_the_loop_is(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(get(f, "/readyz"), 503);
	assert_string_equal(f->body.p, "not ready: it sleeps\n");
	f->unready = NULL;
	assert_int_equal(get(f, "/readyz"), 200);
	assert_string_equal(f->body.p, "ready\n");
}

static void names_the_partition_that_is_stuck(void **state)
{
	struct fixture *f = *state;
	f->n_partitions = 3;
	/* now is 1,000,000 ms */
	f->partitions[0] = (struct partition_status){"wire.raw", 0, 17, true, 0};
	f->partitions[1] = (struct partition_status){"wire.raw", 1, 18, false, 940000};
	f->partitions[2] = (struct partition_status){"wire.raw", 2, 19, false, 939999};
	assert_int_equal(get(f, "/livez"), 503);
	assert_string_equal(f->body.p, "stuck: wire.raw/2 at offset 19, no progress for 60 s\n");
	f->partitions[2].at_end = true;
	assert_int_equal(get(f, "/livez"), 200);
	assert_string_equal(f->body.p, "alive, 3 partitions assigned\n");
}

static void writes_metrics_after_refreshing_them(void **state)
{
	struct fixture *f = *state;
	series_set(metrics_plain(f->metrics, METRIC_READY), 1);
	assert_int_equal(get(f, "/metrics"), 200);
	assert_has(f->body.p, "wiredesk_ready 1\n");
	assert_int_equal(f->n_refreshed, 1);
	talk(f, "GET /metrics HTTP/1.0\r\n\r\n");
	assert_has(f->body.p, "Content-Type: text/plain; version=0.0.4");
}

static void answers_head_without_a_body(void **state)
{
	struct fixture *f = *state;
	talk(f, "HEAD /livez HTTP/1.0\r\n\r\n");
	assert_has(f->body.p, "200 OK");
	assert_null(strstr(f->body.p, "alive"));
}

static void refuses_everything_else(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(get(f, "/etc/passwd"), 404);
	talk(f, "DELETE /livez HTTP/1.0\r\n\r\n");
	assert_has(f->body.p, "405");
	assert_has(f->body.p, "Allow: GET, HEAD");
	talk(f, "POST /livez HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
	assert_null(strstr(f->body.p, "200"));
	talk(f, "GET /livez HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
	assert_null(strstr(f->body.p, "200"));
	talk(f, "nonsense\r\n\r\n");
	assert_null(strstr(f->body.p, "200"));
	/* and it still answers */
	assert_int_equal(get(f, "/livez"), 200);
}

/* Closed by the other side, and not only because the connection was silent for too long (10 s). */
static bool is_closed(int fd)
{
	char byte;
	struct timeval limit = {.tv_sec = 2};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return recv(fd, &byte, 1, 0) == 0 || errno == ECONNRESET;
}

static void bounds_the_connections_of_one_address(void **state)
{
	struct fixture *f = *state;
	int fds[40];
	for (int i = 0; i < 40; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(connect(fds[i], (struct sockaddr *)&f->address.at, f->address.n), 0);
	}
	/* Those over the bound are closed by the other side at once; the others stay open and say nothing. */
	int n_closed = 0;
	for (int i = 39; i >= 16; i--)
		n_closed += is_closed(fds[i]);
	assert_int_equal(n_closed, 24);
	for (int i = 0; i < 40; i++)
		close(fds[i]);
}

static void says_why_it_cannot_listen(void **state)
{
	struct fixture *f = *state;
	char text[40];
	snprintf(text, sizeof text, "127.0.0.1:%d", http_port(f->http));
	struct http_setup with = {.listen = str_of(text), .stuck_ms = 1, .clock = &f->clock.clock};
	assert_null(http_open(&with, &f->err));
	assert_has(f->err.words, "Address already in use; set http.listen");
}

static void reads_addresses(void **state)
{
	(void)state;
	struct http_address address;
	assert_true(http_parse_address(STR("0.0.0.0:9464"), &address, NULL));
	assert_true(http_parse_address(STR("[::1]:0"), &address, NULL));
	assert_int_equal(address.at.ss_family, AF_INET6);
	static const char *const bad[] = {"",
	                                  ":80",
	                                  "127.0.0.1",
	                                  "127.0.0.1:",
	                                  "127.0.0.1:65536",
	                                  "::1:80",
	                                  "localhost:80",
	                                  "[127.0.0.1]:80",
	                                  "127.0.0.1:-1",
	                                  "[::1]:8x",
	                                  "127.0.0.1:+80"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err err = {0};
		assert_false(http_parse_address(str_of(bad[i]), &address, &err));
		assert_true(err_is_set(&err));
	}
}

static void the_client_says_that_nobody_answers(void **state)
{
	struct fixture *f = *state;
	http_close(&f->http);
	assert_int_equal(get(f, "/readyz"), -1);
	assert_has(f->err.words, "Connection refused");
}

int main(void)
{
	log_setup(LOG_SILENT, LOG_TEXT);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	        TEST(is_ready_when_the_loop_is),
	        TEST(names_the_partition_that_is_stuck),
	        TEST(writes_metrics_after_refreshing_them),
	        TEST(answers_head_without_a_body),
	        TEST(refuses_everything_else),
	        TEST(bounds_the_connections_of_one_address),
	        TEST(says_why_it_cannot_listen),
	        cmocka_unit_test(reads_addresses),
	        TEST(the_client_says_that_nobody_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
