"""The organisation, its domains, its look, and the policies that say who may invite. Everything is put back."""

import contextlib
import json

from connection import asking, refused
from msgraph.generated.models.allow_invites_from import AllowInvitesFrom
from msgraph.generated.models.authorization_policy import AuthorizationPolicy
from msgraph.generated.models.domain import Domain
from msgraph.generated.models.email_authentication_method_configuration import EmailAuthenticationMethodConfiguration
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.organization import Organization
from msgraph.generated.models.organizational_branding import OrganizationalBranding
from msgraph.generated.models.organizational_branding_localization import OrganizationalBrandingLocalization
from msgraph.generated.models.privacy_profile import PrivacyProfile

from scenario.people import PICTURE


async def organisation(run):
    answer = await run.graph.organization.get()
    (found,) = answer.value
    assert found.id == run.tenant["id"] and found.display_name == run.tenant["name"], found
    assert run.tenant["domain"] in [domain.name for domain in found.verified_domains], found.verified_domains
    await refused(run.graph.organization.by_organization_id(run.other["id"]).get(), 404)

    domain = await run.graph.domains.by_domain_id(run.tenant["domain"]).get()
    assert domain.is_verified is True and domain.is_initial is True, domain
    name = f"{run.tag}.example"
    added = await run.graph.domains.post(Domain(id=name))
    assert added.is_verified is False, added
    try:
        records = await run.graph.domains.by_domain_id(name).verification_dns_records.get()
        assert any(record.record_type == "Txt" and record.text for record in records.value), records.value
        assert name in [one.id for one in (await run.graph.domains.get()).value]
    finally:
        await run.graph.domains.by_domain_id(name).delete()
    await refused(run.graph.domains.by_domain_id(name).get(), 404)


async def privacy(run):
    """Where the privacy statement stands; the SDK writes no null, which takes the address away again."""
    organization = run.graph.organization.by_organization_id(run.tenant["id"])
    before = (await organization.get()).privacy_profile
    address = f"https://{run.tag}.example/privacy"
    await organization.patch(Organization(privacy_profile=PrivacyProfile(statement_url=address)))
    try:
        assert (await organization.get()).privacy_profile.statement_url == address
    finally:
        back = organization.to_patch_request_information(Organization())
        body = {"privacyProfile": {"statementUrl": before.statement_url if before else None}}
        back.set_stream_content(json.dumps(body).encode(), "application/json")
        await run.graph.request_adapter.send_no_response_content_async(back, {"XXX": ODataError})


@contextlib.asynccontextmanager
async def inviting(run, who):
    """Who may invite, for a while."""
    policy = run.graph.policies.authorization_policy
    before = (await policy.get()).allow_invites_from
    await policy.patch(AuthorizationPolicy(allow_invites_from=who))
    try:
        yield policy
    finally:
        await policy.patch(AuthorizationPolicy(allow_invites_from=before))


async def policies(run):
    async with inviting(run, AllowInvitesFrom.AdminsAndGuestInviters) as policy:
        read = await policy.get()
        assert read.allow_invites_from == AllowInvitesFrom.AdminsAndGuestInviters, read
        assert read.guest_user_role_id is not None and read.default_user_role_permissions is not None, read
        await refused(policy.patch(AuthorizationPolicy(additional_data={"allowInvitesFrom": "nobody"})), 400)
    methods = run.graph.policies.authentication_methods_policy.authentication_method_configurations
    by_mail = await methods.by_authentication_method_configuration_id("Email").get()
    assert type(by_mail) is EmailAuthenticationMethodConfiguration, "the SDK knows what it is"
    assert by_mail.state is not None and by_mail.allow_external_id_to_use_email_otp is not None, by_mail


async def in_german(run, branding):
    """The same for those who read German."""
    all_of_them = branding.localizations
    await all_of_them.post(OrganizationalBrandingLocalization(id="de", username_hint_text=f"{run.tag} Name"))
    german = all_of_them.by_organizational_branding_localization_id("de")
    try:
        await german.patch(OrganizationalBrandingLocalization(sign_in_page_text=f"{run.tag} begrüßt"))
        read = await german.get()
        assert read.username_hint_text == f"{run.tag} Name" and read.sign_in_page_text.endswith("begrüßt"), read
        assert "de" in [one.id for one in (await all_of_them.get()).value]
    finally:
        await german.delete()
    await refused(german.get(), 404)


async def look(run):
    branding = run.graph.organization.by_organization_id(run.tenant["id"]).branding
    await branding.patch(OrganizationalBranding(background_color="#FFFF33", sign_in_page_text=f"{run.tag} greets"))
    try:
        read = await branding.get(asking(accept_language="0"))
        assert read.sign_in_page_text == f"{run.tag} greets" and read.background_color == "#FFFF33", read
        await in_german(run, branding)
        await branding.square_logo.put(PICTURE, "image/png")
        assert await branding.square_logo.get() == PICTURE
        await branding.square_logo.delete()
    finally:
        await branding.delete()


async def part(run):
    await organisation(run)
    await privacy(run)
    await policies(run)
    await look(run)
