"""Change notifications to a receiver of our own: proved, told, renewed, given up."""

import asyncio
import datetime
import http.server
import json
import threading
from urllib.parse import parse_qs, urlsplit

from connection import refused
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.models.user import User

# Seconds until a change must have been told.
PATIENCE = 60

CLIENT_STATE = "the word between us"


class Receiver:
    """Listens on the loopback interface; the server must be allowed to reach it (`outbound.allow_networks`)."""

    def __init__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proof = parse_qs(urlsplit(self.path).query).get("validationToken")
                answer = proof[0].encode() if proof else b""
                if not proof:
                    receiver.told += json.loads(body)["value"]
                self.send_response(200 if proof else 202)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments):
                pass

        self.told = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()

    async def about(self, object_id):
        """The first notification about an object."""
        for _ in range(PATIENCE * 5):
            found = [one for one in self.told if one.get("resourceData", {}).get("id") == object_id]
            if found:
                return found[0]
            await asyncio.sleep(0.2)
        raise AssertionError(f"nothing was told about {object_id}: {self.told}")


def until(minutes):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)


async def part(run, ids):
    subscriptions = run.graph.subscriptions
    with Receiver() as receiver:
        wish = Subscription(
            resource="users",
            change_type="updated,deleted",
            notification_url=receiver.address,
            client_state=CLIENT_STATE,
            expiration_date_time=until(30),
        )
        made = await subscriptions.post(wish)
        one = subscriptions.by_subscription_id(made.id)
        try:
            assert made.resource == "users" and made.client_state is None, made
            await run.graph.users.by_user_id(ids["Elif"]).patch(User(office_location="2nd floor"))
            told = await receiver.about(ids["Elif"])
            assert told["subscriptionId"] == made.id and told["clientState"] == CLIENT_STATE, told
            assert told["changeType"] == "updated" and told["tenantId"] == run.tenant["id"], told
            assert made.id in [other.id for other in (await subscriptions.get()).value]
            renewed = await one.patch(Subscription(expiration_date_time=until(45)))
            assert renewed.expiration_date_time > made.expiration_date_time, renewed
            await one.reauthorize.post()
            # Nobody else's, in whichever organisation.
            await refused(run.daemon.subscriptions.by_subscription_id(made.id).get(), 404)
            await refused(run.stranger.subscriptions.by_subscription_id(made.id).get(), 404)
        finally:
            await one.delete()
        await refused(one.get(), 404)
