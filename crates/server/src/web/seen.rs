//! What a form showed when it was opened. It comes back with the form, so that a page that stayed open overwrites nothing
//! that somebody else stored meanwhile.

use crate::platform::SecretHash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The mark of what is shown: the same for the same texts in the same order, and for no others (SHA-256).
pub fn mark<'t>(shown: impl IntoIterator<Item = &'t str>) -> String {
    let mut bytes = Vec::new();
    for text in shown {
        bytes.extend_from_slice(&text.len().to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    mark_of(&bytes)
}

/// The mark of one thing that is shown as it is, such as a picture: the same for the same bytes alone (SHA-256).
pub fn mark_of(content: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(SecretHash::of(content).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_have_another_mark_wherever_they_are_cut() {
        assert_eq!(mark(["ab", "c"]), mark(["ab", "c"]));
        for other in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &["c", "ab"], &[]] {
            assert_ne!(mark(["ab", "c"]), mark(other.iter().copied()), "{other:?}");
        }
    }
}
