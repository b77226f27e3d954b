"""One run of the scenario: who asks, what everything is called, and what is to be taken away at the end."""

import secrets

from connection import asking, program
from kiota_abstractions.api_error import APIError
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import PageIterator

GUEST_DOMAIN = "northwind.example"


def users_query(**options):
    return UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(**options)


def groups_query(**options):
    return GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters(**options)


class Run:
    """What the parts share. Every name begins with the tag, so that a demo that stays can be used again."""

    def __init__(self, demo):
        self.base_url = demo["base_url"]
        self.mailbox = demo["mailbox"]
        self.tenant = demo["tenants"][0]
        self.other = demo["tenants"][1]
        self.tag = f"sdk{secrets.token_hex(4)}"
        self.graph = program(self.base_url, self.tenant, self.tenant["automation"])
        self.daemon = program(self.base_url, self.tenant, self.tenant["daemon"])
        self.stranger = program(self.base_url, self.other, self.other["automation"])

    def address_of(self, object_id, collection="directoryObjects"):
        return f"{self.base_url}/v1.0/{collection}/{object_id}"

    def reference(self, object_id, collection="directoryObjects"):
        return ReferenceCreate(odata_id=self.address_of(object_id, collection))

    def principal_name(self, name):
        return f"{self.tag}.{name.lower()}@{self.tenant['domain']}"

    def guest_address(self, name):
        return f"{self.tag}.{name.lower()}@{GUEST_DOMAIN}"

    def member(self, name, **properties):
        """A user to be posted."""
        return User(
            account_enabled=True,
            display_name=f"{self.tag} {name}",
            mail_nickname=f"{self.tag}.{name.lower()}",
            user_principal_name=self.principal_name(name),
            password_profile=PasswordProfile(
                password=secrets.token_urlsafe(24), force_change_password_next_sign_in=True
            ),
            **properties,
        )

    async def pages(self, answer, consistency=False):
        """Everything from the first page on, as the SDK pages through; how many pages it were comes along."""
        found, iterator = [], PageIterator(answer, self.graph.request_adapter)
        if consistency:
            iterator.headers.add("ConsistencyLevel", "eventual")
        pages = 0
        while True:
            pages += 1
            link = iterator.current_page.odata_next_link
            assert link is None or link.startswith(f"{self.base_url}/v1.0/"), link
            found.extend(iterator.current_page.value)
            page = await iterator.next()
            if page is None:
                return found, pages
            iterator.current_page = page

    def kinds(self):
        """What a run makes, each kind before those it hangs on: its collection, its query, its item."""
        applications = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters
        graph = self.graph
        return [
            (graph.groups, groups_query, graph.groups.by_group_id),
            (graph.users, users_query, graph.users.by_user_id),
            (graph.applications, applications, graph.applications.by_application_id),
        ]

    async def left(self):
        """What this run has made and not taken away: its ids, by kind."""
        found = []
        for collection, query, item in self.kinds():
            mine = query(filter=f"startsWith(displayName,'{self.tag}')", select=["id"])
            objects, _ = await self.pages(await collection.get(asking(mine)))
            found.append((item, [one.id for one in objects]))
        return found

    async def clean_up(self):
        """Takes away whatever the run made, and empties the bin of it."""
        for item, ids in await self.left():
            for object_id in ids:
                await item(object_id).delete()
        bin_of = self.graph.directory.deleted_items
        for kind in (bin_of.graph_user, bin_of.graph_group, bin_of.graph_application):
            found, _ = await self.pages(await kind.get())
            for one in found:
                if (one.display_name or "").startswith(self.tag):
                    await purge(bin_of, one.id)


async def purge(bin_of, object_id):
    """Deletes for good; what went with something else in the meantime is gone already."""
    try:
        await bin_of.by_directory_object_id(object_id).delete()
    except APIError as error:
        if error.response_status_code != 404:
            raise
