"""What the SDK makes of refusals: its own error type, with Graph's code in it."""

from connection import asking, refused
from msgraph.generated.models.group import Group
from msgraph.generated.models.user import User

from scenario.run import users_query

NOBODY = "11111111-2222-4333-8444-555555555555"


async def part(run, ids):
    graph, daemon = run.graph, run.daemon
    missing = await refused(graph.users.by_user_id(NOBODY).get(), 404, "Request_ResourceNotFound")
    assert NOBODY in missing.message, missing.message
    await refused(graph.groups.by_group_id(NOBODY).get(), 404, "Request_ResourceNotFound")
    await refused(graph.users.by_user_id("nobody@nowhere.example").get(), 404, "Request_ResourceNotFound")
    # Of another organisation nothing is told, not even that it is there.
    for call in (run.stranger.users.by_user_id(ids["Anna"]).get(), run.stranger.users.by_user_id(ids["Anna"]).delete()):
        await refused(call, 404, "Request_ResourceNotFound")

    # The daemon may invite and nothing else.
    for call in (
        daemon.users.get(),
        daemon.groups.get(),
        daemon.users.by_user_id(ids["Anna"]).delete(),
        daemon.groups.post(Group(display_name="x", mail_nickname="x", mail_enabled=False, security_enabled=True)),
        daemon.directory.deleted_items.graph_user.get(),
    ):
        await refused(call, 403, "Authorization_RequestDenied")

    await refused(graph.users.post(User(display_name="Without a name")), 400, "Request_BadRequest")
    await refused(graph.users.get(asking(users_query(filter="displayName eq"))), 400)
    await refused(graph.users.get(asking(users_query(orderby=["shoeSize"]))), 400)
    await refused(graph.me.get(), 400)
