"""Delta queries: what has changed since the last time, and what is gone."""

from connection import asking, refused
from msgraph.generated.models.group import Group
from msgraph.generated.models.user import User
from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder

from scenario.people import invite


async def round_of(builder, answer):
    """Every page up to the delta link, by the links the server gave."""
    found = list(answer.value)
    while answer.odata_next_link:
        answer = await builder.with_url(answer.odata_next_link).get()
        found.extend(answer.value)
    assert answer.odata_delta_link, "the last page tells where to go on"
    return found, answer.odata_delta_link


def removed(found):
    return {one.id: one.additional_data["@removed"]["reason"] for one in found if "@removed" in one.additional_data}


async def users(run, ids):
    delta = run.graph.users.delta
    query = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(select=["id", "displayName", "jobTitle"])
    found, link = await round_of(delta, await delta.get(asking(query)))
    known = {one.id for one in found}
    assert set(ids.values()) <= known, "the first round is everybody"
    assert removed(found) == {}, "nobody who was gone before"

    found, link = await round_of(delta, await delta.with_url(link).get())
    assert found == [], "nothing has changed"

    users = run.graph.users
    await users.by_user_id(ids["Greta"]).patch(User(job_title="Planner"))
    late = await invite(run, "Rosa")
    await users.by_user_id(ids["Kim"]).delete()
    before = link
    found, link = await round_of(delta, await delta.with_url(before).get())
    assert {one.id for one in found} == {ids["Greta"], late, ids["Kim"]}, found
    (greta,) = [one for one in found if one.id == ids["Greta"]]
    assert greta.job_title == "Planner", greta
    assert removed(found) == {ids["Kim"]: "changed"}, "deleted, and can be restored"
    again, _ = await round_of(delta, await delta.with_url(before).get())
    assert {one.id for one in again} == {one.id for one in found}, "a round can be repeated"

    await run.graph.directory.deleted_items.by_directory_object_id(ids["Kim"]).restore.post()
    found, link = await round_of(delta, await delta.with_url(link).get())
    assert [one.id for one in found] == [ids["Kim"]] and removed(found) == {}, found
    await users.by_user_id(late).delete()
    await run.graph.directory.deleted_items.by_directory_object_id(late).delete()
    found, _ = await round_of(delta, await delta.with_url(link).get())
    assert removed(found) == {late: "deleted"}, "deleted for good"
    await refused(run.stranger.users.delta.with_url(link).get(), 400)


async def groups(run, ids, group):
    delta = run.graph.groups.delta
    found, link = await round_of(delta, await delta.get())
    assert group in {one.id for one in found}, found
    item = run.graph.groups.by_group_id(group)
    await item.patch(Group(description="Who buys, and who pays"))
    await item.members.ref.post(run.reference(ids["Jamal"]))
    await item.members.by_directory_object_id(ids["Anna"]).ref.delete()
    found, _ = await round_of(delta, await delta.with_url(link).get())
    (changed,) = [one for one in found if one.id == group]
    assert changed.description == "Who buys, and who pays", changed
    members = changed.additional_data["members@delta"]
    told = {str(one["id"]): "@removed" in one for one in members}
    assert told == {ids["Jamal"]: False, ids["Anna"]: True}, members


async def part(run, ids, made):
    await users(run, ids)
    await groups(run, ids, made["inner"])
