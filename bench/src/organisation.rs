//! An organisation, made as an operator and an administrator make one: by the command line and the portal.

use crate::Outcome;
use crate::browser::Browser;
use crate::connection::Connection;
use crate::requests;
use crate::site::{Address, Site};
use serde_json::{Value, json};

/// Everybody's password here.
pub const PASSWORD: &str = "correct-horse-7-battery";

/// Where the apps live.
pub const REDIRECT: &str = "http://localhost/signed-in";

/// The challenge and the verifier of RFC 7636 appendix B.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// See [`CHALLENGE`].
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// An organisation and its programs.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The tenant id.
    pub id: String,
    /// Its domain.
    pub domain: String,
}

/// An app with a secret.
#[derive(Debug, Clone)]
pub struct App {
    /// The object id.
    pub id: String,
    /// The client id.
    pub client_id: String,
    /// The secret.
    pub secret: String,
}

impl Organisation {
    /// Makes an organisation with an administrator, while the server does not run.
    pub fn create(site: &Site, domain: &str) -> Outcome<Self> {
        let organisation = Self::bare(site, domain)?;
        organisation.member(site, "admin", &["--role", "Global Administrator"])?;
        Ok(organisation)
    }

    /// Makes an organisation without anybody in it, while the server does not run.
    pub fn bare(site: &Site, domain: &str) -> Outcome<Self> {
        let said = site.run(&["tenant", "create"], &["--name", domain, "--domain", domain])?;
        let id = said.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        Ok(Self { id, domain: domain.to_owned() })
    }

    /// Makes a member who signs in with [`PASSWORD`], while the server does not run.
    pub fn member(&self, site: &Site, local: &str, options: &[&str]) -> Outcome {
        let file = site.write("password", PASSWORD)?;
        let name = self.upn(local);
        let member = ["--tenant", &self.domain, "--upn", &name, "--name", local, "--password-file", &file];
        site.run(&["user", "create"], &[&member[..], options].concat())?;
        Ok(())
    }

    /// The sign-in name of a member.
    pub fn upn(&self, local: &str) -> String {
        format!("{local}@{}", self.domain)
    }

    /// Opens the portal and signs the administrator in.
    pub async fn portal(&self, address: &Address) -> Outcome<Browser> {
        let mut browser = Browser::open(address).await?;
        browser.get(&format!("/portal/{}", self.domain)).await?;
        self.sign_in(&mut browser, "admin").await?;
        Ok(browser)
    }

    /// Goes from the page that asks for the address to where the person wanted to go.
    pub async fn sign_in(&self, browser: &mut Browser, local: &str) -> Outcome {
        browser.submit("", &[("address", &self.upn(local))]).await?;
        let status = browser.submit("/password", &[("password", PASSWORD)]).await?;
        if status >= 400 {
            return Err(format!("{local} is not signed in: {status}").into());
        }
        Ok(())
    }

    /// Registers an app in the portal: it may do what the permissions say, and signs as the algorithm says.
    pub async fn app(&self, portal: &mut Browser, name: &str, permissions: &[&str]) -> Outcome<App> {
        let apps = format!("/portal/{}/apps", self.domain);
        portal.get(&format!("{apps}/new")).await?;
        portal.submit("/apps/new", &[("name", name), ("redirect", REDIRECT)]).await?;
        let here = portal.location().to_owned();
        if !permissions.is_empty() {
            let fields: Vec<(&str, &str)> = permissions.iter().map(|name| ("permission", *name)).collect();
            portal.submit("/permissions", &fields).await?;
        }
        let id = here.rsplit('/').next().unwrap_or_default().to_owned();
        let client_id = code_after(portal.page(), "Client id").ok_or("the page names no client id")?;
        portal.submit("/add-secret", &[("purpose", "load")]).await?;
        let secret = code_after(portal.page(), "shown this once").ok_or("the page shows no secret")?;
        Ok(App { id, client_id, secret })
    }

    /// The path of the token endpoint.
    pub fn token_path(&self) -> String {
        format!("/{}/oauth2/v2.0/token", self.id)
    }

    /// The path of the introspection endpoint.
    pub fn introspection_path(&self) -> String {
        format!("/{}/oauth2/v2.0/introspect", self.id)
    }

    /// The request for a token of a program's own.
    pub fn client_credentials(&self, address: &Address, app: &App) -> Vec<u8> {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", &app.secret),
            ("scope", &format!("{}/.default", address.origin)),
        ];
        requests::form(&address.host, &self.token_path(), "", &fields)
    }

    /// A token of a program's own.
    pub async fn token(&self, address: &Address, app: &App) -> Outcome<String> {
        let mut connection = Connection::open(address.socket).await?;
        let answer = connection.send(&self.client_credentials(address, app)).await?;
        answer.expect(200)?;
        member(answer.body, "access_token")
    }

    /// Lets tokens for an app be signed with ECDSA on P-256.
    pub async fn sign_with_es256(&self, address: &Address, token: &str, app: &App) -> Outcome {
        let path = format!("/vestibule/v1/applications/{}", app.id);
        let body = json!({ "signingAlgorithm": "ES256" });
        let mut connection = Connection::open(address.socket).await?;
        connection.send(&requests::json("PATCH", &address.host, &path, token, &body)).await?.expect(204)
    }

    /// The path that starts a sign-in to an app.
    pub fn authorize_path(&self, app: &App) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", app.client_id.as_str()),
                ("redirect_uri", REDIRECT),
                ("response_type", "code"),
                ("scope", "openid profile offline_access"),
                ("state", "s"),
                ("nonce", "n"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        format!("/{}/oauth2/v2.0/authorize?{query}", self.id)
    }
}

/// A member of an object of JSON as text.
pub fn member(body: &[u8], name: &str) -> Outcome<String> {
    let value: Value = serde_json::from_slice(body)?;
    Ok(value[name].as_str().ok_or_else(|| format!("no {name} in {value}"))?.to_owned())
}

/// The first code element behind a text of a page.
fn code_after(page: &str, text: &str) -> Option<String> {
    let (_, rest) = page.split_once(text)?;
    let (_, rest) = rest.split_once("<code")?;
    let (_, rest) = rest.split_once('>')?;
    Some(rest.split('<').next()?.to_owned())
}
