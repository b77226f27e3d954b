//! One message a file, sorted by what becomes of it; the fuzz targets of the same names start from these files.

use std::fs;
use std::path::Path;

use oauth::authorization_request::Incoming;
use oauth::jose::unverified_header;
use oauth::presented_token::PresentedToken;
use oauth::redirect_uri::{RedirectKind, RegisteredRedirect, matches, validate};
use oauth::token_request::TokenRequest;

fn all(folder: &str, holds: impl Fn(&str) -> bool) {
    let path = Path::new("tests/corpus").join(folder);
    let mut seen = 0;
    for entry in fs::read_dir(&path).expect("the corpus folder") {
        let file = entry.expect("a corpus file").path();
        let text = fs::read_to_string(&file).expect("readable text");
        assert!(holds(&text), "{}", file.display());
        seen += 1;
    }
    assert!(seen > 3, "{folder} has files");
}

fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[test]
fn headers_of_tokens_are_read_or_refused() {
    all("jwt/readable", |token| unverified_header(token).is_ok());
    all("jwt/refused", |token| unverified_header(token).is_err());
}

#[test]
fn only_the_registered_address_matches() {
    let fits = |lines: &str| {
        let (uri, given) = lines.split_once('\n').expect("two lines");
        let kind = RedirectKind::Public;
        validate(uri, kind).is_ok() && matches(&RegisteredRedirect { uri: uri.to_owned(), kind }, given)
    };
    all("redirect_address/matching", fits);
    all("redirect_address/different", |lines| !fits(lines));
}

#[test]
fn authorization_requests_are_read_or_refused() {
    let reads = |query: &str| Incoming::read(pairs(query)).is_ok_and(|incoming| incoming.validate().is_ok());
    all("authorization_request/accepted", reads);
    all("authorization_request/refused", |query| !reads(query));
}

#[test]
fn token_requests_are_read_or_refused() {
    let reads = |lines: &str| {
        let (body, header) = lines.split_once('\n').map_or((lines, None), |(body, header)| (body, Some(header)));
        TokenRequest::parse(pairs(body), header).is_ok()
    };
    all("token_request/accepted", reads);
    all("token_request/refused", |lines| !reads(lines));
}

#[test]
fn presented_tokens_are_read_or_refused() {
    let reads = |lines: &str| {
        let (body, header) = lines.split_once('\n').map_or((lines, None), |(body, header)| (body, Some(header)));
        PresentedToken::parse(pairs(body), header).is_ok()
    };
    all("presented_token/accepted", reads);
    all("presented_token/refused", |lines| !reads(lines));
}
