"""Groups: who belongs to them by hand, through other groups and by a rule."""

import asyncio

from connection import asking, refused
from msgraph.generated.groups.item.group_item_request_builder import GroupItemRequestBuilder
from msgraph.generated.groups.item.members.graph_user.graph_user_request_builder import GraphUserRequestBuilder
from msgraph.generated.groups.item.transitive_members.count.count_request_builder import CountRequestBuilder
from msgraph.generated.models.group import Group
from msgraph.generated.models.user import User
from msgraph.generated.users.item.check_member_groups.check_member_groups_post_request_body import (
    CheckMemberGroupsPostRequestBody,
)

from scenario.people import invitation, select
from scenario.run import groups_query

# A rule is worked off in the background; a busy machine takes its time.
PATIENCE = 60


def new(run, name, bound=None, **properties):
    """A group to be posted. References are additional values to the SDK."""
    additional = {f"{relation}@odata.bind": addresses for relation, addresses in (bound or {}).items()}
    return Group(
        display_name=f"{run.tag} {name}",
        mail_nickname=f"{run.tag}-{name.lower()}",
        mail_enabled=False,
        security_enabled=True,
        additional_data=additional,
        **properties,
    )


def sorted_ids(answer):
    return sorted(one.id for one in answer.value)


async def create(run, ids):
    groups = run.graph.groups
    bound = {
        "members": [run.address_of(ids["Anna"]), run.address_of(ids["Omar"], "users")],
        "owners": [run.address_of(ids["Carla"], "users")],
    }
    inner = await groups.post(new(run, "Inner", bound, description="Who buys"))
    assert inner.security_enabled is True and inner.mail_enabled is False and inner.group_types == [], inner
    members = await groups.by_group_id(inner.id).members.get()
    assert sorted_ids(members) == sorted([ids["Anna"], ids["Omar"]]), members
    assert {type(one) for one in members.value} == {User}, "the SDK knows what they are"
    assert sorted_ids(await groups.by_group_id(inner.id).owners.get()) == [ids["Carla"]]
    outer = await groups.post(new(run, "Outer", {"members": [run.address_of(inner.id, "groups")]}))
    # A change may bring up to 20 members at once.
    more = [run.address_of(ids[name]) for name in ("Dmitri", "Elif", "Farid")]
    await groups.by_group_id(outer.id).patch(Group(additional_data={"members@odata.bind": more}))
    assert len((await groups.by_group_id(outer.id).members.get()).value) == 4
    return inner.id, outer.id


async def add_and_remove(run, ids, inner):
    members = run.graph.groups.by_group_id(inner).members
    await members.ref.post(run.reference(ids["Petra"]))
    twice = await refused(members.ref.post(run.reference(ids["Petra"])), 400, "Request_BadRequest")
    assert "already exist" in twice.message, twice.message
    assert ids["Petra"] in sorted_ids(await members.get())
    await members.by_directory_object_id(ids["Petra"]).ref.delete()
    await refused(members.by_directory_object_id(ids["Petra"]).ref.delete(), 404, "Request_ResourceNotFound")
    owners = run.graph.groups.by_group_id(inner).owners
    await owners.ref.post(run.reference(ids["Greta"], "users"))
    assert sorted_ids(await owners.graph_user.get()) == sorted([ids["Carla"], ids["Greta"]])
    await owners.by_directory_object_id(ids["Greta"]).ref.delete()
    assert sorted_ids(await owners.get()) == [ids["Carla"]]
    nobody = "11111111-2222-4333-8444-555555555555"
    await refused(members.ref.post(run.reference(nobody)), 404)
    assert ids["Petra"] not in sorted_ids(await members.get())


async def through_others(run, ids, inner, outer):
    group = run.graph.groups.by_group_id(outer)
    direct, all_of_them = sorted_ids(await group.members.get()), sorted_ids(await group.transitive_members.get())
    expected = [ids[name] for name in ("Anna", "Omar", "Dmitri", "Elif", "Farid")] + [inner]
    assert ids["Anna"] not in direct and all_of_them == sorted(expected), all_of_them
    counting = CountRequestBuilder.CountRequestBuilderGetQueryParameters()
    assert await group.transitive_members.count.get(asking(counting, eventual=True)) == 6

    # Only the people, and page by page.
    query = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(top=2, select=["id", "displayName"])
    found, pages = await run.pages(await group.members.graph_user.get(asking(query)))
    assert pages == 2 and sorted(one.id for one in found) == sorted(ids[n] for n in ("Dmitri", "Elif", "Farid"))
    of_anna = run.graph.users.by_user_id(ids["Anna"])
    assert sorted_ids(await of_anna.member_of.get()) == [inner]
    assert sorted_ids(await of_anna.transitive_member_of.graph_group.get()) == sorted([inner, outer])
    asked = CheckMemberGroupsPostRequestBody(group_ids=[outer, "11111111-2222-4333-8444-555555555555"])
    assert (await of_anna.check_member_groups.post(asked)).value == [outer]
    await refused(run.graph.groups.by_group_id(inner).members.ref.post(run.reference(outer)), 400)


