"""What people may be let consent to, and whom they ask when they may not. Everything is put back."""

import uuid

from connection import refused
from kiota_abstractions.method import Method
from msgraph.generated.models.access_review_reviewer_scope import AccessReviewReviewerScope
from msgraph.generated.models.admin_consent_request_policy import AdminConsentRequestPolicy
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.permission_grant_condition_set import PermissionGrantConditionSet
from msgraph.generated.models.permission_grant_policy import PermissionGrantPolicy
from msgraph.generated.models.permission_type import PermissionType


async def policies(run):
    all_of_them = run.graph.policies.permission_grant_policies
    name = f"{run.tag}-policy"
    wish = PermissionGrantPolicy(id=name, display_name=f"{run.tag} own", description="For the scenario")
    made = await all_of_them.post(wish)
    assert made.id == name, made
    policy = all_of_them.by_permission_grant_policy_id(name)
    try:
        await refused(all_of_them.post(wish), 409)
        await policy.patch(PermissionGrantPolicy(description="Changed"))
        assert (await policy.get()).description == "Changed"
        for side in (policy.includes, policy.excludes):
            added = await side.post(PermissionGrantConditionSet(permission_type=PermissionType.Delegated))
            assert added.id and added.permission_type == PermissionType.Delegated, added
            assert [one.id for one in (await side.get()).value] == [added.id]
            await side.by_permission_grant_condition_set_id(added.id).delete()
            assert (await side.get()).value == []
        assert name in [one.id for one in (await all_of_them.get()).value]
    finally:
        await policy.delete()
    await refused(policy.get(), 404)


async def replace(run, policy):
    """The SDK knows PATCH alone, and Graph PUT."""
    builder = run.graph.policies.admin_consent_request_policy
    information = builder.to_patch_request_information(policy)
    information.http_method = Method.PUT
    await run.graph.request_adapter.send_no_response_content_async(information, {"XXX": ODataError})


def without_version(policy, reviewers):
    """The same policy to be sent, whatever its version is by then."""
    return AdminConsentRequestPolicy(
        is_enabled=policy.is_enabled,
        notify_reviewers=policy.notify_reviewers,
        reminders_enabled=policy.reminders_enabled,
        request_duration_in_days=policy.request_duration_in_days,
        reviewers=[AccessReviewReviewerScope(query=one, query_type="MicrosoftGraph") for one in reviewers],
    )


async def requests(run, ids):
    builder = run.graph.policies.admin_consent_request_policy
    before = await builder.get()
    queries = [one.query for one in before.reviewers]
    wish = AdminConsentRequestPolicy(
        is_enabled=True, notify_reviewers=False, reminders_enabled=False, request_duration_in_days=7
    )
    try:
        await replace(run, without_version(wish, [f"/users/{ids['Anna']}"]))
        read = await builder.get()
        assert read.is_enabled is True and read.request_duration_in_days == 7, read
        assert [one.query for one in read.reviewers] == [f"/users/{ids['Anna']}"], read.reviewers
        nobody = without_version(wish, [f"/users/{uuid.uuid4()}"])
        await refused(replace(run, nobody), 400)
    finally:
        await replace(run, without_version(before, queries))
    asked = run.graph.identity_governance.app_consent.app_consent_requests
    found, _ = await run.pages(await asked.get())
    for one in found:
        assert (await asked.by_app_consent_request_id(one.id).user_consent_requests.get()).value is not None
    await refused(asked.by_app_consent_request_id(str(uuid.uuid4())).get(), 404)


async def part(run, ids):
    await policies(run)
    await requests(run, ids)
