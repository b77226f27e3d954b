//! What may be asked of a resource: one table of properties.

use super::Condition;
use crate::graph::Error;

/// A collection that can be queried. Statements name its table by the alias in the columns.
#[derive(Debug)]
pub struct Resource {
    /// The type as in `#microsoft.graph.user`, without the namespace.
    pub type_name: &'static str,
    /// The column of `id`, which makes every order total.
    pub id: &'static str,
    /// Every property that is served, in the order they are written.
    pub properties: &'static [Property],
}

impl Resource {
    /// The property with this name, in any case of its letters, as Graph takes it: `Get-MgUser -Property DisplayName` sends the
    /// names as they stand in PowerShell. What is written has the name of the table.
    pub fn property(&self, name: &str) -> Result<&'static Property, Error> {
        find(self.type_name, self.properties, name)
    }

    /// The property with this name that an answer can carry.
    pub(super) fn selectable(&self, name: &str) -> Result<&'static Property, Error> {
        match self.property(name)? {
            Property { written: Written::Never, .. } => Err(unknown(self.type_name, name)),
            property => Ok(property),
        }
    }
}

pub(super) fn find(owner: &str, properties: &'static [Property], name: &str) -> Result<&'static Property, Error> {
    let has_name = |property: &&Property| property.name.eq_ignore_ascii_case(name);
    properties.iter().find(has_name).ok_or_else(|| unknown(owner, name))
}

fn unknown(owner: &str, name: &str) -> Error {
    let message = format!("Could not find a property named '{name}' on type 'microsoft.graph.{owner}'.");
    Error::bad_request(message).with_target(name.to_owned())
}

/// When an answer carries a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Without `$select`.
    ByDefault,
    /// When `$select` names it, or everything.
    OnRequest,
    /// When `$select` names it: reading it takes a permission of its own.
    ByName,
    /// Never: it is a part of another property and can only be filtered by.
    Never,
}

impl Written {
    /// Whether an answer carries it where everything is asked for.
    pub(super) const fn is_in_all(self) -> bool {
        matches!(self, Self::ByDefault | Self::OnRequest)
    }
}

/// One property: when it is written, and how it can be filtered, sorted and searched.
#[derive(Debug, Clone)]
pub struct Property {
    /// The name on the wire.
    pub name: &'static str,
    /// When an answer carries it.
    pub written: Written,
    /// What a filter compares; without one the property can only be read.
    pub column: Option<Column>,
    /// Whether every filter on it needs `ConsistencyLevel: eventual` and `$count=true`.
    pub is_advanced: bool,
    /// Whether `$orderby` may name it; its column must then be a text with an index of its own.
    pub is_sortable: bool,
    /// Whether not every object has it, so that those without it are read by themselves where it is sorted by.
    pub has_gaps: bool,
    /// Whether `$orderby` may name it because ids are made in the order of its values.
    pub is_sortable_by_id: bool,
    /// The column with an instant by which deleted objects are sorted, where it has an index of its own; others are not.
    pub deleted_at: Option<&'static str>,
    /// Whether `$search` may name it.
    pub is_searchable: bool,
    /// Where its words are kept one by one, so that a search need not read every text.
    pub words: Option<&'static Related>,
    /// Where the words inside of words are kept one by one, those of [`super::parts`]; they are among the words too.
    pub parts: Option<&'static Related>,
}

