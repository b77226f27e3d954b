"""Microsoft's own clients against the demo: get a token, invite, read the guest back.

usage: journey.py DEMO_JSON

The demo must run with --https: msal refuses plain http. Nothing here knows the server's code;
whatever works here works for the scripts people have already written.
"""

import asyncio
import json
import sys

from azure.core.exceptions import ClientAuthenticationError
from connection import asking, confidential, program, refused, trust
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

ADDRESS = "program.guest@northwind.example"


def msal_token(base_url, tenant, application):
    client = confidential(base_url, tenant, application)
    scope = f"{base_url}/.default"
    answer = client.acquire_token_for_client(scopes=[scope])
    assert "access_token" in answer, answer
    assert answer["token_type"] == "Bearer", answer
    again = client.acquire_token_for_client(scopes=[scope])
    assert again["access_token"] == answer["access_token"], "the client's cache must hit"


def wrong_secret_is_refused(base_url, tenant, application):
    client = confidential(base_url, tenant, {**application, "client_secret": "not-the-secret"})
    answer = client.acquire_token_for_client(scopes=[f"{base_url}/.default"])
    assert answer.get("error") == "invalid_client", answer
    assert "AADSTS" in answer.get("error_description", ""), answer


async def invite(client, landing):
    body = Invitation(
        invited_user_email_address=ADDRESS,
        invite_redirect_url=landing,
        send_invitation_message=True,
    )
    answer = await client.invitations.post(body)
    assert answer.id, "the invitation has an id"
    assert answer.status == "PendingAcceptance", answer.status
    assert answer.invite_redeem_url, "the caller may deliver the link on other ways"
    assert answer.invited_user.id, "the guest exists at once"
    return answer.invited_user.id


async def read_back(client, guest_id):
    # Graph's default selection leaves the type out, so a script that wants it asks for it.
    select = ["id", "mail", "userType", "userPrincipalName", "externalUserState"]
    query = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(select=select)
    guest = await client.users.by_user_id(guest_id).get(request_configuration=asking(query))
    assert guest.id == guest_id
    assert guest.external_user_state == "PendingAcceptance", guest.external_user_state
    assert guest.mail == ADDRESS, guest.mail
    assert guest.user_type == "Guest", guest.user_type
    assert "#EXT#" in guest.user_principal_name, guest.user_principal_name


async def main(demo):
    base_url = demo["base_url"]
    tenant = demo["tenants"][0]
    other = demo["tenants"][1]
    landing = tenant["app"]["url"]
    msal_token(base_url, tenant, tenant["daemon"])
    wrong_secret_is_refused(base_url, tenant, tenant["daemon"])

    daemon = program(base_url, tenant, tenant["daemon"])
    automation = program(base_url, tenant, tenant["automation"])
    guest_id = await invite(daemon, landing)
    await read_back(automation, guest_id)
    assert await invite(daemon, landing) == guest_id, "inviting again is the same guest"

    # The daemon may only invite; the other tenant's automation sees nothing of this one.
    await refused(daemon.users.by_user_id(guest_id).get(), 403)
    stranger = program(base_url, other, other["automation"])
    await refused(stranger.users.by_user_id(guest_id).get(), 404)
    await refused(invite(daemon, "https://elsewhere.example/"), 400)
    try:
        await invite(program(base_url, tenant, {**tenant["daemon"], "client_secret": "wrong"}), landing)
    except ClientAuthenticationError:
        pass
    else:
        raise AssertionError("a wrong secret gets no token")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        contract = json.load(file)
    trust(contract)
    asyncio.run(main(contract))
    print("msal, azure-identity and msgraph-sdk: ok")
