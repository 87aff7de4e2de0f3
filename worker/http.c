/*
 * Metrics and health over HTTP. libmicrohttpd polls on one thread of its own; every answer is made there from atomics,
 * a copy of the partitions' state, and the metrics' registry, so a slow reader never holds up the loop.
 */
#include "worker/http.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "worker/http_client.h"

#include <errno.h>
#include <microhttpd.h>

#define HTTP_CONNECTIONS_MAX 32
#define HTTP_PER_ADDRESS_MAX 16
#define HTTP_TIMEOUT_S       10
#define HTTP_MEMORY_BYTES    (16 * 1024) /* a connection: request line, headers, answer's headers */
#define HTTP_BODY_MAX        (8 * 1024 * 1024)
#define HTTP_PARTITIONS_MAX  10000
#define HTTP_STUCK_NAMED_MAX 20 /* partitions that /livez names */

struct http {
	struct http_setup setup;
	struct MHD_Daemon *daemon;
	struct partition_status *partitions; /* HTTP_PARTITIONS_MAX; http's thread */
	uint16_t port;
};

/* --- answers ------------------------------------------------------------------------------------------------------ */

static size_t http_partitions(struct http *h)
{
	size_t n = h->setup.partitions ? h->setup.partitions(h->setup.arg, h->partitions, HTTP_PARTITIONS_MAX) : 0;
	return n < HTTP_PARTITIONS_MAX ? n : HTTP_PARTITIONS_MAX;
}

static unsigned http_livez(struct http *h, struct buf *body)
{
	size_t n = http_partitions(h), n_stuck = 0;
	int64_t now_ms = clock_mono_ms(h->setup.clock);
	for (size_t i = 0; i < n; i++) {
		const struct partition_status *p = &h->partitions[i];
		if (p->at_end || now_ms - p->last_progress_ms <= h->setup.stuck_ms)
			continue;
		if (n_stuck++ < HTTP_STUCK_NAMED_MAX)
			buf_printf(body, "stuck: %s/%d at offset %lld, no progress for %lld s\n", p->topic,
			           p->partition, (long long)p->next,
			           (long long)((now_ms - p->last_progress_ms) / 1000));
	}
	if (n_stuck > HTTP_STUCK_NAMED_MAX)
		buf_printf(body, "stuck: and %zu more\n", n_stuck - HTTP_STUCK_NAMED_MAX);
	if (n_stuck == 0)
		buf_printf(body, "alive, %zu partitions assigned\n", n);
	return n_stuck ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
}

static unsigned http_readyz(struct http *h, struct buf *body)
{
	const char *unready = h->setup.unready ? h->setup.unready(h->setup.arg) : "it starts";
	if (unready)
		buf_printf(body, "not ready: %s\n", unready);
	else
		buf_str(body, STR("ready\n"));
	return unready ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
}

static unsigned http_metrics(struct http *h, struct buf *body)
{
	if (h->setup.refresh)
		h->setup.refresh(h->setup.arg);
	if (h->setup.metrics)
		metrics_write(h->setup.metrics, body);
	return MHD_HTTP_OK;
}

static unsigned http_index(struct http *h, struct buf *body)
{
	(void)h;
	buf_str(body, STR("wiredesk: /metrics /livez /readyz\n"));
	return MHD_HTTP_OK;
}

static const struct http_page {
	const char *path;
	const char *type;
	unsigned (*write)(struct http *h, struct buf *body);
} http_pages[] = {
        {"/", "text/plain; charset=utf-8", http_index},
        {"/metrics", "text/plain; version=0.0.4; charset=utf-8", http_metrics},
        {"/livez", "text/plain; charset=utf-8", http_livez},
        {"/readyz", "text/plain; charset=utf-8", http_readyz},
};

