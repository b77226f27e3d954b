"""The directory through Microsoft's own clients: msgraph-sdk and msal, from the first user to the last deleted one.

usage: directory.py DEMO_JSON

Each line of the standard output is an address for the browser to open, where the administrator of the first
organisation signs in; the address at which the browser stands afterwards is expected as one line on the standard
input. `ok` is the last line of the output. The demo must run with --https: msal refuses plain http. Whatever the
scenario makes it takes away again, also when it fails, so a demo that stays can be used again.
"""

import asyncio
import json
import sys

from connection import trust
from scenario import (
    apps,
    batches,
    changes,
    consenting,
    credentials,
    deleted,
    groups,
    logs,
    notified,
    people,
    redemption,
    refusals,
    roles,
    settings,
    signed_in,
)
from scenario.run import Run


async def parts(run):
    """One after the other: the later ones work with what the earlier ones made."""

    async def told(name, part):
        print(f"{name} ...", file=sys.stderr, flush=True)
        return await part

    ids = await told("people", people.part(run))
    made = await told("groups", groups.part(run, ids))
    registered = await told("apps", apps.part(run, ids, made))
    await told("credentials", credentials.part(run, ids, registered))
    await told("roles", roles.part(run, ids))
    await told("notified", notified.part(run, ids))
    await told("consenting", consenting.part(run, ids))
    await told("changes", changes.part(run, ids, made))
    await told("batches", batches.part(run, ids))
    await told("deleted", deleted.part(run, ids, made, registered))
    await told("redemption", redemption.part(run, made))
    await told("refusals", refusals.part(run, ids))
    await told("settings", settings.part(run))
    await told("signed in", signed_in.part(run, ids))
    await told("logs", logs.part(run, ids))


async def main(demo):
    run = Run(demo)
    try:
        await parts(run)
    finally:
        await run.clean_up()
    assert not any(ids for _, ids in await run.left()), "nothing stays"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        contract = json.load(file)
    trust(contract)
    asyncio.run(main(contract))
    print("ok", flush=True)
