"""schemathesis over /openapi.json, once for each caller: no failure of the server, no answer outside of the document.

usage: openapi.py DEMO_JSON < CALLERS

CALLERS is JSON, the access tokens of `administrator`, `member` and `guest`; nobody's calls need none. What is asked
follows from a seed, which is the day unless VESTIBULE_SEED says another one; it is printed, so that a day can be
repeated, but for how far the boundary values come in their time. Ids of what is there, made beforehand where nothing
would be there, are named in paths and bodies, so that more than refusals comes back; the administrator and the app they
ask through are not among them, because only refusals would follow.
"""

import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import requests
from receiver import Receiver

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"

# Callers in the order in which they ask, with the calls of each operation. The administrator is last, because they take away
# what the others need. Every day asks for something else, so that few calls a day are many in a month.
CALLS = {"anonymous": 2, "guest": 5, "member": 4, "administrator": 12}

# Seconds for what schemathesis calls coverage: the values on either side of each boundary, of each parameter and each
# property in turn, in the order of the document, which begins elsewhere every day, until the time is over. What the
# document does not allow comes first, because it takes nothing away.
BOUNDARIES = {
    "guest": {"negative": 8, "positive": 12},
    "administrator": {"negative": 20, "positive": 30},
}

# How many of the values are those that are known, and how many made up.
KNOWN, KNOWN_IN_QUERIES = 0.8, 0.5

# Blank, hardly readable or never ended: what a query may hold where a text is asked for. TOML has no pairs of surrogates,
# so that nothing beyond the basic plane stands here.
ODD = ["", " ", "\t", "'", "''", '"', "(", ")", ",", "%", "$", "null", "x" * 500]
ODD += ["a\u0000b", "\u202ea", "\u0130\u00df", "e\u0301"]

# Whoever ends their own sessions, or leaves, has no token left: when everything else is done.
LAST = "(/revokeSignInSessions|/me/leave)$"

# The directory API; without it no token is good for anything.
DIRECTORY = "00000003-0000-0000-c000-000000000000"

# Seconds after which something hangs; the longest run takes about 80.
PATIENCE = 600

# How many there are of what hangs on something else; calls of the administrator use them up.
SPARE = 8

# Access to an app, and no role in particular.
NO_ROLE = "00000000-0000-0000-0000-000000000000"

LIFETIME = {"Version": 1, "AccessTokenLifetime": "02:00:00"}

DOMAINS = {"InvitationsAllowedAndBlockedDomainsPolicy": {"BlockedDomains": ["blocked.example"]}}


