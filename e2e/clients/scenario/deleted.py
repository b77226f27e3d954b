"""What is deleted lies in a bin, comes back whole, or goes for good."""

from connection import asking, refused
from msgraph.generated.directory.deleted_items.graph_user.graph_user_request_builder import GraphUserRequestBuilder

from scenario import groups as of_groups


async def users(run, ids, made):
    graph = run.graph
    item, bin_of = graph.users.by_user_id(ids["Omar"]), graph.directory.deleted_items
    groups_before = of_groups.sorted_ids(await item.member_of.get())
    assert made["inner"] in groups_before, groups_before
    await item.delete()
    await refused(item.get(), 404, "Request_ResourceNotFound")
    await refused(item.delete(), 404)
    query = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(
        select=["id", "displayName", "deletedDateTime"], top=1
    )
    kept, _ = await run.pages(await bin_of.graph_user.get(asking(query)))
    (omar,) = [one for one in kept if one.id == ids["Omar"]]
    assert omar.deleted_date_time is not None and omar.display_name == f"{run.tag} Omar", omar
    assert (await bin_of.by_directory_object_id(ids["Omar"]).get()).id == ids["Omar"]
    await refused(run.stranger.directory.deleted_items.by_directory_object_id(ids["Omar"]).get(), 404)
    restored = await bin_of.by_directory_object_id(ids["Omar"]).restore.post()
    assert restored.id == ids["Omar"], restored
    read = await item.get()
    assert read.mail == run.guest_address("Omar"), read
    assert of_groups.sorted_ids(await item.member_of.get()) == groups_before, "the groups are there again"
    assert len((await item.app_role_assignments.get()).value) == 1, "and the app"
    await refused(bin_of.by_directory_object_id(ids["Omar"]).restore.post(), 404)


async def for_good(run, ids):
    graph = run.graph
    await graph.users.by_user_id(ids["Quinn"]).delete()
    await graph.directory.deleted_items.by_directory_object_id(ids["Quinn"]).delete()
    await refused(graph.directory.deleted_items.by_directory_object_id(ids["Quinn"]).get(), 404)
    await refused(graph.directory.deleted_items.by_directory_object_id(ids["Quinn"]).restore.post(), 404)


async def groups(run, made):
    group, bin_of = run.graph.groups.by_group_id(made["inner"]), run.graph.directory.deleted_items
    before = of_groups.sorted_ids(await group.members.get())
    await group.delete()
    await refused(group.get(), 404, "Request_ResourceNotFound")
    assert made["inner"] in [one.id for one in (await run.pages(await bin_of.graph_group.get()))[0]]
    await bin_of.by_directory_object_id(made["inner"]).restore.post()
    assert before and of_groups.sorted_ids(await group.members.get()) == before, "with its members"


async def apps(run, ids, registered):
    bin_of = run.graph.directory.deleted_items
    app = run.graph.applications.by_application_id(registered["app"])
    principal = run.graph.service_principals.by_service_principal_id(registered["principal"])
    assigned = run.graph.users.by_user_id(ids["Omar"]).app_role_assignments
    await app.delete()
    await refused(app.get(), 404, "Request_ResourceNotFound")
    # The service principal goes with its application, and what people have of it.
    await refused(principal.get(), 404, "Request_ResourceNotFound")
    assert (await assigned.get()).value == []
    found, _ = await run.pages(await bin_of.graph_application.get())
    assert registered["app"] in [one.id for one in found]
    await bin_of.by_directory_object_id(registered["app"]).restore.post()
    assert (await app.get()).app_roles[0].value == "Orders.Approve"
    assert (await principal.get()).id == registered["principal"]
    assert len((await assigned.get()).value) == 1, "whoever was assigned to it still is"


async def part(run, ids, made, registered):
    await users(run, ids, made)
    await for_good(run, ids)
    await groups(run, made)
    await apps(run, ids, registered)