static enum MHD_Result http_send(struct MHD_Connection *connection, unsigned code, const char *type,
                                 const struct buf *body)
{
	/* The library copies the body, and leaves it out for HEAD. */
	struct MHD_Response *response = MHD_create_response_from_buffer(
	        body->n, body->p ? body->p : (void *)(uintptr_t) "", MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	enum MHD_Result result = MHD_queue_response(connection, code, response);
	MHD_destroy_response(response);
	return result;
}

static unsigned http_write(struct http *h, const char *path, const char *method, struct buf *body, const char **type)
{
	*type = "text/plain; charset=utf-8";
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		buf_str(body, STR("GET and HEAD only\n"));
		return MHD_HTTP_METHOD_NOT_ALLOWED;
	}
	for (size_t i = 0; i < sizeof http_pages / sizeof http_pages[0]; i++)
		if (strcmp(path, http_pages[i].path) == 0) {
			*type = http_pages[i].type;
			return http_pages[i].write(h, body);
		}
	buf_str(body, STR("no such page; there are /metrics, /livez and /readyz\n"));
	return MHD_HTTP_NOT_FOUND;
}

static enum MHD_Result http_answer(void *arg, struct MHD_Connection *connection, const char *path, const char *method,
                                   const char *version, const char *upload, size_t *upload_bytes, void **state)
{
	(void)version;
	(void)upload;
	/* A body that somebody sends is not read: the connection ends. */
	if (*upload_bytes)
		return MHD_NO;
	/* The first call comes before the headers are complete to the library; the answer is due at the second. */
	static char seen;
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	struct buf body;
	const char *type;
	buf_init(&body, HTTP_BODY_MAX);
	unsigned code = http_write(arg, path, method, &body, &type);
	enum MHD_Result result =
	        http_send(connection, body.overflow ? MHD_HTTP_INTERNAL_SERVER_ERROR : code, type, &body);
	buf_free(&body);
	return result;
}

/* The library's own complaints are about clients; they are worth a line only to someone who looks for them. */
static void http_log(void *arg, const char *format, va_list args)
{
	(void)arg;
	char words[200];
	vsnprintf(words, sizeof words, format, args);
	words[strcspn(words, "\n")] = 0;
	log_debug("HTTP", "from the http library", LOG_CSTR("words", words));
}

/* --- open and close ----------------------------------------------------------------------------------------------- */

static int http_listen(const struct http_address *address, struct err *err)
{
	int yes = 1;
	int fd = socket(address->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err_set(err, "cannot make a socket: %s", strerror(errno));
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (const struct sockaddr *)&address->at, address->n) == 0 && listen(fd, HTTP_CONNECTIONS_MAX) == 0)
		return fd;
	err_set(err, "%s", strerror(errno));
	close(fd);
	return -1;
}

static uint16_t http_port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof at;
	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return 0;
	if (at.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)(void *)&at)->sin6_port);
	return ntohs(((struct sockaddr_in *)(void *)&at)->sin_port);
}

static bool http_start(struct http *h, int fd, struct err *err)
{
	h->port = http_port_of(fd);
	h->daemon = MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, http_answer, h,
	                             MHD_OPTION_EXTERNAL_LOGGER, http_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
	                             MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX,
	                             MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)HTTP_PER_ADDRESS_MAX,
	                             MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_TIMEOUT_S,
	                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY_BYTES, MHD_OPTION_END);
	return h->daemon || err_set(err, "libmicrohttpd refuses to start");
}

struct http *http_open(const struct http_setup *setup, struct err *err)
{
	CHECK(setup->clock && setup->stuck_ms > 0);
	struct http_address address;
	if (!http_parse_address(setup->listen, &address, err))
		return NULL;
	struct err why = {0};
	int fd = http_listen(&address, &why);
	struct http *h = fd < 0 ? NULL : calloc(1, sizeof *h);
	if (h) {
		h->setup = *setup;
		h->partitions = calloc(HTTP_PARTITIONS_MAX, sizeof *h->partitions);
		CHECK(h->partitions);
		if (http_start(h, fd, &why))
			return h;
		close(fd);
		http_close(&h);
	}
	err_set(err, "cannot listen on '%.*s': %s; set http.listen to another address, or http.enabled to false",
	        STR_ARG(setup->listen), why.words);
	return NULL;
}

void http_close(struct http **http)
{
	struct http *h = *http;
	*http = NULL;
	if (!h)
		return;
	if (h->daemon)
		MHD_stop_daemon(h->daemon); /* closes the socket too */
	free(h->partitions);
	free(h);
}

uint16_t http_port(const struct http *http)
{
	return http->port;
}
