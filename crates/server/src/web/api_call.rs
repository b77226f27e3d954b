//! The call behind a list, which gives the same rows at the API.

/// A list that the API gives in the order of names.
#[derive(Debug)]
pub struct ListCall {
    /// Where the API gives it.
    pub path: &'static str,
    /// The properties in which words are looked for.
    pub searched: &'static [&'static str],
    /// How many rows at once, for a list that is read and counted page by page; nothing for what the API gives by itself.
    pub top: Option<usize>,
}

impl ListCall {
    /// The call for what meets all of the conditions and has the words that were typed.
    pub fn of(&self, conditions: &[String], typed: Option<&str>) -> String {
        let (path, filter, search) = (self.path, filter(conditions), search(self.searched, typed));
        let counted = "$count=true\nConsistencyLevel: eventual";
        match self.top {
            Some(top) => format!("{path}?{filter}{search}$orderby=displayName&$top={top}&{counted}"),
            None if filter.is_empty() && search.is_empty() => format!("{path}?$orderby=displayName"),
            None => format!("{path}?{filter}{search}$orderby=displayName&{counted}"),
        }
    }
}

/// What a call says of the conditions that all hold, up to the next option; empty without any.
pub fn filter(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!("$filter={}&", conditions.join(" and ")) }
}

/// What a call says of the words that one of the properties has, up to the next option; empty without any.
fn search(properties: &[&str], typed: Option<&str>) -> String {
    let Some(typed) = typed.map(str::trim).filter(|typed| !typed.is_empty()) else { return String::new() };
    let typed = typed.replace('\\', "\\\\").replace('"', "\\\"");
    let terms: Vec<String> = properties.iter().map(|property| format!("\"{property}:{typed}\"")).collect();
    format!("$search={}&", terms.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: ListCall = ListCall { path: "/v1.0/groups", searched: &["displayName"], top: None };
    const USERS: ListCall = ListCall { path: "/v1.0/users", searched: &["displayName", "mail"], top: Some(25) };
    const COUNTED: &str = "$count=true\nConsistencyLevel: eventual";

    #[test]
    fn a_list_is_called_as_it_is_narrowed() {
        assert_eq!(GROUPS.of(&[], Some(" ")), "/v1.0/groups?$orderby=displayName");
        assert_eq!(USERS.of(&[], None), format!("/v1.0/users?$orderby=displayName&$top=25&{COUNTED}"));
        let conditions = ["a eq 1".to_owned(), "b eq 2".to_owned()];
        let narrowed = format!("/v1.0/groups?$filter=a eq 1 and b eq 2&$orderby=displayName&{COUNTED}");
        assert_eq!(GROUPS.of(&conditions, None), narrowed);
    }

    #[test]
    fn words_are_quoted() {
        let sought = r#"$search="displayName:a\"b\\c" OR "mail:a\"b\\c"&"#;
        let expected = format!("/v1.0/users?{sought}$orderby=displayName&$top=25&{COUNTED}");
        assert_eq!(USERS.of(&[], Some(r#" a"b\c "#)), expected);
    }
}