def caller(base_url, token):
    """Calls of the API with a token; a refusal ends the test, because nothing of this may be refused."""

    def call(method, path, body=None):
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.request(method, f"{base_url}{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.text else None

    return call


def group(name):
    return {"displayName": name, "mailNickname": name, "mailEnabled": False, "securityEnabled": True}


class Prepared:
    """What hangs on something else: ids by the names of parameters, and for each id the others of its path."""

    def __init__(self):
        self.ids, self.parents = {}, {}

    def add(self, name, value, **parents):
        self.ids.setdefault(f"path.{name}", []).append(value)
        self.parents[value] = parents


def prepare(call, domain, users, api):
    """An app with all it can have, policies with what they hold, something deleted of each kind; each several times."""
    prepared = Prepared()
    for number in range(SPARE):
        scope = {"id": f"00000000-0000-4000-8000-{number + 1:012}", "value": "Costs.Read", "type": "User"}
        registration = {"displayName": f"Spare {number}", "api": {"oauth2PermissionScopes": [scope]}}
        app = call("POST", "/v1.0/applications", registration)
        principal = call("POST", "/v1.0/servicePrincipals", {"appId": app["appId"]})["id"]
        classes = f"/v1.0/servicePrincipals/{principal}/delegatedPermissionClassifications"
        classified = call("POST", classes, {"permissionId": scope["id"], "classification": "low"})["id"]
        prepared.add("classification", classified, principal=principal)
        below, user = f"/v1.0/applications/{app['id']}", users[number % len(users)]
        trusted = {"name": "pipeline", "issuer": "https://issuer.example", "subject": "main"}
        trusted["audiences"] = ["api://AzureADTokenExchange"]
        credential = call("POST", f"{below}/federatedIdentityCredentials", trusted)["id"]
        prepared.add("credential", credential, application=app["id"])
        added = {"name": f"code{number}", "dataType": "String", "targetObjects": ["User"]}
        prepared.add("property", call("POST", f"{below}/extensionProperties", added)["id"], application=app["id"])
        wish = {"principalId": user, "resourceId": principal, "appRoleId": NO_ROLE}
        assigned = call("POST", f"/v1.0/servicePrincipals/{principal}/appRoleAssignedTo", wish)["id"]
        prepared.add("assignment", assigned, principal=principal, user=user)
        wish = {"clientId": principal, "consentType": "AllPrincipals", "resourceId": api, "scope": "User.Read"}
        prepared.add("grant", call("POST", "/v1.0/oauth2PermissionGrants", wish)["id"])
        policy = f"spare-policy-{number}"
        sets = f"/v1.0/policies/permissionGrantPolicies/{policy}"
        call("POST", "/v1.0/policies/permissionGrantPolicies", {"id": policy, "displayName": f"Spare {number}"})
        prepared.add("grant_policy", policy)
        lifetimes = "/v1.0/policies/tokenLifetimePolicies"
        wish = {"displayName": f"Spare {number}", "definition": [json.dumps({"TokenLifetimePolicy": LIFETIME})]}
        lifetime = call("POST", lifetimes, wish)["id"]
        for given in (below, f"/v1.0/servicePrincipals/{principal}"):
            call("POST", f"{given}/tokenLifetimePolicies/$ref", {"@odata.id": f"{lifetimes}/{lifetime}"})
        prepared.add("lifetime_policy", lifetime, application=app["id"], principal=principal)
        side = ("includes", "excludes")[number % 2]
        condition = call("POST", f"{sets}/{side}", {"permissionType": "delegated"})["id"]
        prepared.add("condition", condition, grant_policy=policy)
        for kind, body in [
            ("groups", group(f"gone{number}")),
            ("applications", {"displayName": f"Gone {number}"}),
            ("users", member(f"gone{number}@{domain}")),
        ]:
            gone = call("POST", f"/v1.0/{kind}", body)["id"]
            call("DELETE", f"/v1.0/{kind}/{gone}")
            prepared.add("deleted", gone)
    domains = call("GET", "/beta/policies/b2bManagementPolicies")["value"]
    if not domains:
        definition = json.dumps({"B2BManagementPolicy": DOMAINS})
        domains = [call("POST", "/beta/policies/b2bManagementPolicies", {"definition": [definition]})]
    prepared.add("policy", domains[0]["id"])
    # Who asked for which app; the test has let somebody ask.
    asked = "/v1.0/identityGovernance/appConsent/appConsentRequests"
    for app in call("GET", asked)["value"]:
        for request in call("GET", f"{asked}/{app['id']}/userConsentRequests")["value"]:
            prepared.add("consent_request", request["id"], principal=app["id"])
    return prepared


def member(name):
    return {
        "accountEnabled": True,
        "displayName": name,
        "mailNickname": name.split("@")[0],
        "userPrincipalName": name,
        "passwordProfile": {"password": "tzbe-xfck-vcrd-nhea"},
    }


def subscribe(call, prepared, receiver):
    """Subscriptions belong to who made them: to the administrator, through the app that asks."""
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    for resource in ("users", "groups", "users"):
        wish = {
            "resource": resource,
            "changeType": "updated",
            "notificationUrl": receiver.address,
            "expirationDateTime": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        prepared.add("subscription", call("POST", "/v1.0/subscriptions", wish)["id"])


def known(base_url, tenant, administrator, receiver):
    """The ids of what is there, by the names of parameters and properties, and what of it hangs on what."""
    program, app = tenant["automation"], tenant["app"]
    token = requests.post(
        f"{base_url}/{tenant['id']}/oauth2/v2.0/token",
        data={"grant_type": "client_credentials", "scope": f"{base_url}/.default", **program},
        timeout=30,
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    call = caller(base_url, token)
    call("POST", "/v1.0/groups", group("everybody"))
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

    directory = call("GET", f"/v1.0/servicePrincipals?$filter=appId eq '{DIRECTORY}'")["value"][0]["id"]
    prepared = prepare(call, tenant["domain"], values("/v1.0/users"), directory)
    subscribe(caller(base_url, administrator), prepared, receiver)
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
            *ODD,
            "displayName eq ''",
            "displayName eq 'O''Neill'",
            "startsWith(displayName,'%_\\')",
            "displayName eq '\u202e\u0130'",
            "displayName in ()",
            "id eq ''",
            "createdDateTime ge 9999-12-31T23:59:59.9999999Z",
            "createdDateTime le 0001-01-01T00:00:00Z",
            "(" * 60 + "accountEnabled eq true" + ")" * 60,
            "not " * 60 + "accountEnabled eq true",
            "startsWith(displayName,'a')",
            "displayName eq 'Contoso'",
            "not(displayName in ('a','b'))",
            "accountEnabled eq true",
            "createdDateTime ge 2026-01-01T00:00:00Z",
            "externalUserState eq 'PendingAcceptance' and endsWith(mail,'.example')",
        ],
        "query.$orderby": [*ODD, "displayName", "displayName desc", "id", "displayName,id desc", "id desc desc"],
        "query.$search": [
            *ODD,
            '"displayName:a"',
            '"mail:b" OR "displayName:c"',
            '""',
            '"displayName:"',
            '"displayName:a" NOT "b"',
        ],
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
    found.update(prepared.ids)
    return {name: values for name, values in found.items() if values}, prepared.parents


def configuration(found, calls, token, boundaries):
    """A schemathesis.toml. A JSON text is a basic string of TOML as well, as long as it is ASCII without DEL."""
    has_boundaries = boundaries is not None
    lines = [
        "continue-on-failure = true",
        "warnings = false",
        f"headers = {{ Authorization = {json.dumps('Bearer ' + token)} }}" if token else "",
        "[generation]",
        # Nothing is kept for the next run: what is asked follows from the seed.
        'database = "none"',
        f"max-examples = {calls}",
        "[phases.examples]",
        "enabled = false",
        "[phases.coverage]",
        f"enabled = {json.dumps(has_boundaries)}",
        'operation-ordering = "none"',
        # Methods that a path does not have stand nowhere in the document.
        "unexpected-methods = []",
        "[phases.coverage.generation]",
        f"mode = {json.dumps(boundaries or 'positive')}",
        "[phases.stateful]",
        "enabled = false",
        "[phases.fuzzing]",
        f"enabled = {json.dumps(not has_boundaries)}",
        # Ids of answers would name who asks; what is learnt from errors depends on what was asked before.
        "extra-data-sources = { responses = false }",
        "error-feedback = { enabled = false }",
        "[parameters]",
    ]
    for name in found:
        probability = KNOWN_IN_QUERIES if name.startswith("query.") else KNOWN
        known = f"dictionary = {json.dumps(dictionary(name))}, probability = {probability}"
        lines.append(f"{json.dumps(name)} = {{ {known} }}")
    for name, values in found.items():
        lines += [f"[dictionaries.{dictionary(name)}]", f"values = {json.dumps(values)}"]
    return "\n".join(lines) + "\n"


def dictionary(name):
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def seed_of_today():
    given = os.environ.get("VESTIBULE_SEED")
    return int(given) if given else datetime.datetime.now(datetime.timezone.utc).date().toordinal()


def begun_elsewhere(document, seed):
    """The same document with its paths in the same order, but for where that begins."""
    paths = list(document["paths"].items())
    first = random.Random(seed).randrange(len(paths))
    return {**document, "paths": dict(paths[first:] + paths[:first])}


def run(base_url, folder, options, found, parents):
    file, document = str(folder / "schemathesis.toml"), str(folder / "openapi.json")
    command = [str(Path(sys.executable).with_name("st")), "--config-file", file, "run", document, "--url", base_url]
    command += ["--checks", CHECKS, "--no-color", *options]
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).resolve().parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SCHEMATHESIS_HOOKS": "openapi_hooks",
        "OPENAPI_OBJECTS": json.dumps(found.get("path.object", [])),
        "OPENAPI_PARENTS": json.dumps(parents),
        "OPENAPI_BASE_URL": base_url,
        "OPENAPI_DOCUMENT": document,
    }
    # What schemathesis keeps for later runs stays in the folder that goes away.
    ended = subprocess.run(command, env=environment, cwd=folder, timeout=PATIENCE, check=False)
    return ended.returncode == 0


