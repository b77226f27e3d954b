"""Applications and service principals: registered, with roles that are assigned, with what they may do for people."""

import uuid

import msal
from connection import asking, confidential, refused
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import (
    RemovePasswordPostRequestBody,
)
from msgraph.generated.models.app_role import AppRole
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.models.web_application import WebApplication
from msgraph.generated.oauth2_permission_grants.oauth2_permission_grants_request_builder import (
    Oauth2PermissionGrantsRequestBuilder,
)
from msgraph.generated.service_principals.item.app_role_assigned_to.app_role_assigned_to_request_builder import (
    AppRoleAssignedToRequestBuilder,
)
from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder

from scenario.groups import sorted_ids

# The directory API itself, and `User.Read.All` as a permission of programs.
API = "00000003-0000-0000-c000-000000000000"
USER_READ_ALL = uuid.UUID("df021288-bdef-4463-88db-98f22de89214")


async def principal_of(run, app_id):
    query = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters
    answer = await run.graph.service_principals.get(asking(query(filter=f"appId eq '{app_id}'")))
    (found,) = answer.value
    return found


async def register(run):
    """As the documentation of Graph has it: the application first, then its service principal."""
    role = AppRole(
        id=uuid.uuid4(),
        value="Orders.Approve",
        display_name="Approve orders",
        description="May approve orders",
        allowed_member_types=["User", "Application"],
        is_enabled=True,
    )
    sent = Application(
        display_name=f"{run.tag} Orders",
        app_roles=[role],
        web=WebApplication(redirect_uris=["https://orders.example/signin"]),
    )
    app = await run.graph.applications.post(sent)
    assert app.app_id and app.id != app.app_id, app
    assert [one.id for one in app.app_roles] == [role.id], app.app_roles
    principal = await run.graph.service_principals.post(ServicePrincipal(app_id=app.app_id))
    assert principal.app_id == app.app_id and principal.display_name == app.display_name, principal
    assert (await principal_of(run, app.app_id)).id == principal.id
    by_key = await run.graph.applications_with_app_id(app.app_id).get()
    assert by_key.id == app.id
    await run.graph.applications.by_application_id(app.id).patch(
        Application(web=WebApplication(redirect_uris=["https://orders.example/signin", "https://orders.example/two"]))
    )
    read = await run.graph.applications.by_application_id(app.id).get()
    assert len(read.web.redirect_uris) == 2 and read.app_roles[0].value == "Orders.Approve", read
    return app, principal, role


async def owned(run, ids, app, principal):
    """Who looks after it: added, found from both sides, taken off unless nobody else would be left."""
    carla, omar = ids["Carla"], ids["Omar"]
    of_carla = run.graph.users.by_user_id(carla).owned_objects
    application = run.graph.applications.by_application_id(app.id)
    service = run.graph.service_principals.by_service_principal_id(principal.id)
    for item, kind, object_id in [
        (application, of_carla.graph_application, app.id),
        (service, of_carla.graph_service_principal, principal.id),
    ]:
        await item.owners.ref.post(run.reference(carla))
        await refused(item.owners.ref.post(run.reference(carla)), 400, "Request_BadRequest")
        assert carla in sorted_ids(await item.owners.get())
        assert sorted_ids(await kind.get()) == [object_id]
        await refused(item.owners.by_directory_object_id(carla).ref.delete(), 400, "Request_BadRequest")
        await item.owners.ref.post(run.reference(omar))
        await item.owners.by_directory_object_id(carla).ref.delete()
        assert carla not in sorted_ids(await item.owners.get())


