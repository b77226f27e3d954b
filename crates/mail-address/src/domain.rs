//! The domain of an address: one form for all its spellings.

/// The A-label form of a domain (UTS 46, STD3 rules): at least two labels, at most 253 characters.
pub fn normalise_domain(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let ascii = idna::domain_to_ascii_strict(text).ok()?;
    let labels_are_sound = ascii.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    // No top-level domain is a number (RFC 3696 section 2): what ends in one is an IP address, which is no name.
    let is_number = ascii.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    (ascii.contains('.') && ascii.len() <= 253 && labels_are_sound && !is_number).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_form() {
        for text in ["Fabrikam.Example", "fabrikam.example.", "FABRIKAM.EXAMPLE"] {
            assert_eq!(normalise_domain(text).as_deref(), Some("fabrikam.example"), "{text}");
        }
        assert_eq!(normalise_domain("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        for text in [
            "",
            ".",
            "localhost",
            "a..b",
            "a b.example",
            "a_b.example",
            "-a.example",
            "@x.example",
            "1.2.3.4",
            "１.2.3.4",
            "a.7",
        ] {
            assert_eq!(normalise_domain(text), None, "{text}");
        }
    }
}
