//! Percent-decoding of one name or value of a query string.

use crate::error::Error;

/// Decodes `%XX` and turns `+` into a space (application/x-www-form-urlencoded, which every Graph client assumes).
///
/// `offset` is where `text` begins in the query string, for the position in the error. U+0000 is refused because a
/// PostgreSQL text parameter cannot hold it.
pub(crate) fn decode(text: &str, offset: usize) -> Result<String, Error> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (value, width) = match byte {
            b'%' => {
                let value = escape(bytes.get(at + 1..at + 3)).ok_or(Error::Encoding { position: offset + at })?;
                (value, 3)
            }
            b'+' => (b' ', 1),
            other => (other, 1),
        };
        decoded.push(value);
        at += width;
    }
    String::from_utf8(decoded).ok().filter(|text| !text.contains('\0')).ok_or(Error::Encoding { position: offset })
}

fn escape(digits: Option<&[u8]>) -> Option<u8> {
    let &[high, low] = digits? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
