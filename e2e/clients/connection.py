"""Microsoft's clients with another base address: what every script here begins with."""

import os
import time
from urllib.parse import urlsplit

import msal
from azure.core.credentials import AccessToken
from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph import GraphRequestAdapter, GraphServiceClient


def trust(demo):
    # requests (msal, azure-identity) and httpx (the Graph SDK) each have their own variable.
    os.environ["REQUESTS_CA_BUNDLE"] = demo["ca_certificate"]
    os.environ["SSL_CERT_FILE"] = demo["ca_certificate"]


def confidential(base_url, tenant, application, cache=None):
    return msal.ConfidentialClientApplication(
        application["client_id"],
        client_credential=application["client_secret"],
        authority=f"{base_url}/{tenant['id']}",
        instance_discovery=False,
        token_cache=cache,
    )


def client_with(base_url, credential, scopes):
    # Allowed hosts carry no port. A wrong entry does not fail: the request goes out without a token.
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=scopes, allowed_hosts=[urlsplit(base_url).hostname]
    )
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"{base_url}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


def program(base_url, tenant, application):
    """The SDK as a program, by client credentials."""
    credential = ClientSecretCredential(
        tenant["id"],
        application["client_id"],
        application["client_secret"],
        authority=base_url,
        disable_instance_discovery=True,
    )
    return client_with(base_url, credential, [f"{base_url}/.default"])


class SignedIn:
    """A credential in the sense of azure-core: the tokens of the one person in msal's cache."""

    def __init__(self, application):
        self.application = application

    def get_token(self, *scopes, **_options):
        (account,) = self.application.get_accounts()
        answer = self.application.acquire_token_silent(list(scopes), account=account)
        assert answer and "access_token" in answer, answer
        return AccessToken(answer["access_token"], int(time.time()) + answer["expires_in"])


def asking(query=None, eventual=False, **headers):
    """The options of one request: its query and its headers."""
    collection = HeadersCollection()
    if eventual:
        collection.add("ConsistencyLevel", "eventual")
    for name, value in headers.items():
        collection.add(name.replace("_", "-"), value)
    return RequestConfiguration(query_parameters=query, headers=collection)


async def refused(call, status, code=None):
    """Asserts that the server refuses, and in which words; gives back Graph's error."""
    try:
        answer = await call
    except APIError as error:
        assert error.response_status_code == status, error
        assert error.error.code, "the error names a code"
        assert code is None or error.error.code == code, error
        assert error.error.message, "the error says what is wrong"
        assert error.error.inner_error.request_id, "the error has a reference"
        return error.error
    raise AssertionError(f"expected {status}, got {answer}")
