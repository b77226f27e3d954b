"""A guest proves themselves anew: the same object, another address."""

from connection import asking, refused
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.user import User

from scenario.groups import sorted_ids
from scenario.people import select

STATE = ("id", "mail", "otherMails", "userPrincipalName", "externalUserState", "externalUserStateChangeDateTime")


async def part(run, ids, made):
    guest = run.graph.users.by_user_id(ids["Omar"])
    before = await guest.get(asking(select(*STATE)))
    groups = sorted_ids(await guest.member_of.get())
    address = run.guest_address("Omar.Married")
    wish = Invitation(
        invited_user_email_address=address,
        invite_redirect_url=run.tenant["app"]["url"],
        invited_user=User(id=ids["Omar"]),
        reset_redemption=True,
        send_invitation_message=True,
    )
    # The new address must be known of the guest first, and inviting alone gives nobody another identity.
    await refused(run.graph.invitations.post(wish), 400)
    await guest.patch(User(other_mails=[address]))
    await refused(run.daemon.invitations.post(wish), 403)
    answer = await run.graph.invitations.post(wish)
    assert answer.invited_user.id == ids["Omar"] and answer.reset_redemption is True, answer
    assert answer.status == "PendingAcceptance" and answer.invite_redeem_url, answer
    after = await guest.get(asking(select(*STATE)))
    assert after.user_principal_name == before.user_principal_name, after
    assert after.external_user_state == "PendingAcceptance", after
    assert sorted_ids(await guest.member_of.get()) == groups and made["inner"] in groups, "the groups stay"
