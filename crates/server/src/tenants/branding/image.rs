//! Pictures of branding: what they may be, told by their first bytes and not by what was said about them.

use super::BrandingError;

database::text_enum! {
    /// A picture that pages show.
    pub enum ImageKind {
        /// A square mark above the name.
        SquareLogo = "squareLogo",
        /// The same on dark pages.
        SquareLogoDark = "squareLogoDark",
        /// A wide mark above the name, where there is no square one.
        BannerLogo = "bannerLogo",
        /// The icon in the tab of a browser.
        Favicon = "favicon",
    }
}

impl ImageKind {
    /// Bytes, width and height at most (Entra: company branding).
    const fn limits(self) -> (usize, u32, u32) {
        match self {
            Self::SquareLogo | Self::SquareLogoDark => (10 * 1024, 240, 240),
            Self::BannerLogo => (10 * 1024, 245, 36),
            Self::Favicon => (5 * 1024, 32, 32),
        }
    }

    /// The type of the picture, if it is one that may be shown.
    ///
    /// # Errors
    /// `Image` with what is wrong: too large, too many pixels, neither PNG nor JPEG, or another kind than was said.
    pub fn check(self, said: &str, content: &[u8]) -> Result<&'static str, BrandingError> {
        let refused = |problem: String| Err(BrandingError::Image(self, problem));
        let (bytes, width, height) = self.limits();
        if content.len() > bytes {
            return refused(format!("it has more than {bytes} bytes"));
        }
        let Some((kind, wide, high)) = png(content).or_else(|| jpeg(content)) else {
            return refused("it is neither a PNG nor a JPEG picture".to_owned());
        };
        let said = said.split(';').next().unwrap_or_default().trim();
        if !said.eq_ignore_ascii_case(kind) && !said.eq_ignore_ascii_case("image/*") {
            return refused(format!("it was sent as {said} and is {kind}"));
        }
        if wide == 0 || high == 0 || wide > width || high > height {
            return refused(format!("it has {wide} x {high} pixels, and at most {width} x {height} are possible"));
        }
        Ok(kind)
    }
}

/// Type, width and height of a PNG picture, from its first chunk (PNG specification, section 11.2.1).
fn png(content: &[u8]) -> Option<(&'static str, u32, u32)> {
    let header = content.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(4..16)?.strip_prefix(b"IHDR")?;
    let (width, height) = header.split_first_chunk::<4>()?;
    Some(("image/png", u32::from_be_bytes(*width), u32::from_be_bytes(*height.first_chunk::<4>()?)))
}

/// Type, width and height of a JPEG picture, from its frame header (ITU-T T.81, section B.2.2).
fn jpeg(content: &[u8]) -> Option<(&'static str, u32, u32)> {
    let mut rest = content.strip_prefix(b"\xff\xd8")?;
    loop {
        let (segment, after) = rest.split_first_chunk::<4>()?;
        let [0xff, marker, high, low] = *segment else { return None };
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let size = |at: usize| Some(u32::from(u16::from_be_bytes([*after.get(at)?, *after.get(at + 1)?])));
            return Some(("image/jpeg", size(3)?, size(1)?));
        }
        rest = after.get(usize::from(u16::from_be_bytes([high, low])).checked_sub(2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::png_of;

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let frame =
            [&[0xff, 0xc0, 0, 11, 8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
        [b"\xff\xd8\xff\xe0\0\x04ab".as_slice(), &frame].concat()
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let logo = ImageKind::SquareLogo;
        assert_eq!(logo.check("image/png", &png_of(240, 240)).expect("a picture"), "image/png");
        assert_eq!(logo.check("image/jpeg; x=y", &jpeg_of(100, 50)).expect("a picture"), "image/jpeg");
        for (said, content) in [
            ("image/png", jpeg_of(10, 10)),
            ("image/png", png_of(241, 10)),
            ("image/png", png_of(0, 10)),
            ("image/jpeg", jpeg_of(10, 241)),
            ("image/png", [png_of(10, 10), vec![0; 10 * 1024]].concat()),
            ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
            ("image/png", b"\x89PNG\r\n\x1a\n".to_vec()),
            ("image/jpeg", b"\xff\xd8\xff\xe0\0\0".to_vec()),
            ("image/jpeg", b"\xff\xd8\xff\xe0\xff\xff".to_vec()),
            ("image/png", b"GIF89a".to_vec()),
            ("image/png", Vec::new()),
        ] {
            assert!(matches!(logo.check(said, &content), Err(BrandingError::Image(..))), "{said} {content:?}");
        }
    }
}
