/*
 * A Kafka cluster inside one small process, for the demo and for tests of flow: librdkafka's mock cluster.
 *
 *     mock-broker TOPIC:PARTITIONS ...
 *
 * Makes the topics, prints the bootstrap address on a line of its own, and runs until stdin ends, so that it cannot
 * outlive the script that holds the other end. A signal ends it too: there is nothing to put in order.
 *
 * Limitations: everything is kept in memory, offsets committed in a transaction are not kept at all, and records of
 * aborted transactions can be seen. It shows how stories flow; whether each is delivered exactly once only a real
 * broker can show.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BROKERS 1

static void mock_broker_die(const char *what, const char *with, const char *why)
{
	fprintf(stderr, "mock-broker: %s '%s': %s\n", what, with, why);
	exit(4);
}

/* The client that the cluster lives beside: it never connects to anything. */
static rd_kafka_t *mock_broker_client(void)
{
	char words[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	if (rd_kafka_conf_set(conf, "client.id", "mock-broker", words, sizeof(words)) != RD_KAFKA_CONF_OK)
		mock_broker_die("cannot set", "client.id", words);
	/* librdkafka announces each mock cluster as if it were news. */
	if (rd_kafka_conf_set(conf, "log_level", "3", words, sizeof(words)) != RD_KAFKA_CONF_OK)
		mock_broker_die("cannot set", "log_level", words);
	rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
	if (!client)
		mock_broker_die("cannot make", "client", words);
	return client;
}

static void mock_broker_create(rd_kafka_mock_cluster_t *cluster, const char *given)
{
	const char *colon = strrchr(given, ':');
	char *end = NULL;
	long partitions = colon ? strtol(colon + 1, &end, 10) : 0;
	if (!colon || colon == given || *end || partitions < 1 || partitions > 1000) {
		fprintf(stderr, "mock-broker: '%s' is not TOPIC:PARTITIONS with 1 to 1000 partitions\n", given);
		exit(2);
	}
	char *name = strndup(given, (size_t)(colon - given));
	rd_kafka_resp_err_t error = rd_kafka_mock_topic_create(cluster, name, (int)partitions, BROKERS);
	if (error)
		mock_broker_die("cannot create topic", name, rd_kafka_err2str(error));
	free(name);
}

static void mock_broker_wait_for_the_end(void)
{
	char ignored[512];
	while (read(STDIN_FILENO, ignored, sizeof(ignored)) > 0)
		;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: mock-broker TOPIC:PARTITIONS ...\n");
		return 2;
	}
	rd_kafka_t *client = mock_broker_client();
	rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(client, BROKERS);
	if (!cluster)
		mock_broker_die("cannot start", "mock cluster", strerror(errno));
	for (int i = 1; i < argc; i++)
		mock_broker_create(cluster, argv[i]);

	printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
	fflush(stdout);
	mock_broker_wait_for_the_end();

	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(client);
	return 0;
}
