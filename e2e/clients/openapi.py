"""schemathesis over /openapi.json, once for each caller: no failure of the server, no answer outside of the document.

usage: openapi.py DEMO_JSON < CALLERS

CALLERS is JSON, the access tokens of `administrator`, `member` and `guest`; nobody's calls need none. What is asked is the
same in every run. Ids of what is there are named in paths and bodies, so that more than refusals comes back; the
administrator and the app they ask through are not among them, because only refusals would follow.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"

# Callers in the order in which they ask, with the calls of each operation. The administrator is last, because they take away
# what the others need.
CALLS = {"anonymous": 3, "guest": 5, "member": 4, "administrator": 16}

# Whoever ends their own sessions has no token left: when everything else is done.
LAST = "/revokeSignInSessions$"

# The directory API; without it no token is good for anything.
DIRECTORY = "00000003-0000-0000-c000-000000000000"

# Seconds after which something hangs; the longest run takes about 70.
PATIENCE = 600


def known(base_url, tenant):
    """The ids of what is there, by the names of parameters and properties."""
    program, app = tenant["automation"], tenant["app"]
    token = requests.post(
        f"{base_url}/{tenant['id']}/oauth2/v2.0/token",
        data={"grant_type": "client_credentials", "scope": f"{base_url}/.default", **program},
        timeout=30,
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    group = {"displayName": "Everybody", "mailNickname": "everybody", "mailEnabled": False, "securityEnabled": True}
    requests.post(f"{base_url}/v1.0/groups", json=group, headers=headers, timeout=30).raise_for_status()
    spared = {app["client_id"], program["client_id"], DIRECTORY, tenant["administrator"]["upn"]}

    def values(path):
        answer = requests.get(f"{base_url}{path}", headers=headers, timeout=30)
        answer.raise_for_status()
        return [item["id"] for item in answer.json()["value"] if spared.isdisjoint(map(str, item.values()))]

    def assignments():
        kept = {item for names in (users, programs) for item in names}
        path = f"{base_url}/v1.0/roleManagement/directory/roleAssignments"
        found = requests.get(path, headers=headers, timeout=30).json()["value"]
        return [item["id"] for item in found if item["principalId"] in kept]

    users, groups = values("/v1.0/users"), values("/v1.0/groups")
    programs = values("/v1.0/servicePrincipals")
    roles = values("/v1.0/directoryRoles")
    templates = values("/v1.0/directoryRoleTemplates")
    mails, jobs = values("/vestibule/v1/mails"), values("/vestibule/v1/jobs")
    found = {
        "path.application": values("/v1.0/applications"),
        "path.assigned": assignments(),
        "path.definition": templates,
        "path.domain": values("/v1.0/domains"),
        "path.group": groups,
        "path.id": values("/vestibule/v1/invitations") + mails + jobs + values("/v1.0/auditLogs/directoryAudits?$top=5"),
        "path.image": ["squareLogo", "bannerLogo", "favicon"],
        "path.locale": ["de-DE", "fr"],
        "path.member": users + programs,
        "path.method": ["Email"],
        "path.object": users + groups + programs,
        "path.organization": [tenant["id"]],
        "path.principal": programs,
        "path.role": roles,
        "path.sponsor": users,
        "path.template": templates,
        "path.tenant": [tenant["id"], "common"],
        "path.user": users,
        "query.$filter": [
            "startsWith(displayName,'a')",
            "displayName eq 'Contoso'",
            "not(displayName in ('a','b'))",
            "accountEnabled eq true",
            "createdDateTime ge 2026-01-01T00:00:00Z",
            "externalUserState eq 'PendingAcceptance' and endsWith(mail,'.example')",
        ],
        "query.$orderby": ["displayName", "displayName desc", "id"],
        "query.$search": ['"displayName:a"', '"mail:b" OR "displayName:c"'],
        "body.userPrincipalName": [f"new-{number}@{tenant['domain']}" for number in range(50)],
        "body.mailNickname": [f"new-{number}" for number in range(50)],
        "body.passwordProfile.password": ["tzbe-xfck-vcrd-nhea"],
        "body.displayName": ["Somebody", "Something", "a" * 300],
        "body.invitedUserEmailAddress": [f"somebody-{number}@northwind.example" for number in range(50)],
        "body.inviteRedirectUrl": [app["url"]],
        "body.requests[*].url": ["/users", "/me", "/groups?$top=1&$count=true", "/nothing"],
        "body.principalId": users + groups + programs,
        "body.resourceId": programs,
        "body.roleDefinitionId": templates,
        "body.directoryScopeId": ["/"],
        "body.ids[*]": users + groups,
        "body.groupIds[*]": groups,
        "body.sponsor": users,
        "body.client_id": [program["client_id"], app["client_id"]],
    }
    return {name: values for name, values in found.items() if values}


def configuration(found, calls, token):
    """A schemathesis.toml. A JSON text is a basic string of TOML as well, as long as it is ASCII without DEL."""
    lines = [
        "continue-on-failure = true",
        "warnings = false",
        f"headers = {{ Authorization = {json.dumps('Bearer ' + token)} }}" if token else "",
        "[generation]",
        "deterministic = true",
        f"max-examples = {calls}",
        "[phases.examples]",
        "enabled = false",
        "[phases.coverage]",
        "enabled = false",
        "[phases.stateful]",
        "enabled = false",
        "[phases.fuzzing]",
        # Ids of answers would name who asks; what is learnt from errors depends on what was asked before.
        "extra-data-sources = { responses = false }",
        "error-feedback = { enabled = false }",
        "[parameters]",
    ]
    for name in found:
        lines.append(f"{json.dumps(name)} = {{ dictionary = {json.dumps(dictionary(name))}, probability = 0.8 }}")
    for name, values in found.items():
        lines += [f"[dictionaries.{dictionary(name)}]", f"values = {json.dumps(values)}"]
    return "\n".join(lines) + "\n"


def dictionary(name):
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def run(base_url, folder, options, found):
    file, document = str(folder / "schemathesis.toml"), str(folder / "openapi.json")
    command = [str(Path(sys.executable).with_name("st")), "--config-file", file, "run", document, "--url", base_url]
    command += ["--checks", CHECKS, "--no-color", *options]
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).resolve().parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SCHEMATHESIS_HOOKS": "openapi_hooks",
        "OPENAPI_OBJECTS": json.dumps(found.get("path.object", [])),
        "OPENAPI_BASE_URL": base_url,
        "OPENAPI_DOCUMENT": document,
    }
    # What schemathesis keeps for later runs stays in the folder that goes away.
    ended = subprocess.run(command, env=environment, cwd=folder, timeout=PATIENCE, check=False)
    return ended.returncode == 0


def main(demo, tokens):
    base_url, tenant = demo["base_url"], demo["tenants"][0]
    found = known(base_url, tenant)
    failed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document = requests.get(f"{base_url}/openapi.json", timeout=30)
        document.raise_for_status()
        (folder / "openapi.json").write_text(document.text, encoding="utf-8")
        for caller, calls in CALLS.items():
            print(f"as {caller}", flush=True)
            settings = configuration(found, calls, tokens.get(caller))
            (folder / "schemathesis.toml").write_text(settings, encoding="utf-8")
            good = run(base_url, folder, ["--exclude-path-regex", LAST], found)
            good = run(base_url, folder, ["--include-path-regex", LAST], found) and good
            if not good:
                failed.append(caller)
    assert not failed, f"not as the document says: {failed}"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as contract:
        main(json.load(contract), json.load(sys.stdin))