def main(demo, tokens):
    base_url, tenant, seed = demo["base_url"], demo["tenants"][0], seed_of_today()
    print(f"seed {seed}: VESTIBULE_SEED={seed} asks for the same again", flush=True)
    failed = []
    with tempfile.TemporaryDirectory() as name, Receiver() as receiver:
        folder = Path(name)
        found, parents = known(base_url, tenant, tokens["administrator"], receiver)
        answer = requests.get(f"{base_url}/openapi.json", timeout=30)
        answer.raise_for_status()
        document = answer.json()

        def asked(who, options, boundaries=None):
            settings = configuration(found, CALLS[who], tokens.get(who), boundaries)
            (folder / "schemathesis.toml").write_text(settings, encoding="utf-8")
            described = begun_elsewhere(document, seed) if boundaries else document
            (folder / "openapi.json").write_text(json.dumps(described), encoding="utf-8")
            return run(base_url, folder, ["--seed", str(seed), *options], found, parents)

        for who in CALLS:
            print(f"as {who}", flush=True)
            good = asked(who, ["--exclude-path-regex", LAST])
            for mode, seconds in BOUNDARIES.get(who, {}).items():
                print(f"{mode} boundaries as {who}", flush=True)
                options = ["--max-time", str(seconds), "--exclude-path-regex", LAST]
                good = asked(who, options, boundaries=mode) and good
            good = asked(who, ["--include-path-regex", LAST]) and good
            if not good:
                failed.append(who)
    assert not failed, f"not as the document says: {failed} (VESTIBULE_SEED={seed})"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as contract:
        main(json.load(contract), json.load(sys.stdin))
