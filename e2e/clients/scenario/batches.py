"""Several requests in one, by the batch types of msgraph-core."""

import json

from connection import asking, refused
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_content_collection import BatchRequestContentCollection
from msgraph_core.requests.batch_request_item import BatchRequestItem

from scenario.run import users_query

NOBODY = "11111111-2222-4333-8444-555555555555"


def item(run, request, name, depends_on=None):
    """One request, with the whole address in its url, as msgraph-core sends it."""
    made = BatchRequestItem(request, id=name, depends_on=depends_on)
    assert made.url.startswith(f"{run.base_url}/v1.0/"), made.url
    return made


def written(request, name, url):
    """The same with a url that somebody wrote by hand."""
    made = BatchRequestItem(request, id=name)
    made.url = url
    return made


def content_of(*requests):
    content = BatchRequestContent()
    for request in requests:
        content.add_request(request.id, request)
    return content


async def bodies(run, content):
    """The answers by id. msgraph-core drops bodies that are JSON, so the whole answer is read here."""
    request = await run.graph.batch.to_post_request_information(content)
    answer = await run.graph.request_adapter.send_primitive_async(request, "bytes", {"XXX": ODataError})
    return {one["id"]: one for one in json.loads(answer)["responses"]}


async def reads_and_writes(run, ids):
    users = run.graph.users
    query = asking(users_query(filter=f"startsWith(displayName,'{run.tag}')", count=True, top=3), eventual=True)
    found = await bodies(
        run,
        content_of(
            item(run, users.by_user_id(ids["Anna"]).to_get_request_information(), "anna"),
            item(run, users.to_get_request_information(query), "some"),
            item(run, users.to_post_request_information(run.member("Batch")), "make"),
            item(run, users.by_user_id(NOBODY).to_get_request_information(), "nobody"),
            written(
                users.to_get_request_information(),
                "blanks",
                f"/users?$filter=startswith(displayName,'{run.tag} A')&$select=id, displayName",
            ),
        ),
    )
    assert {name: one["status"] for name, one in found.items()} == {
        "anna": 200,
        "some": 200,
        "make": 201,
        "nobody": 404,
        "blanks": 200,
    }, found
    assert found["anna"]["body"]["id"] == ids["Anna"], found
    assert found["some"]["body"]["@odata.count"] == len(ids) and len(found["some"]["body"]["value"]) == 3, found
    assert ids["Anna"] in [one["id"] for one in found["blanks"]["body"]["value"]], found
    assert found["nobody"]["body"]["error"]["code"] == "Request_ResourceNotFound", found
    made = await users.by_user_id(found["make"]["body"]["id"]).get()
    assert made.display_name == f"{run.tag} Batch", made
    return made.id


async def one_after_the_other(run, made):
    """What depends on a request that fails is not tried."""
    user = run.graph.users.by_user_id(made)
    first = item(run, user.to_patch_request_information(User(job_title="Packer")), "first")
    second = item(run, user.to_patch_request_information(User(user_type="Robot")), "second", ["first"])
    third = item(run, user.to_delete_request_information(), "third", ["second"])
    answer = await run.graph.batch.post(content_of(first, second, third))
    codes = answer.get_response_status_codes()
    assert codes == {"first": 204, "second": 400, "third": 424}, codes
    assert (await user.get(asking())).id == made, "the third was not tried"


async def more_than_fit(run, ids):
    """The SDK makes batches of 20 of whatever is added."""
    collection = BatchRequestContentCollection()
    for place in range(45):
        request = run.graph.users.by_user_id(ids["Anna"]).to_get_request_information()
        collection.add_batch_request_item(item(run, request, f"request-{place}"))
    answers = (await run.graph.batch.post(collection)).get_responses()
    codes = [answer.get_response_status_codes() for answer in answers]
    assert [len(one) for one in codes] == [20, 20, 5], codes
    assert {code for one in codes for code in one.values()} == {200}, codes


async def part(run, ids):
    made = await reads_and_writes(run, ids)
    await one_after_the_other(run, made)
    await more_than_fit(run, ids)
    empty = BatchRequestContent()
    await refused(run.graph.batch.post(empty, {"XXX": ODataError}), 400)
    await run.graph.users.by_user_id(made).delete()
