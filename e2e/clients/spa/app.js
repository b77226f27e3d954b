// A single-page app as the documentation of MSAL.js tells to write one. The test presses the buttons and calls `spa`.
const scopes = ["User.Read"];
const client = new msal.PublicClientApplication(CONFIG.msal);

// What the test reads of an answer, or how it was refused.
function told(answer) {
  if (!answer) return null;
  client.setActiveAccount(answer.account);
  return {
    username: answer.account.username,
    homeAccountId: answer.account.homeAccountId,
    tenantId: answer.tenantId,
    claims: answer.idTokenClaims,
    scopes: answer.scopes,
    token: answer.accessToken,
    fromCache: answer.fromCache,
  };
}

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { error: error.errorCode || error.name, message: String(error.message), kind: error.name };
  }
}

function show(answer) {
  const out = document.getElementById("out");
  out.textContent = JSON.stringify(answer);
  out.dataset.done = "true";
}

const spa = {
  // How a token is got without a person; `how` is a name of MSAL's CacheLookupPolicy.
  silent: (how) => attempt(async () => {
    const cacheLookupPolicy = msal.CacheLookupPolicy[how];
    return told(await client.acquireTokenSilent({ scopes, account: client.getActiveAccount(), cacheLookupPolicy }));
  }),
  // Somebody comes for whom the app has kept nothing.
  sso: (loginHint) => attempt(async () => told(await client.ssoSilent({ scopes, loginHint }))),
  accounts: async () => client.getAllAccounts().map((account) => account.username),
  // The API, called from this origin.
  call: async (path, token) => attempt(async () => {
    const response = await fetch(CONFIG.base_url + path, { headers: { Authorization: `Bearer ${token}` } });
    return { status: response.status, challenge: response.headers.get("www-authenticate"), body: await response.json() };
  }),
  logout: (proves) => {
    const account = client.getActiveAccount();
    client.logoutRedirect({ account, ...(proves ? { idTokenHint: account.idToken } : {}) });
  },
};

document.getElementById("popup").onclick = async () =>
  show(await attempt(async () => told(await client.loginPopup({ scopes }))));
document.getElementById("redirect").onclick = () =>
  client.loginRedirect({ scopes, redirectUri: CONFIG.redirect_uri_of_redirects });

window.ready = (async () => {
  await client.initialize();
  const answer = await attempt(async () => told(await client.handleRedirectPromise()));
  if (answer) show(answer);
  else client.setActiveAccount(client.getAllAccounts()[0] || null);
})();
