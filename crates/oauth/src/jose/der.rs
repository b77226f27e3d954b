//! The one DER structure we must read ourselves: `RSAPublicKey` (RFC 8017 appendix A.1.1).

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// Modulus and exponent, big-endian without leading zeros, as a JWK wants them.
pub(super) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, _) = element(der, SEQUENCE)?;
    let (modulus, rest) = element(sequence, INTEGER)?;
    let (exponent, _) = element(rest, INTEGER)?;
    Some((without_sign(modulus), without_sign(exponent)))
}

/// The content of the first element, which must have the tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[first, length], rest) = der.split_first_chunk::<2>()?;
    if first != tag {
        return None;
    }
    let (length, rest) = match length {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => rest.split_first().map(|(byte, rest)| (usize::from(*byte), rest))?,
        0x82 => rest.split_first_chunk().map(|(bytes, rest)| (usize::from(u16::from_be_bytes(*bytes)), rest))?,
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// DER puts a zero before a positive integer whose first bit is set; a JWK does not.
fn without_sign(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_both_integers() {
        let der = [0x30, 0x08, 0x02, 0x02, 0x00, 0xff, 0x02, 0x02, 0x01, 0x01];
        assert_eq!(rsa_public_key(&der), Some((&[0xff][..], &[1, 1][..])));
        assert_eq!(rsa_public_key(&der[..9]), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = rsa_public_key(&bytes);
        }
    }
}
