//! What a request asked for: which properties its objects, and those inside of them, owe it.

use super::defaults;
use odata::{Expand, Levels, QueryOptions, Select, SelectItem};

/// What was asked of some objects.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// What `$select` names, `*` among it; nothing without one.
    names: Option<Vec<String>>,
    /// What they owe where nothing was selected.
    extent: Extent,
    /// What was asked of those they are related to (`$expand`).
    related: Vec<(String, Self)>,
    /// The relation that is followed further (`$levels`), as from a manager to their manager.
    followed: Option<String>,
}

/// What objects owe where nothing was selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What their type carries by itself.
    Whole,
    /// Their key: they stand inside of others, and nobody asked for them there.
    Key,
    /// Nothing: it is not known what was asked for.
    Unknown,
}

/// What stands inside of an object and was not asked for by itself.
static INSIDE: Asked = Asked { names: None, extent: Extent::Key, related: Vec::new(), followed: None };

/// The same where the request is not known.
static OBSCURE: Asked = Asked { names: None, extent: Extent::Unknown, related: Vec::new(), followed: None };

impl Asked {
    /// Nobody knows what was asked for, but for what the context of the answer says.
    pub(super) fn unknown() -> Self {
        OBSCURE.clone()
    }

    /// Reads the options of a request for a path with its query. What cannot be read asks for nothing.
    pub(super) fn of(path: &str) -> Self {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let options = QueryOptions::parse(query).unwrap_or_default();
        Self {
            names: options.select.as_ref().map(names),
            extent: Extent::Whole,
            related: related(options.expand.as_ref()),
            followed: None,
        }
    }

    /// The same with what the context of the answer says was selected.
    pub(super) fn with_context(mut self, selected: Option<Vec<&str>>) -> Self {
        if let Some(selected) = selected {
            self.names.get_or_insert_default().extend(selected.into_iter().map(str::to_owned));
        }
        self
    }

    /// What was asked of the objects that a property or relation holds.
    pub(super) fn within(&self, name: &str) -> &Self {
        if self.followed.as_deref() == Some(name) {
            return self;
        }
        let others = if self.extent == Extent::Unknown { &OBSCURE } else { &INSIDE };
        self.related.iter().find(|(of, _)| of == name).map_or(others, |(_, asked)| asked)
    }

    /// Whether an object may lack its key: something else was selected, or nobody knows.
    pub(super) fn may_lack_key(&self) -> bool {
        self.names.is_some() || self.extent == Extent::Unknown
    }

    /// The properties that an object of this type owes, but for its key, as far as it has them.
    pub(super) fn owed(&self, type_name: &str) -> Vec<&str> {
        let Some(names) = &self.names else {
            return if self.extent == Extent::Whole { defaults::of(type_name).to_vec() } else { Vec::new() };
        };
        let is_all = names.iter().any(|name| name == "*");
        let further = if is_all { defaults::of(type_name) } else { &[] };
        names.iter().map(String::as_str).chain(further.iter().copied()).collect()
    }
}

fn names(select: &Select) -> Vec<String> {
    select.items.iter().map(name).collect()
}

fn name(item: &SelectItem) -> String {
    match item {
        SelectItem::All => "*".to_owned(),
        SelectItem::Property(path) => path.property().to_owned(),
    }
}

fn related(expand: Option<&Expand>) -> Vec<(String, Asked)> {
    let items = expand.into_iter().flat_map(|expand| &expand.items);
    let asked = items.map(|item| {
        let (relation, options) = (item.path.property().to_owned(), &item.options);
        let leads_on = options.levels.is_some_and(|levels| levels != Levels::Steps(1));
        let asked = Asked {
            names: options.select.as_ref().map(names),
            extent: Extent::Whole,
            related: related(options.expand.as_ref()),
            followed: leads_on.then(|| relation.clone()),
        };
        (relation, asked)
    });
    asked.collect()
}
