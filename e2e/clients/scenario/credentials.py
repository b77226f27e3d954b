"""How an app proves itself without a secret, and what apps add: certificates, tokens of others, properties."""

import base64
import datetime
import time

import jwt
import msal
from connection import asking, confidential, refused
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from msgraph.generated.applications.item.add_key.add_key_post_request_body import AddKeyPostRequestBody
from msgraph.generated.applications.item.remove_key.remove_key_post_request_body import RemoveKeyPostRequestBody
from msgraph.generated.models.application import Application
from msgraph.generated.models.extension_property import ExtensionProperty
from msgraph.generated.models.federated_identity_credential import FederatedIdentityCredential
from msgraph.generated.models.key_credential import KeyCredential
from msgraph.generated.models.user import User

from scenario.people import select
from scenario.run import users_query

# Whom a proof of possession is for (Graph: application: addKey).
AUDIENCE = "00000002-0000-0000-c000-000000000000"

EXCHANGE = "api://AzureADTokenExchange"


class Certified:
    """A key with a certificate that made itself."""

    def __init__(self, name):
        self.name = name
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
        builder = x509.CertificateBuilder(subject, subject, self.key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - day).not_valid_after(now + 365 * day)
        self.certificate = builder.sign(self.key, hashes.SHA256())

    def credential(self):
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        return KeyCredential(type="AsymmetricX509Cert", usage="Verify", key=der, display_name=self.name)

    def proof(self, app_id):
        """What shows that the key is there; `app_id` is the id of the application as an object."""
        name = base64.urlsafe_b64encode(self.certificate.fingerprint(hashes.SHA256())).decode().rstrip("=")
        now = int(time.time())
        claims = {"aud": AUDIENCE, "iss": app_id, "sub": app_id, "nbf": now - 60, "exp": now + 540}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"x5t#S256": name})

    def for_msal(self):
        private = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        thumbprint = self.certificate.fingerprint(hashes.SHA1()).hex().upper()
        return {"private_key": private.decode(), "thumbprint": thumbprint}


async def certificates(run, registered):
    """The first one is set, the second is proved by the first, the first is taken away by the second."""
    item = run.graph.applications.by_application_id(registered["app"])
    app = await item.get()
    first, second = Certified("first"), Certified("second")
    await item.patch(Application(key_credentials=[first.credential()]))
    (held,) = (await item.get()).key_credentials
    assert held.key_id and held.display_name == "first" and held.end_date_time is not None, held

    def token(certified):
        program = {"client_id": app.app_id, "client_secret": certified.for_msal()}
        client = confidential(run.base_url, run.tenant, program, msal.TokenCache())
        return client.acquire_token_for_client([f"{run.base_url}/.default"])

    assert "access_token" in token(first)
    assert token(second)["error"] == "invalid_client"
    wrong = AddKeyPostRequestBody(key_credential=second.credential(), proof=second.proof(app.id))
    await refused(item.add_key.post(wrong), 400)
    added = await item.add_key.post(
        AddKeyPostRequestBody(key_credential=second.credential(), proof=first.proof(app.id))
    )
    assert added.key_id and added.key_id != held.key_id, added
    assert "access_token" in token(second)
    await item.remove_key.post(RemoveKeyPostRequestBody(key_id=held.key_id, proof=second.proof(app.id)))
    assert [one.key_id for one in (await item.get()).key_credentials] == [added.key_id]
    assert token(first)["error"] == "invalid_client"


async def federated(run, registered):
    """A token of an issuer elsewhere is trusted, by its issuer and its subject."""
    trusted = run.graph.applications.by_application_id(registered["app"]).federated_identity_credentials
    wish = FederatedIdentityCredential(
        name="pipeline", issuer="https://issuer.example", subject="main", audiences=[EXCHANGE], description="Builds"
    )
    made = await trusted.post(wish)
    assert made.id and made.audiences == [EXCHANGE], made
    await refused(trusted.post(wish), 409)
    assert [one.name for one in (await trusted.get()).value] == ["pipeline"]
    one = trusted.by_federated_identity_credential_id(made.id)
    await one.patch(FederatedIdentityCredential(subject="release"))
    by_name = run.graph.applications.by_application_id(registered["app"]).federated_identity_credentials_with_name
    assert (await by_name("pipeline").get()).subject == "release"
    await one.delete()
    await refused(one.get(), 404)


async def properties(run, ids, registered):
    """A property of an app's own: on a user, selected and asked by, and gone with its definition."""
    added = run.graph.applications.by_application_id(registered["app"]).extension_properties
    wish = ExtensionProperty(name="costCenter", data_type="String", target_objects=["User"])
    made = await added.post(wish)
    assert made.name.startswith("extension_") and made.name.endswith("_costCenter"), made
    assert [one.id for one in (await added.get()).value] == [made.id]
    farid, value = run.graph.users.by_user_id(ids["Farid"]), f"{run.tag}-4711"
    await farid.patch(User(additional_data={made.name: value}))
    read = await farid.get(asking(select("id", made.name)))
    assert read.additional_data[made.name] == value, read.additional_data
    query = users_query(filter=f"{made.name} eq '{value}'", select=["id"])
    assert [one.id for one in (await run.graph.users.get(asking(query))).value] == [ids["Farid"]]
    await added.by_extension_property_id(made.id).delete()
    await refused(added.by_extension_property_id(made.id).get(), 404)


async def part(run, ids, registered):
    await certificates(run, registered)
    await federated(run, registered)
    await properties(run, ids, registered)
