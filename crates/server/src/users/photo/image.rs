//! What is a picture: by its first bytes, whatever its name or header says.

/// The largest file, in bytes. Graph takes 4 MB and keeps pictures of at most 648 by 648 pixels; those fit in here many times
/// over, and nothing here makes larger ones small.
pub const LARGEST: usize = 256 * 1024;

/// The longest side in pixels.
const LONGEST_SIDE: u32 = 4096;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

/// A file that is a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    /// `image/jpeg` or `image/png`
    pub media_type: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Neither JPEG nor PNG, or cut off before its size.
    #[error("it is neither a JPEG nor a PNG")]
    Kind,
    /// More than [`LARGEST`] bytes.
    #[error("it has more than {LARGEST} bytes")]
    TooLarge,
    /// A side of nothing or too many pixels.
    #[error("each side has 1 to {LONGEST_SIDE} pixels")]
    Sides,
}

impl Image {
    /// Reads what a file is (PNG: ISO/IEC 15948 section 11.2.2; JPEG: ITU-T T.81 annex B.2.2).
    pub fn read(file: &[u8]) -> Result<Self, ImageError> {
        if file.len() > LARGEST {
            return Err(ImageError::TooLarge);
        }
        let (media_type, sides) = if file.starts_with(PNG) {
            ("image/png", png(file))
        } else if file.starts_with(JPEG) {
            ("image/jpeg", jpeg(file))
        } else {
            return Err(ImageError::Kind);
        };
        let (width, height) = sides.ok_or(ImageError::Kind)?;
        if [width, height].iter().all(|side| (1..=LONGEST_SIDE).contains(side)) {
            Ok(Self { media_type, width, height })
        } else {
            Err(ImageError::Sides)
        }
    }
}

/// The sides in the first chunk, which is always the header.
fn png(file: &[u8]) -> Option<(u32, u32)> {
    if file.get(12..16)? != b"IHDR" {
        return None;
    }
    Some((number(file.get(16..20)?), number(file.get(20..24)?)))
}

/// The sides in the first frame header, over the segments before it.
fn jpeg(file: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *file.get(at)? != 0xff {
            return None;
        }
        let marker = *file.get(at + 1)?;
        match marker {
            // Filling before a marker.
            0xff => at += 1,
            // Frame headers; C4, C8 and CC are something else.
            0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) => {
                return Some((number(file.get(at + 7..at + 9)?), number(file.get(at + 5..at + 7)?)));
            }
            // Without a length: what comes after it are no sides any more.
            0xd0..=0xd9 | 0x01 => return None,
            _ => at += 2 + usize::try_from(number(file.get(at + 2..at + 4)?)).ok().filter(|length| *length >= 2)?,
        }
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [PNG, b"\0\0\0\x0dIHDR".as_slice(), &sides, b"\x08\x02\0\0\0"].concat()
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
        [b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc4\0\x02\xff\xc2\0\x11\x08".as_slice(), &sides, b"\x03"].concat()
    }

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        let expected = |media_type, width, height| Ok(Image { media_type, width, height });
        assert_eq!(Image::read(&png_of(48, 64)), expected("image/png", 48, 64));
        assert_eq!(Image::read(&jpeg_of(648, 432)), expected("image/jpeg", 648, 432));
    }

    #[test]
    fn nothing_else_is_one_however_it_is_cut() {
        for file in [b"".as_slice(), b"GIF89a", b"<svg xmlns='x'/>", b"\xff\xd8", PNG, JPEG] {
            assert_eq!(Image::read(file), Err(ImageError::Kind), "{file:?}");
        }
        for whole in [png_of(48, 64), jpeg_of(648, 432)] {
            for end in 0..whole.len() - 1 {
                assert!(Image::read(&whole[..end.min(20)]).is_err(), "{end}");
            }
        }
        // A segment that is as long as nothing would be read for ever.
        assert_eq!(Image::read(b"\xff\xd8\xff\xe0\0\0\xff\xe0\0\0"), Err(ImageError::Kind));
        assert_eq!(Image::read(&png_of(0, 64)), Err(ImageError::Sides));
        assert_eq!(Image::read(&png_of(48, 5000)), Err(ImageError::Sides));
        assert_eq!(Image::read(&vec![0; LARGEST + 1]), Err(ImageError::TooLarge));
    }
}
