//! The languages the program speaks.

/// A language that every guest page and every mail exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// British English, also what everybody gets who asked for nothing we have.
    #[default]
    English,
    /// German, addressing the reader as "Sie".
    German,
    /// Modern Standard Arabic, written from right to left.
    Arabic,
}

impl Language {
    /// Every language, in the order in which a page offers them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Arabic];

    /// The language tag for `lang`, `Content-Language` and the catalogue's folder (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Arabic => "ar",
        }
    }

    /// The value of the HTML attribute `dir`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
            Self::Arabic => "rtl",
        }
    }

    /// What speakers of the language call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Arabic => "العربية",
        }
    }

    /// The language of a tag such as `de-AT`; only its first part counts.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}
