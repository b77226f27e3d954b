//! What the claims of an ID token say about the person.

use serde_json::{Map, Value};

/// The payload of an ID token (RFC 7519 section 4).
pub(crate) type Claims = Map<String, Value>;

/// How a person stands to the organisation that issued the token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Guest,
    Member,
}

/// The claim's value if it is a string that says something.
pub(crate) fn text<'c>(claims: &'c Claims, name: &str) -> Option<&'c str> {
    claims.get(name)?.as_str().filter(|value| !value.trim().is_empty())
}

/// What to call the person: every claim but `sub` may be missing.
pub(crate) fn name(claims: &Claims) -> &str {
    ["name", "preferred_username", "email", "sub"].iter().find_map(|claim| text(claims, claim)).unwrap_or_default()
}

/// Whether the person is a guest. `acct` (1 guest, 0 member) says so outright, but it is an optional
/// claim; `idp` is present only when somebody else than the issuer vouches for the person.
pub(crate) fn standing(claims: &Claims) -> Standing {
    let guest = match claims.get("acct") {
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        Some(Value::String(digit)) => digit == "1",
        _ => text(claims, "idp").is_some_and(|idp| text(claims, "iss") != Some(idp)),
    };
    if guest { Standing::Guest } else { Standing::Member }
}

/// Who vouched for the person, in words; `None` for the organisation itself.
pub(crate) fn voucher(claims: &Claims) -> Option<&'static str> {
    let idp = text(claims, "idp").filter(|idp| text(claims, "iss") != Some(idp))?;
    Some(match idp {
        "mail" => "A passcode sent to their mailbox",
        "google.com" => "Google",
        "live.com" => "A personal Microsoft account",
        _ => "Another identity provider",
    })
}

/// What a claim is for, in a few words.
pub(crate) fn meaning(claim: &str) -> Option<&'static str> {
    Some(match claim {
        "acct" => "1 for a guest, 0 for a member",
        "amr" => "how they proved who they are: pwd by a password, otp and email by a code sent by mail",
        "at_hash" => "ties the access token to this token",
        "aud" => "the application the token is for",
        "auth_time" => "when the person signed in",
        "email" => "their e-mail address",
        "exp" => "when the token ends",
        "iat" => "when the token was issued",
        "idp" => "who vouched for the person",
        "iss" => "who issued the token",
        "name" => "what the person is called",
        "nbf" => "when the token begins",
        "nonce" => "ties the token to this sign-in",
        "oid" => "the person's object in the organisation",
        "preferred_username" => "the address they sign in with",
        "roles" => "their roles in this application",
        "sid" => "the session at the provider",
        "sub" => "the person, as this application knows them",
        "tid" => "the organisation",
        "uti" => "the number of this token",
        "ver" => "the version of the token",
        _ => return None,
    })
}

/// Whether the claim counts seconds since 1970 (RFC 7519 section 2, `NumericDate`).
pub(crate) fn is_time(claim: &str) -> bool {
    matches!(claim, "auth_time" | "exp" | "iat" | "nbf" | "updated_at" | "xms_tcdt")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        let Value::Object(claims) = value else { panic!("claims are an object") };
        claims
    }

    #[test]
    fn a_guest_is_told_by_acct_and_else_by_idp() {
        let standing_of = |value| standing(&claims(value));
        assert_eq!(standing_of(json!({"acct": 1})), Standing::Guest);
        assert_eq!(standing_of(json!({"acct": "1"})), Standing::Guest);
        assert_eq!(standing_of(json!({"acct": 0, "idp": "mail", "iss": "https://a"})), Standing::Member);
        assert_eq!(standing_of(json!({"idp": "mail", "iss": "https://a"})), Standing::Guest);
        assert_eq!(standing_of(json!({"idp": "https://a", "iss": "https://a"})), Standing::Member);
        assert_eq!(standing_of(json!({})), Standing::Member);
    }

    #[test]
    fn a_person_is_called_by_the_best_name_there_is() {
        assert_eq!(name(&claims(json!({"sub": "s", "email": "a@b.example", "name": "Ada"}))), "Ada");
        assert_eq!(name(&claims(json!({"sub": "s", "email": "a@b.example", "name": " "}))), "a@b.example");
        assert_eq!(name(&claims(json!({"sub": "s"}))), "s");
    }
}
