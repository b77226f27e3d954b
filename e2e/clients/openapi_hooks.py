"""What schemathesis cannot know: references in bodies name objects by their addresses."""

import json
import os

import schemathesis

BASE_URL = os.environ["OPENAPI_BASE_URL"]
OBJECTS = json.loads(os.environ["OPENAPI_OBJECTS"])


def address(text):
    """Most addresses lead to an object that is there; which one depends on what would have been sent."""
    number = sum(text.encode("utf-8", "replace"))
    if not OBJECTS or number % 5 == 0:
        return text
    return f"{BASE_URL}/v1.0/directoryObjects/{OBJECTS[number % len(OBJECTS)]}"


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict):
        for name, value in body.items():
            if name == "@odata.id" or name.endswith("@odata.bind"):
                if isinstance(value, str):
                    body[name] = address(value)
                elif isinstance(value, list):
                    body[name] = [address(item) if isinstance(item, str) else item for item in value]
    return body
