//! Limits hold exactly, and no input makes the parser panic.

use odata::{
    Error, Expand, Expression, Limit, MAX_DEPTH, MAX_NODES, MAX_OPTION_LENGTH, MAX_SELECT_ITEMS, QueryOptions, Search,
    Select,
};
use proptest::prelude::*;

fn limit<T: std::fmt::Debug>(parsed: Result<T, Error>) -> Limit {
    match parsed {
        Err(Error::TooLarge { limit, .. }) => limit,
        other => panic!("{other:?} instead of a limit"),
    }
}

fn wrapped(open: &str, core: &str, close: &str, levels: usize) -> String {
    format!("{}{core}{}", open.repeat(levels), close.repeat(levels))
}

#[test]
fn nesting_stops_at_the_limit() {
    for (open, close) in [("(", ")"), ("not ", ""), ("not (", ")"), ("a eq 1 or (", ")")] {
        let at = |levels| wrapped(open, "a eq 1", close, levels).parse::<Expression>();
        assert!(at(MAX_DEPTH).is_ok(), "{open}");
        assert_eq!(limit(at(MAX_DEPTH + 1)), Limit::Depth, "{open}");
    }
    let search = |levels| wrapped("NOT (", "\"a:b\"", ")", levels).parse::<Search>();
    assert!(search(MAX_DEPTH).is_ok());
    assert_eq!(limit(search(MAX_DEPTH + 1)), Limit::Depth);
    let expand = |levels| wrapped("a($expand=", "b", ")", levels).parse::<Expand>();
    assert!(expand(MAX_DEPTH).is_ok());
    assert_eq!(limit(expand(MAX_DEPTH + 1)), Limit::Depth);
}

#[test]
fn lambdas_count_as_nesting() {
    let nest = |levels: usize| {
        let open: Vec<String> = (0..levels).map(|level| format!("a/any(v{level}:")).collect();
        format!("{}b eq 1{}", open.concat(), ")".repeat(levels)).parse::<Expression>()
    };
    assert!(nest(MAX_DEPTH).is_ok());
    assert_eq!(limit(nest(MAX_DEPTH + 1)), Limit::Depth);
}

#[test]
fn expand_and_its_filter_share_one_depth() {
    let filter = wrapped("(", "a eq 1", ")", MAX_DEPTH);
    assert_eq!(limit(format!("m($filter={filter})").parse::<Expand>()), Limit::Depth);
}

#[test]
fn nodes_stop_at_the_limit() {
    let terms = |count: usize| vec!["a eq 1"; count].join(" or ").parse::<Expression>();
    // The connective is a node of its own.
    assert!(terms(MAX_NODES - 1).is_ok());
    assert_eq!(limit(terms(MAX_NODES)), Limit::Nodes);
    let values = |count: usize| format!("a in ({})", vec!["1"; count].join(",")).parse::<Expression>();
    assert!(values(MAX_NODES - 1).is_ok());
    assert_eq!(limit(values(MAX_NODES)), Limit::Nodes);
}

#[test]
fn select_stops_at_the_limit() {
    let select = |count: usize| vec!["id"; count].join(",").parse::<Select>();
    assert!(select(MAX_SELECT_ITEMS).is_ok());
    assert_eq!(limit(select(MAX_SELECT_ITEMS + 1)), Limit::SelectItems);
}

#[test]
fn length_counts_decoded_bytes() {
    let filter = |length: usize| format!("$filter=a+eq+'{}'", "%41".repeat(length - "a eq ''".len()));
    assert!(QueryOptions::parse(&filter(MAX_OPTION_LENGTH)).is_ok());
    assert_eq!(limit(QueryOptions::parse(&filter(MAX_OPTION_LENGTH + 1))), Limit::Length);
    let token = "x".repeat(MAX_OPTION_LENGTH + 1);
    assert_eq!(limit(QueryOptions::parse(&format!("$skiptoken={token}"))), Limit::Length);
}

#[test]
fn hostile_repetition_is_refused() {
    for open in ["(", "not ", "a/any(x:", "a(", "a/", "a in (", "'", "a eq ", "%28", "NOT ", "\"", "a($expand="] {
        for option in ["$filter", "$search", "$expand", "$orderby", "$select"] {
            // Once within the length limit, so that the grammar sees it, and once far beyond.
            for times in [601, 100_000] {
                let query = format!("{option}={}", open.repeat(times));
                assert!(QueryOptions::parse(&query).is_err(), "{option} {open} {times}");
            }
        }
    }
}

/// Pieces the grammars know, separated by `|`, so that random text gets past the first token.
const PIECES: &str = "a|x|not |and| and | or |eq| eq 1|in|has|any(|all(x:|/$count|startsWith(|(|)|/|:|,|;|=|'|''|\"|\\| |1|1.5|\
                      null|2024-01-01|n.T|$|$filter=|$levels=max|AND|NOT |\"a:b\"|*|a eq 1|a/any(x:|x/b ne |ü|\0";

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.split('|').collect::<Vec<_>>());
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = QueryOptions::parse(&String::from_utf8_lossy(&bytes));
        for option in ["filter", "search", "expand", "orderby", "select", "top", "count"] {
            let _ = QueryOptions::parse(&format!("{option}={}", percent_encoded(&bytes)));
        }
    }

    #[test]
    fn what_is_accepted_prints_to_the_same_tree(text in pieces()) {
        if let Ok(tree) = text.parse::<Expression>() {
            prop_assert_eq!(tree.to_string().parse(), Ok(tree));
        }
        if let Ok(tree) = text.parse::<Search>() {
            prop_assert_eq!(tree.to_string().parse(), Ok(tree));
        }
        if let Ok(tree) = text.parse::<Expand>() {
            prop_assert_eq!(tree.to_string().parse(), Ok(tree));
        }
    }
}
