"""A mail server for the tests: aiosmtpd with STARTTLS or TLS from the first byte, and authentication, able to misbehave on demand.

Every accepted message becomes two files in the directory: NUMBER.eml as it travelled, and a line in
received.jsonl with the envelope and the decoded parts. `events.jsonl` tells of every RCPT, also refused ones.
The process ends when its standard input closes.
"""

import argparse
import asyncio
import json
import os
import ssl
import sys
import time
from email import message_from_bytes, policy
from email.utils import getaddresses

from aiosmtpd.smtp import SMTP, AuthResult


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", required=True)
    parser.add_argument("--certificate", required=True, help="PEM file with certificate and key")
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--refuse", action="append", default=[], metavar="ADDRESS", help="answer 550")
    parser.add_argument("--defer", action="append", default=[], metavar="ADDRESS", help="answer 451 ...")
    parser.add_argument("--defer-times", type=int, default=1, help="... this often, then accept")
    parser.add_argument("--delay", type=float, default=0, help="seconds before answering DATA")
    parser.add_argument("--implicit-tls", action="store_true", help="speak TLS from the first byte")
    parser.add_argument("--silent-times", type=int, default=0, help="accept this many connections and say nothing")
    parser.add_argument("--drop-times", type=int, default=0, help="close the connection at DATA this often")
    return parser.parse_args()


class Sink:
    """aiosmtpd's handler: its hooks decide the answer to each command."""

    def __init__(self, options):
        self.options = options
        self.deferred = {}
        self.dropped = 0
        self.count = 0

    def append(self, name, entry):
        with open(os.path.join(self.options.directory, name), "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        answer = self.answer(address)
        self.append("events.jsonl", {"rcpt": address, "answer": answer, "at": time.time()})
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    def answer(self, address):
        if address in self.options.refuse:
            return "550 5.1.1 no such mailbox"
        if address in self.options.defer:
            seen = self.deferred.get(address, 0)
            if seen < self.options.defer_times:
                self.deferred[address] = seen + 1
                return "451 4.3.0 come back later"
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        if self.dropped < self.options.drop_times:
            self.dropped += 1
            server.transport.abort()
            return "421 4.3.2 gone"
        await asyncio.sleep(self.options.delay)
        self.count += 1
        name = f"{self.count}.eml"
        with open(os.path.join(self.options.directory, name), "wb") as file:
            file.write(envelope.original_content)
        self.append("received.jsonl", self.entry(name, session, envelope))
        return "250 2.0.0 kept"

    def entry(self, name, session, envelope):
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        return {
            "id": name,
            "envelope_from": envelope.mail_from,
            "envelope_to": envelope.rcpt_tos,
            "tls": self.options.implicit_tls or session.ssl is not None,
            "authenticated": bool(session.authenticated),
            "message_id": message["Message-ID"],
            "from": message["From"],
            "to": addresses(message, "To"),
            "cc": addresses(message, "Cc"),
            "reply_to": addresses(message, "Reply-To"),
            "subject": message["Subject"],
            "text": part(message, "plain"),
            "html": part(message, "html"),
        }


def addresses(message, field):
    return [address for _, address in getaddresses(message.get_all(field, []))]


def part(message, subtype):
    body = message.get_body(preferencelist=(subtype,))
    return body.get_content() if body else ""


def authenticator(options):
    def check(server, session, envelope, mechanism, data):
        expected = (options.username.encode(), options.password.encode())
        # Not `handled`: aiosmtpd itself then answers 535.
        return AuthResult(success=(data.login, data.password) == expected, handled=False)

    return check


async def main():
    options = arguments()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate)
    sink = Sink(options)

    silent = options.silent_times

    def connection():
        nonlocal silent
        if silent > 0:
            silent -= 1
            return asyncio.Protocol()
        return SMTP(
            sink,
            hostname="localhost",
            tls_context=None if options.implicit_tls else context,
            require_starttls=not options.implicit_tls,
            # aiosmtpd takes a connection that began with TLS for a plain one, and then refuses to hear a password.
            auth_require_tls=not options.implicit_tls,
            auth_required=True,
            authenticator=authenticator(options),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        connection, "127.0.0.1", 0, ssl=context if options.implicit_tls else None
    )
    port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    # Whoever started us holds the other end; when it is gone, so are we.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
