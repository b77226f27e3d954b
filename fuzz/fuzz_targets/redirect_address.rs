//! Redirect addresses: no panic, and what may be registered never leads elsewhere than it reads. The first line is the
//! registered address, the second the one a request gives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth::redirect_uri::{RedirectKind, RegisteredRedirect, matches, validate};
use url::Url;

fuzz_target!(|lines: &str| {
    let (uri, given) = lines.split_once('\n').unwrap_or((lines, lines));
    for kind in [RedirectKind::Web, RedirectKind::Spa, RedirectKind::Public] {
        if validate(uri, kind).is_err() {
            continue;
        }
        let registered = RegisteredRedirect { uri: uri.to_owned(), kind };
        assert!(matches(&registered, uri), "a registered address matches itself");
        if matches(&registered, given) {
            same_place(kind, uri, given);
        }
    }
});

/// Scheme, host and path are those that were registered; only a program on the person's own device may change the port.
fn same_place(kind: RedirectKind, registered: &str, given: &str) {
    let registered = Url::parse(registered).expect("validated");
    let given = Url::parse(given).expect("only an absolute address matches");
    assert_eq!(registered.scheme(), given.scheme());
    assert_eq!(registered.host(), given.host());
    assert_eq!(registered.path(), given.path());
    assert_eq!(registered.query(), given.query());
    assert!(given.username().is_empty() && given.password().is_none() && given.fragment().is_none());
    assert!(kind == RedirectKind::Public || registered.port() == given.port());
    assert!(!matches!(given.scheme(), "javascript" | "data" | "file" | "blob" | "vbscript"));
}
