"""A web application of MSAL for Python signs people in; the caller drives the browser.

usage: person.py DEMO_JSON

Each line of the standard output is an address for the browser to open; the address at which the browser stands
afterwards is expected as one line on the standard input. The first line of the input is `member` or `guest`, the
second the address the person signs in with. `ok` is the last line of the output. The demo must run with --https:
msal refuses plain http.
"""

import json
import os
import sys
from urllib.parse import parse_qsl, urlsplit

import msal
import requests

SCOPES = ["User.Read"]


def browser(address):
    print(address, flush=True)
    return dict(parse_qsl(urlsplit(sys.stdin.readline().strip()).query))


def application(base_url, tenant, cache):
    app = tenant["app"]
    return msal.ConfidentialClientApplication(
        app["client_id"],
        client_credential=app["client_secret"],
        authority=f"{base_url}/{tenant['id']}",
        instance_discovery=False,
        token_cache=cache,
    )


def sign_in(client, tenant, **options):
    flow = client.initiate_auth_code_flow(SCOPES, redirect_uri=tenant["app"]["redirect_uri"], **options)
    return flow, browser(flow["auth_uri"])


def me(base_url, answer):
    url = f"{base_url}/v1.0/me?$select=id,userType,userPrincipalName,mail"
    response = requests.get(url, headers={"Authorization": f"Bearer {answer['access_token']}"}, timeout=30)
    response.raise_for_status()
    return response.json()


def claims_are_right(kind, address, tenant, claims):
    assert claims["tid"] == tenant["id"], claims
    assert claims["preferred_username"].lower() == address.lower(), claims
    assert claims["aud"] == tenant["app"]["client_id"], claims
    if kind == "guest":
        assert claims["idp"] == "mail", claims
        assert claims["email"] == address, claims
    else:
        assert "idp" not in claims, claims


def silent(client, **options):
    """As the examples of MSAL do it: the one account of the cache, then without a person."""
    accounts = client.get_accounts()
    assert len(accounts) == 1, accounts
    return client.acquire_token_silent(SCOPES, account=accounts[0], **options)


def refresh_token(cache):
    kept = list(cache.search(msal.TokenCache.CredentialType.REFRESH_TOKEN))
    assert len(kept) == 1, kept
    return kept[0]["secret"]


def main(demo, kind, address):
    base_url = demo["base_url"]
    tenant = demo["tenants"][0]
    cache = msal.SerializableTokenCache()
    client = application(base_url, tenant, cache)

    # max_age makes msal compare auth_time; it raises when the claim is missing.
    flow, landed = sign_in(client, tenant, login_hint=address, max_age=600)
    answer = client.acquire_token_by_auth_code_flow(flow, landed)
    assert "access_token" in answer, answer
    claims = answer["id_token_claims"]
    claims_are_right(kind, address, tenant, claims)
    assert answer["token_source"] == "identity_provider", answer

    (account,) = client.get_accounts()
    assert account["username"] == claims["preferred_username"], account
    assert account["home_account_id"] == f"{claims['oid']}.{claims['tid']}", account
    assert account["local_account_id"] == claims["oid"], account
    assert client.get_accounts(username=address) == [account]

    profile = me(base_url, answer)
    assert profile["id"] == claims["oid"], profile
    assert profile["userType"] == kind.capitalize(), profile

    again = silent(client)
    assert again["access_token"] == answer["access_token"], "the cache must hit: scope comes back as it was asked"
    assert again["token_source"] == "cache", again
    first = refresh_token(cache)
    renewed = silent(client, force_refresh=True)
    assert renewed["token_source"] == "identity_provider", renewed
    assert renewed["access_token"] != answer["access_token"], "a new one"
    assert refresh_token(cache) != first, "refresh tokens rotate"
    assert me(base_url, renewed)["id"] == claims["oid"]

    # A program that starts again has nothing but the cache it kept.
    kept = msal.SerializableTokenCache()
    kept.deserialize(cache.serialize())
    reborn = application(base_url, tenant, kept)
    assert silent(reborn, force_refresh=True)["token_source"] == "identity_provider"
    other = reborn.acquire_token_silent([f"{base_url}/User.Read"], account=reborn.get_accounts()[0])
    assert other["token_source"] == "identity_provider", "the same refresh token, another name of the resource"

    # The session of the browser answers without a page; a code that is used again ends what came of it.
    flow, landed = sign_in(reborn, tenant, prompt="none", login_hint=address)
    assert "code" in landed, landed
    answer = reborn.acquire_token_by_auth_code_flow(flow, landed)
    assert answer["id_token_claims"]["sub"] == claims["sub"], answer
    replayed = reborn.acquire_token_by_auth_code_flow(flow, landed)
    assert replayed["error"] == "invalid_grant", replayed
    assert "AADSTS54005" in replayed["error_description"], replayed
    refused = reborn.acquire_token_silent_with_error(SCOPES, account=reborn.get_accounts()[0], force_refresh=True)
    assert refused["error"] == "invalid_grant", refused

    # What the person has, nobody else is told: another hint finds no session of theirs.
    _, landed = sign_in(client, tenant, prompt="none", login_hint=f"not-{address}")
    assert landed["error"] == "login_required", landed

    client.remove_account(account)
    assert client.get_accounts() == []


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        contract = json.load(file)
    os.environ["REQUESTS_CA_BUNDLE"] = contract["ca_certificate"]
    main(contract, sys.stdin.readline().strip(), sys.stdin.readline().strip())
    print("ok", flush=True)
