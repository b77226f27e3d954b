//! A browser for tests: keeps cookies, follows redirects within the server, fills in forms.

use super::{ADDRESS, Answer, TestServer, watch};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Redirects in a row before a test gives up.
const REDIRECTS: usize = 10;

/// One browser with its cookies, looking at one page at a time.
pub struct Browser<'s> {
    server: &'s TestServer,
    cookies: RefCell<BTreeMap<String, String>>,
    address: Cell<IpAddr>,
    location: RefCell<String>,
    page: RefCell<String>,
}

impl TestServer {
    /// A browser without any cookie, at `192.0.2.1`.
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            server: self,
            cookies: RefCell::default(),
            address: Cell::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))),
            location: RefCell::default(),
            page: RefCell::default(),
        }
    }
}

impl Browser<'_> {
    /// Moves to another client address.
    ///
    /// # Panics
    /// When it is none.
    pub fn move_to(&self, address: &str) {
        self.address.set(address.parse().expect("an address"));
    }

    /// The path and query of the page looked at, or the whole address after a redirect to another host.
    pub fn location(&self) -> String {
        self.location.borrow().clone()
    }

    /// The text of the page looked at.
    pub fn page(&self) -> String {
        self.page.borrow().clone()
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// The names of all cookies.
    pub fn cookie_names(&self) -> Vec<String> {
        self.cookies.borrow().keys().cloned().collect()
    }

    /// Puts a cookie into the browser.
    pub fn set_cookie(&self, name: &str, value: &str) {
        watch::keep(value);
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Opens an address and follows redirects; the answer is the last one.
    pub async fn get(&self, path: &str) -> Answer {
        self.go(Method::GET, path.to_owned(), String::new()).await
    }

    /// Sends the first form of the page: its hidden fields, and these.
    pub async fn submit(&self, fields: &[(&str, &str)]) -> Answer {
        self.submit_to("", fields).await
    }

    /// Sends the first form whose action ends with this.
    ///
    /// # Panics
    /// When the page has no such form.
    pub async fn submit_to(&self, action_ending: &str, fields: &[(&str, &str)]) -> Answer {
        let (action, body) = self.fill(action_ending, fields);
        self.go(Method::POST, action, body).await
    }

    /// Presses the first button of the page that sends its form to an address of its own which ends like this.
    ///
    /// # Panics
    /// When the page has no such button.
    pub async fn press(&self, ending: &str) -> Answer {
        let page = self.page();
        let mut places = page.split("formaction=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let place = places.find(|place| place.ends_with(ending));
        let place =
            place.unwrap_or_else(|| panic!("no button to {ending:?} on {}: {page}", self.location())).to_owned();
        let value = page.rsplit("name=\"csrf\" value=\"").next().and_then(|rest| rest.split('"').next());
        let fields = [("csrf", value.unwrap_or_default())];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.go(Method::POST, place, body).await
    }

    /// The request that would send this form, with the cookies, for a test that sends it itself.
    ///
    /// # Panics
    /// When the page has no such form.
    pub fn prepare(&self, action_ending: &str, fields: &[(&str, &str)]) -> Request<Body> {
        let (action, body) = self.fill(action_ending, fields);
        Request::post(action.strip_prefix(ADDRESS).unwrap_or(&action))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, self.cookie_line())
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .expect("a request")
    }

    fn cookie_line(&self) -> String {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    /// Where a form goes, and what it says.
    fn fill(&self, action_ending: &str, fields: &[(&str, &str)]) -> (String, String) {
        watch::keep_fields(fields);
        let page = self.page();
        let form = forms(&page)
            .into_iter()
            .find(|form| form.action.ends_with(action_ending))
            .unwrap_or_else(|| panic!("no form to {action_ending:?} on {}: {page}", self.location()));
        let hidden = form.hidden.iter().filter(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        let all = hidden.map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied());
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        let action = if form.action.is_empty() { self.location() } else { form.action.clone() };
        (action, body)
    }

    /// Sends one request without following a redirect. Cookies are sent and kept.
    ///
    /// # Panics
    /// When a cookie is malformed.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let cookies = self.cookie_line();
        if !cookies.is_empty() {
            let line = cookies.parse().expect("a cookie header");
            request.headers_mut().insert(header::COOKIE, line);
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address.get(), 40_000)));
        let answer = self.server.send(request).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            self.keep(line.to_str().expect("a cookie in ASCII"));
        }
        answer
    }

    async fn go(&self, mut method: Method, mut path: String, mut body: String) -> Answer {
        for _ in 0..REDIRECTS {
            let path_here = path.strip_prefix(ADDRESS).unwrap_or(&path).to_owned();
            *self.location.borrow_mut() = path_here.clone();
            let mut request = Request::builder().method(method.clone()).uri(&path_here);
            request = request.header("sec-fetch-site", "same-origin");
            if method == Method::POST {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            }
            let answer = self.send(request.body(Body::from(body)).expect("a request")).await;
            let target = answer.header("location").to_owned();
            if !answer.status.is_redirection() || answer.status == StatusCode::NOT_MODIFIED {
                answer.text.clone_into(&mut self.page.borrow_mut());
                return answer;
            }
            if !target.starts_with('/') && !target.starts_with(ADDRESS) {
                *self.location.borrow_mut() = target;
                return answer;
            }
            (method, path, body) = (Method::GET, target, String::new());
        }
        panic!("more than {REDIRECTS} redirects, the last one to {path}")
    }

    fn keep(&self, line: &str) {
        let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
        let (name, value) = pair.split_once('=').expect("a cookie with a value");
        let mut cookies = self.cookies.borrow_mut();
        if attributes.contains("Max-Age=0;") {
            cookies.remove(name);
        } else {
            watch::keep(value);
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// A form of a page.
#[derive(Debug)]
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

/// Finds the forms of a page. It understands what our own templates write, not all of HTML.
fn forms(page: &str) -> Vec<Form> {
    page.split("<form")
        .skip(1)
        .map(|rest| {
            let rest = rest.split("</form").next().unwrap_or_default();
            let tag = rest.split('>').next().unwrap_or_default();
            let inputs = rest.split("<input").skip(1).map(|input| input.split('>').next().unwrap_or_default());
            let hidden = inputs
                .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
                .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())))
                .collect();
            Form { action: attribute(tag, "action").unwrap_or_default(), hidden }
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag.get(start..)?.split('"').next()?;
    let value = value.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    Some(
        value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#38;", "&")
            .replace("&amp;", "&"),
    )
}
