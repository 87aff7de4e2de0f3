#include "consumer/kafka_trouble.h"

#include <stddef.h>
#include <string.h>

/* The first librdkafka whose SCRAM sends the nonce as RFC 5802 has it; Kafka 4 takes no other. */
#define SCRAM_MENDED 0x02060100

#define PASSWORD "look at user, password and mechanism in kafka.client"
#define DAMAGED                                                                                                        \
	"nothing was skipped: look at the log on the broker, or move the group behind it by hand "                     \
	"(kafka-consumer-groups --reset-offsets)"

static const struct trouble troubles[] = {
        {RD_KAFKA_RESP_ERR__FATAL, TROUBLE_FATAL, ""},
        {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, TROUBLE_FENCED, ""},

        {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, TROUBLE_OVER,
         "let this user read the group (ACL: Read on Group)"},
        {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, TROUBLE_OVER,
         "let this user read the topic (ACL: Read on Topic)"},
        {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, TROUBLE_OVER,
         "ask for the rights of this user on the cluster"},
        {RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, TROUBLE_OVER, "choose another kafka.group"},
        {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, TROUBLE_OVER,
         "choose kafka.session-timeout within the broker's group.min.session.timeout.ms and "
         "group.max.session.timeout.ms"},
        {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, TROUBLE_OVER,
         "the group's other members use another assignor than 'range': choose another kafka.group or stop them"},
        {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, TROUBLE_OVER, "the broker is too old: Kafka 2.5 or later is needed"},
        {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, TROUBLE_OVER, "the broker is too old: Kafka 2.5 or later is needed"},

        /* The log cannot be read where it stands. librdkafka would go on behind it: stories would be lost silently. */
        {RD_KAFKA_RESP_ERR__BAD_MSG, TROUBLE_OVER, DAMAGED},
        {RD_KAFKA_RESP_ERR__BAD_COMPRESSION, TROUBLE_OVER, DAMAGED},
        {RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED, TROUBLE_OVER, DAMAGED},
        {RD_KAFKA_RESP_ERR_INVALID_MSG, TROUBLE_OVER, DAMAGED},
        {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, TROUBLE_OVER, "raise receive.message.max.bytes in kafka.client"},
        {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, TROUBLE_OVER, DAMAGED},

        {RD_KAFKA_RESP_ERR__AUTHENTICATION, TROUBLE_LASTING, PASSWORD},
        {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, TROUBLE_LASTING, PASSWORD},
        {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, TROUBLE_LASTING, PASSWORD},
        {RD_KAFKA_RESP_ERR__SSL, TROUBLE_LASTING,
         "look at ssl.ca.location and the other ssl properties in kafka.client, and whether the brokers' certificates "
         "name the hosts as kafka.brokers does"},
        {RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED, TROUBLE_LASTING,
         "the group has as many members as the broker allows"},

        {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, TROUBLE_TOPIC, ""},
        {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, TROUBLE_TOPIC, ""},
        {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, TROUBLE_TOPIC, ""},
        {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, TROUBLE_OVER, "the broker refuses the topic's name: look at kafka.input"},
};

const struct trouble *trouble_of(rd_kafka_resp_err_t code)
{
	static const struct trouble passing = {RD_KAFKA_RESP_ERR_NO_ERROR, TROUBLE_PASSING, ""};
	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
		if (troubles[i].code == code)
			return &troubles[i];
	}
	return &passing;
}

bool trouble_is_refusal(rd_kafka_resp_err_t code)
{
	switch ((int)code) {
	case RD_KAFKA_RESP_ERR__AUTHENTICATION:
	case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
	case RD_KAFKA_RESP_ERR__SSL:
		return true;
	default:
		return false;
	}
}

const char *trouble_hint(const char *words, int version)
{
	if (version >= SCRAM_MENDED || !strstr(words, "SCRAM"))
		return "";
	return "; or, if they are right: Kafka 4 refuses SCRAM of a librdkafka older than 2.6.1, as this one is "
	       "(wiredesk --version): use PLAIN over TLS, client certificates, or a newer librdkafka";
}
