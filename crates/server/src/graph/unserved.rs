//! What is not served, answered in the envelope of the API; what is refused on purpose, with the reason.

use super::Error;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// Where the API lives.
const ROOTS: [&str; 3] = ["/v1.0", "/beta", "/vestibule"];

/// The calls of Graph that were decided about, with the reason behind those that are refused.
const SURFACE: &str = include_str!("surface.txt");

/// A line of [`SURFACE`] with a reason.
struct Refused {
    /// The path: `{}` stands for any segment, names in braces with commas between them for each of them.
    segments: Vec<&'static str>,
    methods: Vec<&'static str>,
    reason: &'static str,
    /// Whether other methods of the path are served.
    is_served: bool,
}

static REFUSED: LazyLock<Vec<Refused>> = LazyLock::new(refused);

/// A path of the API that no feature serves: 501 where it, or what it hangs on, is refused on purpose, 404 otherwise.
pub fn path(uri: &Uri) -> Response {
    let asked = asked(uri.path());
    if let Some(refused) = REFUSED.iter().find(|refused| !refused.is_served && refused.begins(&asked)) {
        let message = format!("This call is not served here: {}.", refused.reason);
        return Error::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message).into_response();
    }
    let segment = uri.path().rsplit('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let message = format!("Resource not found for the segment '{segment}'.");
    Error::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message).into_response()
}

/// A method that is not served on a path that is.
pub fn method(method: &Method, uri: &Uri) -> Response {
    let asked = asked(uri.path());
    let refused = REFUSED.iter().find(|refused| {
        refused.segments.len() == asked.len() && refused.begins(&asked) && refused.methods.contains(&method.as_str())
    });
    let reason = refused.map(|refused| format!(" It is refused on purpose: {}.", refused.reason)).unwrap_or_default();
    let message = format!("Specified HTTP method is not allowed for the request target.{reason}");
    Error::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message).into_response()
}

/// An address that names nothing, because it holds U+0000.
pub fn address() -> Response {
    Error::bad_request("The address of the request holds U+0000.").into_response()
}

/// A request that no handler answered: it is of another host, takes too long, or met a defect of ours.
pub fn unanswered(status: StatusCode) -> Response {
    let (code, message) = match status {
        StatusCode::MISDIRECTED_REQUEST => ("Request_BadRequest", "This host name is not served here."),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("serviceNotAvailable", "This took too long. Repeat the request after the time given in Retry-After.")
        }
        _ => ("UnknownError", "The request could not be completed."),
    };
    Error::new(status, code, message).into_response()
}

/// Whether a program is asking, not a person.
pub fn is_api(path: &str) -> bool {
    ROOTS.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

impl Refused {
    /// Whether a path begins with this one.
    fn begins(&self, asked: &[&str]) -> bool {
        let is_met = |(segment, asked): (&&str, &&str)| stands_for(segment, asked);
        self.segments.len() <= asked.len() && self.segments.iter().zip(asked).all(is_met)
    }
}

fn refused() -> Vec<Refused> {
    let lines = || SURFACE.lines().filter(|line| line.starts_with('/'));
    let read = |line: &'static str| {
        let (call, reason) = line.split_once(" - ").map_or((line, None), |(call, reason)| (call, Some(reason)));
        let (path, methods) = call.split_once(' ').unwrap_or((call, ""));
        (path, methods, reason)
    };
    let served: Vec<&str> = lines().map(read).filter(|(.., reason)| reason.is_none()).map(|(path, ..)| path).collect();
    let refused = lines().map(read).filter_map(|(path, methods, reason)| {
        let (segments, methods) = (segments(path).collect(), methods.split(' ').collect());
        Some(Refused { segments, methods, reason: reason?, is_served: served.contains(&path) })
    });
    refused.collect()
}

/// The segments of a path as the lines of [`SURFACE`] have them: without the version, but for beta. Whoever is signed in is one of the
/// users.
fn asked(path: &str) -> Vec<&str> {
    let path = path.strip_prefix("/v1.0").unwrap_or(path);
    match path.strip_prefix("/me/") {
        Some(rest) => ["users", "me"].into_iter().chain(segments(rest)).collect(),
        None => segments(path).collect(),
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn stands_for(segment: &str, asked: &str) -> bool {
    match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some("") => true,
        Some(names) => names.split(',').any(|name| name == asked),
        None => segment == asked,
    }
}
