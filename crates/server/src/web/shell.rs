//! What stands around a page: the doorway outside, the side bar inside, the hall of My Apps.

use super::{accent::Accent, language::Language, names};
use crate::translations::Words;

/// A hidden form field: name and value.
pub type Hidden = (String, String);

/// Around every page outside: whose door it is, and where else one can go from there.
#[derive(Debug, Clone)]
pub struct Outside {
    /// The reader's language.
    pub words: Words,
    /// The organisation's display name; absent where no organisation is known, and the door is ours.
    pub organization: Option<String>,
    /// The organisation's privacy statement.
    pub privacy_url: Option<String>,
    /// Whom the organisation lets its guests ask about privacy.
    pub privacy_mail: Option<String>,
    /// A page or address of the organisation that helps.
    pub help_url: Option<String>,
    /// Path and query of this page without `lang`, for the language links; none after a POST that cannot be repeated.
    pub address: Option<String>,
    /// How the organisation wants its pages to look.
    pub brand: Option<Box<Brand>>,
}

/// What an organisation changes about its pages.
#[derive(Debug, Clone)]
pub struct Brand {
    /// The address of a stylesheet with its accent.
    pub style: Option<String>,
    /// The accent, for mails.
    pub accent: Accent,
    /// What stands above the name instead of a letter.
    pub logo: Option<Picture>,
    /// The address of the icon in the tab of a browser.
    pub icon: Option<String>,
    /// What stands below the form of the sign-in.
    pub text: Option<String>,
    /// What is said about the name to sign in with.
    pub hint: Option<String>,
    /// Words and address of a link to what the organisation says about privacy.
    pub privacy: Option<(String, String)>,
    /// The same to its terms.
    pub terms: Option<(String, String)>,
    /// The same to help for whoever cannot sign in.
    pub trouble: Option<(String, String)>,
}

/// A picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its address.
    pub href: String,
    /// The address of the one for dark pages.
    pub dark_href: Option<String>,
    /// Whether it is much wider than high.
    pub is_wide: bool,
}

impl Outside {
    /// A door of the program itself, where no organisation is known.
    pub fn nobody(language: Language) -> Self {
        Self {
            words: Words(language),
            organization: None,
            privacy_url: None,
            privacy_mail: None,
            help_url: None,
            address: None,
            brand: None,
        }
    }

    /// The language tag of the page.
    pub fn tag(&self) -> &'static str {
        self.words.0.tag()
    }

    /// The direction of the page.
    pub fn direction(&self) -> &'static str {
        self.words.0.direction()
    }

    /// The name above the door.
    pub fn name(&self) -> &str {
        self.organization.as_deref().unwrap_or("Vestibule")
    }

    /// The title of a page with this heading.
    pub fn title(&self, heading: impl AsRef<str>) -> String {
        self.words.t2("page-title", "heading", heading.as_ref(), "organization", self.name())
    }

    /// The title of a page that says what was wrong; it starts with "Error:" in the reader's language.
    pub fn error_title(&self, heading: impl AsRef<str>) -> String {
        self.words.t1("error-title", "title", &self.title(heading))
    }

    /// The letter in the keystone.
    pub fn initial(&self) -> String {
        names::initial(self.name())
    }

    /// The accent of mails that belong to this page.
    pub fn accent(&self) -> Accent {
        self.brand.as_ref().map_or(Accent::OURS, |brand| brand.accent)
    }

    /// The address of the icon in the tab of a browser.
    pub fn icon(&self) -> Option<&String> {
        self.brand.as_ref()?.icon.as_ref()
    }

    /// The address of the stylesheet with the accent.
    pub fn style(&self) -> Option<&String> {
        self.brand.as_ref()?.style.as_ref()
    }

    /// What stands above the name instead of a letter.
    pub fn logo(&self) -> Option<&Picture> {
        self.brand.as_ref()?.logo.as_ref()
    }

    /// What the organisation says about privacy.
    pub fn privacy(&self) -> Option<&(String, String)> {
        self.brand.as_ref()?.privacy.as_ref()
    }

    /// Further links of the organisation: its terms, and help for whoever cannot sign in.
    pub fn own_links(&self) -> Vec<&(String, String)> {
        let links = self.brand.iter().flat_map(|brand| [&brand.terms, &brand.trouble]);
        links.flatten().collect()
    }

    /// What stands below the form of the sign-in.
    pub fn text(&self) -> Option<&String> {
        self.brand.as_ref()?.text.as_ref()
    }

    /// What is said about the name to sign in with.
    pub fn hint(&self) -> String {
        let own = self.brand.as_ref().and_then(|brand| brand.hint.clone());
        own.unwrap_or_else(|| self.words.t("address-hint"))
    }

    /// This page in the other languages.
    pub fn other_languages(&self) -> Vec<LanguageLink> {
        let Some(address) = &self.address else {
            return Vec::new();
        };
        let joint = if address.contains('?') { '&' } else { '?' };
        Language::ALL
            .into_iter()
            .filter(|&language| language != self.words.0)
            .map(|language| LanguageLink { language, href: format!("{address}{joint}lang={}", language.tag()) })
            .collect()
    }
}

/// A link to the same page in another language.
#[derive(Debug, Clone)]
pub struct LanguageLink {
    /// The language the link leads to.
    pub language: Language,
    /// Where it leads.
    pub href: String,
}

