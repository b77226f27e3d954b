//! What a path asks for: of which object, along which way, of which type.

use crate::directory_objects::directory_object::Cast;
use crate::directory_objects::operations::Subject;
use crate::graph::Error;
use crate::{applications, groups, service_principals, users};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

/// A way from an object to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// What belongs to a group.
    Members,
    /// Also through other groups.
    TransitiveMembers,
    /// Who answers for a group or an app.
    Owners,
    /// What the object belongs to.
    MemberOf,
    /// Also through other groups.
    TransitiveMemberOf,
    /// What the object answers for.
    OwnedObjects,
}

impl Way {
    fn parse(segment: &str) -> Option<Self> {
        Some(match segment {
            "members" => Self::Members,
            "transitiveMembers" => Self::TransitiveMembers,
            "owners" => Self::Owners,
            "memberOf" => Self::MemberOf,
            "transitiveMemberOf" => Self::TransitiveMemberOf,
            "ownedObjects" => Self::OwnedObjects,
            _ => return None,
        })
    }
}

/// A collection as a path names it.
#[derive(Debug)]
pub struct Asked {
    /// Of which object.
    pub subject: Subject,
    /// Along which way.
    pub way: Way,
    /// Of this type only.
    pub cast: Option<Cast>,
    /// The number of objects instead of the objects.
    pub is_count: bool,
    /// Their addresses instead of the objects.
    pub is_reference: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let subject = Subject::from_request_parts(parts, state).await?;
        let rest = rest(parts.uri.path());
        let missing = |segment: &str| Error::bad_request(format!("Resource not found for the segment '{segment}'."));
        let (first, behind) = rest.split_first().ok_or_else(|| missing(""))?;
        let way = Way::parse(first).ok_or_else(|| missing(first))?;
        let (cast, is_count) = match behind {
            [] => (None, false),
            ["$count"] => (None, true),
            ["$ref"] => (None, false),
            [cast] => (Some(*cast), false),
            [cast, ..] => (Some(*cast), true),
        };
        let cast = cast.map(|text| Cast::parse(text).ok_or_else(|| missing(text))).transpose()?;
        Ok(Self { subject, way, cast, is_count, is_reference: behind == ["$ref"] })
    }
}

/// The segments behind the object.
fn rest(path: &str) -> Vec<&str> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty()).skip(1);
    match segments.next() {
        Some("me") => segments.collect(),
        _ => segments.skip(1).collect(),
    }
}

/// The object: `/me`, `/users/{id}`, `/groups/{id}`, `/servicePrincipals/{id}`, `/applications/{id}`, or any at
/// `/directoryObjects/{id}`.
impl<S: Send + Sync> FromRequestParts<S> for Subject {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let set = parts.uri.path().split('/').nth(2).unwrap_or_default().to_owned();
        let Path(pairs) = Path::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Error::not_found("").caused_by(rejection))?;
        let key = pairs.into_iter().next().map(|(_, value)| value).unwrap_or_default();
        match set.as_str() {
            "me" => Ok(Self::Me),
            "directoryObjects" => Ok(Self::Any(key)),
            "users" => Ok(Self::User(users::operations::Key::parse(&key))),
            "applications" => applications::Key::parse(&key).map(Self::Application).ok_or_else(|| invalid(&key)),
            "servicePrincipals" => {
                service_principals::operations::Key::parse(&key).map(Self::Program).ok_or_else(|| invalid(&key))
            }
            _ => groups::operations::Key::parse(&key).map(Self::Group).ok_or_else(|| invalid(&key)),
        }
    }
}

fn invalid(key: &str) -> Error {
    Error::bad_request(format!("Invalid object identifier '{key}'."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_segments_behind_the_object_are_found() {
        assert_eq!(rest("/v1.0/me/memberOf/$count"), ["memberOf", "$count"]);
        assert_eq!(rest("/v1.0/users/a%23b/memberOf"), ["memberOf"]);
        assert_eq!(
            rest("/v1.0/groups/x/members/microsoft.graph.user/$count"),
            ["members", "microsoft.graph.user", "$count"]
        );
        assert!(rest("/v1.0/me").is_empty());
    }
}
