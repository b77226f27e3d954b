//! Printing a tree and parsing the text gives the same tree.

use odata::{
    ComparisonOperator, Date, DateTimeOffset, Direction, Expand, ExpandItem, ExpandOptions, Expression, Guid, Lambda,
    Levels, Literal, OrderBy, OrderItem, Path, Search, Select, SelectItem, StringFunction,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const DEPTH: u32 = 4;

fn name() -> impl Strategy<Value = String> {
    // `not` at the start of a term is the operator.
    "[A-Za-z_][A-Za-z0-9_]{0,12}".prop_filter("a keyword", |name| !name.eq_ignore_ascii_case("not"))
}

fn property() -> impl Strategy<Value = String> {
    prop::collection::vec(name(), 1..4).prop_map(|segments| segments.join("/"))
}

fn path() -> impl Strategy<Value = Path> {
    property().prop_map(Path::new)
}

fn text() -> impl Strategy<Value = String> {
    "[^\\x00]{0,20}"
}

fn date() -> impl Strategy<Value = String> {
    (1..=9999, 1..=12, 1..=28).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

fn instant() -> impl Strategy<Value = String> {
    let clock = (0..24, 0..60, 0..60).prop_map(|(hour, minute, second)| format!("{hour:02}:{minute:02}:{second:02}"));
    (date(), clock, "(\\.[0-9]{1,9})?", "Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]")
        .prop_map(|(date, clock, fraction, zone)| format!("{date}T{clock}{fraction}{zone}"))
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(Literal::Integer),
        prop::num::f64::NORMAL.prop_map(Literal::Decimal),
        text().prop_map(Literal::String),
        any::<u128>().prop_map(|bits| Literal::Guid(Guid::from_u128(bits))),
        date().prop_map(|text| Literal::Date(Date::parse(&text).expect("an existing day"))),
        instant().prop_map(|text| Literal::DateTimeOffset(DateTimeOffset::parse(&text).expect("an instant"))),
        ("[a-z]{1,8}(\\.[A-Za-z]{1,8}){1,2}", text())
            .prop_map(|(type_name, member)| Literal::Enumeration { type_name, member }),
    ]
}

fn operator() -> impl Strategy<Value = ComparisonOperator> {
    select(ComparisonOperator::ALL.to_vec())
}

fn leaf(path: impl Strategy<Value = Path> + Clone + 'static) -> impl Strategy<Value = Expression> {
    prop_oneof![
        (path.clone(), operator(), literal()).prop_map(|(path, operator, value)| Expression::Compare {
            path,
            operator,
            value
        }),
        (path.clone(), literal()).prop_map(|(path, value)| Expression::Has { path, value }),
        (path.clone(), prop::collection::vec(literal(), 1..4))
            .prop_map(|(path, values)| Expression::In { path, values }),
        (select(StringFunction::ALL.to_vec()), path, text()).prop_map(|(function, path, value)| Expression::Function {
            function,
            path,
            value
        }),
    ]
}

/// A lambda over `$it`-like variables that no generated property can equal, because names hold at most 13 characters.
fn lambda() -> impl Strategy<Value = Lambda> {
    let variable = "variable_[a-z]{8}";
    (variable, option::of(property())).prop_flat_map(|(variable, property)| {
        let item = Path::within(variable.clone(), property.unwrap_or_default());
        let predicate = connected(leaf(Just(item)).boxed());
        predicate.prop_map(move |predicate| Lambda { variable: variable.clone(), predicate: Box::new(predicate) })
    })
}

fn connected(leaf: BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> {
    leaf.prop_recursive(DEPTH, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.prop_map(|operand| Expression::Not(Box::new(operand))),
        ]
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    let collections = prop_oneof![
        (path(), operator(), any::<u32>()).prop_map(|(collection, operator, value)| Expression::Count {
            collection,
            operator,
            value
        }),
        (path(), option::of(lambda())).prop_map(|(collection, lambda)| Expression::Any { collection, lambda }),
        (path(), lambda()).prop_map(|(collection, lambda)| Expression::All { collection, lambda }),
    ];
    connected(prop_oneof![leaf(path().boxed()), collections].boxed())
}

fn search() -> impl Strategy<Value = Search> {
    let text = "[^\\x00]{1,20}".prop_filter("a blank text is none", |text| !text.trim().is_empty());
    let clause = (path(), text).prop_map(|(property, text)| Search::Clause { property, text });
    clause.prop_recursive(DEPTH, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Search::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Search::Or),
            inner.prop_map(|operand| Search::Not(Box::new(operand))),
        ]
    })
}

fn order_by() -> impl Strategy<Value = OrderBy> {
    let direction = select(vec![Direction::Ascending, Direction::Descending]);
    let item = (path(), direction).prop_map(|(path, direction)| OrderItem { path, direction });
    prop::collection::vec(item, 1..4).prop_map(|items| OrderBy { items })
}

fn selection() -> impl Strategy<Value = Select> {
    let item = prop_oneof![Just(SelectItem::All), path().prop_map(SelectItem::Property)];
    prop::collection::vec(item, 1..4).prop_map(|items| Select { items })
}

fn levels() -> impl Strategy<Value = Levels> {
    prop_oneof![Just(Levels::Max), any::<u32>().prop_map(Levels::Steps)]
}

fn expand_options() -> impl Strategy<Value = ExpandOptions> {
    let trees = (option::of(expression()), option::of(search()), option::of(order_by()), option::of(selection()));
    let numbers = (option::of(levels()), option::of(any::<u32>()), option::of(any::<u32>()), option::of(any::<bool>()));
    (trees, numbers).prop_map(|((filter, search, order_by, select), (levels, top, skip, count))| ExpandOptions {
        levels,
        select,
        filter,
        expand: None,
        order_by,
        search,
        top,
        skip,
        count,
    })
}

fn expand() -> impl Strategy<Value = Expand> {
    let item = (path(), expand_options()).prop_map(|(path, options)| ExpandItem { path, options });
    let leaf = item.prop_map(|item| Expand { items: vec![item] });
    leaf.prop_recursive(2, 3, 1, |inner| {
        (path(), inner.clone(), inner).prop_map(|(path, nested, mut expand)| {
            let options = ExpandOptions { expand: Some(nested), ..ExpandOptions::default() };
            expand.items.push(ExpandItem { path, options });
            expand
        })
    })
}

/// The parser may refuse a generated tree only for its size.
fn check<T>(tree: &T) -> Result<(), TestCaseError>
where
    T: std::fmt::Display + std::fmt::Debug + PartialEq + std::str::FromStr<Err = odata::Error>,
{
    let text = tree.to_string();
    match text.parse::<T>() {
        Err(odata::Error::TooLarge { .. }) => Err(TestCaseError::reject("too large")),
        parsed => {
            prop_assert_eq!(parsed.as_ref(), Ok(tree), "{}", text);
            Ok(())
        }
    }
}

proptest! {
    #[test]
    fn filters(tree in expression()) { check(&tree)?; }

    #[test]
    fn searches(tree in search()) { check(&tree)?; }

    #[test]
    fn sort_keys(tree in order_by()) { check(&tree)?; }

    #[test]
    fn selections(tree in selection()) { check(&tree)?; }

    #[test]
    fn expansions(tree in expand()) { check(&tree)?; }
}
