//! Somebody with a browser that knows cookies, redirects and forms, and nothing else: enough for what an operator sees.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Response};
use url::Url;

use crate::Outcome;

/// What a request ended with, after every redirect.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// `Retry-After`, if there is one.
    pub retry_after: Option<String>,
    /// `Content-Type`.
    pub kind: String,
    /// The body.
    pub text: String,
    /// Where it leads: within the server when redirects were not followed, otherwise outside.
    pub leads_to: Option<Url>,
}

/// What is sent in a request.
struct Sent {
    kind: &'static str,
    bytes: Vec<u8>,
}

/// What stands between the fields of a form with a file.
const BETWEEN: &str = "between-two-fields";
/// The kind of such a form.
const MULTIPART: &str = "multipart/form-data; boundary=between-two-fields";

/// A visitor of one server.
#[derive(Debug, Clone)]
pub struct Visitor {
    client: Client,
    seen_from: Option<Ipv4Addr>,
    at: Url,
    text: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// Nobody yet: no cookie, no page. `client` must follow no redirect.
    pub fn new(client: Client, base_url: &str) -> Outcome<Self> {
        Ok(Self { client, seen_from: None, at: Url::parse(base_url)?, text: String::new(), cookies: BTreeMap::new() })
    }

    /// The same visitor behind a proxy that says where they are. The server believes it if it trusts us.
    #[must_use]
    pub fn seen_from(self, place: Ipv4Addr) -> Self {
        Self { seen_from: Some(place), ..self }
    }

    /// Goes on by another client, which may lead to another process of the same server.
    pub fn go_on_by(&mut self, client: Client) {
        self.client = client;
    }

    /// The address of the page.
    pub fn at(&self) -> &Url {
        &self.at
    }

    /// Opens a path or an address, and follows redirects within the server.
    pub async fn open(&mut self, address: &str) -> Outcome<Page> {
        let url = self.at.join(address)?;
        let page = self.once(Method::GET, url, None).await?;
        self.follow(page).await
    }

    /// Sends the first form of the page that posts: its hidden fields, and these. Follows redirects within the server.
    pub async fn submit(&mut self, fields: &[(&str, &str)]) -> Outcome<Page> {
        self.submit_to("", fields).await
    }

    /// The same with the first form whose action ends so.
    pub async fn submit_to(&mut self, ending: &str, fields: &[(&str, &str)]) -> Outcome<Page> {
        let page = self.submit_once(ending, fields).await?;
        self.follow(page).await
    }

    /// The same without following, so that its answer is known whatever becomes of the next page.
    pub async fn submit_once(&mut self, ending: &str, fields: &[(&str, &str)]) -> Outcome<Page> {
        let form = form(&self.text, ending).ok_or_else(|| format!("no form at {}: {}", self.at, self.text))?;
        let url = self.at.join(&form.action)?;
        let kept = form.hidden.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name));
        let all = kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied());
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        let sent = Sent { kind: "application/x-www-form-urlencoded", bytes: body.into_bytes() };
        self.once(Method::POST, url, Some(sent)).await
    }

    /// Sends the first form of the page whose action ends so with its hidden fields and a file (RFC 7578), and follows
    /// redirects within the server.
    pub async fn send_file(&mut self, ending: &str, field: &str, content: &[u8]) -> Outcome<Page> {
        let form = form(&self.text, ending).ok_or_else(|| format!("no form at {}: {}", self.at, self.text))?;
        let url = self.at.join(&form.action)?;
        let part = |name: &str| format!("--{BETWEEN}\r\nContent-Disposition: form-data; name=\"{name}\"");
        let hidden = form.hidden.iter().map(|(name, value)| format!("{}\r\n\r\n{value}\r\n", part(name)));
        let head = format!("{}; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n", part(field));
        let before: String = hidden.chain([head]).collect();
        let after = format!("\r\n--{BETWEEN}--\r\n");
        let bytes = [before.as_bytes(), content, after.as_bytes()].concat();
        let page = self.once(Method::POST, url, Some(Sent { kind: MULTIPART, bytes })).await?;
        self.follow(page).await
    }

    /// Goes where redirects lead, as long as that is within the server.
    pub async fn follow(&mut self, mut page: Page) -> Outcome<Page> {
        for _ in 0..10 {
            match page.leads_to.take_if(|target| target.origin() == self.at.origin()) {
                Some(target) => page = self.once(Method::GET, target, None).await?,
                None => return Ok(page),
            }
        }
        Err(format!("redirected without end, the last time to {}", self.at).into())
    }

    /// Signs in with a password from any page that asks for it.
    pub async fn sign_in(&mut self, upn: &str, password: &str) -> Outcome<Page> {
        self.submit(&[("address", upn)]).await?;
        self.submit(&[("password", password)]).await
    }

    /// The values of its cookies, each a secret.
    pub fn secrets(&self) -> impl Iterator<Item = String> {
        self.cookies.values().filter(|value| value.len() > 15).cloned()
    }

    /// One request and its answer. The page stays where it was when the connection dies.
    async fn once(&mut self, method: Method, url: Url, sent: Option<Sent>) -> Outcome<Page> {
        let response = self.send(&method, &url, sent).await?;
        let is_redirection = response.status().is_redirection();
        let target = response.headers().get(LOCATION).filter(|_| is_redirection);
        let leads_to = target.map(|to| Ok::<_, Box<dyn std::error::Error + Send + Sync>>(url.join(to.to_str()?)?));
        let page = Page { leads_to: leads_to.transpose()?, ..read(response).await? };
        self.at = url;
        self.text.clone_from(&page.text);
        Ok(page)
    }

    async fn send(&mut self, method: &Method, url: &Url, sent: Option<Sent>) -> Outcome<Response> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method.clone(), url.as_str()).header("sec-fetch-site", "same-origin");
        if let Some(place) = self.seen_from {
            request = request.header("x-forwarded-for", place.to_string());
        }
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(Sent { kind, bytes }) = sent {
            request = request.header("content-type", kind).body(bytes);
        }
        let response = request.send().await?;
        for line in response.headers().get_all(SET_COOKIE) {
            let (pair, attributes) = line.to_str()?.split_once(';').ok_or("a cookie without attributes")?;
            let (name, value) = pair.split_once('=').ok_or("a cookie without a value")?;
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(response)
    }
}

async fn read(response: Response) -> Outcome<Page> {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (retry_after, kind) = (header("retry-after"), header("content-type").unwrap_or_default());
    Ok(Page { status: response.status().as_u16(), retry_after, kind, text: response.text().await?, leads_to: None })
}

/// A form of a page.
#[derive(Debug)]
pub struct Form {
    /// Where it posts to.
    pub action: String,
    /// The names and values of its hidden fields.
    pub hidden: Vec<(String, String)>,
}

/// The first form inside `main` that posts to where the action ends so; signing out stands outside of `main`. Reads what
/// our own templates write.
pub fn form(page: &str, ending: &str) -> Option<Form> {
    let main = page.split_once("<main").map_or(page, |(_, main)| main);
    main.split("<form").skip(1).find_map(|rest| {
        let rest = rest.split("</form").next()?;
        let tag = rest.split('>').next()?;
        if !attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
            return None;
        }
        let action = attribute(tag, "action").unwrap_or_default();
        if !action.ends_with(ending) {
            return None;
        }
        let inputs = rest.split("<input").skip(1).filter_map(|input| input.split('>').next());
        let hidden = inputs
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())))
            .collect();
        Some(Form { action, hidden })
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag.get(start..)?.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}
