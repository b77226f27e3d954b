//! Which index leads to the users that are looked for, in an order that it has already.
//!
//! Whoever is looked for by the beginning of a name, of an address or of a word must be found at the same cost whether they are
//! few or many, and among however many. In the order of ids, few would be sought among all, and many would be collected to be
//! sorted. So where no order is asked for, they come in the order of the texts they are found by, which costs what is shown.

use super::resource::{ADDRESS_WORDS, NAME_PARTS, NAME_WORDS};
use super::terms::{ADDRESS_WORD, NAME_WORD, words_of};
use super::user::{User, fold};
use crate::graph::query::{Condition, reversed};
use std::cmp::Reverse;

/// The most paths that are followed side by side.
const PATHS: usize = 8;

/// A column of users with an index by itself and id.
#[derive(Debug)]
pub struct Column {
    /// With its alias.
    pub sql: &'static str,
    text: fn(&User) -> Option<String>,
}

static COLUMNS: [Column; 4] = [
    Column { sql: "u.display_name_folded", text: |user| Some(fold(&user.display_name)) },
    Column { sql: "u.user_principal_name_folded", text: |user| Some(fold(&user.user_principal_name)) },
    Column { sql: "u.mail_folded", text: |user| user.mail.as_deref().map(str::to_ascii_lowercase) },
    Column {
        sql: "u.mail_reversed",
        text: |user| user.mail.as_deref().map(|mail| reversed(&mail.to_ascii_lowercase())),
    },
];

/// What is read in its order.
#[derive(Debug, Clone, Copy)]
pub enum Index {
    /// A column of users.
    Column(&'static Column),
    /// Words of this kind.
    Words(&'static str),
}

/// A range of an index.
#[derive(Debug, Clone)]
pub struct AccessPath {
    /// The index.
    pub index: Index,
    /// The first text.
    pub from: String,
    /// The first text behind it; none if it has no end.
    pub to: Option<String>,
}

/// Paths that together lead to everybody who is looked for.
#[derive(Debug, Clone)]
pub struct Access {
    /// The paths, at least one.
    pub paths: Vec<AccessPath>,
    /// What whoever is met on a path must meet besides.
    pub rest: Option<Condition>,
}

impl AccessPath {
    /// The first text by which this path leads to a user.
    pub fn first(&self, user: &User) -> Option<String> {
        let is_within = |text: &String| *text >= self.from && self.to.as_ref().is_none_or(|to| text < to);
        match self.index {
            Index::Column(column) => (column.text)(user).filter(is_within),
            Index::Words(kind) => {
                words_of(user).into_iter().filter(|(of, _)| *of == kind).map(|(_, word)| word).find(is_within)
            }
        }
    }
}

impl Access {
    /// The paths to everybody who meets a condition; none where no index leads to them by texts.
    pub fn to(condition: &Condition) -> Option<Self> {
        let access = Self::read(condition)?;
        (1..=PATHS).contains(&access.paths.len()).then_some(access)
    }

    /// The first text by which any of the paths leads to a user: at which they come in the order of all paths.
    pub fn first(&self, user: &User) -> Option<String> {
        self.paths.iter().filter_map(|path| path.first(user)).min()
    }

    /// The same paths, on which everybody must meet this as well.
    #[must_use]
    pub fn and(mut self, besides: Option<&Condition>) -> Self {
        if let Some(besides) = besides {
            self.rest = Some(Condition::And(self.rest.take().into_iter().chain([besides.clone()]).collect()));
        }
        self
    }

    fn read(condition: &Condition) -> Option<Self> {
        if let Some((sql, from, to)) = condition.range() {
            let column = COLUMNS.iter().find(|column| column.sql == sql)?;
            return Some(Self::of(Index::Column(column), from, to));
        }
        match condition {
            Condition::And(parts) => Self::of_all(parts),
            Condition::Or(parts) => {
                let each: Option<Vec<Self>> = parts.iter().map(Self::read).collect();
                let paths = each?.into_iter().flat_map(|access| access.paths).collect();
                Some(Self { paths, rest: without_words(condition) })
            }
            Condition::Exists { condition: item, .. } => {
                let kind = words_in(condition)?;
                let (_, from, to) = item.range()?;
                Some(Self::of(Index::Words(kind), from, to))
            }
            _ => None,
        }
    }

    fn shortest(&self) -> usize {
        self.paths.iter().map(|path| path.from.len()).min().unwrap_or_default()
    }

    fn of(index: Index, from: &str, to: Option<&str>) -> Self {
        let path = AccessPath { index, from: from.to_owned(), to: to.map(str::to_owned) };
        Self { paths: vec![path], rest: None }
    }

    /// One of the parts leads to them, the others are met on the way: the one with the longest text, which few have. A part
    /// that few meet leads better, by an index of its own.
    fn of_all(parts: &[Condition]) -> Option<Self> {
        let led = parts.iter().enumerate().filter_map(|(at, part)| Some((at, Self::read(part)?)));
        let (at, access) = led.min_by_key(|(_, access)| Reverse(access.shortest()))?;
        let others = || parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part);
        if !others().all(is_met_by_many) {
            return None;
        }
        let mut rest: Vec<Condition> = others().filter_map(without_words).chain(access.rest).collect();
        let rest = if rest.len() > 1 { Some(Condition::And(rest)) } else { rest.pop() };
        Some(Self { paths: access.paths, rest })
    }
}

/// Whether a condition is of a kind that is no better way to those who meet it.
fn is_met_by_many(condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => parts.iter().all(is_met_by_many),
        Condition::Compare { column, operator, .. } => {
            *operator != " = " || ["u.user_type", "u.external_user_state", "u.creation_type"].contains(column)
        }
        Condition::Boolean { is, .. } => *is,
        // Parts of words stand beside the words that lead to them.
        Condition::Exists { related, .. } => words_in(condition).is_some() || std::ptr::eq(*related, &NAME_PARTS),
        Condition::Not(_) | Condition::Like { .. } => true,
        Condition::Among { .. } | Condition::Null(_) | Condition::Never => false,
    }
}

/// The kind of words that a condition looks for.
fn words_in(condition: &Condition) -> Option<&'static str> {
    match condition {
        Condition::Exists { related, .. } if std::ptr::eq(*related, &NAME_WORDS) => Some(NAME_WORD),
        Condition::Exists { related, .. } if std::ptr::eq(*related, &ADDRESS_WORDS) => Some(ADDRESS_WORD),
        _ => None,
    }
}

/// The condition without what only says who comes into question: beside it always stands what is exact.
fn without_words(condition: &Condition) -> Option<Condition> {
    let exact = |parts: &[Condition]| parts.iter().filter_map(without_words).collect::<Vec<_>>();
    match condition {
        Condition::And(parts) => Some(Condition::And(exact(parts))),
        Condition::Or(parts) => Some(Condition::Or(exact(parts))),
        condition if words_in(condition).is_some() => None,
        condition => Some(condition.clone()),
    }
}
