//! Trees against a table: what is refused before any SQL is made.

use super::property::{Column, Property, Related, Resource};
use super::{Added, AddedProperty, Addition, Compared, Condition, Values, filter, search};
use crate::Server;
use crate::graph::Error;
use crate::platform::ids::TenantId;
use futures_util::future::BoxFuture;
use odata::Literal;
use serde_json::Value;
use uuid::Uuid;

static THING: Resource = Resource {
    type_name: "thing",
    id: "t.id",
    properties: &[
        Property::new("name").filtered(Column::Text {
            sql: "t.name_folded",
            fold: str::to_ascii_lowercase,
            reversed: None,
        }),
        Property::new("kind").filtered_advanced(Column::Word { sql: "t.kind", words: &["Big"] }),
        Property::new("note"),
        Property::new("parts/$count").never().filtered_advanced(Column::Counted("(SELECT 2)")),
        Property::new("tags").filtered(Column::Related(&TAGS)),
        Property::new("pairs").filtered(Column::Related(&PAIRS)),
        Property::new("marks").filtered(Column::Related(&MARKS)),
        Property::new("city").filtered(Column::Elsewhere(&CITY)),
    ],
};

static TAGS: Related = Related::texts(
    "t.id IN (SELECT g.thing FROM tag g WHERE g.tenant_id = $1 AND ",
    &[Property::new("").filtered(Column::Text { sql: "g.folded", fold: str::to_ascii_lowercase, reversed: None })],
);

static CITY: Related = Related::texts(
    "t.id IN (SELECT c.thing FROM city c WHERE c.tenant_id = $1 AND ",
    &[Property::new("city").filtered(Column::Text { sql: "c.folded", fold: str::to_ascii_lowercase, reversed: None })],
);

/// Found by both of their texts together.
static PAIRS: Related = Related {
    type_name: "pair",
    subquery: "t.id IN (SELECT p.thing FROM pair p WHERE p.tenant_id = $1 AND ",
    properties: &[
        Property::new("one").filtered(Column::Text { sql: "p.one", fold: str::to_owned, reversed: None }),
        Property::new("other").filtered(Column::Text { sql: "p.other", fold: str::to_owned, reversed: None }),
    ],
};

/// An item that stands in the row of the thing.
static MARKS: Related = Related {
    type_name: "mark",
    subquery: "(t.mark IS NOT NULL AND ",
    properties: &[Property::new("").filtered(Column::Word { sql: "t.mark", words: &["Red"] })],
};
static ADDED_MARKS: Related =
    Related::texts("t.id IN (SELECT x.object_id FROM mark x WHERE x.tenant_id = $1 AND ", &[]);

static ADDITION: Addition = Addition {
    of: "thing",
    values: &ADDED_MARKS,
    property: "x.property_id",
    text: "x.compared",
    find: nothing_is_found,
    read: nothing_is_read,
};

fn nothing_is_found<'a>(
    _: &'a Server,
    _: TenantId,
    _: &'a [&'a str],
) -> BoxFuture<'a, Result<Vec<AddedProperty>, Error>> {
    Box::pin(async { Ok(Vec::new()) })
}

fn nothing_is_read<'a>(
    _: &'a Server,
    _: TenantId,
    _: &'a [Uuid],
    _: &'a [AddedProperty],
) -> BoxFuture<'a, Result<Values, Error>> {
    Box::pin(async { Ok(Values::new()) })
}

fn text(literal: &Literal) -> Option<String> {
    if let Literal::String(text) = literal { Some(text.to_lowercase()) } else { None }
}

fn number(literal: &Literal) -> Option<String> {
    if let Literal::Integer(number) = literal { Some(number.to_string()) } else { None }
}

/// What the organisation added to things.
fn added() -> Added {
    let property = |name: &str, is_collection, is_text, compared| {
        let name = format!("extension_{name}");
        let write = |text: &str| Value::String(text.to_owned());
        AddedProperty { id: Uuid::nil(), name, is_collection, is_text, compared, write }
    };
    let properties = vec![
        property("text", false, true, Some(text as Compared)),
        property("number", false, false, Some(number as Compared)),
        property("texts", true, true, Some(text as Compared)),
        property("bytes", false, false, None),
    ];
    Added::of(&ADDITION, properties)
}

