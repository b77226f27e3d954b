"""What schemathesis cannot know. What hangs on something else stands below that in a path. References in bodies name
objects by their addresses. And a call with everything that a call may
have is nearly always refused: most of what is optional is left out, so that more than refusals comes back. What is left out
depends on what would have been sent, and so follows from the seed."""

import json
import os

import schemathesis

BASE_URL = os.environ["OPENAPI_BASE_URL"]
OBJECTS = json.loads(os.environ["OPENAPI_OBJECTS"])
PARENTS = json.loads(os.environ["OPENAPI_PARENTS"])

with open(os.environ["OPENAPI_DOCUMENT"], encoding="utf-8") as file:
    DOCUMENT = json.load(file)


def number(*parts):
    return sum("".join(map(str, parts)).encode("utf-8", "replace"))


def address(text):
    """Most addresses lead to an object that is there."""
    if not OBJECTS or number(text) % 5 == 4:
        return text
    return f"{BASE_URL}/v1.0/directoryObjects/{OBJECTS[number(text) % len(OBJECTS)]}"


def required(operation):
    """The properties that a body must have; nothing is known of a body that is a type as a whole."""
    body = DOCUMENT["paths"][operation.path][operation.method.lower()].get("requestBody", {})
    for content in body.get("content", {}).values():
        if "properties" in content["schema"]:
            return content["schema"].get("required", [])
    return None


def thinned(values, kept=()):
    """A third of what is optional."""
    return {name: value for name, value in values.items() if name in kept or number(name, value) % 3 == 0}


def plain(request):
    if not isinstance(request, dict):
        return request
    return {name: value for name, value in request.items() if name in ("id", "method", "url")}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """What hangs on something else is asked for below that."""
    if not isinstance(path_parameters, dict):
        return path_parameters
    parents = {}
    for value in path_parameters.values():
        parents.update(PARENTS.get(value, {}) if isinstance(value, str) else {})
    return {name: parents.get(name, value) for name, value in path_parameters.items()}


@schemathesis.hook
def map_query(context, query):
    if not isinstance(query, dict):
        return query
    # A token that was made up is refused, whatever else is asked.
    made_up = [name for name in query if name.endswith("token") and number(query[name]) % 8]
    return thinned({name: value for name, value in query.items() if name not in made_up})


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict):
        return body
    kept = required(context.operation)
    if kept is not None:
        body = thinned(body, kept)
    if isinstance(body.get("requests"), list):
        # In a batch, a body and headers that do not belong to the call refuse the whole.
        body["requests"] = [plain(request) for request in body["requests"]]
    for name, value in body.items():
        if name == "@odata.id" or name.endswith("@odata.bind"):
            if isinstance(value, str):
                body[name] = address(value)
            elif isinstance(value, list):
                body[name] = [address(item) if isinstance(item, str) else item for item in value]
    return body
