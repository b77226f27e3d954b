//! Closed sets of words and typed ids: one spelling for storage and for the wire.

/// Declares an enum whose members have one fixed text, stored as `TEXT` and serialised as the same text.
///
/// ```ignore
/// database::text_enum! {
///     /// How far an invitation has come.
///     pub enum State { /** Not answered. */ Pending = "PendingAcceptance", /** Answered. */ Accepted = "Accepted" }
/// }
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$member_meta:meta])* $member:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$member_meta])* $member),+ }

        impl $name {
            /// Every member, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The text this member is stored and written as.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$member => $text),+ }
            }

            /// The member written as `text`, compared exactly.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$member),)+ _ => None }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl $crate::private::serde::Serialize for $name {
            fn serialize<S: $crate::private::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::private::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as $crate::private::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| $crate::private::serde::de::Error::unknown_variant(&text, &[$($text),+]))
            }
        }

        impl<DB: $crate::private::sqlx::Database> $crate::private::sqlx::Type<DB> for $name
        where
            String: $crate::private::sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as $crate::private::sqlx::Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <String as $crate::private::sqlx::Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: $crate::private::sqlx::Database> $crate::private::sqlx::Encode<'q, DB> for $name
        where
            String: $crate::private::sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> ::std::result::Result<$crate::private::sqlx::encode::IsNull, $crate::private::sqlx::error::BoxDynError> {
                <String as $crate::private::sqlx::Encode<'q, DB>>::encode(self.as_str().to_owned(), buffer)
            }
        }

        impl<'r, DB: $crate::private::sqlx::Database> $crate::private::sqlx::Decode<'r, DB> for $name
        where
            String: $crate::private::sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> ::std::result::Result<Self, $crate::private::sqlx::error::BoxDynError> {
                let text = <String as $crate::private::sqlx::Decode<'r, DB>>::decode(value)?;
                Self::parse(&text).ok_or_else(|| format!("{text:?} is no {}", stringify!($name)).into())
            }
        }
    };
}

/// Declares a typed id over a UUID: stored as `UUID` (sixteen bytes on SQLite), written in the hyphenated form.
#[macro_export]
macro_rules! id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            $crate::private::serde::Serialize, $crate::private::serde::Deserialize, $crate::private::sqlx::Type,
        )]
        #[serde(crate = "database::private::serde", transparent)]
        #[sqlx(transparent)]
        $vis struct $name(pub $crate::private::sqlx::types::Uuid);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::private::sqlx::types::uuid::Error;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}
