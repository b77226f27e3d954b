"""What the scenario has done stands in the audit log, by the names Graph gives it."""

from connection import asking, refused
from msgraph.generated.audit_logs.directory_audits.directory_audits_request_builder import (
    DirectoryAuditsRequestBuilder,
)
from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import SignInsRequestBuilder
from msgraph.generated.models.operation_result import OperationResult


async def audits(run, ids):
    logs = run.graph.audit_logs.directory_audits
    query = DirectoryAuditsRequestBuilder.DirectoryAuditsRequestBuilderGetQueryParameters

    async def of(target, activity):
        wanted = f"activityDisplayName eq '{activity}' and targetResources/any(t:t/id eq '{target}')"
        found, _ = await run.pages(await logs.get(asking(query(filter=wanted, top=1))))
        return found

    (invited,) = await of(ids["Omar"], "Invite external user")
    assert invited.result == OperationResult.Success, invited
    assert invited.initiated_by.app.app_id == run.tenant["daemon"]["client_id"], invited.initiated_by
    assert (await logs.by_directory_audit_id(invited.id).get()).id == invited.id
    (restored,) = await of(ids["Omar"], "Restore user")
    assert restored.activity_date_time > invited.activity_date_time
    changed = await of(ids["Anna"], "Update user")
    assert len(changed) == 2, changed
    names = {one.display_name for entry in changed for one in entry.target_resources[0].modified_properties}
    assert names == {"businessPhones", "city", "jobTitle", "otherMails"}, names


async def sign_ins(run):
    logs = run.graph.audit_logs.sign_ins
    query = SignInsRequestBuilder.SignInsRequestBuilderGetQueryParameters
    upn = run.tenant["administrator"]["upn"]
    answer = await logs.get(asking(query(filter=f"userPrincipalName eq '{upn}'", top=1)))
    (newest,) = answer.value
    assert newest.user_principal_name == upn and newest.status.error_code == 0, newest
    await refused(run.daemon.audit_logs.sign_ins.get(), 403, "Authorization_RequestDenied")


async def part(run, ids):
    await audits(run, ids)
    await sign_ins(run)
