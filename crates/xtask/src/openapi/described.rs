//! The lines of `operations.txt`: what neither the router nor Graph's schema says of an operation.

use crate::Outcome;

/// One operation. What is empty is taken from the path.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Described {
    /// What it does, in a few words.
    pub summary: String,
    /// Parameters: names of OData's options, `name:Type`, `name!:Type` for one that is required, the headers `If-Match` and
    /// `Prefer`.
    pub query: Option<Vec<String>>,
    /// What is sent.
    pub body: Option<Body>,
    /// What comes back when it succeeds; for a range, what errors may be written as besides JSON.
    pub answers: Vec<Answer>,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// A type, or media types with commas between them.
    pub of: String,
    /// The properties of it that are read; all of them when there are none.
    pub names: Vec<String>,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status, or a range such as `4XX`.
    pub status: String,
    /// Nothing, a type, a type in brackets for a collection, or media types with commas between them.
    pub of: String,
}

/// The lines, each with its `METHOD /path`, in their order.
pub fn read(text: &str) -> Outcome<Vec<(String, Described)>> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match (line.strip_prefix("    "), lines.last_mut()) {
            (Some(more), Some(last)) => {
                last.push(' ');
                last.push_str(more.trim());
            }
            _ => lines.push(line.trim().to_owned()),
        }
    }
    lines.iter().map(|line| one(line).ok_or_else(|| format!("operations.txt: {line}"))).collect()
}

fn one(line: &str) -> Option<(String, Described)> {
    let mut items = line.split(" | ");
    let route = items.next()?.trim().to_owned();
    let mut described = Described::default();
    for item in items {
        let item = item.trim();
        let (sign, rest) = item.split_once(' ').unwrap_or((item, ""));
        match sign {
            "=" if !rest.is_empty() => rest.clone_into(&mut described.summary),
            "?" => described.query = Some(rest.split_whitespace().map(str::to_owned).collect()),
            "<" | "<?" => described.body = Some(body(rest, sign == "<?")?),
            ">" => described.answers.push(answer(rest)?),
            _ => return None,
        }
    }
    Some((route, described))
}

fn body(text: &str, is_optional: bool) -> Option<Body> {
    if text.is_empty() {
        return None;
    }
    let Some((of, names)) = text.split_once('(') else {
        return Some(Body { of: text.to_owned(), names: Vec::new(), is_optional });
    };
    let names = names.strip_suffix(')')?.split_whitespace().map(str::to_owned).collect();
    Some(Body { of: of.to_owned(), names, is_optional })
}

fn answer(text: &str) -> Option<Answer> {
    let (status, of) = text.split_once(' ').unwrap_or((text, ""));
    let is_status = status.len() == 3 && (status.ends_with("XX") || status.parse::<u16>().is_ok());
    is_status.then(|| Answer { status: status.to_owned(), of: of.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_asked_sent_and_answered() {
        let text = "# words\n\nPOST /a/{b} | = Do it | ? $top since:Edm.Date\n    | <? user(id! mail) | > 200 [user]\n    | > 204\n";
        let [(route, described)] = &read(text).expect("lines")[..] else { panic!("one line") };
        assert_eq!((route.as_str(), described.summary.as_str()), ("POST /a/{b}", "Do it"));
        assert_eq!(described.query.as_deref(), Some(&["$top".to_owned(), "since:Edm.Date".to_owned()][..]));
        let names = vec!["id!".to_owned(), "mail".to_owned()];
        assert_eq!(described.body, Some(Body { of: "user".to_owned(), names, is_optional: true }));
        let answers = [("200", "[user]"), ("204", "")];
        let answers = answers.map(|(status, of)| Answer { status: status.to_owned(), of: of.to_owned() });
        assert_eq!(described.answers, answers);
        for line in ["GET /a | what", "GET /a | > [user]", "GET /a | < user(id", "GET /a | <"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
