//! The query string as a whole, and the options other than `$filter`.

use odata::{
    Direction, Error, Expand, ExpandItem, ExpandOptions, Levels, MAX_OPTION_LENGTH, OptionName, OrderBy, OrderItem,
    Path, QueryOptions, Search, Select, SelectItem,
};

fn parse(query: &str) -> QueryOptions {
    QueryOptions::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn refusal(query: &str) -> Error {
    match QueryOptions::parse(query) {
        Err(error) => error,
        Ok(options) => panic!("{query}: {options:?}"),
    }
}

fn clause(property: &str, text: &str) -> Search {
    Search::Clause { property: Path::new(property), text: text.to_owned() }
}

#[test]
fn an_empty_query_has_no_options() {
    assert_eq!(parse(""), QueryOptions::default());
    assert_eq!(parse("&&"), QueryOptions::default());
}

#[test]
fn decodes_names_and_values() {
    let options = parse("%24filter=displayName+eq+%27a%2Bb%26c%27&$top=5&skip=2&$COUNT=True&api-version=1%2e0&flag");
    let filter = options.filter.map(|filter| filter.to_string());
    assert_eq!(filter.as_deref(), Some("displayName eq 'a+b&c'"));
    assert_eq!((options.top, options.skip, options.count), (Some(5), Some(2), Some(true)));
    let custom = [("api-version", "1.0"), ("flag", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(options.custom, custom);
}

#[test]
fn keeps_opaque_tokens() {
    let options = parse("$skiptoken=a%3D%3D&$deltaToken=latest&$format=application/json");
    assert_eq!(options.skip_token.as_deref(), Some("a=="));
    assert_eq!(options.delta_token.as_deref(), Some("latest"));
    assert_eq!(options.format.as_deref(), Some("application/json"));
}

#[test]
fn reads_select_and_orderby() {
    let options = parse("$select=id, employeeOrgData/division,*&orderby=displayName DESC,mail asc,id");
    let property = |path| SelectItem::Property(Path::new(path));
    let items = vec![property("id"), property("employeeOrgData/division"), SelectItem::All];
    assert_eq!(options.select, Some(Select { items }));
    let key = |path, direction| OrderItem { path: Path::new(path), direction };
    let items = vec![
        key("displayName", Direction::Descending),
        key("mail", Direction::Ascending),
        key("id", Direction::Ascending),
    ];
    let order_by = OrderBy { items };
    assert_eq!(order_by.to_string(), "displayName desc,mail,id");
    assert_eq!(options.order_by, Some(order_by));
}

#[test]
fn reads_expand_with_nested_options() {
    let options = parse("$expand=manager($levels=max;$select=id),memberOf");
    let manager = ExpandOptions {
        levels: Some(Levels::Max),
        select: Some(Select { items: vec![SelectItem::Property(Path::new("id"))] }),
        ..ExpandOptions::default()
    };
    let items = vec![
        ExpandItem { path: Path::new("manager"), options: manager },
        ExpandItem { path: Path::new("memberOf"), options: ExpandOptions::default() },
    ];
    assert_eq!(options.expand, Some(Expand { items }));
}

#[test]
fn prints_every_expand_option() {
    let text = "a/b($levels=2;$select=*;$filter=c eq ')';$expand=d($top=1);$orderby=e desc;\
                $search=\"f:g\" OR \"h:i;\";$top=3;$skip=4;$count=false)";
    let expand: Expand = text.parse().expect("a valid expansion");
    assert_eq!(expand.to_string(), text);
}

#[test]
fn reads_search() {
    let sam = || clause("displayName", "sam");
    let cases = [
        ("\"displayName:sam\"", sam()),
        ("\"displayName:sam\" OR \"mail:sam\"", Search::Or(vec![sam(), clause("mail", "sam")])),
        ("\"displayName:sam\" \"mail:a b\"", Search::And(vec![sam(), clause("mail", "a b")])),
        ("\"displayName:sam\" NOT \"mail:x\"", Search::And(vec![sam(), Search::Not(Box::new(clause("mail", "x")))])),
        ("(\"displayName:sam\")", sam()),
        (r#""mail:a\"b\\c:d""#, clause("mail", "a\"b\\c:d")),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse(), Ok(expected), "{text}");
    }
}

#[test]
fn refuses_bad_values_with_position_and_expectation() {
    let clause = "a quoted clause \"property:text\", NOT or (";
    let number = "a whole number between 0 and 4294967295";
    let cases = [
        ("$top=-1", OptionName::Top, 0, number),
        ("$top=", OptionName::Top, 0, number),
        ("$skip=4294967296", OptionName::Skip, 0, number),
        ("$top=1x", OptionName::Top, 1, "the end"),
        ("$count=yes", OptionName::Count, 0, "true or false"),
        ("$skiptoken=", OptionName::SkipToken, 0, "a value"),
        ("$select=", OptionName::Select, 0, "a property name"),
        ("$select=id,", OptionName::Select, 3, "a property name"),
        ("$select=id mail", OptionName::Select, 3, "a comma or the end"),
        ("$orderby=a up", OptionName::OrderBy, 2, "asc, desc, a comma or the end"),
        ("$search=sam", OptionName::Search, 0, clause),
        ("$search=\"sam\"", OptionName::Search, 4, "a colon between property and text"),
        ("$search=\"mail:\"", OptionName::Search, 6, "text to search for"),
        ("$search=\"mail: \t\"", OptionName::Search, 6, "text to search for"),
        ("$search=NOT \"mail:%C2%A0\"", OptionName::Search, 10, "text to search for"),
        ("$search=\"mail:a", OptionName::Search, 7, "a closing double quote"),
        ("$search=\"mail:\\a\"", OptionName::Search, 6, "\\\" or \\\\"),
        ("$search=\"a:b\" AND", OptionName::Search, 9, clause),
        (
            "$expand=a()",
            OptionName::Expand,
            2,
            "$levels, $select, $filter, $expand, $orderby, $search, $top, $skip or $count",
        ),
        ("$expand=a($top=1;top=2)", OptionName::Expand, 9, "an option that is not given before"),
        ("$expand=a($top=1", OptionName::Expand, 8, "a closing parenthesis"),
    ];
    for (query, option, position, expected) in cases {
        assert_eq!(refusal(query), Error::Syntax { option, position, expected }, "{query}");
    }
}

#[test]
fn names_what_it_does_not_support() {
    let cases = [
        ("$expand=*", 0, "expanding everything"),
        ("$expand=members/$ref", 8, "a $count, $ref or $value segment"),
        ("$expand=members/microsoft.graph.user", 8, "a type cast"),
    ];
    for (query, position, construct) in cases {
        let expected = Error::Unsupported { option: OptionName::Expand, position, construct };
        assert_eq!(refusal(query), expected, "{query}");
    }
}

#[test]
fn refuses_repeated_and_unknown_options() {
    assert_eq!(refusal("$top=1&a=b&top=1"), Error::Duplicate { option: OptionName::Top, position: 11 });
    let unknown = |name: &str| Error::UnknownOption { name: name.to_owned(), position: 2 };
    assert_eq!(refusal("a&$apply=x"), unknown("$apply"));
    assert_eq!(refusal("a&$levels=max"), unknown("$levels"));
    assert_eq!(parse("levels=max&levels=1").custom.len(), 2);
}

#[test]
fn refuses_broken_encodings() {
    for (query, position) in [("a=%2", 2), ("a=b%zz", 3), ("$filter=%FF", 8), ("a=1&x=%00", 6), ("%C3=1", 0)] {
        assert_eq!(refusal(query), Error::Encoding { position }, "{query}");
    }
}

#[test]
fn bounds_custom_parameters() {
    let fits = format!("a={}", "x".repeat(MAX_OPTION_LENGTH));
    assert_eq!(parse(&fits).custom.len(), 1);
    let expected = Error::ParameterTooLong { name: "a".to_owned(), position: 0 };
    assert_eq!(refusal(&format!("{fits}x")), expected);
}

#[test]
fn messages_name_the_option_and_the_place() {
    assert_eq!(
        refusal("$filter=a eq").to_string(),
        "$filter: expected a value: 'text', a number, true, false, null, a GUID or a date at position 4"
    );
    assert_eq!(refusal("top=1&$top=2").to_string(), "$top is given more than once, again at position 6 of the query");
}
