//! Origins of single-page applications, for CORS (Fetch Standard, section 3.2).

use url::Url;

/// The origin of a redirect URI as a browser writes it in `Origin`; `None` for an address without one, never `null`.
pub fn origin_of(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// Whether `origin`, the header of a request, is exactly the origin of one of the redirect URIs. `null` never is.
pub fn allows<'a>(redirect_uris: impl IntoIterator<Item = &'a str>, origin: &str) -> bool {
    redirect_uris.into_iter().any(|uri| origin_of(uri).as_deref() == Some(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        assert_eq!(origin_of("https://app.example/cb?x").as_deref(), Some("https://app.example"));
        assert_eq!(origin_of("http://localhost:3000/").as_deref(), Some("http://localhost:3000"));
        assert_eq!(origin_of("com.example.app:/cb"), None);

        let uris = ["https://app.example/cb", "com.example.app:/cb", "data:,x"];
        assert!(allows(uris, "https://app.example"));
        for other in [
            "null",
            "",
            "https://app.example/",
            "http://app.example",
            "https://app.example:444",
            "https://app.example.evil",
            "https://APP.example",
            "*",
        ] {
            assert!(!allows(uris, other), "{other}");
        }
    }
}
