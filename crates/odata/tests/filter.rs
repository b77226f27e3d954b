//! `$filter`: trees, canonical text and refusals.

use odata::{ComparisonOperator, Date, DateTimeOffset, Error, Expression, Guid, Lambda, Literal, Path, StringFunction};

fn parse(text: &str) -> Expression {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn equal(path: Path, value: Literal) -> Expression {
    Expression::Compare { path, operator: ComparisonOperator::Equal, value }
}

fn text(value: &str) -> Literal {
    Literal::String(value.to_owned())
}

fn value_of(filter: &str) -> Literal {
    match parse(filter) {
        Expression::Compare { value, .. } => value,
        other => panic!("{other:?} is not a comparison"),
    }
}

#[test]
fn separates_paths_from_values() {
    assert_eq!(parse("userType eq 'Guest'"), equal(Path::new("userType"), text("Guest")));
    assert_eq!(
        parse("endsWith(mail,'@partner.com')"),
        Expression::Function {
            function: StringFunction::EndsWith,
            path: Path::new("mail"),
            value: "@partner.com".to_owned(),
        }
    );
    assert_eq!(
        parse("employeeOrgData/division in ('a',null,3)"),
        Expression::In {
            path: Path::new("employeeOrgData/division"),
            values: vec![text("a"), Literal::Null, Literal::Integer(3)],
        }
    );
    assert_eq!(
        parse("assignedLicenses/$count eq 0"),
        Expression::Count { collection: Path::new("assignedLicenses"), operator: ComparisonOperator::Equal, value: 0 }
    );
}

#[test]
fn resolves_range_variables() {
    let lambda = Lambda {
        variable: "i".to_owned(),
        predicate: Box::new(Expression::And(vec![
            equal(Path::within("i", "issuer"), text("mail")),
            equal(Path::within("i", "signInType"), text("federated")),
        ])),
    };
    assert_eq!(
        parse("identities/any(i:i/issuer eq 'mail' and i/signInType eq 'federated')"),
        Expression::Any { collection: Path::new("identities"), lambda: Some(lambda) }
    );
    let item = Lambda {
        variable: "x".to_owned(),
        predicate: Box::new(equal(Path::within("x", ""), text("SMTP:a@b.example"))),
    };
    assert_eq!(
        parse("proxyAddresses/all(x:x eq 'SMTP:a@b.example')"),
        Expression::All { collection: Path::new("proxyAddresses"), lambda: item }
    );
    assert_eq!(parse("otherMails/any()"), Expression::Any { collection: Path::new("otherMails"), lambda: None });
}

#[test]
fn a_range_variable_ends_with_its_lambda() {
    let Expression::And(operands) = parse("a/any(x:x eq 1) and x eq 1") else {
        panic!("not a conjunction");
    };
    assert_eq!(operands[1], equal(Path::new("x"), Literal::Integer(1)));
}

#[test]
fn reads_every_kind_of_literal() {
    let guid = Guid::from_u128(0x6a0f_5a2e_7f4c_4f64_9d4e_0123_4567_89ab);
    let instant = |text| Literal::DateTimeOffset(DateTimeOffset::parse(text).expect("an instant"));
    let cases = [
        ("null", Literal::Null),
        ("TRUE", Literal::Boolean(true)),
        ("false", Literal::Boolean(false)),
        ("-9223372036854775808", Literal::Integer(i64::MIN)),
        ("2.50", Literal::Decimal(2.5)),
        ("-1e3", Literal::Decimal(-1000.0)),
        ("''", text("")),
        ("'O''Brien & ''co'''", text("O'Brien & 'co'")),
        ("6A0F5A2E-7F4C-4F64-9D4E-0123456789AB", Literal::Guid(guid)),
        ("2024-02-29", Literal::Date(Date::parse("2024-02-29").expect("a day"))),
        ("2024-02-29t10:00z", instant("2024-02-29T10:00:00Z")),
        ("2024-12-31T23:59:59.1234567+14:00", instant("2024-12-31T23:59:59.1234567+14:00")),
        (
            "microsoft.graph.riskLevel'high'",
            Literal::Enumeration { type_name: "microsoft.graph.riskLevel".to_owned(), member: "high".to_owned() },
        ),
    ];
    for (literal, expected) in cases {
        assert_eq!(value_of(&format!("a eq {literal}")), expected, "{literal}");
    }
}

#[test]
fn prints_canonical_text() {
    let cases = [
        ("a eq 1 or b eq 2 and c eq 3", "a eq 1 or b eq 2 and c eq 3"),
        ("(a eq 1 or b eq 2) and c eq 3", "(a eq 1 or b eq 2) and c eq 3"),
        ("((a EQ 1))", "a eq 1"),
        ("a eq 1 and (b eq 2 and c eq 3)", "a eq 1 and (b eq 2 and c eq 3)"),
        ("not a eq 1 and b ne 2", "not (a eq 1) and b ne 2"),
        ("NOT STARTSWITH( a , 'x' )", "not (startsWith(a,'x'))"),
        ("not(contains(a,'''' ))", "not (contains(a,''''))"),
        ("a in('x' , 'y')", "a in ('x','y')"),
        ("notes eq 1 and order eq 2", "notes eq 1 and order eq 2"),
        ("a has n.T'x,y'", "a has n.T'x,y'"),
        ("a/$count ge 10", "a/$count ge 10"),
        ("a/any(x:x/b/all(y:y gt 1 or d eq 2))", "a/any(x:x/b/all(y:y gt 1 or d eq 2))"),
    ];
    for (filter, expected) in cases {
        assert_eq!(parse(filter).to_string(), expected, "{filter}");
    }
}

#[test]
fn refuses_with_position_and_expectation() {
    let operator = "eq, ne, gt, ge, lt, le, has or in";
    let value = "a value: 'text', a number, true, false, null, a GUID or a date";
    let cases = [
        ("", 0, "a property name"),
        ("   ", 3, "a property name"),
        ("accountEnabled", 14, operator),
        ("a like 'b'", 2, operator),
        ("a eq", 4, value),
        ("a eq Guest", 5, value),
        ("a eq b/c", 5, value),
        ("a eq 9223372036854775808", 5, value),
        ("a eq 1e999", 5, value),
        ("a eq 1.", 5, value),
        ("a eq 2023-02-29", 5, value),
        ("a eq 2024-01-01T24:00:00Z", 5, value),
        ("a eq 2024-01-01T10:00:00", 5, value),
        ("a eq 2024-01-01T10:00:00+14:01", 5, value),
        ("a eq 'b", 7, "a closing single quote"),
        ("a eq 'b' c", 9, "and, or, or the end"),
        ("a eq 1 and", 10, "a property name"),
        ("a eq 1)", 6, "and, or, or the end"),
        ("(a eq 1", 7, "a closing parenthesis"),
        ("a in ()", 6, value),
        ("a in 1", 5, "("),
        ("a in (1,)", 8, value),
        ("startsWith(a)", 12, "a comma"),
        ("startsWith(a,1)", 13, "text in single quotes"),
        ("a/$count has 1", 9, "eq, ne, gt, ge, lt or le"),
        ("a/$count eq -1", 12, "a whole number between 0 and 4294967295"),
        ("a/any(x eq 1)", 8, "a colon after the range variable"),
        ("a/all()", 6, "a range variable"),
        ("a/all(x)", 7, "a colon after the range variable"),
        ("a/all(x:x eq 1", 14, "a closing parenthesis"),
        ("a/any(x:x/any(y:y eq 1))", 10, "a property name"),
        ("a/any(x:x/b/any(x:x eq 1))", 16, "a range variable that no lambda around this one uses"),
        ("ä eq 1", 0, "a property name"),
    ];
    for (filter, at, what) in cases {
        match filter.parse::<Expression>() {
            Err(Error::Syntax { position, expected, .. }) => assert_eq!((position, expected), (at, what), "{filter}"),
            other => panic!("{filter}: {other:?}"),
        }
    }
}

#[test]
fn names_what_it_does_not_support() {
    let cases = [
        ("isof('microsoft.graph.user')", 0, "a type test or cast"),
        ("microsoft.graph.user/mail eq 'a'", 0, "a type cast"),
        ("a/microsoft.graph.user/b eq 1", 2, "a type cast"),
        ("tolower(a) eq 'b'", 0, "a function other than startsWith, endsWith and contains"),
        ("startsWith(tolower(a),'b')", 11, "a function inside a function"),
        ("a/first() eq 1", 2, "a function other than any and all here"),
        ("a eq duration'P1D'", 5, "a literal with a type prefix"),
        ("a/$value eq 1", 3, "this segment"),
    ];
    for (filter, at, what) in cases {
        match filter.parse::<Expression>() {
            Err(Error::Unsupported { position, construct, .. }) => {
                assert_eq!((position, construct), (at, what), "{filter}");
            }
            other => panic!("{filter}: {other:?}"),
        }
    }
}
