//! Whole addresses, one per file; the fuzz target starts from the same files.

use mail_address::Address;
use proptest::prelude::*;
use std::fs;
use std::path::Path;

fn addresses(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new("tests/corpus").join(folder);
    let addresses: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the corpus folder")
        .map(|entry| entry.expect("a corpus file").path())
        .map(|file| (file.display().to_string(), fs::read_to_string(&file).expect("readable text")))
        .collect();
    assert!(addresses.len() > 5, "the corpus is there");
    addresses
}

#[test]
fn accepted_addresses_are_accepted_again_as_they_print() {
    for (file, text) in addresses("accepted") {
        let address = Address::parse(&text, true).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(Address::parse(address.as_str(), true), Ok(address), "{file}");
    }
}

#[test]
fn refused_addresses_stay_refused() {
    for (file, text) in addresses("refused") {
        assert!(Address::parse(&text, true).is_err(), "{file}");
        assert!(Address::parse(&text, false).is_err(), "{file}");
    }
}

proptest! {
    #[test]
    fn what_the_narrow_rule_accepts_the_wide_one_does_too(text in "[ -~äя。]{0,12}@[a-zA-Z0-9.äя-]{0,20}") {
        if let Ok(narrow) = Address::parse(&text, false) {
            prop_assert_eq!(Address::parse(&text, true), Ok(narrow));
        }
    }
}
