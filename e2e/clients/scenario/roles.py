"""Directory roles, in both of Graph's forms."""

from connection import asking, refused
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.user import User
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)
from msgraph.generated.role_management.directory.role_definitions.role_definitions_request_builder import (
    RoleDefinitionsRequestBuilder,
)

from scenario.groups import sorted_ids

GUEST_INVITER = "95e79109-95c0-4d8e-aee3-d01accf2d47b"
USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"


async def unified(run, ids):
    directory = run.graph.role_management.directory
    query = RoleDefinitionsRequestBuilder.RoleDefinitionsRequestBuilderGetQueryParameters
    found = await directory.role_definitions.get(asking(query(filter="displayName eq 'Guest Inviter'")))
    (definition,) = found.value
    assert definition.id == GUEST_INVITER and definition.is_built_in is True, definition
    assert definition.role_permissions[0].allowed_resource_actions, definition
    wish = UnifiedRoleAssignment(
        role_definition_id=definition.id, principal_id=ids["Elif"], directory_scope_id="/"
    )
    made = await directory.role_assignments.post(wish)
    assert made.id and made.principal_id == ids["Elif"], made
    await refused(directory.role_assignments.post(wish), 400)
    query = RoleAssignmentsRequestBuilder.RoleAssignmentsRequestBuilderGetQueryParameters
    found = await directory.role_assignments.get(asking(query(filter=f"principalId eq '{ids['Elif']}'")))
    assert [one.id for one in found.value] == [made.id], found.value
    await directory.role_assignments.by_unified_role_assignment_id(made.id).delete()
    await refused(directory.role_assignments.by_unified_role_assignment_id(made.id).get(), 404)
    # A guest holds no role that rules over others.
    guest = UnifiedRoleAssignment(
        role_definition_id=USER_ADMINISTRATOR, principal_id=ids["Petra"], directory_scope_id="/"
    )
    await refused(directory.role_assignments.post(guest), 400)


async def by_role(run, ids):
    roles = await run.graph.directory_roles.get()
    (role,) = [one for one in roles.value if one.role_template_id == GUEST_INVITER]
    members = run.graph.directory_roles.by_directory_role_id(role.id).members
    await members.ref.post(run.reference(ids["Farid"]))
    found = await members.get()
    assert ids["Farid"] in sorted_ids(found) and type(found.value[0]) is User, found
    of_farid = await run.graph.users.by_user_id(ids["Farid"]).transitive_member_of.graph_directory_role.get()
    assert [one.display_name for one in of_farid.value] == ["Guest Inviter"], of_farid.value
    await members.by_directory_object_id(ids["Farid"]).ref.delete()
    assert ids["Farid"] not in sorted_ids(await members.get())


async def part(run, ids):
    await unified(run, ids)
    await by_role(run, ids)
