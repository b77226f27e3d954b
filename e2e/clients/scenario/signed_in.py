"""The SDK as a person: an administrator signs in through msal, after an app was granted what it may do for people."""

import sys
from urllib.parse import parse_qsl, urlsplit

import msal
from connection import SignedIn, client_with, confidential, refused
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.user import User

from scenario.apps import API, principal_of
from scenario.groups import new, sorted_ids

SCOPES = ["User.ReadWrite.All", "Group.ReadWrite.All", "User.Invite.All", "ConsentRequest.Read.All"]


def browser(address):
    """Whoever runs the scenario opens the address, and tells where the browser stands afterwards."""
    print(address, flush=True)
    return dict(parse_qsl(urlsplit(sys.stdin.readline().strip()).query))


def sign_in(run):
    scopes = [f"{run.base_url}/{scope}" for scope in SCOPES]
    application = confidential(run.base_url, run.tenant, run.tenant["app"], msal.TokenCache())
    redirect = run.tenant["app"]["redirect_uri"]
    hint = run.tenant["administrator"]["upn"]
    flow = application.initiate_auth_code_flow(scopes, redirect_uri=redirect, login_hint=hint)
    answer = application.acquire_token_by_auth_code_flow(flow, browser(flow["auth_uri"]))
    assert "access_token" in answer, answer
    assert set(scopes) <= set(answer["scope"].split()), answer["scope"]
    return client_with(run.base_url, SignedIn(application), scopes), answer["id_token_claims"]["oid"]


async def as_administrator(run, ids, person, oid):
    me = await person.me.get()
    assert me.id == oid and me.user_principal_name == run.tenant["administrator"]["upn"], me
    # An administrator who makes a security group does not own it by that.
    group = await person.groups.post(new(run, "Mine", {"owners": [run.address_of(oid, "users")]}))
    assert sorted_ids(await person.groups.by_group_id(group.id).owners.get()) == [oid]
    owned = await person.me.owned_objects.graph_group.get()
    assert group.id in sorted_ids(owned), owned
    await person.groups.by_group_id(group.id).members.ref.post(run.reference(oid))
    assert group.id in sorted_ids(await person.me.member_of.graph_group.get())
    await person.users.by_user_id(ids["Ines"]).patch(User(office_location="3rd floor"))
    await person.groups.by_group_id(group.id).delete()
    # Requests for apps that the person is to answer.
    asked = person.identity_governance.app_consent.app_consent_requests
    assert (await asked.filter_by_current_user_with_on("reviewer").get()).value is not None
    # The app was not granted that; the role of the person does not help.
    await refused(person.applications.get(), 403, "Authorization_RequestDenied")


async def part(run, ids):
    app = await principal_of(run, run.tenant["app"]["client_id"])
    api = await principal_of(run, API)
    grants = run.graph.oauth2_permission_grants
    wish = OAuth2PermissionGrant(
        client_id=app.id, consent_type="AllPrincipals", resource_id=api.id, scope=" ".join(SCOPES)
    )
    grant = await grants.post(wish)
    try:
        person, oid = sign_in(run)
        await as_administrator(run, ids, person, oid)
    finally:
        await grants.by_o_auth2_permission_grant_id(grant.id).delete()
    await refused(person.users.get(), 403)
