"""A broker that asks who is there: TLS, passwords, client certificates, and an authorizer. Certificates are made for the occasion.

Its plain listener is the tests' own way in: whoever comes there is a super user.
"""

import itertools
import os
import re
import shutil
import socket
import subprocess
import threading
import time

from broker import BUILD, Broker
from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, ResourcePatternType,
                                   ResourceType, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion)
from desk import Desk

USER = "desk"
PASSWORD = "a password, with 'quotes' and a # in it"

PROPERTIES = """\
listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CPORT@,SASL_SSL://127.0.0.1:{sasl},SSL://127.0.0.1:{mtls}
advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,SASL_SSL://localhost:{sasl},SSL://localhost:{mtls}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.ssl.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=([a-z]+)$/$1/
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
  user_{user}="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
# A client whose log-in fails is told so after this time; the default of 100 ms is for those who guess passwords.
connection.failed.authentication.delay.ms=0
"""


def free_ports(n):
    """Ports that are free now, none twice."""
    holders = [socket.socket() for _ in range(n)]
    try:
        for holder in holders:
            holder.bind(("127.0.0.1", 0))
        return [holder.getsockname()[1] for holder in holders]
    finally:
        for holder in holders:
            holder.close()


class Door:
    """Lets clients through to the broker, from when it is opened."""

    def __init__(self, to):
        self.port = free_ports(1)[0]
        self.to = to
        self.listener = None

    def open(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                outer, _ = self.listener.accept()
            except OSError:
                return
            inner = socket.create_connection(("127.0.0.1", self.to))
            for a, b in ((outer, inner), (inner, outer)):
                threading.Thread(target=self._carry, args=(a, b), daemon=True).start()

    @staticmethod
    def _carry(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
        except OSError:
            pass
        b.close()

    def close(self):
        if self.listener:
            self.listener.close()


class Certificates:
    """Two authorities, of which the broker knows one; its own certificate, for the name localhost only; one of the desk's."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority("ca")
        self.authority("stranger")
        self.sign("broker", "/CN=broker", "ca", "subjectAltName=DNS:localhost")
        self.sign(USER, f"/CN={USER}", "ca")
        self.sign("foreign", f"/CN={USER}", "stranger")
        # Kafka wants key and certificate in one file.
        (folder / "broker.pem").write_text((folder / "broker.key").read_text() + (folder / "broker.crt").read_text())

    def path(self, name):
        return str(self.folder / name)

    def openssl(self, *args):
        subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                     "-subj", f"/CN=Authority {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")

    def sign(self, name, subject, authority, *extensions):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject,
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text("\n".join(extensions))
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial",
                     "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.crt")


class GuardedBroker(Broker):
    def __init__(self, folder, jars=None):
        self.certificates = Certificates(folder.parent / "certificates")
        self.sasl_port, self.mtls_port = free_ports(2)
        properties = folder.parent / "guarded.properties"
        properties.write_text(PROPERTIES.format(sasl=self.sasl_port, mtls=self.mtls_port, folder=self.certificates.folder,
                                                user=USER, password=PASSWORD))
        super().__init__(folder, jars, properties=properties)

    def start(self):
        super().start()
        scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        for future in self.admin.alter_user_scram_credentials([UserScramCredentialUpsertion(USER, scram, PASSWORD.encode())]).values():
            future.result(30)
        return self

    def _acls(self):
        every = AclBindingFilter(ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY)
        return set(self.admin.describe_acls(every).result(30))

    def _wait_for_acls(self, holds):
        until = time.monotonic() + 30
        while not holds(self._acls()):
            assert time.monotonic() < until, "the broker does not take notice of its ACLs"
            time.sleep(0.05)

    def allow(self, *rights):
        """Each a binding; in force when this returns."""
        for future in self.admin.create_acls(list(rights)).values():
            future.result(30)
        self._wait_for_acls(lambda known: known.issuperset(rights))

    def forbid(self, *rights):
        filters = [AclBindingFilter(right.restype, right.name, right.resource_pattern_type, right.principal, right.host,
                                    right.operation, right.permission_type) for right in rights]
        for future in self.admin.delete_acls(filters).values():
            future.result(30)
        self._wait_for_acls(lambda known: known.isdisjoint(rights))


def right(kind, name, operation):
    return AclBinding(kind, name, ResourcePatternType.LITERAL, f"User:{USER}", "*", operation, AclPermissionType.ALLOW)


class GuardedDesk(Desk):
    """A desk whose commands come by the guarded door, as a user who has just the rights that the work needs."""

    def __init__(self, broker, folder, name):
        super().__init__(broker, folder, name)
        self.brokers = f"localhost:{broker.sasl_port}"
        self.client = self.password_client()

    def password_client(self, **more):
        secret = self.folder / "password"
        secret.write_text(PASSWORD + "\n")
        return {"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": USER,
                "sasl.password": "${file:%s}" % secret, "ssl.ca.location": self.broker.certificates.path("ca.pem"), **more}

    def certificate_client(self, name=USER):
        path = self.broker.certificates.path
        return {"security.protocol": "SSL", "ssl.ca.location": path("ca.pem"), "ssl.certificate.location": path(f"{name}.crt"),
                "ssl.key.location": path(f"{name}.key")}

    def rights(self, instance="w1"):
        """By what they are for; the least that the worker needs."""
        topics = {"input": (self.raw, AclOperation.READ), "articles": (self.articles, AclOperation.WRITE),
                  "duplicates": (self.duplicates, AclOperation.WRITE), "dead letters": (self.dead, AclOperation.WRITE)}
        found = {what: right(ResourceType.TOPIC, name, operation) for what, (name, operation) in topics.items()}
        found["group"] = right(ResourceType.GROUP, self.group, AclOperation.READ)
        found["transactional id"] = right(ResourceType.TRANSACTIONAL_ID, f"{self.group}.{instance}", AclOperation.WRITE)
        return found

    def allow_all_but(self, *missing):
        rights = self.rights()
        self.broker.allow(*(binding for what, binding in rights.items() if what not in missing))
        return rights

    def config(self, **settings):
        return super().config(**{"brokers": self.brokers, "client": self.client, **settings})


_numbers = itertools.count(1)


def new_desk(broker, name):
    folder = BUILD / "kafka-tests" / re.sub(r"\W+", "-", name).strip("-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return GuardedDesk(broker, folder, f"s{os.getpid()}-{next(_numbers)}")
