// The peer: tokens for programs and for a person who is signed in, signed with RS256 or ES256, everything in memory.
// Run by `cargo xtask bench` from the folder into which npm installed `oidc-provider`.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

const secret = {
  client_secret: "secret-of-the-load-driver",
  token_endpoint_auth_method: "client_secret_post",
};

// An app that people sign in to; its ID tokens are signed as its name says.
const app = (algorithm) => ({
  ...secret,
  client_id: algorithm,
  grant_types: ["authorization_code", "refresh_token"],
  redirect_uris: ["http://localhost/signed-in"],
  response_types: ["code"],
  id_token_signed_response_alg: algorithm,
});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...secret, client_id: "load", grant_types: ["client_credentials"], redirect_uris: [], response_types: [] },
    app("RS256"),
    app("ES256"),
  ],
  jwks: { keys: [{ ...rsa, use: "sig", alg: "RS256" }, { ...p256, use: "sig", alg: "ES256" }] },
  scopes: ["openid", "read"],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  // As an app of ours that asks for offline_access.
  issueRefreshToken: async (_context, client) => client.grantTypeAllowed("refresh_token"),
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (_context, interaction) => `/enter/${interaction.uid}` },
  // Nobody is asked for consent: one grant for each session and app, as somebody has who was asked before.
  loadExistingGrant: async (context) => {
    const { client, session } = context.oidc;
    const known = session.grantIdFor(client.clientId);
    if (known) return context.oidc.provider.Grant.find(known);
    const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
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

// Whoever comes is signed in without a password, which is not what is measured.
provider.use(async (context, next) => {
  if (!context.path.startsWith("/enter/")) return next();
  context.respond = false;
  await provider.interactionFinished(context.req, context.res, { login: { accountId: "somebody" } });
});

provider.listen(port, "127.0.0.1");
