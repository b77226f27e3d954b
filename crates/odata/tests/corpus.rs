//! Whole query strings, one per file; the same files are meant as seeds for a fuzzer.

use std::fs;
use std::path::Path;

use odata::QueryOptions;

fn queries(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new("tests/corpus").join(folder);
    let queries: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the corpus folder")
        .map(|entry| entry.expect("a corpus file").path())
        .map(|file| (file.display().to_string(), fs::read_to_string(&file).expect("readable text")))
        .collect();
    assert!(queries.len() > 5, "the corpus is there");
    queries
}

#[test]
fn accepted_queries_survive_printing() {
    for (file, query) in queries("accepted") {
        let options = QueryOptions::parse(&query).unwrap_or_else(|error| panic!("{file}: {error}"));
        if let Some(filter) = options.filter {
            assert_eq!(filter.to_string().parse(), Ok(filter), "{file}");
        }
        if let Some(search) = options.search {
            assert_eq!(search.to_string().parse(), Ok(search), "{file}");
        }
        if let Some(expand) = options.expand {
            assert_eq!(expand.to_string().parse(), Ok(expand), "{file}");
        }
        if let Some(order_by) = options.order_by {
            assert_eq!(order_by.to_string().parse(), Ok(order_by), "{file}");
        }
    }
}

#[test]
fn refused_queries_stay_refused() {
    for (file, query) in queries("refused") {
        assert!(QueryOptions::parse(&query).is_err(), "{file}");
    }
}
