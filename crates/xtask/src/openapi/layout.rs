//! The document as text: one line for each operation and each component, so that a change shows what it changed.

use serde_json::Value;
use std::fmt::Write as _;

/// Members that are written on lines of their own.
const OPENED: usize = 3;

/// The text, with a line break at the end.
pub fn write(document: &Value) -> String {
    let mut text = String::new();
    put(&mut text, document, 0);
    text.push('\n');
    text
}

fn put(text: &mut String, value: &Value, depth: usize) {
    let Some(members) = value.as_object().filter(|members| depth < OPENED && !members.is_empty()) else {
        _ = write!(text, "{value}");
        return;
    };
    text.push('{');
    for (at, (name, value)) in members.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        _ = write!(text, "{comma}\n{}{}:", " ".repeat(depth + 1), Value::from(name.as_str()));
        put(text, value, depth + 1);
    }
    _ = write!(text, "\n{}}}", " ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_lies_deep_is_one_line() {
        let document = json!({ "paths": { "/a": { "get": { "x": [1, { "y": 2 }] } } }, "openapi": "3.1.0" });
        let text =
            "{\n \"openapi\":\"3.1.0\",\n \"paths\":{\n  \"/a\":{\n   \"get\":{\"x\":[1,{\"y\":2}]}\n  }\n }\n}\n";
        assert_eq!(write(&document), text);
    }
}
