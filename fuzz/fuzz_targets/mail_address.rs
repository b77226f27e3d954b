//! Mail addresses: no panic, and one that is accepted is one mailbox, in one form, that can start no other header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mail_address::Address;

fuzz_target!(|text: &str| {
    let wide = Address::parse(text, true);
    if let Ok(narrow) = Address::parse(text, false) {
        assert_eq!(wide.as_ref(), Ok(&narrow), "the wide rule admits what the narrow one does");
    }
    let Ok(address) = wide else { return };
    let printed = address.as_str();
    assert_eq!(printed.matches('@').count(), 1);
    assert!(printed.len() <= 254 && address.local().len() <= 64);
    assert!(printed.bytes().all(|byte| byte.is_ascii_graphic()), "no control character, no space, nothing beyond ASCII");
    assert_eq!(printed, format!("{}@{}", address.local(), address.domain()));
    assert!(!address.domain().bytes().any(|byte| byte.is_ascii_uppercase()), "one form for all spellings");
    assert_eq!(Address::parse(printed, true).as_ref(), Ok(&address), "accepted again as it prints");
    assert_eq!(address.folded(), printed.to_ascii_lowercase());
});
