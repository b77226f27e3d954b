//! Reading request bodies: bounded, and with errors that name the field.

use super::Error;
use super::unambiguous::Unambiguous;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Nesting a body may have; deeper ones are refused before they are read.
const DEPTH: usize = 32;

/// Control information that programs send back with what they read, without the `odata.` in front that may stand there (`OData`
/// JSON Format 4.01, section 4.6). Whatever asks for a change, as `bind` and `delta` do, is not among it.
const ECHOES: [&str; 16] = [
    "associationLink",
    "context",
    "count",
    "deltaLink",
    "editLink",
    "etag",
    "id",
    "mediaContentType",
    "mediaEditLink",
    "mediaEtag",
    "mediaReadLink",
    "metadataEtag",
    "navigationLink",
    "nextLink",
    "readLink",
    "type",
];

/// A JSON object that was sent.
pub struct Object(pub Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        UnreadBody::from_request(request, state).await?.object()
    }
}

/// A body that was received and not yet read, for operations that ask about rights before they look at it.
pub struct UnreadBody {
    bytes: Bytes,
    is_json: bool,
}

impl UnreadBody {
    /// Whether nothing was sent, for calls that need no body.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Reads it as one JSON object; 415 when it says to be something else.
    pub fn object(&self) -> Result<Object, Error> {
        if !self.is_json {
            let message = "The Content-Type of the body must be application/json.";
            return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_BadRequest", message));
        }
        parse(&self.bytes).map(Object)
    }
}

impl<S: Send + Sync> FromRequest<S> for UnreadBody {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Error::new(rejection.status(), "Request_BadRequest", rejection.body_text()))?;
        Ok(Self { bytes, is_json })
    }
}

/// Whether the body is JSON by its `Content-Type`, whatever the parameters; one that says nothing is taken for it.
fn is_json(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_TYPE).iter().all(|value| {
        let kind = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    })
}

/// Reads one JSON object.
pub fn parse(bytes: &[u8]) -> Result<Map<String, Value>, Error> {
    if bytes.is_empty() {
        return Err(Error::bad_request("Empty Payload. JSON content expected."));
    }
    if deeper_than(bytes, DEPTH) {
        return Err(Error::bad_request("The body is nested too deeply."));
    }
    match serde_json::from_slice(bytes).map(|Unambiguous(value)| value) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::bad_request("The body must be a JSON object.")),
        Err(error) => Err(Error::bad_request(format!("Unable to read JSON request payload: {error}"))),
    }
}

impl Object {
    /// Takes a property out, so that what is left over at the end was not understood. JSON null counts as absent.
    pub fn take<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<T>, Error> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                serde_json::from_value(value).map(Some).map_err(|error| Error::invalid_property(name, error))
            }
        }
    }

    /// Takes a property out that has no null, so that sending one is a mistake and not silence.
    pub fn take_not_null<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<T>, Error> {
        match self.take_change(name)? {
            Some(None) => Err(Error::invalid_property(name, "it cannot be null")),
            Some(value) => Ok(value),
            None => Ok(None),
        }
    }

    /// Takes a property out and tells null (`Some(None)`) from absence (`None`), for PATCH.
    pub fn take_change<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<Option<T>>, Error> {
        if self.0.contains_key(name) { self.take(name).map(Some) } else { Ok(None) }
    }

    /// Takes a property out whose null stands for its empty value, as that of a collection does.
    pub fn take_or_default<T: DeserializeOwned + Default>(&mut self, name: &'static str) -> Result<Option<T>, Error> {
        Ok(self.take_change::<T>(name)?.map(Option::unwrap_or_default))
    }

    /// Takes `id` out of a change, where programs send it along that write back what they read.
    ///
    /// # Errors
    /// 400 that names `id` unless it is the object's own.
    pub fn take_own_id<T: DeserializeOwned + PartialEq>(&mut self, own: &T) -> Result<(), Error> {
        match self.take_not_null::<T>("id")? {
            Some(sent) if sent != *own => {
                Err(Error::invalid_property("id", "it is not that of the object the path names, and never changes"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses whatever was not taken, by name. Control information that says nothing new (`@odata.type`,
    /// `members@odata.context`) is passed over; one that asks for a change (`owners@odata.bind`) is not.
    pub fn finish(self) -> Result<(), Error> {
        match self.0.keys().find(|name| !is_echo(name)) {
            None => Ok(()),
            Some(name) => Err(Error::bad_request(format!(
                "Property '{name}' cannot be set here: it is read-only, or not served."
            ))
            .with_target(name.clone())),
        }
    }
}

/// Whether a name of a body is control information that asks for nothing.
fn is_echo(name: &str) -> bool {
    let Some((_, term)) = name.rsplit_once('@') else { return false };
    ECHOES.contains(&term.strip_prefix("odata.").unwrap_or(term)) || term.starts_with("microsoft.graph.")
}

/// Counts brackets outside of strings; a document that is not JSON is left to the parser.
fn deeper_than(bytes: &[u8], limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in bytes {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_bodies_are_refused_and_brackets_in_strings_do_not_count() {
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(parse(format!("{{\"a\":\"{}\"}}", "[".repeat(100)).as_bytes()).is_ok());
    }

    #[test]
    fn an_id_is_the_objects_own_or_refused() {
        for (sent, is_taken) in [(r#"{"id":7}"#, true), ("{}", true), (r#"{"id":8}"#, false), (r#"{"id":null}"#, false)]
        {
            let mut body = Object(parse(sent.as_bytes()).expect("an object"));
            assert_eq!(body.take_own_id(&7).is_ok(), is_taken, "{sent}");
            assert!(body.finish().is_ok(), "{sent}");
        }
    }

    #[test]
    fn what_is_left_over_is_named() {
        let mut body = Object(parse(br#"{"a":1,"b":null,"c":2}"#).expect("an object"));
        assert_eq!(body.take::<i64>("a").expect("a number"), Some(1));
        assert_eq!(body.take_change::<i64>("b").expect("null"), Some(None));
        let error = body.finish().expect_err("c was not taken");
        assert!(error.message().contains("'c'"));
    }

    #[test]
    fn control_information_is_passed_over_unless_it_asks_for_something() {
        for name in ["@odata.type", "@odata.etag", "@type", "displayName@odata.type", "members@odata.context"] {
            assert!(is_echo(name), "{name}");
        }
        for name in ["manager@odata.bind", "owners@bind", "members@delta", "@removed", "@odata.bind", "a@b", "a", ""] {
            assert!(!is_echo(name), "{name}");
        }
    }
}
