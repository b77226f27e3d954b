//! The eight digits.

use crate::platform::MasterKey;
use crate::platform::ids::{PasscodeId, TenantId};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// How many digits a code has.
pub const DIGITS: usize = 8;

const CODES: u128 = 100_000_000;

/// Eight decimal digits, derived or typed. No `Debug` and no `Display`, so that it reaches no log by accident.
pub struct Code(Zeroizing<[u8; DIGITS]>);

impl Code {
    /// The code of a passcode: an HMAC-SHA-256 over tenant, passcode and mailbox, reduced to eight digits. It can be
    /// computed again at any time, so it is never stored. 128 bits are reduced, so the first codes are more likely than
    /// the last by less than one in 2^100.
    pub fn derive(key: &MasterKey, tenant: TenantId, passcode: PasscodeId, address_folded: &str) -> Self {
        let message = [tenant.0.as_bytes().as_slice(), passcode.0.as_bytes(), address_folded.as_bytes()].concat();
        let tag = aws_lc_rs::hmac::sign(&key.derive("passcode"), &message);
        let number = tag.as_ref().iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
        Self::of(number % CODES)
    }

    /// Reads what somebody typed. White space and hyphens between the digits are passed over; the digits of Arabic and
    /// Persian keyboards count as digits. `None` unless eight digits remain.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut digits = Zeroizing::new([0; DIGITS]);
        let mut count = 0;
        for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            *digits.get_mut(count)? = digit(c)?;
            count += 1;
        }
        (count == DIGITS).then_some(Self(digits))
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&*other.0).into()
    }

    /// The digits as they stand in the mail.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.iter().map(|digit| char::from(b'0' + digit)).collect())
    }

    fn of(mut number: u128) -> Self {
        let mut digits = Zeroizing::new([0; DIGITS]);
        for digit in digits.iter_mut().rev() {
            // A digit always fits.
            *digit = u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        Self(digits)
    }
}

fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}
