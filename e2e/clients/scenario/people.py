"""Users: made, paged through, found, changed, and who answers for whom."""

import base64

from connection import asking, refused
from msgraph.generated.models.directory_object import DirectoryObject
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.reference_update import ReferenceUpdate
from msgraph.generated.models.user import User
from msgraph.generated.users.count.count_request_builder import CountRequestBuilder
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

from scenario.run import users_query

MEMBERS = ["Anna", "Bert", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jamal", "Kim", "Lena"]
GUESTS = ["Omar", "Petra", "Quinn"]

# One grey dot.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg=="
)


def select(*names, **options):
    return UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(select=list(names), **options)


async def create(run):
    """Members by POST /users, guests by POST /invitations."""
    ids = {}
    for place, name in enumerate(MEMBERS):
        sent = run.member(name, department="Sales" if place % 2 else "Purchasing", city="Oslo", job_title="Buyer")
        made = await run.graph.users.post(sent)
        assert made.id and made.display_name == f"{run.tag} {name}", made
        assert made.user_principal_name == run.principal_name(name), made.user_principal_name
        assert made.password_profile is None, "nobody reads a password back"
        ids[name] = made.id
    # The SDK has no type for a reference in a body: it is a directory object with an address.
    anna = DirectoryObject(additional_data={"@odata.id": run.address_of(ids["Anna"], "users")})
    for name in GUESTS:
        ids[name] = await invite(run, name, invited_user_sponsors=[anna])
    sponsors = await run.graph.users.by_user_id(ids["Petra"]).sponsors.get()
    assert [one.id for one in sponsors.value] == [ids["Anna"]], sponsors
    twice = await refused(run.graph.users.post(run.member(MEMBERS[0])), 400, "Request_BadRequest")
    assert "userPrincipalName" in twice.message, twice.message
    return ids


def invitation(run, name, **properties):
    """An invitation to be posted."""
    return Invitation(
        invited_user_email_address=run.guest_address(name),
        invited_user_display_name=f"{run.tag} {name}",
        invite_redirect_url=run.tenant["app"]["url"],
        send_invitation_message=False,
        **properties,
    )


async def invite(run, name, **properties):
    answer = await run.daemon.invitations.post(invitation(run, name, **properties))
    assert answer.status == "PendingAcceptance", answer.status
    assert answer.invited_user_email_address == run.guest_address(name), answer
    return answer.invited_user.id


async def page_through(run, ids):
    mine = f"startsWith(displayName,'{run.tag}')"
    first = await run.graph.users.get(asking(users_query(filter=mine, top=4, select=["id", "displayName"])))
    assert len(first.value) == 4 and first.odata_next_link, first
    found, pages = await run.pages(first)
    assert pages == 4, pages
    assert sorted(user.id for user in found) == sorted(ids.values()), "each of them once, and nobody else"
    assert all(user.user_principal_name is None for user in found), "the selection holds on every page"

    ordered = users_query(filter=mine, orderby=["displayName desc"], top=7, count=True)
    first = await run.graph.users.get(asking(ordered, eventual=True))
    assert first.odata_count == len(ids), first.odata_count
    found, pages = await run.pages(first, consistency=True)
    names = [user.display_name for user in found]
    assert pages == 3 and names == sorted(names, reverse=True), names

    # A link belongs to the organisation it was given to.
    stranger = run.stranger.users.with_url(first.odata_next_link)
    await refused(stranger.get(), 400)


async def find(run, ids):
    async def names(query, eventual=False):
        answer = await run.graph.users.get(asking(query, eventual))
        return sorted(user.display_name.removeprefix(f"{run.tag} ") for user in answer.value)

    mine = f"startsWith(displayName,'{run.tag}')"
    guests = f"{mine} and userType eq 'Guest' and externalUserState eq 'PendingAcceptance'"
    assert await names(users_query(filter=guests, count=True), eventual=True) == GUESTS
    sales = users_query(filter=f"{mine} and department eq 'Sales'", count=True)
    assert await names(sales, eventual=True) == sorted(MEMBERS[1::2])
    either = f"userPrincipalName eq '{run.principal_name('Kim')}' or mail eq '{run.guest_address('Omar')}'"
    assert await names(users_query(filter=either)) == ["Kim", "Omar"]
    ending = users_query(filter=f"{mine} and endsWith(mail,'@northwind.example')", count=True)
    assert await names(ending, eventual=True) == GUESTS
    listed = users_query(filter=f"id in ('{ids['Ines']}', '{ids['Hiro']}')")
    assert await names(listed) == ["Hiro", "Ines"]
    negated = users_query(filter=f"{mine} and not(userType eq 'Member')", count=True)
    assert await names(negated, eventual=True) == GUESTS
    of_none = users_query(filter=f"displayName eq '{run.tag} O''Nobody'")
    assert await names(of_none) == []

    search = users_query(search=f'"displayName:{run.tag} Gre"')
    assert await names(search, eventual=True) == ["Greta"]
    both = users_query(search=f'"displayName:{run.tag}" AND "mail:{run.guest_address("Quinn")}"')
    assert await names(both, eventual=True) == ["Quinn"]

    counting = CountRequestBuilder.CountRequestBuilderGetQueryParameters(filter=mine)
    assert await run.graph.users.count.get(asking(counting, eventual=True)) == len(ids)

    # What is an advanced query, is refused without the header that says so.
    for query in [
        users_query(filter="endsWith(mail,'.example')", count=True),
        users_query(search='"displayName:a"'),
    ]:
        await refused(run.graph.users.get(asking(query)), 400, "Request_UnsupportedQuery")
    await refused(run.graph.users.count.get(), 400)
    await refused(run.graph.users.get(asking(users_query(filter="shoeSize eq 42"))), 400)
    await refused(run.graph.users.get(asking(users_query(top=1000))), 400)


