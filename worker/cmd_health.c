/*
 * wiredesk health: asks a worker's /readyz, so that a container needs no curl.
 */
#include "worker/command.h"
#include "worker/config.h"
#include "worker/http_client.h"

#define CMD_HEALTH_TIMEOUT_MS 3000
#define CMD_HEALTH_BODY_MAX   (1024 * 1024)

/* A worker that listens on all addresses is asked on the loopback. */
static void cmd_health_loopback(struct http_address *address)
{
	struct sockaddr_in *four = (struct sockaddr_in *)(void *)&address->at;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&address->at;
	if (address->at.ss_family == AF_INET && four->sin_addr.s_addr == htonl(INADDR_ANY))
		four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (address->at.ss_family == AF_INET6 && memcmp(&six->sin6_addr, &in6addr_any, sizeof in6addr_any) == 0)
		six->sin6_addr = in6addr_loopback;
}

/* http://127.0.0.1:9464/readyz → address and path. */
static bool cmd_health_url(const char *url, struct http_address *address, const char **path, struct err *err)
{
	static const char head[] = "http://";
	if (strncmp(url, head, sizeof head - 1) != 0)
		return err_set(err, "'%.200s' does not begin with http://", url);
	const char *host = url + sizeof head - 1;
	const char *slash = strchr(host, '/');
	*path = slash ? slash : "/readyz";
	return http_parse_address(str_make(host, slash ? (size_t)(slash - host) : strlen(host)), address, err);
}

static int cmd_health_ask(const struct command_line *line, const struct http_address *address, const char *path)
{
	struct err err = {0};
	struct buf body;
	buf_init(&body, CMD_HEALTH_BODY_MAX);
	int code = http_get(address, path, CMD_HEALTH_TIMEOUT_MS, &body, &err);
	if (code > 0) {
		fwrite(body.p ? body.p : "", 1, body.n, stdout);
	} else {
		char asked[80];
		http_write_address(address, asked, sizeof asked);
		command_fail_words(line, EXIT_CODE_FAILED, "no worker answers at http://%s%.200s: %s", asked, path,
		                   err.words);
	}
	buf_free(&body);
	return code >= 200 && code < 300 ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

static int cmd_health_run(const struct command_line *line)
{
	struct http_address address;
	struct err err = {0};
	const char *path = "/readyz", *url = command_value(line, "url");
	if (url) {
		if (!cmd_health_url(url, &address, &path, &err))
			return command_fail(line, EXIT_CODE_USAGE, &err);
		return cmd_health_ask(line, &address, path);
	}
	struct config *config = command_config(line);
	if (!config)
		return EXIT_CODE_USAGE;
	bool enabled = config->http.enabled;
	bool good = http_parse_address(config->http.listen, &address, &err);
	config_free(&config);
	if (!enabled)
		return command_fail_words(line, EXIT_CODE_USAGE,
		                          "http.enabled is false in this configuration: the worker does not answer");
	if (!good)
		return command_fail(line, EXIT_CODE_USAGE, &err);
	cmd_health_loopback(&address);
	return cmd_health_ask(line, &address, path);
}

static const struct command_option cmd_health_options[] = {
        COMMAND_OPTION_CONFIG,
        COMMAND_OPTION_SET,
        {"url", 0, "URL", "Asks there instead: http://127.0.0.1:9464/livez."},
        COMMAND_OPTION_END,
};

const struct command command_health = {
        .name = "health",
        .arguments = "[-c FILE] [--url URL]",
        .summary = "Asks a running worker whether it is ready: exit code 0 if it is, else 4.",
        .options = cmd_health_options,
        .run = cmd_health_run,
};
