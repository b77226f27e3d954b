//! Objects named by their address (OData 4.01 protocol, section 11.4.6: references).

use super::Error;
use super::body::Object;
use axum::extract::Query;
use axum::http::Uri;
use serde::Deserialize;
use uuid::Uuid;

/// The name of the property that holds an address.
const NAME: &str = "@odata.id";

/// The option that holds an address where there is no body.
const OPTION: &str = "@id";

/// The options of a DELETE at a collection of references.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(rename = "@id")]
    id: Option<String>,
}

/// The sets in which an object may be named; each kind of object stands in `directoryObjects` as well.
const SETS: [&str; 4] = ["directoryObjects", "users", "groups", "servicePrincipals"];

/// An object as a body or a path names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The set, such as `directoryObjects` or `users`.
    pub set: &'static str,
    /// The object.
    pub id: Uuid,
}

impl Reference {
    /// Objects that one body names at most (Graph: add members).
    pub const AT_ONCE: usize = 20;

    /// Reads the body of a POST to `$ref`: `{ "@odata.id": "{base}/v1.0/directoryObjects/{id}" }`.
    ///
    /// # Errors
    /// 400 that names `@odata.id`.
    pub fn read(body: Object) -> Result<Self, Error> {
        Self::read_in(body, &SETS)
    }

    /// The same of an object that stands in one of other `sets`.
    ///
    /// # Errors
    /// As [`Reference::read`].
    pub fn read_in(mut body: Object, sets: &[&'static str]) -> Result<Self, Error> {
        let address: String = body.take(NAME)?.ok_or_else(|| Error::invalid_property(NAME, "it is required"))?;
        body.finish()?;
        Self::parse_in(&address, sets)
            .ok_or_else(|| Error::invalid_property(NAME, format!("{address} is not the address of an object")))
    }

    /// Takes the objects out of a body that are to hang on what is made or changed: `"{relation}@odata.bind": ["{address}"]`.
    ///
    /// # Errors
    /// 400 that names `name` for more than twenty, and for what is no address of an object.
    pub fn take_bound(body: &mut Object, name: &'static str) -> Result<Vec<Self>, Error> {
        let addresses: Vec<String> = body.take_not_null(name)?.unwrap_or_default();
        if addresses.len() > Self::AT_ONCE {
            return Err(Error::invalid_property(name, format!("it takes at most {} objects at once", Self::AT_ONCE)));
        }
        let read = |address: &String| {
            Self::parse(address)
                .ok_or_else(|| Error::invalid_property(name, format!("{address} is not the address of an object")))
        };
        addresses.iter().map(read).collect()
    }

    /// Reads which object a DELETE at `$ref` of a collection means: `?@id={base}/v1.0/directoryObjects/{id}`.
    ///
    /// # Errors
    /// 400 that names `@id`, or the option that is not known.
    pub fn read_option(uri: &Uri) -> Result<Self, Error> {
        let options = Query::<Options>::try_from_uri(uri).map_err(|rejection| Error::misread_query(&rejection))?;
        let address = options.0.id.ok_or_else(|| Error::invalid_property(OPTION, "it is required"))?;
        Self::parse(&address)
            .ok_or_else(|| Error::invalid_property(OPTION, format!("{address} is not the address of an object")))
    }

    /// Reads an address by its last two segments, `users/{id}` or `users('{id}')`. Whatever host stands in front is not looked
    /// at: programs that were written for Microsoft's address write that one, and ids mean nothing outside their tenant.
    pub fn parse(address: &str) -> Option<Self> {
        Self::parse_in(address, &SETS)
    }

    fn parse_in(address: &str, sets: &[&'static str]) -> Option<Self> {
        let address = address.trim_end_matches('/');
        let (front, id) = match address.strip_suffix("')") {
            Some(front) => front.rsplit_once("('")?,
            None => address.rsplit_once('/')?,
        };
        let set = front.rsplit('/').next()?;
        Some(Self { set: sets.iter().find(|known| **known == set)?, id: id.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::uuid;

    const ID: Uuid = uuid!("2a6f0b9e-7d44-4cf0-8d0c-0a9d3f6c1b11");

    #[test]
    fn an_address_names_a_set_and_an_object() {
        for (address, set) in [
            (format!("https://id.example/v1.0/directoryObjects/{ID}"), "directoryObjects"),
            (format!("https://graph.microsoft.com/v1.0/users/{ID}/"), "users"),
            (format!("groups/{ID}"), "groups"),
            (format!("https://id.example/v1.0/servicePrincipals('{ID}')"), "servicePrincipals"),
        ] {
            assert_eq!(Reference::parse(&address), Some(Reference { set, id: ID }), "{address}");
        }
    }

    #[test]
    fn an_option_names_the_object_where_there_is_no_body() {
        let read = |query: &str| Reference::read_option(&format!("/v1.0/x/$ref{query}").parse().expect("an address"));
        for query in [
            format!("?@id=https://id.example/v1.0/users/{ID}"),
            format!("?%40id=https%3A%2F%2Fid.example%2Fv1.0%2Fusers%2F{ID}"),
        ] {
            assert_eq!(read(&query).expect("a reference"), Reference { set: "users", id: ID }, "{query}");
        }
        for query in ["", "?@id=", "?@id=x", "?@odata.id=x", "?@id=users/x&$select=id"] {
            assert!(read(query).is_err(), "{query}");
        }
    }

    #[test]
    fn what_stands_in_other_sets_is_named_where_it_is_asked_for() {
        let address = format!("https://graph.microsoft.com/v1.0/policies/tokenLifetimePolicies/{ID}");
        let read = |sets: &[&'static str]| {
            let body = serde_json::json!({ "@odata.id": address });
            Reference::read_in(Object(body.as_object().cloned().expect("an object")), sets)
        };
        let named = read(&["tokenLifetimePolicies"]).expect("a reference");
        assert_eq!(named, Reference { set: "tokenLifetimePolicies", id: ID });
        assert!(read(&SETS).is_err());
    }

    #[test]
    fn whatever_else_names_nothing() {
        for address in ["", "/", "x", &ID.to_string(), "users/me", &format!("applications/{ID}"), "users('')", "('x')"]
        {
            assert_eq!(Reference::parse(address), None, "{address}");
        }
    }
}
