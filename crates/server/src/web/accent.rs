//! The accent colour of an organisation, within bounds that keep the contrast (WCAG 2.2, success criterion 1.4.3).
//!
//! Of a colour that was chosen, its hue and, up to a bound, its chroma are kept; the lightness stays that of the design. So every
//! choice is readable as text on the ground of a page, and below the text of a button, in light and in dark.

/// The largest chroma: at every hue, text keeps more than the 4.5:1 that is asked for.
const CHROMA: f64 = 0.14;

/// A colour in OKLCH, without its lightness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accent {
    chroma: f64,
    /// In degrees.
    hue: f64,
}

impl Accent {
    /// The green of the design.
    pub const OURS: Self = Self { chroma: 0.085, hue: 172.0 };

    /// The accent that is made of `#RRGGBB`; `None` for what is no colour.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let [red, green, blue] = [channel(0)?, channel(2)?, channel(4)?].map(linear);
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let medium = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let a = 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short;
        let chroma = a.hypot(b).min(CHROMA);
        // What has no chroma to speak of has no hue either: rounding would choose one.
        let hue = if chroma < 0.002 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) };
        Some(Self { chroma: if chroma < 0.002 { 0.0 } else { chroma }, hue })
    }

    /// The colour of links and buttons in light, as `#RRGGBB`.
    pub fn light(self) -> String {
        hexadecimal(oklch(0.430, self.chroma, self.hue))
    }

    /// The same in dark.
    pub fn dark(self) -> String {
        hexadecimal(oklch(0.815, self.chroma.min(0.095), self.hue))
    }

    /// The stylesheet that gives a page this accent. Browsers that know no `oklch()` get plain values.
    pub fn style(self) -> String {
        let [sill, strong] = [0.340, 0.355].map(|lightness| hexadecimal(oklch(lightness, self.chroma, self.hue)));
        let soft = hexadecimal(oklch(0.952, self.chroma * 0.24, self.hue));
        format!(
            ":root{{--brand-h:{:.1};--brand-c:{:.3}}}\n\
             @supports not (color:light-dark(oklch(0 0 0),oklch(0 0 0))){{:root{{--accent:{};--sill:{sill};\
             --accent-strong:{strong};--accent-soft:{soft}}}}}\n",
            self.hue,
            self.chroma,
            self.light(),
        )
    }
}

/// One channel of sRGB as light (IEC 61966-2-1).
fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The light of the three channels of sRGB; what lies outside is cut off.
fn oklch(lightness: f64, chroma: f64, hue: f64) -> [f64; 3] {
    let (sine, cosine) = hue.to_radians().sin_cos();
    let (a, b) = (chroma * cosine, chroma * sine);
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
    ]
    .map(|channel| channel.clamp(0.0, 1.0))
}

fn hexadecimal(light: [f64; 3]) -> String {
    light.iter().fold("#".to_owned(), |text, channel| {
        let value = if *channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 255")]
        let byte = (value * 255.0).round().clamp(0.0, 255.0) as u8;
        format!("{text}{byte:02x}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance([red, green, blue]: [f64; 3]) -> f64 {
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_keeps_the_contrast_of_text() {
        for hue in (0..360).map(f64::from) {
            for chroma in [0.0, 0.04, 0.085, CHROMA] {
                let light = oklch(0.430, chroma, hue);
                // The ground, the darkest surface, what is tinted with the accent itself, and the text of a button.
                for ground in [
                    oklch(0.951, 0.008, 85.0),
                    oklch(0.925, 0.010, 85.0),
                    oklch(0.952, chroma * 0.24, hue),
                    oklch(0.993, 0.003, 85.0),
                ] {
                    assert!(contrast(light, ground) >= 4.5, "light {hue} {chroma}");
                }
                let dark = oklch(0.815, chroma.min(0.095), hue);
                for ground in [
                    oklch(0.178, 0.007, 70.0),
                    oklch(0.285, 0.010, 70.0),
                    oklch(0.295, (chroma * 0.38).min(0.045), hue),
                    oklch(0.205, 0.020, hue),
                ] {
                    assert!(contrast(dark, ground) >= 4.5, "dark {hue} {chroma}");
                }
            }
        }
    }

    #[test]
    fn a_colour_keeps_its_hue_and_nothing_else_is_one() {
        assert_eq!(Accent::OURS.light(), "#005e4a");
        for (text, hue) in [("#ff0000", 29.0), ("#00FF00", 142.0), ("#0000ff", 264.0)] {
            let accent = Accent::parse(text).expect("a colour");
            assert!((accent.hue - hue).abs() < 1.0, "{text} {accent:?}");
            assert!((accent.chroma - CHROMA).abs() < 1e-9, "{text} {accent:?}");
        }
        for grey in ["#000000", "#ffffff", "#808080"] {
            assert!(Accent::parse(grey).expect("a colour").chroma < 1e-9, "{grey}");
        }
        for bad in ["", "#", "red", "#fff", "#ggg000", "ffffff", "#ffffff0", "#é0é0"] {
            assert_eq!(Accent::parse(bad), None, "{bad}");
        }
        assert!(Accent::parse("#8b1a4a").expect("a colour").style().starts_with(":root{--brand-h:"));
    }
}
