//! The address of a list with its filters: every filter is a link, and the link is the whole truth.

use super::paging::{Edge, Page};
use std::fmt::Write as _;

/// Path and query of a page.
#[derive(Debug, Clone)]
pub struct PageAddress {
    path: String,
    query: Vec<(&'static str, String)>,
}

/// What says where a page of a list begins; another filter begins at the first page again.
pub const PLACES: [&str; 2] = ["after", "before"];

impl PageAddress {
    /// A page without a filter.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new() }
    }

    /// Adds a filter if it is set.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.query.push((name, value.to_string()));
        }
        self
    }

    /// The same page with another value for one filter.
    #[expect(clippy::needless_pass_by_value, reason = "a caller writes a number or a text, not a reference to one")]
    pub fn with(&self, name: &'static str, value: impl ToString) -> String {
        let mut other = self.clone();
        other.query.retain(|(key, _)| *key != name && !PLACES.contains(key));
        other.query.push((name, value.to_string()));
        other.to_string()
    }

    /// The same page without one filter.
    pub fn without(&self, name: &str) -> String {
        let mut other = self.clone();
        other.query.retain(|(key, _)| *key != name && !PLACES.contains(key));
        other.to_string()
    }

    /// The same page from an edge on.
    pub fn at(&self, edge: Edge<impl ToString>) -> String {
        self.with(edge.name(), edge.row())
    }

    /// The same page from an edge on, or from its beginning.
    pub fn beginning_at(&self, edge: Option<Edge<impl ToString>>) -> String {
        edge.map_or_else(|| self.to_string(), |edge| self.at(edge))
    }

    /// The page before this one, if there is one. From one whose rows have all gone, the way back is to the first.
    pub fn previous<T, K: ToString>(&self, page: &Page<T>, id: impl Fn(&T) -> K) -> Option<String> {
        let (first, _) = page.ends();
        first.map(|first| self.at(Edge::Before(id(first)))).or_else(|| page.is_lost().then(|| self.to_string()))
    }

    /// The page below this one with the same filters.
    #[must_use]
    pub fn below(&self, part: &str) -> Self {
        Self { path: format!("{}/{part}", self.path), query: self.query.clone() }
    }

    /// The filters besides one, as hidden fields of the form that sets it.
    pub fn others(&self, name: &str) -> Vec<(String, String)> {
        let others = self.query.iter().filter(|(key, _)| *key != name && !PLACES.contains(key));
        others.map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
    }

    /// The page without any filter.
    pub fn bare(&self) -> &str {
        &self.path
    }

    /// The filters as they stand behind the question mark; empty without any.
    pub fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish()
    }

    /// Whether any filter is set.
    pub fn is_filtered(&self) -> bool {
        self.query.iter().any(|(key, _)| !PLACES.contains(key))
    }
}

impl std::fmt::Display for PageAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.path)?;
        if self.query.is_empty() {
            return Ok(());
        }
        formatter.write_char('?')?;
        formatter.write_str(&self.query())
    }
}

/// A filter above a list: set, with the link that takes it out; or offered, with the link that sets it.
#[derive(Debug, Clone)]
pub struct Chip {
    /// What it filters by.
    pub key: &'static str,
    /// What it is set to.
    pub value: Option<String>,
    /// Where it leads.
    pub href: String,
}

impl Chip {
    /// The chips of a filter that knows a few values: the one that is set, or all of them to choose from.
    pub fn choices(
        address: &PageAddress,
        key: &'static str,
        name: &'static str,
        choices: &[(&'static str, &'static str)],
        set: Option<&str>,
    ) -> Vec<Self> {
        let chosen = choices.iter().find(|(value, _)| Some(*value) == set);
        match chosen {
            Some((_, word)) => vec![Self::set(address, key, name, *word)],
            None => choices
                .iter()
                .map(|(value, word)| Self { key: word, value: None, href: address.with(name, value) })
                .collect(),
        }
    }

    /// A filter that is set.
    pub fn set(address: &PageAddress, key: &'static str, name: &'static str, value: impl Into<String>) -> Self {
        Self { key, value: Some(value.into()), href: address.without(name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_link_that_begins_at_the_first_page() {
        let address = PageAddress::new("/users").set("kind", Some("guest")).set("q", Some("a&b")).set("after", Some(7));
        assert_eq!(address.to_string(), "/users?kind=guest&q=a%26b&after=7");
        assert_eq!(address.with("kind", "member"), "/users?q=a%26b&kind=member");
        assert_eq!(address.without("q"), "/users?kind=guest");
        assert_eq!(address.others("q"), vec![("kind".to_owned(), "guest".to_owned())]);
        assert!(address.is_filtered() && !PageAddress::new("/users").set("after", Some(7)).is_filtered());
        assert_eq!(address.at(Edge::Before(9)), "/users?kind=guest&q=a%26b&before=9");
        let users = PageAddress::new("/portal/users.example/users").set("q", Some("a"));
        assert_eq!(users.below("as/csv").to_string(), "/portal/users.example/users/as/csv?q=a");
    }

    #[test]
    fn a_filter_that_is_set_is_the_only_one_of_its_kind() {
        let states = [("active", "Active"), ("blocked", "Blocked")];
        let address = PageAddress::new("/users");
        assert_eq!(Chip::choices(&address, "State", "state", &states, None).len(), 2);
        let address = address.set("state", Some("blocked"));
        let chips = Chip::choices(&address, "State", "state", &states, Some("blocked"));
        assert_eq!((chips[0].value.as_deref(), chips[0].href.as_str()), (Some("Blocked"), "/users"));
    }
}