async def expanded(run, ids, inner):
    """What hangs on an object, in the same answer."""
    query = GroupItemRequestBuilder.GroupItemRequestBuilderGetQueryParameters(
        select=["id", "displayName"], expand=["members($select=id,displayName)"]
    )
    group = await run.graph.groups.by_group_id(inner).get(asking(query))
    assert sorted(one.id for one in group.members) == sorted([ids["Anna"], ids["Omar"]]), group.members
    assert all(one.display_name.startswith(run.tag) for one in group.members), group.members
    anna = await run.graph.users.by_user_id(ids["Anna"]).get(asking(select("id", expand=["memberOf"])))
    assert [one.id for one in anna.member_of] == [inner], anna.member_of


async def find(run):
    mine = groups_query(filter=f"startsWith(displayName,'{run.tag}')", orderby=["displayName"], count=True)
    answer = await run.graph.groups.get(asking(mine, eventual=True))
    assert [one.display_name for one in answer.value] == [f"{run.tag} Inner", f"{run.tag} Outer"], answer.value
    assert answer.odata_count == 2
    search = groups_query(search=f'"displayName:{run.tag} Out"', select=["displayName"])
    answer = await run.graph.groups.get(asking(search, eventual=True))
    assert [one.display_name for one in answer.value] == [f"{run.tag} Outer"], answer.value


async def invited_into(run, ids):
    """A guest belongs to a group from the invitation on, if who invites may put people into it."""
    group = await run.graph.groups.post(new(run, "Visitors"))
    bound = {"groups@odata.bind": [run.address_of(group.id, "groups")]}
    await refused(run.daemon.invitations.post(invitation(run, "Sara", additional_data=bound)), 403)
    answer = await run.graph.invitations.post(invitation(run, "Sara", additional_data=bound))
    ids["Sara"] = answer.invited_user.id
    assert sorted_ids(await run.graph.groups.by_group_id(group.id).members.get()) == [ids["Sara"]]


async def by_rule(run, ids):
    """A dynamic group follows its rule, in the background."""
    wrong = new(run, "Wrong", group_types=["DynamicMembership"], membership_rule="user.shoeSize -eq 42")
    wrong.membership_rule_processing_state = "On"
    await refused(run.graph.groups.post(wrong), 400)
    rule = f'(user.displayName -startsWith "{run.tag}") and (user.department -eq "Sales")'
    dynamic = new(run, "Dynamic", group_types=["DynamicMembership"], membership_rule=rule)
    dynamic.membership_rule_processing_state = "On"
    made = await run.graph.groups.post(dynamic)
    assert made.group_types == ["DynamicMembership"] and made.membership_rule == rule, made
    group = run.graph.groups.by_group_id(made.id)
    await refused(group.members.ref.post(run.reference(ids["Anna"])), 400)
    sales = sorted(ids[name] for name in ("Bert", "Dmitri", "Farid", "Hiro", "Jamal", "Lena"))
    await has_members(group, sales)
    await run.graph.users.by_user_id(ids["Bert"]).patch(User(department="Purchasing"))
    await has_members(group, [one for one in sales if one != ids["Bert"]])
    return made.id


async def has_members(group, expected):
    found = None
    for _ in range(PATIENCE * 2):
        found = sorted_ids(await group.members.get())
        if found == expected:
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"after {PATIENCE} s the rule gives {found}, not {expected}")


async def part(run, ids):
    inner, outer = await create(run, ids)
    await add_and_remove(run, ids, inner)
    await through_others(run, ids, inner, outer)
    await expanded(run, ids, inner)
    await find(run)
    await invited_into(run, ids)
    dynamic = await by_rule(run, ids)
    return {"inner": inner, "outer": outer, "dynamic": dynamic}
