//! The properties a rule may look at.

/// What kind of value a property has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text or nothing.
    Text,
    /// True or false.
    Boolean,
    /// Any number of texts.
    Texts,
}

/// The value a person has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Of a [`Kind::Text`].
    Text(Option<&'a str>),
    /// Of a [`Kind::Boolean`].
    Boolean(bool),
    /// Of a [`Kind::Texts`].
    Texts(&'a [String]),
}

/// Whose membership is decided.
pub trait Subject {
    /// The value of a property, of the kind [`Property::kind`] says.
    fn value(&self, property: Property) -> Value<'_>;

    /// The text of a property that an app added to people, by the name it has behind `user.`; nothing for whoever has none.
    fn extension(&self, name: &str) -> Option<&str>;
}

macro_rules! properties {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $kind:ident;)+) => {
        /// A property of a person, by the name it has behind `user.`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Property { $($(#[$meta])* $name),+ }

        impl Property {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name behind `user.`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What kind of value it has.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind),+ }
            }
        }
    };
}

properties! {
    /// Whether the account may sign in.
    AccountEnabled = "accountEnabled", Boolean;
    /// The town.
    City = "city", Text;
    /// The company.
    CompanyName = "companyName", Text;
    /// The country.
    Country = "country", Text;
    /// The department.
    Department = "department", Text;
    /// The name.
    DisplayName = "displayName", Text;
    /// The number in the books of the employer.
    EmployeeId = "employeeId", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute1 = "extensionAttribute1", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute2 = "extensionAttribute2", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute3 = "extensionAttribute3", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute4 = "extensionAttribute4", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute5 = "extensionAttribute5", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute6 = "extensionAttribute6", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute7 = "extensionAttribute7", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute8 = "extensionAttribute8", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute9 = "extensionAttribute9", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute10 = "extensionAttribute10", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute11 = "extensionAttribute11", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute12 = "extensionAttribute12", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute13 = "extensionAttribute13", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute14 = "extensionAttribute14", Text;
    /// The organisation's own attribute of this number.
    ExtensionAttribute15 = "extensionAttribute15", Text;
    /// The fax.
    FacsimileTelephoneNumber = "facsimileTelephoneNumber", Text;
    /// The given name.
    GivenName = "givenName", Text;
    /// The title of the position.
    JobTitle = "jobTitle", Text;
    /// The address mail goes to.
    Mail = "mail", Text;
    /// The part of the sign-in name before the `@`.
    MailNickname = "mailNickName", Text;
    /// The mobile telephone.
    Mobile = "mobile", Text;
    /// The object id.
    ObjectId = "objectId", Text;
    /// Further addresses.
    OtherMails = "otherMails", Texts;
    /// The office.
    PhysicalDeliveryOfficeName = "physicalDeliveryOfficeName", Text;
    /// The code of the town.
    PostalCode = "postalCode", Text;
    /// The language.
    PreferredLanguage = "preferredLanguage", Text;
    /// Addresses with their kind in front.
    ProxyAddresses = "proxyAddresses", Texts;
    /// The state or province.
    State = "state", Text;
    /// Street and number.
    StreetAddress = "streetAddress", Text;
    /// The surname.
    Surname = "surname", Text;
    /// The telephone at work.
    TelephoneNumber = "telephoneNumber", Text;
    /// The country services are used in.
    UsageLocation = "usageLocation", Text;
    /// The sign-in name.
    UserPrincipalName = "userPrincipalName", Text;
    /// `Member` or `Guest`.
    UserType = "userType", Text;
}

/// What the names of properties begin with that apps added to people.
pub(crate) const EXTENSION: &str = "extension_";

/// The name behind `user.` of a property that an app added to people (Graph: directory extensions): the client id of the app without
/// hyphens, and what the app calls it. Nothing for another word. It is taken as it is written: names may differ by case alone.
pub(crate) fn extension(word: &str) -> Option<&str> {
    let (owner, name) = word.split_once('.')?;
    let (client, chosen) = name.strip_prefix(EXTENSION)?.split_once('_')?;
    let is_client = client.len() == 32 && client.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_chosen = !chosen.is_empty() && !chosen.contains('.');
    (owner.eq_ignore_ascii_case("user") && is_client && is_chosen).then_some(name)
}

impl Property {
    /// The property with this name, compared without case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|property| property.name().eq_ignore_ascii_case(name))
    }
}
