"""Change notifications to a receiver of our own: proved, told, renewed, given up."""

import asyncio
import datetime

from connection import refused
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.models.user import User
from receiver import Receiver

# Seconds until a change must have been told.
PATIENCE = 60

CLIENT_STATE = "the word between us"


async def about(receiver, object_id):
    """The first notification about an object."""
    for _ in range(PATIENCE * 5):
        found = [one for one in receiver.told if one.get("resourceData", {}).get("id") == object_id]
        if found:
            return found[0]
        await asyncio.sleep(0.2)
    raise AssertionError(f"nothing was told about {object_id}: {receiver.told}")


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
            assert made.resource == "users" and made.client_state == CLIENT_STATE, made
            await run.graph.users.by_user_id(ids["Elif"]).patch(User(office_location="2nd floor"))
            told = await about(receiver, ids["Elif"])
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