async def assign(run, ids, groups, principal, role):
    """To a guest, a group and a program, and taken back."""
    assigned = run.graph.service_principals.by_service_principal_id(principal.id).app_role_assigned_to
    program = await principal_of(run, run.tenant["daemon"]["client_id"])
    made = {}
    for kind, one in [("User", ids["Omar"]), ("Group", groups["inner"]), ("ServicePrincipal", program.id)]:
        wish = AppRoleAssignment(
            principal_id=uuid.UUID(one), resource_id=uuid.UUID(principal.id), app_role_id=role.id
        )
        answer = await assigned.post(wish)
        assert answer.principal_type == kind and str(answer.principal_id) == one, answer
        made[kind] = answer.id
    twice = AppRoleAssignment(
        principal_id=uuid.UUID(ids["Omar"]), resource_id=uuid.UUID(principal.id), app_role_id=role.id
    )
    await refused(assigned.post(twice), 400, "Request_BadRequest")
    query = AppRoleAssignedToRequestBuilder.AppRoleAssignedToRequestBuilderGetQueryParameters
    found, _ = await run.pages(await assigned.get(asking(query(top=2))))
    assert sorted(one.id for one in found) == sorted(made.values()), found
    of_omar = await run.graph.users.by_user_id(ids["Omar"]).app_role_assignments.get()
    assert [one.resource_display_name for one in of_omar.value] == [principal.display_name], of_omar.value
    await assigned.by_app_role_assignment_id(made["ServicePrincipal"]).delete()
    await refused(assigned.by_app_role_assignment_id(made["ServicePrincipal"]).delete(), 404)
    assert len((await assigned.get()).value) == 2


async def secret_and_permission(run, app, principal):
    """A program of its own: its secret, a permission of the directory, and what it may do then."""
    item = run.graph.applications.by_application_id(app.id)
    wish = AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="scenario"))
    secret = await item.add_password.post(wish)
    assert secret.secret_text and secret.key_id and secret.hint in secret.secret_text, secret
    assert (await item.get()).password_credentials[0].secret_text is None, "it is shown once"
    program = {"client_id": app.app_id, "client_secret": secret.secret_text}
    scope = [f"{run.base_url}/.default"]
    client = confidential(run.base_url, run.tenant, program, msal.TokenCache())
    assert "access_token" in client.acquire_token_for_client(scope)

    api = await principal_of(run, API)
    grants = run.graph.service_principals.by_service_principal_id(principal.id).app_role_assignments
    wish = AppRoleAssignment(
        principal_id=uuid.UUID(principal.id), resource_id=uuid.UUID(api.id), app_role_id=USER_READ_ALL
    )
    granted = await grants.post(wish)
    assert granted.resource_display_name == api.display_name, granted
    listed = await grants.get()
    assert [one.app_role_id for one in listed.value] == [USER_READ_ALL], listed.value

    await item.remove_password.post(RemovePasswordPostRequestBody(key_id=secret.key_id))
    client = confidential(run.base_url, run.tenant, program, msal.TokenCache())
    answer = client.acquire_token_for_client(scope)
    assert answer["error"] == "invalid_client", answer


async def consent(run, principal):
    """What an app may do for people: granted for everybody, widened, found again, taken back."""
    api = await principal_of(run, API)
    grants = run.graph.oauth2_permission_grants
    wish = OAuth2PermissionGrant(
        client_id=principal.id, consent_type="AllPrincipals", resource_id=api.id, scope="User.Read Group.Read.All"
    )
    made = await grants.post(wish)
    assert made.id and made.consent_type == "AllPrincipals" and made.principal_id is None, made
    grant = grants.by_o_auth2_permission_grant_id(made.id)
    await grant.patch(OAuth2PermissionGrant(scope="User.Read Group.Read.All User.Invite.All"))
    assert set((await grant.get()).scope.split()) == {"User.Read", "Group.Read.All", "User.Invite.All"}
    query = Oauth2PermissionGrantsRequestBuilder.Oauth2PermissionGrantsRequestBuilderGetQueryParameters
    found = await grants.get(asking(query(filter=f"clientId eq '{principal.id}'")))
    assert [one.id for one in found.value] == [made.id], found.value
    of_app = run.graph.service_principals.by_service_principal_id(principal.id).oauth2_permission_grants
    assert [one.id for one in (await of_app.get()).value] == [made.id]
    await refused(grants.post(wish), 409)
    await refused(grant.patch(OAuth2PermissionGrant(scope="Shoes.Read")), 400)
    await grant.delete()
    await refused(grant.get(), 404)


async def part(run, ids, groups):
    app, principal, role = await register(run)
    await owned(run, ids, app, principal)
    await assign(run, ids, groups, principal, role)
    await secret_and_permission(run, app, principal)
    await consent(run, principal)
    return {"app": app.id, "principal": principal.id}
