//! The value of one column.

use database::Query;
use sqlx::types::Json;
use uuid::Uuid;

/// A value in the type of its column.
pub(super) enum Cell {
    Id(Uuid),
    Text(String),
    Word(&'static str),
    Number(i64),
    Flag(bool),
    List(Vec<String>),
}

impl Cell {
    /// Binds the next placeholder of the registered text.
    pub(super) fn bind(self, query: Query<'_>) -> Query<'_> {
        match self {
            Self::Id(id) => query.bind(id),
            Self::Text(text) => query.bind(text),
            Self::Word(word) => query.bind(word.to_owned()),
            Self::Number(number) => query.bind(number),
            Self::Flag(is) => query.bind(is),
            Self::List(list) => query.bind(Json(list)),
        }
    }

    /// Continues the text with a placeholder.
    pub(super) fn value(self, query: &mut Query<'_>) {
        match self {
            Self::Id(id) => query.value(id),
            Self::Text(text) => query.value(text),
            Self::Word(word) => query.value(word.to_owned()),
            Self::Number(number) => query.value(number),
            Self::Flag(is) => query.value(is),
            Self::List(list) => query.value(Json(list)),
        };
    }
}
