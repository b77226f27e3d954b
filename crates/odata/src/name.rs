//! The names of the system query options.

use std::fmt;

/// A system query option (`OData` 4.01 URL Conventions, section 5.1) that this crate understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptionName {
    /// `$filter`
    Filter,
    /// `$select`
    Select,
    /// `$orderby`
    OrderBy,
    /// `$expand`
    Expand,
    /// `$search`
    Search,
    /// `$top`
    Top,
    /// `$skip`
    Skip,
    /// `$count`
    Count,
    /// `$skiptoken`
    SkipToken,
    /// `$deltatoken`
    DeltaToken,
    /// `$format`
    Format,
    /// `$levels`, which stands only inside `$expand`
    Levels,
}

impl OptionName {
    const ALL: [Self; 12] = [
        Self::Filter,
        Self::Select,
        Self::OrderBy,
        Self::Expand,
        Self::Search,
        Self::Top,
        Self::Skip,
        Self::Count,
        Self::SkipToken,
        Self::DeltaToken,
        Self::Format,
        Self::Levels,
    ];

    /// The option in its canonical spelling, `$` included.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filter => "$filter",
            Self::Select => "$select",
            Self::OrderBy => "$orderby",
            Self::Expand => "$expand",
            Self::Search => "$search",
            Self::Top => "$top",
            Self::Skip => "$skip",
            Self::Count => "$count",
            Self::SkipToken => "$skiptoken",
            Self::DeltaToken => "$deltatoken",
            Self::Format => "$format",
            Self::Levels => "$levels",
        }
    }

    /// Finds an option by its name with or without `$`, in any letter case (`OData` 4.01 asks for both).
    pub(crate) fn find(name: &str) -> Option<Self> {
        let bare = name.strip_prefix('$').unwrap_or(name);
        Self::ALL.into_iter().find(|option| option.as_str()[1..].eq_ignore_ascii_case(bare))
    }
}

impl fmt::Display for OptionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
