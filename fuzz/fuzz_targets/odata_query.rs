//! A query string of the Graph-compatible API: no panic, and whatever is accepted survives being printed and read again,
//! because next links are made by printing.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use odata::QueryOptions;

fuzz_target!(|query: &str| {
    let Ok(options) = QueryOptions::parse(query) else { return };
    survives(options.filter);
    survives(options.search);
    survives(options.expand);
    survives(options.order_by);
});

fn survives<T>(option: Option<T>)
where
    T: Display + FromStr<Err: Debug> + PartialEq + Debug,
{
    if let Some(value) = option {
        let printed = value.to_string();
        let again: T = printed.parse().unwrap_or_else(|error| panic!("{printed:?} is not read again: {error:?}"));
        assert_eq!(again, value, "{printed:?} means something else");
    }
}
