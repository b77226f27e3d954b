//! Somebody with a browser that knows cookies, redirects and forms, and nothing else: enough for what an operator sees.

use std::collections::BTreeMap;

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
}

/// A visitor of one server.
#[derive(Debug)]
pub struct Visitor {
    client: Client,
    at: Url,
    text: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// Nobody yet: no cookie, no page. `client` must follow no redirect.
    pub fn new(client: Client, base_url: &str) -> Outcome<Self> {
        Ok(Self { client, at: Url::parse(base_url)?, text: String::new(), cookies: BTreeMap::new() })
    }

    /// Opens a path or an address.
    pub async fn open(&mut self, address: &str) -> Outcome<Page> {
        let url = self.at.join(address)?;
        self.go(Method::GET, url, None).await
    }

    /// Sends the first form of the page that posts: its hidden fields, and these.
    pub async fn submit(&mut self, fields: &[(&str, &str)]) -> Outcome<Page> {
        let form = form(&self.text).ok_or_else(|| format!("no form at {}: {}", self.at, self.text))?;
        let url = self.at.join(&form.action)?;
        let kept = form.hidden.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name));
        let all = kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied());
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        self.go(Method::POST, url, Some(body)).await
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

    async fn go(&mut self, method: Method, url: Url, body: Option<String>) -> Outcome<Page> {
        let (mut method, mut url, mut body) = (method, url, body);
        for _ in 0..10 {
            let response = self.send(&method, &url, body.take()).await?;
            self.at = url;
            let target = response.headers().get(LOCATION).map(|to| to.to_str().map(str::to_owned)).transpose()?;
            let Some(target) = target.filter(|_| response.status().is_redirection()) else {
                let page = read(response).await?;
                self.text.clone_from(&page.text);
                return Ok(page);
            };
            (method, url) = (Method::GET, self.at.join(&target)?);
        }
        Err(format!("redirected without end, the last time to {url}").into())
    }

    async fn send(&mut self, method: &Method, url: &Url, body: Option<String>) -> Outcome<Response> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method.clone(), url.as_str()).header("sec-fetch-site", "same-origin");
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
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
    Ok(Page { status: response.status().as_u16(), retry_after, kind, text: response.text().await? })
}

struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

/// The first form that posts inside `main`; signing out stands outside of it. Reads what our own templates write.
fn form(page: &str) -> Option<Form> {
    let main = page.split_once("<main").map_or(page, |(_, main)| main);
    main.split("<form").skip(1).find_map(|rest| {
        let rest = rest.split("</form").next()?;
        let tag = rest.split('>').next()?;
        if !attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
            return None;
        }
        let inputs = rest.split("<input").skip(1).filter_map(|input| input.split('>').next());
        let hidden = inputs
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())))
            .collect();
        Some(Form { action: attribute(tag, "action").unwrap_or_default(), hidden })
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag.get(start..)?.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn the_form_of_the_page_is_the_one_that_posts() {
        let page = "<form method=\"post\" action=\"/out\"></form><main><form method=\"get\"></form>\
            <form method=\"post\" action=\"/a?b&amp;c\"><input type=\"hidden\" name=\"n\" value=\"v\"><input name=\"x\">";
        let form = form(page).expect("a form");
        assert_eq!((form.action.as_str(), form.hidden.as_slice()), ("/a?b&c", &[("n".to_owned(), "v".to_owned())][..]));
    }
}
