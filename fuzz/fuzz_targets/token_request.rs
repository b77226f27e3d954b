//! The body of the token endpoint, or of introspection and revocation, and the `Authorization` header, in that order on two lines: no panic, and no secret in
//! what an error or a request prints.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth::presented_token::PresentedToken;
use oauth::token_request::TokenRequest;

fuzz_target!(|lines: &str| {
    let (body, authorization) = match lines.split_once('\n') {
        Some((body, header)) => (body, Some(header)),
        None => (lines, None),
    };
    let pairs: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let printed = match TokenRequest::parse(pairs.iter().map(|(name, value)| (name, value.as_str())), authorization) {
        Ok(request) => format!("{request:?}"),
        Err(error) => format!("{error:?}"),
    };
    let presented =
        match PresentedToken::parse(pairs.iter().map(|(name, value)| (name, value.as_str())), authorization) {
            Ok(request) => format!("{request:?}"),
            Err(error) => format!("{error:?}"),
        };
    let printed = printed + &presented;
    for (_, secret) in pairs.iter().filter(|(name, value)| name == "client_secret" && value.len() > 16) {
        // It may well stand elsewhere in the request too, where it is no secret.
        let elsewhere =
            pairs.iter().filter(|(name, value)| name.contains(secret) || value.contains(secret)).count() > 1;
        assert!(elsewhere || !printed.contains(secret.as_str()), "a secret is printed");
    }
});
