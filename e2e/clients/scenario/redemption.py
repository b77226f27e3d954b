"""A guest proves themselves anew: the same object, another address. What the one before was signed in with ends."""

from urllib.parse import parse_qsl, urlsplit

import msal
from connection import asking, confidential, refused
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.user import User
from visitor import redeem

from scenario.groups import sorted_ids
from scenario.people import invitation, select

STATE = ("id", "mail", "otherMails", "userPrincipalName", "externalUserState", "identities")

SCOPES = ["User.Read"]


def mailboxes(user):
    """The addresses a guest signs in by."""
    return sorted(one.issuer_assigned_id for one in user.identities if one.issuer == "mail")


def is_let_in(run, visitor):
    """Whether a browser gets to My Apps without a page that asks who is there."""
    visitor.open(f"{run.base_url}/myapps/{run.tenant['domain']}")
    return "/sign-in" not in urlsplit(visitor.at).path


def sign_in(run, visitor, address):
    """The sample app signs the guest in by the session of the browser: the app with its tokens."""
    client = confidential(run.base_url, run.tenant, run.tenant["app"], msal.TokenCache())
    redirect = run.tenant["app"]["redirect_uri"]
    flow = client.initiate_auth_code_flow(SCOPES, redirect_uri=redirect, login_hint=address)
    visitor.open(flow["auth_uri"])
    assert visitor.leads_to and visitor.leads_to.startswith(redirect), f"{visitor.at}: {visitor.text}"
    answer = client.acquire_token_by_auth_code_flow(flow, dict(parse_qsl(urlsplit(visitor.leads_to).query)))
    assert "access_token" in answer, answer
    return client, answer["id_token_claims"]


def renewed(client):
    (account,) = client.get_accounts()
    return client.acquire_token_silent_with_error(SCOPES, account=account, force_refresh=True)


async def accepted(run, made):
    """Invites Rosa, who accepts, belongs to a group, and signs in to the app."""
    invited = await run.daemon.invitations.post(invitation(run, "Rosa"))
    rosa = invited.invited_user.id
    await run.graph.groups.by_group_id(made["inner"]).members.ref.post(run.reference(rosa))
    browser = redeem(run.base_url, run.mailbox, invited.invite_redeem_url, run.guest_address("Rosa"))
    before = await run.graph.users.by_user_id(rosa).get(asking(select(*STATE)))
    assert before.external_user_state == "Accepted", before
    assert mailboxes(before) == [run.guest_address("Rosa")], before.identities
    assert is_let_in(run, browser), browser.at
    client, claims = sign_in(run, browser, run.guest_address("Rosa"))
    assert claims["oid"] == rosa, claims
    assert "access_token" in renewed(client), "the app renews what it has"
    return before, browser, client


async def part(run, made):
    before, browser, client = await accepted(run, made)
    rosa = before.id
    guest = run.graph.users.by_user_id(rosa)
    groups = sorted_ids(await guest.member_of.get())
    address = run.guest_address("Rosa.Married")
    wish = Invitation(
        invited_user_email_address=address,
        invite_redirect_url=run.tenant["app"]["url"],
        invited_user=User(id=rosa),
        reset_redemption=True,
        send_invitation_message=True,
    )
    # The new address must be known of the guest first, and inviting alone gives nobody another identity.
    await refused(run.graph.invitations.post(wish), 400)
    await guest.patch(User(other_mails=[address]))
    await refused(run.daemon.invitations.post(wish), 403)
    assert is_let_in(run, browser), "nothing has happened yet"
    answer = await run.graph.invitations.post(wish)
    assert answer.invited_user.id == rosa and answer.reset_redemption is True, answer
    assert answer.status == "PendingAcceptance" and answer.invite_redeem_url, answer
    after = await guest.get(asking(select(*STATE)))
    assert after.user_principal_name == before.user_principal_name, after
    assert after.external_user_state == "PendingAcceptance" and mailboxes(after) == [], after
    assert sorted_ids(await guest.member_of.get()) == groups and made["inner"] in groups, "the groups stay"
    assert not is_let_in(run, browser), "the session of before has ended"
    refusal = renewed(client)
    assert refusal and refusal.get("error") == "invalid_grant", refusal

    again = redeem(run.base_url, run.mailbox, answer.invite_redeem_url, address)
    assert is_let_in(run, again), again.at
    now = await guest.get(asking(select(*STATE)))
    assert now.external_user_state == "Accepted" and mailboxes(now) == [address], now
    assert now.user_principal_name == before.user_principal_name, now
    assert sorted_ids(await guest.member_of.get()) == groups
    _, claims = sign_in(run, again, address)
    assert claims["oid"] == rosa, "the same object, whoever is behind it"
    assert not is_let_in(run, browser), "nobody who was there before comes back with it"