/// Where a property is stored, and how its values compare. The kind decides which operators make sense.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// Text, stored folded; values are folded the same way before they are compared.
    Text {
        /// The folded column, with its alias.
        sql: &'static str,
        /// Makes the form that is stored there.
        fold: fn(&str) -> String,
        /// A column with the folded text [`super::reversed`], where ends of texts are looked for often.
        reversed: Option<&'static str>,
    },
    /// One of a few words, whose case does not matter in a query.
    Word {
        /// The column.
        sql: &'static str,
        /// The words as they are stored.
        words: &'static [&'static str],
    },
    /// True or false.
    Boolean(&'static str),
    /// An instant, compared by whole seconds, as it is written.
    Instant(&'static str),
    /// A UUID.
    Id(&'static str),
    /// Rows of another table, reached by `any`.
    Related(&'static Related),
    /// A text that is kept in another table, in at most one row. It has the one property of an item.
    Elsewhere(&'static Related),
    /// How many objects a relation leads to, as an expression over the row. Its property is called `owners/$count`.
    Counted(&'static str),
}

/// A collection kept in a table of its own.
#[derive(Debug)]
pub struct Related {
    /// The type of its items, without the namespace.
    pub type_name: &'static str,
    /// Finds the objects by their items, up to where the test of an item follows: `u.id IN (SELECT .. WHERE .. AND `. A
    /// single item that stands in the row of the object is tested there: `(g.x IS NOT NULL AND `. The tenant is `$1`, as in
    /// every statement.
    pub subquery: &'static str,
    /// The properties of an item; a single one with an empty name where items are plain texts.
    pub properties: &'static [Property],
}

impl Related {
    /// Plain texts, found by `subquery` and compared in a column.
    pub const fn texts(subquery: &'static str, item: &'static [Property]) -> Self {
        Self { type_name: "Edm.String", subquery, properties: item }
    }

    /// Whether a test of the items looks through those of everybody. An index begins with all texts of an item and leads only to
    /// what bounds each of them; and nothing leads to whoever has no such item. Where items have no texts, the test looks at the
    /// row of the object itself.
    pub(super) fn is_looked_through(&self, condition: &Condition, is_negated: bool) -> bool {
        self.properties.iter().any(|property| match property.column {
            Some(Column::Text { sql, .. }) => is_negated || !condition.bounds(sql),
            _ => false,
        })
    }
}

impl Property {
    /// A property that can be selected and nothing else.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            written: Written::OnRequest,
            column: None,
            is_advanced: false,
            is_sortable: false,
            has_gaps: false,
            is_sortable_by_id: false,
            deleted_at: None,
            is_searchable: false,
            words: None,
            parts: None,
        }
    }

    /// Written without being asked for.
    #[must_use]
    pub const fn by_default(mut self) -> Self {
        self.written = Written::ByDefault;
        self
    }

    /// Written only when it is asked for by its name.
    #[must_use]
    pub const fn by_name(mut self) -> Self {
        self.written = Written::ByName;
        self
    }

    /// Never written, only filtered by: a part of another property.
    #[must_use]
    pub const fn never(mut self) -> Self {
        self.written = Written::Never;
        self
    }

    /// Can be filtered.
    #[must_use]
    pub const fn filtered(mut self, column: Column) -> Self {
        self.column = Some(column);
        self
    }

    /// Can be filtered as an advanced query only.
    #[must_use]
    pub const fn filtered_advanced(mut self, column: Column) -> Self {
        self.column = Some(column);
        self.is_advanced = true;
        self
    }

    /// Can be sorted by.
    #[must_use]
    pub const fn sortable(mut self) -> Self {
        self.is_sortable = true;
        self
    }

    /// Can be sorted by as an advanced query, though not every object has it: those without it stand in the same index.
    #[must_use]
    pub const fn sortable_with_gaps(mut self) -> Self {
        self.is_sortable = true;
        self.has_gaps = true;
        self
    }

    /// Can be sorted by as an advanced query: it tells when the object was made, in whole seconds, and ids follow each other as
    /// objects are made (UUID version 7), so that no index of its own is needed.
    #[must_use]
    pub const fn sortable_by_id(mut self) -> Self {
        self.is_sortable_by_id = true;
        self
    }

    /// Deleted objects can be sorted by it as an advanced query: it tells when that was, in a column with an index of theirs.
    #[must_use]
    pub const fn sortable_when_deleted(mut self, column: &'static str) -> Self {
        self.deleted_at = Some(column);
        self
    }

    /// Can be searched, by words that are kept one by one, as [`super::words`] tells them apart: plain texts, folded as the
    /// column is.
    #[must_use]
    pub const fn searchable_by(mut self, words: &'static Related) -> Self {
        self.is_searchable = true;
        self.words = Some(words);
        self
    }

    /// Can also be searched by what begins inside of words, as [`super::parts`] tells it: texts as in
    /// [`Property::searchable_by`].
    #[must_use]
    pub const fn with_parts(mut self, parts: &'static Related) -> Self {
        self.parts = Some(parts);
        self
    }

    /// Can be searched.
    #[must_use]
    pub const fn searchable(mut self) -> Self {
        self.is_searchable = true;
        self
    }
}

impl Column {
    /// What would be true or false and is null for everybody: nobody here comes from a directory elsewhere.
    pub const NULL_BOOLEAN: Self = Self::Boolean("CAST(NULL AS BOOLEAN)");

    /// The same of a text.
    pub const NULL_TEXT: Self = Self::Text { sql: "CAST(NULL AS TEXT)", fold: str::to_owned, reversed: None };

    /// The same of an instant.
    pub const NULL_INSTANT: Self = Self::Instant("CAST(NULL AS BIGINT)");

    /// Begins with `text`, compared without case; matches nothing in a column that is no text.
    pub fn begins_with(self, text: &str) -> Condition {
        match self {
            Self::Text { sql, fold, .. } => Condition::prefix(sql, &fold(text)),
            _ => Condition::Never,
        }
    }
}
