/*
 * A client of one request: connects, asks, reads to the end. Every wait is bounded.
 */
#include "worker/http_client.h"

#include "pipeline/base/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>

#define HTTP_GET_MAX (1024 * 1024) /* metrics, too */

/* --- addresses ---------------------------------------------------------------------------------------------------- */

static bool http_parse_port(struct str text, uint16_t *port)
{
	int64_t n;
	if (text.n > 5 || !options_parse_int(text, &n) || n < 0 || n > 65535)
		return false;
	*port = (uint16_t)n;
	return true;
}

bool http_parse_address(struct str text, struct http_address *out, struct err *err)
{
	size_t colon = text.n;
	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	char host[INET6_ADDRSTRLEN + 2];
	uint16_t port;
	struct str name = str_slice(text, 0, colon ? colon - 1 : 0);
	bool is_six = name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
	if (is_six)
		name = str_slice(name, 1, name.n - 1);
	if (colon == 0 || name.n >= sizeof host || !http_parse_port(str_slice(text, colon, text.n), &port))
		return err_set(err, "'%.*s' is no address and port, such as 127.0.0.1:9464 or [::1]:9464",
		               STR_ARG(str_slice(text, 0, 100)));
	memcpy(host, name.p ? name.p : "", name.n);
	host[name.n] = 0;
	*out = (struct http_address){0};
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)&out->at;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&out->at;
	if (!is_six && inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
		out->n = sizeof *four;
		return true;
	}
	if (is_six && inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		out->n = sizeof *six;
		return true;
	}
	return err_set(err, "'%s' is no address; write it in numbers, such as 127.0.0.1 or [::1]", host);
}

void http_write_address(const struct http_address *address, char *out, size_t room)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)&address->at;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)&address->at;
	char host[INET6_ADDRSTRLEN] = "";
	if (address->at.ss_family == AF_INET) {
		inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
		snprintf(out, room, "%s:%u", host, ntohs(four->sin_port));
	} else {
		inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
		snprintf(out, room, "[%s]:%u", host, ntohs(six->sin6_port));
	}
}

/* --- the small client --------------------------------------------------------------------------------------------- */

static bool http_wait(int fd, short events, int timeout_ms, struct err *err)
{
	struct pollfd p = {.fd = fd, .events = events};
	int n;
	while ((n = poll(&p, 1, timeout_ms)) < 0 && errno == EINTR)
		;
	if (n > 0)
		return true;
	return err_set(err, n == 0 ? "no answer within %d ms" : "cannot wait", timeout_ms);
}

static bool http_connect(int fd, const struct http_address *address, int timeout_ms, struct err *err)
{
	int fault = 0;
	socklen_t n = sizeof fault;
	if (connect(fd, (const struct sockaddr *)&address->at, address->n) == 0)
		return true;
	if (errno != EINPROGRESS)
		return err_set(err, "%s", strerror(errno));
	if (!http_wait(fd, POLLOUT, timeout_ms, err))
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &n) == 0 && fault == 0)
		return true;
	return err_set(err, "%s", strerror(fault));
}

/* Everything up to the end of the connection. */
static bool http_receive(int fd, int timeout_ms, struct buf *answer, struct err *err)
{
	char bytes[4096];
	for (;;) {
		if (!http_wait(fd, POLLIN, timeout_ms, err))
			return false;
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		if (n == 0)
			return true;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_set(err, "%s", strerror(errno));
		if (n > 0)
			buf_put(answer, bytes, (size_t)n);
		if (answer->overflow)
			return err_set(err, "the answer is too long");
	}
}

static int http_read_answer(struct str answer, struct buf *body, struct err *err)
{
	int64_t code;
	const char *end = answer.n ? memmem(answer.p, answer.n, "\r\n\r\n", 4) : NULL;
	if (!end || !str_starts(answer, STR("HTTP/1.")) || answer.n < 12 ||
	    !options_parse_int(str_slice(answer, 9, 12), &code)) {
		err_set(err, "what answers is no http server");
		return -1;
	}
	buf_put(body, end + 4, (size_t)(answer.p + answer.n - end - 4));
	return (int)code;
}

int http_get(const struct http_address *address, const char *path, int timeout_ms, struct buf *body, struct err *err)
{
	int code = -1;
	char request[300];
	struct buf answer;
	buf_init(&answer, HTTP_GET_MAX);
	int n = snprintf(request, sizeof request, "GET %.200s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	                 path);
	int fd = socket(address->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		err_set(err, "cannot make a socket: %s", strerror(errno));
	else if (http_connect(fd, address, timeout_ms, err)) {
		if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n)
			err_set(err, "the request cannot be sent: %s", strerror(errno));
		else if (http_receive(fd, timeout_ms, &answer, err))
			code = http_read_answer(buf_view(&answer), body, err);
	}
	if (fd >= 0)
		close(fd);
	buf_free(&answer);
	return code;
}
