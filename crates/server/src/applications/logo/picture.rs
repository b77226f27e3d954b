//! What can be a logo: told by its bytes, whatever was said about it.

use super::Logo;
use crate::applications::Invalid;
use crate::users::photo::{Image, ImageError};
use crate::web::seen;

/// The largest file, in bytes. Pages outside carry it, and weigh at most 60 KB themselves.
pub(super) const LARGEST: usize = 32 * 1024;

/// The longest side in pixels. Entra takes logos of 215 by 215.
const LONGEST_SIDE: u32 = 256;

/// Reads what a file is.
///
/// # Errors
/// What is wrong with it: too large, too many pixels, neither PNG nor JPEG.
pub(super) fn read(content: Vec<u8>) -> Result<Logo, Invalid> {
    let refused = |problem: String| Err(Invalid { property: "logo", problem });
    if content.len() > LARGEST {
        return refused(format!("it has more than {LARGEST} bytes"));
    }
    match Image::read(&content) {
        Ok(image) if image.width.max(image.height) <= LONGEST_SIDE => {
            let (content_type, digest) = (image.media_type.to_owned(), seen::mark_of(&content));
            Ok(Logo { content_type, digest, content })
        }
        Ok(_) | Err(ImageError::Sides) => refused(format!("each side has 1 to {LONGEST_SIDE} pixels")),
        Err(error) => refused(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::png_of;

    #[test]
    fn a_logo_is_a_small_picture_by_its_bytes() {
        let logo = read(png_of(LONGEST_SIDE, 1)).expect("a logo");
        assert_eq!(logo.media_type(), "image/png");
        assert_ne!(logo.digest, read(png_of(1, LONGEST_SIDE)).expect("another one").digest);
        for (file, named) in [
            (png_of(LONGEST_SIDE + 1, 1), "256 pixels"),
            (png_of(1, 5000), "256 pixels"),
            (png_of(0, 1), "256 pixels"),
            ([png_of(8, 8), vec![0; LARGEST]].concat(), "32768 bytes"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "neither a JPEG nor a PNG"),
            (b"GIF89a".to_vec(), "neither a JPEG nor a PNG"),
            (Vec::new(), "neither a JPEG nor a PNG"),
        ] {
            let refused = read(file).expect_err(named);
            assert_eq!(refused.property, "logo");
            assert!(refused.problem.contains(named), "{}", refused.problem);
        }
    }
}
