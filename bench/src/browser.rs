//! A browser on one connection: keeps cookies, follows redirects, fills in forms.

use crate::Outcome;
use crate::connection::Connection;
use crate::requests;
use crate::site::Address;
use std::collections::BTreeMap;

/// Redirects in a row before something is wrong.
const REDIRECTS: usize = 10;

/// One browser, looking at one page at a time.
pub struct Browser {
    address: Address,
    connection: Connection,
    cookies: BTreeMap<String, String>,
    headers: String,
    location: String,
    page: String,
}

impl Browser {
    /// A browser without any cookie, at a client address of its own.
    pub async fn open(address: &Address) -> Outcome<Self> {
        let mut browser = Self {
            address: address.clone(),
            connection: Connection::open(address.socket).await?,
            cookies: BTreeMap::new(),
            headers: String::new(),
            location: String::new(),
            page: String::new(),
        };
        browser.forget();
        Ok(browser)
    }

    /// Becomes another browser elsewhere, on the same connection.
    pub fn forget(&mut self) {
        self.cookies.clear();
        self.headers = format!("X-Forwarded-For: {}\r\nSec-Fetch-Site: same-origin\r\n", requests::fresh_client());
    }

    /// The address of the page, or the one outside that it led to.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The text of the page.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// The header field with the cookies.
    pub fn cookie_header(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("Cookie: {}\r\n", pairs.join("; ")) }
    }

    /// Opens an address and follows redirects within the server; the status of the last answer.
    pub async fn get(&mut self, path: &str) -> Outcome<u16> {
        let request = requests::get(&self.address.host, path, &self.all_headers());
        let status = self.exchange(path, &request).await?;
        self.follow(status).await
    }

    /// Sends the first form whose action ends so, with its hidden fields and these; follows redirects.
    pub async fn submit(&mut self, action_ending: &str, fields: &[(&str, &str)]) -> Outcome<u16> {
        let status = self.submit_once(action_ending, fields).await?;
        self.follow(status).await
    }

    /// As [`Browser::submit`], without following.
    pub async fn submit_once(&mut self, action_ending: &str, fields: &[(&str, &str)]) -> Outcome<u16> {
        let form = form(&self.page, action_ending)
            .ok_or_else(|| format!("no form to {action_ending:?} at {}: {}", self.location, self.page))?;
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        let action = if form.action.is_empty() { self.location.clone() } else { form.action };
        let request = requests::form(&self.address.host, &action, &self.all_headers(), &all);
        self.exchange(&action, &request).await
    }

    /// Goes where redirects lead, as long as that is within the server.
    pub async fn follow(&mut self, mut status: u16) -> Outcome<u16> {
        for _ in 0..REDIRECTS {
            let is_inside = self.location.starts_with('/');
            if !(300..400).contains(&status) || !is_inside {
                return Ok(status);
            }
            let path = self.location.clone();
            let request = requests::get(&self.address.host, &path, &self.all_headers());
            status = self.exchange(&path, &request).await?;
        }
        Err(format!("too many redirects, the last one to {}", self.location).into())
    }

    fn all_headers(&self) -> String {
        format!("{}{}", self.headers, self.cookie_header())
    }

    /// After a redirect the location is where it leads.
    async fn exchange(&mut self, path: &str, request: &[u8]) -> Outcome<u16> {
        let answer = self.connection.send(request).await?;
        for line in answer.headers("set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if attributes.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = answer.status;
        match answer.header("location").filter(|_| (300..400).contains(&status)) {
            Some(target) => {
                let own = target.strip_prefix(self.address.origin.as_str());
                own.unwrap_or(target).clone_into(&mut self.location);
            }
            None => path.clone_into(&mut self.location),
        }
        answer.text().clone_into(&mut self.page);
        Ok(status)
    }
}

/// A form of a page.
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

/// Understands what the server's own templates write, not all of HTML.
fn form(page: &str, action_ending: &str) -> Option<Form> {
    page.split("<form").skip(1).find_map(|rest| {
        let rest = rest.split("</form").next().unwrap_or_default();
        let action = attribute(rest.split('>').next().unwrap_or_default(), "action").unwrap_or_default();
        if !action.ends_with(action_ending) {
            return None;
        }
        let inputs = rest.split("<input").skip(1).map(|input| input.split('>').next().unwrap_or_default());
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

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn a_form_is_found_by_its_action() {
        let page = r#"<form action="/a?x=1&amp;y=2/code"><input type="hidden" name="csrf" value="v"><input name="z">"#;
        let found = form(page, "/code").expect("the form");
        assert_eq!(found.action, "/a?x=1&y=2/code");
        assert_eq!(found.hidden, [("csrf".to_owned(), "v".to_owned())]);
        assert!(form(page, "/other").is_none());
    }
}
