//! The key that an ACME server gave the operator.

use crate::config::{Acme, ExternalAccount};
use crate::serve::acme::check;
use std::path::Path;

fn settings(key_file: &Path) -> Acme {
    let external_account = ExternalAccount { key_id: "operator-7".to_owned(), key_file: key_file.to_owned() };
    Acme {
        terms_of_service_agreed: true,
        email: None,
        directory: "https://acme.example/directory".parse().expect("an address"),
        certificate_authority_file: None,
        external_account: Some(external_account),
    }
}

#[test]
fn the_key_of_an_external_account_is_read_as_it_was_handed_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("external.key");
    let missing = check(&settings(&file)).expect_err("no file").to_string();
    assert!(missing.contains("external.key"), "{missing}");
    for good in ["zWNDZM6eQGHWpSRTPal5eA", "zWNDZM6eQGHWpSRTPal5eA==\n", "a+b/a+b/", "a-b_a-b_"] {
        std::fs::write(&file, good).expect("a key");
        check(&settings(&file)).unwrap_or_else(|error| panic!("{good}: {error}"));
    }
    for wrong in ["", "\n", "no key at all", "äöü"] {
        std::fs::write(&file, wrong).expect("a file");
        let told = check(&settings(&file)).expect_err("no key").to_string();
        assert!(told.contains("base64url") && !told.contains("no key at all"), "{told}");
    }
}