/// A part of the admin centre that the side bar leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Who came in, who did not, and what needs somebody.
    Overview,
    /// Members and guests.
    Users,
    /// Open and past invitations.
    Invitations,
    /// Groups and who belongs to them.
    Groups,
    /// Applications and who is assigned to them.
    Apps,
    /// Apps that people asked administrators about.
    ConsentRequests,
    /// Programs that are told what changes.
    Subscriptions,
    /// Who holds which directory role.
    Roles,
    /// Who may invite, which domains, where invitations may lead.
    Settings,
    /// Names that lead to the organisation.
    Domains,
    /// The sign-in log.
    SignIns,
    /// The audit log.
    Changes,
    /// What guests read of the directory.
    Reads,
    /// What waits in the outbox, and what finally failed.
    Mail,
    /// Work that comes later, and what was given up.
    Jobs,
    /// Whether the server works for this organisation.
    Health,
}

impl Section {
    /// Every part, in the order of the side bar.
    pub const ALL: [Self; 16] = [
        Self::Overview,
        Self::Users,
        Self::Invitations,
        Self::Groups,
        Self::Apps,
        Self::ConsentRequests,
        Self::Subscriptions,
        Self::Roles,
        Self::Settings,
        Self::Domains,
        Self::SignIns,
        Self::Changes,
        Self::Reads,
        Self::Mail,
        Self::Jobs,
        Self::Health,
    ];

    /// The headings of the side bar with what stands under each. Only what is served is listed; the first part has none.
    const GROUPS: [(&'static str, &'static [Self]); 5] = [
        ("", &[Self::Overview]),
        ("People", &[Self::Users, Self::Invitations]),
        ("Access", &[Self::Groups, Self::Apps, Self::ConsentRequests, Self::Subscriptions, Self::Roles]),
        ("Rules", &[Self::Settings, Self::Domains]),
        ("Records", &[Self::SignIns, Self::Changes, Self::Reads, Self::Mail, Self::Jobs, Self::Health]),
    ];

    /// The name in the side bar.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Users => "Users",
            Self::Invitations => "Invitations",
            Self::Groups => "Groups",
            Self::Apps => "Apps",
            Self::ConsentRequests => "App requests",
            Self::Subscriptions => "Subscriptions",
            Self::Roles => "Roles",
            Self::Settings => "Settings",
            Self::Domains => "Domains",
            Self::SignIns => "Sign-ins",
            Self::Changes => "Changes",
            Self::Reads => "Reads by guests",
            Self::Mail => "Mail",
            Self::Jobs => "Jobs",
            Self::Health => "Health",
        }
    }

    /// The path below [`Inside::base`].
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Users => "/users",
            Self::Invitations => "/invitations",
            Self::Groups => "/groups",
            Self::Apps => "/apps",
            Self::ConsentRequests => "/consent-requests",
            Self::Subscriptions => "/subscriptions",
            Self::Roles => "/roles",
            Self::Settings => "/settings",
            Self::Domains => "/domains",
            Self::SignIns => "/sign-ins",
            Self::Changes => "/changes",
            Self::Reads => "/reads",
            Self::Mail => "/mail",
            Self::Jobs => "/jobs",
            Self::Health => "/health",
        }
    }
}

/// Around every page of the admin centre.
#[derive(Debug, Clone)]
pub struct Inside {
    /// The part this page belongs to, if any.
    pub section: Option<Section>,
    /// The parts that lead somewhere for this person.
    pub sections: Vec<Section>,
    /// What stands before every path of the admin centre, without a slash at its end.
    pub base: String,
    /// The organisation's display name.
    pub organization: String,
    /// Its verified domain.
    pub domain: String,
    /// Who is signed in.
    pub person: String,
    /// As what, in words: "Administrator".
    pub role: String,
    /// The anti-forgery token of the session.
    pub csrf: String,
    /// Where the sign-out form is sent.
    pub sign_out_action: String,
}

impl Inside {
    /// The letter of the organisation.
    pub fn initial(&self) -> String {
        names::initial(&self.organization)
    }

    /// The letters of the person.
    pub fn initials(&self) -> String {
        names::initials(&self.person)
    }

    /// The side bar: headings with the parts under each; headings without a part are left out.
    pub fn groups(&self) -> Vec<(&'static str, Vec<Section>)> {
        let shown = |sections: &[Section]| sections.iter().copied().filter(|s| self.sections.contains(s)).collect();
        let groups = Section::GROUPS.into_iter().map(|(heading, sections)| (heading, shown(sections)));
        groups.filter(|(_, sections): &(_, Vec<Section>)| !sections.is_empty()).collect()
    }

    /// Whether the side bar marks a part as the current one.
    pub fn is_here(&self, section: &Section) -> bool {
        self.section == Some(*section)
    }
}

/// Around My Apps: the doors a person can go through.
#[derive(Debug, Clone)]
pub struct Hall {
    /// The reader's language.
    pub words: Words,
    /// Who is signed in.
    pub person: String,
    /// The sentence on the porch, such as "Good afternoon, Sam."
    pub greeting: String,
    /// The organisations this browser is signed in to.
    pub organizations: Vec<HallDoor>,
    /// Where all organisations of the person are listed.
    pub all_organizations: String,
    /// The anti-forgery token of the session.
    pub csrf: String,
    /// Where the sign-out form is sent.
    pub sign_out_action: String,
}

/// One organisation in the hall.
#[derive(Debug, Clone)]
pub struct HallDoor {
    /// Its display name.
    pub name: String,
    /// Where its apps are listed.
    pub href: String,
    /// The second line, such as "5 apps".
    pub detail: String,
    /// Whether its apps are the ones shown.
    pub is_current: bool,
}

impl HallDoor {
    /// The letter of the organisation.
    pub fn initial(&self) -> String {
        names::initial(&self.name)
    }
}