fn read(text: &str, advanced: bool) -> Result<Condition, String> {
    let expression = text.parse().expect("a filter");
    let mut names = Vec::new();
    let condition = filter::Reader::new(&THING, advanced, &added(), &mut names).read(&expression);
    condition.map_err(|error| error.message().to_owned())
}

#[test]
fn values_take_the_form_of_their_column() {
    let text = format!("{:?}", read("name eq 'ABC' and startsWith(name,'A%')", false));
    assert!(text.contains("\"abc\"") && text.contains("\"a%\"") && text.contains("\"a&\""), "{text}");
    assert!(format!("{:?}", read("kind eq 'bIG'", true)).contains("\"Big\""));
}

#[test]
fn names_are_found_in_any_case() {
    let told = |text: &str| format!("{:?}", read(text, true).expect(text));
    for (one, other) in [
        ("Name eq 'x'", "name eq 'x'"),
        ("Pairs/any(p:p/One eq 'x')", "pairs/any(p:p/one eq 'x')"),
        ("Parts/$count ge 2", "parts/$count ge 2"),
    ] {
        assert_eq!(told(one), told(other), "{one}");
    }
}

#[test]
fn what_a_property_cannot_is_refused_by_name() {
    for (text, named) in [
        ("colour eq 'red'", "colour"),
        ("note eq 'x'", "note"),
        ("name gt 'x'", "gt"),
        ("name eq 4", "name"),
        ("name ge null", "ge"),
        ("startsWith(kind,'B')", "startsWith"),
        ("kind has microsoft.graph.kind'Big'", "has"),
        ("name/$count eq 0", "$count"),
        ("tags/$count eq 1", "tags/$count"),
        ("note/$count eq 0", "note"),
        ("name/any(n:n eq 'x')", "any"),
        ("name/any()", "any()"),
        ("name/all(n:n eq 'x')", "all"),
        ("tags/all(t:t/colour eq 'x')", "colour"),
        ("name/length eq 'x'", "name/length"),
    ] {
        let message = read(text, true).expect_err(text);
        assert!(message.contains(named), "{text}: {message}");
    }
}

#[test]
fn advanced_operators_are_refused_without_consistency() {
    for text in [
        "kind eq 'Big'",
        "name ne 'x'",
        "not (name eq 'x')",
        "endsWith(name,'x')",
        "tags/all(t:t eq 'x')",
        "tags/$count eq 0",
        "parts/$count ge 2",
    ] {
        assert!(read(text, false).is_err(), "{text}");
        assert!(read(text, true).is_ok(), "{text}");
    }
}

#[test]
fn only_texts_made_for_it_are_searched() {
    let clause = "\"name:x\"".parse().expect("a search");
    let error = search::read(&THING, &clause, &mut Vec::new()).expect_err("not searchable");
    assert!(error.message().contains("name"));
}

#[test]
fn all_is_said_a_few_times_only() {
    let filter = |times: usize| vec!["tags/all(t:t eq 'x')"; times].join(" or ");
    assert!(read(&filter(3), true).is_ok());
    let message = read(&filter(4), true).expect_err("too many");
    assert!(message.contains("'all'"), "{message}");
    assert!(read(&["tags/any(t:t eq 'x')"; 40].join(" or "), false).is_ok());
}

