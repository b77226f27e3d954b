// The peer: tokens by client credentials, signed with RS256 or ES256, everything in memory.
// Run by `cargo xtask bench` from the folder into which npm installed `oidc-provider`.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "load",
      client_secret: "secret-of-the-load-driver",
      token_endpoint_auth_method: "client_secret_post",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  jwks: { keys: [{ ...rsa, use: "sig", alg: "RS256" }, { ...p256, use: "sig", alg: "ES256" }] },
  scopes: ["read"],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        scope: "read",
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: resource.endsWith("ES256") ? "ES256" : "RS256" } },
      }),
    },
  },
});

provider.listen(port, "127.0.0.1");