async def change(run, ids):
    user = run.graph.users.by_user_id(ids["Anna"])
    changes = User(job_title="Head of Purchasing", business_phones=["+47 22 00 00 00"], other_mails=["a@b.example"])
    await user.patch(changes)
    wanted = select("jobTitle", "city", "businessPhones", "otherMails", "accountEnabled", "createdDateTime")
    read = await user.get(asking(wanted))
    assert read.job_title == "Head of Purchasing" and read.city == "Oslo", read
    assert read.business_phones == ["+47 22 00 00 00"] and read.other_mails == ["a@b.example"], read
    assert read.account_enabled is True and read.created_date_time.tzinfo is not None, read
    # The SDK leaves out what is None; null is sent as an additional value.
    await user.patch(User(additional_data={"city": None}))
    assert (await user.get(asking(wanted))).city is None
    by_name = await run.graph.users.by_user_id(run.principal_name("Anna")).get()
    assert by_name.id == ids["Anna"], "the user principal name is a key too"
    await user.patch(User(account_enabled=False))
    assert (await user.get(asking(wanted))).account_enabled is False
    assert (await user.revoke_sign_in_sessions.post()).value is True

    await refused(user.patch(User(user_type="Robot")), 400, "Request_BadRequest")
    await refused(user.patch(User(additional_data={"shoeSize": 42})), 400, "Request_BadRequest")
    assert (await user.get(asking(wanted))).job_title == "Head of Purchasing", "a refusal changes nothing"


async def who_answers(run, ids):
    user = run.graph.users.by_user_id(ids["Bert"])
    await refused(user.manager.get(), 404)
    await user.manager.ref.put(ReferenceUpdate(odata_id=run.address_of(ids["Anna"], "users")))
    assert (await user.manager.get()).id == ids["Anna"]
    reports = await run.graph.users.by_user_id(ids["Anna"]).direct_reports.get()
    assert [one.id for one in reports.value] == [ids["Bert"]], reports
    expanded = await user.get(asking(select("id", "displayName", expand=["manager"])))
    assert expanded.manager.id == ids["Anna"], expanded
    await user.manager.ref.delete()
    await refused(user.manager.get(), 404)

    guest = run.graph.users.by_user_id(ids["Omar"])
    await guest.sponsors.ref.post(run.reference(ids["Carla"], "users"))
    await guest.sponsors.ref.post(run.reference(ids["Dmitri"]))
    found = await guest.sponsors.get()
    assert sorted(one.id for one in found.value) == sorted(ids[n] for n in ("Anna", "Carla", "Dmitri")), found
    assert {type(one) for one in found.value} == {User}, "the SDK knows what they are"
    await refused(guest.sponsors.ref.post(run.reference(ids["Carla"])), 400, "Request_BadRequest")
    await guest.sponsors.by_directory_object_id(ids["Dmitri"]).ref.delete()
    found = await guest.sponsors.get()
    assert sorted(one.id for one in found.value) == sorted([ids["Anna"], ids["Carla"]]), found


async def picture(run, ids):
    photo = run.graph.users.by_user_id(ids["Lena"]).photo
    await refused(photo.get(), 404)
    await photo.content.put(PICTURE)
    read = await photo.get()
    assert (read.width, read.height) == (1, 1), read
    assert await photo.content.get() == PICTURE
    await photo.content.delete()
    await refused(photo.content.get(), 404)


async def part(run):
    ids = await create(run)
    await page_through(run, ids)
    await find(run, ids)
    await change(run, ids)
    await who_answers(run, ids)
    await picture(run, ids)
    return ids