#[test]
fn whatever_looks_through_everybody_is_counted_like_all() {
    for look in [
        "not tags/any(t:t eq 'x')",
        "not (tags/any(t:not (t eq 'x')))",
        "tags/any(t:not (t eq 'x'))",
        "tags/any(t:endsWith(t,'x'))",
        "tags/any(t:startsWith(t,''))",
        "tags/any(t:t eq 'x' or endsWith(t,'y'))",
        "tags/any(t:t ge 'x')",
        "tags/any()",
        "tags/$count eq 0",
        "tags/$count ne 0",
        "pairs/any(p:p/one eq 'x' and endsWith(p/other,'y'))",
        "pairs/any(p:p/other eq 'y')",
        "parts/$count ge 2",
        "city eq null",
        "city in ('x',null)",
        "endsWith(city,'x')",
    ] {
        assert!(read(&[look; 3].join(" and "), true).is_ok(), "{look}");
        let message = read(&[look; 4].join(" and "), true).expect_err(look);
        assert!(message.contains("at most 3 times"), "{look}: {message}");
    }
    let mixed = "tags/all(t:t eq 'x') and tags/any() and not tags/any(t:t eq 'x') and tags/$count eq 0";
    assert!(read(mixed, true).is_err(), "they are counted together");
    for led in [
        "tags/any(t:t eq 'x')",
        "tags/any(t:t in ('x','y'))",
        "tags/any(t:startsWith(t,'x') and endsWith(t,'y'))",
        "pairs/any(p:p/one eq 'x' and p/other eq 'y')",
        "not marks/any(m:m eq 'Red')",
        "city eq 'x'",
        "city ne 'x'",
        "not (city eq 'x')",
    ] {
        assert!(read(&[led; 20].join(" or "), true).is_ok(), "{led}");
    }
    let once = "not (tags/any(t:t eq 'x')) and tags/any(t:t eq 'x') and tags/any(t:t eq 'y') and tags/any(t:t eq 'z')";
    assert!(read(once, true).is_ok(), "a 'not' reaches no further than its operand");
}

#[test]
fn collections_are_counted_up_to_being_empty_and_relations_to_any_number() {
    let told = |text: &str| format!("{:?}", read(text, true).expect(text));
    for (one, other) in [
        ("tags/$count eq 0", "tags/$count lt 1"),
        ("tags/$count eq 0", "not tags/any()"),
        ("tags/$count ne 0", "tags/$count ge 1"),
        ("tags/$count gt 0", "tags/any()"),
    ] {
        assert_eq!(told(one), told(other), "{one}, {other}");
    }
    let compared = told("parts/$count lt 7");
    assert!(compared.contains("(SELECT 2)") && compared.contains("\" < \"") && compared.contains('7'), "{compared}");
}

#[test]
fn what_the_organisation_added_is_sought_by_its_definition_and_value() {
    let told = |text: &str| format!("{:?}", read(text, true).expect(text));
    for (text, parts) in [
        ("extension_text eq 'ABC'", vec!["x.property_id", "x.compared", "\" = \"", "\"abc\""]),
        ("startsWith(extension_text,'AB')", vec!["x.property_id", "\" >= \"", "\"ab\"", "\"ac\""]),
        ("extension_text in ('A','b')", vec!["Among", "\"a\"", "\"b\""]),
        ("extension_number eq 7", vec!["\"7\""]),
        ("extension_texts/any(t:t eq 'A' or startsWith(t,'b'))", vec!["Or", "\"a\"", "\"b\""]),
    ] {
        let condition = told(text);
        assert!(condition.contains("Exists") && !condition.contains("Not("), "{text}: {condition}");
        assert!(parts.iter().all(|part| condition.contains(part)), "{text}: {condition}");
    }
    for (one, other) in [
        ("extension_text ne 'a'", "not (extension_text eq 'a')"),
        ("extension_text ne null", "not (extension_text eq null)"),
        ("extension_text in ('a',null)", "extension_text eq null or extension_text in ('a')"),
    ] {
        assert_eq!(told(one), told(other), "{one}, {other}");
    }
}

#[test]
fn what_an_added_property_cannot_is_refused_by_name() {
    for text in [
        "extension_text gt 'a'",
        "extension_text ge 'a'",
        "extension_text eq 4",
        "extension_number eq 4.5",
        "startsWith(extension_number,'4')",
        "endsWith(extension_text,'a')",
        "contains(extension_text,'a')",
        "extension_text/any(t:t eq 'a')",
        "extension_texts eq 'a'",
        "extension_texts/all(t:t eq 'a')",
        "extension_texts/$count eq 0",
        "extension_texts/any(t:t ne 'a')",
        "extension_texts/any(t:t/name eq 'a')",
        "extension_bytes eq 'AA=='",
        "extension_other eq 'a'",
    ] {
        let message = read(text, true).expect_err(text);
        assert!(message.contains("extension_") || message.contains("'t/name'"), "{text}: {message}");
    }
    assert!(read("extension_text ne 'a'", false).is_err(), "an advanced query");
    assert!(read("extension_text eq 'a' and name eq 'b'", false).is_ok());
}
