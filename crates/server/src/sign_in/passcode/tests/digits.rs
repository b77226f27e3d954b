use crate::platform::ids::{PasscodeId, TenantId};
use crate::platform::{Entropy, MasterKey};
use crate::sign_in::passcode::Code;
use proptest::prelude::*;

fn key() -> MasterKey {
    MasterKey::parse(&"5a".repeat(32)).expect("a key")
}

#[test]
fn a_code_is_eight_digits_and_follows_from_tenant_passcode_and_mailbox() {
    let entropy = Entropy::system();
    let (key, tenant) = (key(), TenantId(entropy.random_uuid()));
    let passcode = PasscodeId(entropy.random_uuid());
    let code = |tenant, passcode, address| Code::derive(&key, tenant, passcode, address).text().to_string();
    let first = code(tenant, passcode, "sam@fabrikam.example");
    assert_eq!(first.len(), 8);
    assert!(first.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(first, code(tenant, passcode, "sam@fabrikam.example"), "the same every time");
    assert_ne!(first, code(TenantId(entropy.random_uuid()), passcode, "sam@fabrikam.example"));
    assert_ne!(first, code(tenant, PasscodeId(entropy.random_uuid()), "sam@fabrikam.example"));
    assert_ne!(first, code(tenant, passcode, "sam@contoso.example"));
}

#[test]
fn o4_codes_are_spread_evenly_over_every_digit_of_every_place() {
    let (entropy, key) = (Entropy::system(), key());
    let tenant = TenantId(entropy.random_uuid());
    let mut seen = [[0_u32; 10]; 8];
    for _ in 0..4000 {
        let code = Code::derive(&key, tenant, PasscodeId(entropy.random_uuid()), "sam@fabrikam.example").text();
        for (place, digit) in code.bytes().enumerate() {
            seen[place][usize::from(digit - b'0')] += 1;
        }
    }
    // 400 are expected of each; six standard deviations to either side.
    assert!(seen.iter().flatten().all(|count| (286..=514).contains(count)), "{seen:?}");
}

#[test]
fn a_typed_code_may_be_grouped_and_in_the_digits_of_the_reader() {
    for typed in ["12345678", " 1234 5678 ", "1234-5678", "12 34 56 78", "١٢٣٤٥٦٧٨", "۱۲۳۴ ۵۶۷۸"] {
        let code = Code::parse(typed).unwrap_or_else(|| panic!("{typed}"));
        assert_eq!(*code.text(), "12345678");
    }
    for typed in ["", "1234567", "123456789", "1234567a", "１２３４５６７８", "12345678\u{0}", "+1234567"] {
        assert!(Code::parse(typed).is_none(), "{typed}");
    }
}

proptest! {
    #[test]
    fn a_code_matches_itself_and_nothing_else(one in "[0-9]{8}", other in "[0-9]{8}") {
        let read = |text: &str| Code::parse(text).expect("eight digits");
        prop_assert!(read(&one).matches(&read(&one)));
        prop_assert_eq!(read(&one).matches(&read(&other)), one == other);
    }
}
