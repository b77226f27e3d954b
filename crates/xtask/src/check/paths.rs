//! The paths a Rust file names inside its own crate: `crate::a::b`, use-groups taken apart, `super::` resolved.

use crate::source::is_word;

/// A path that starts at the crate root.
#[derive(Debug, PartialEq, Eq)]
pub struct CratePath {
    /// Where it stands in the file, as a byte offset.
    pub offset: usize,
    /// The names after `crate::`.
    pub segments: Vec<String>,
}

/// Paths named in `code` (comments and literals already blanked) of the module `module`,
/// whose segments come from the file's place below `src/`.
pub fn crate_paths(code: &str, module: &[String]) -> Vec<CratePath> {
    let mut found = Vec::new();
    let bytes = code.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let starts_word = is_word(bytes[at]) && (at == 0 || !is_word(bytes[at - 1]));
        match starts_word.then(|| root(code, at, module)).flatten() {
            Some((after, segments)) => {
                tree(code, after, &segments, at, &mut found);
                at = after;
            }
            None => at += 1,
        }
    }
    found
}

/// `crate::` or a chain of `super::` at this place: where the path goes on, and what it already names.
fn root(code: &str, at: usize, module: &[String]) -> Option<(usize, Vec<String>)> {
    let rest = &code[at..];
    if let Some(rest) = rest.strip_prefix("crate::") {
        return Some((code.len() - rest.len(), Vec::new()));
    }
    let mut rest = rest.strip_prefix("super::")?;
    let mut up = 1;
    while let Some(further) = rest.strip_prefix("super::") {
        rest = further;
        up += 1;
    }
    // More steps than the file has parents: written inside an inline module, whose name we do not follow.
    let kept = module.len().checked_sub(up)?;
    Some((code.len() - rest.len(), module[..kept].to_vec()))
}

/// Reads `a::b`, `a::{b, c::d}` or `*` and records one path per leaf; returns where it ends.
fn tree(code: &str, at: usize, before: &[String], offset: usize, found: &mut Vec<CratePath>) -> usize {
    let at = skip_space(code, at);
    if code[at..].starts_with('{') {
        return group(code, at + 1, before, offset, found);
    }
    let end = word_end(code, at);
    let mut segments = before.to_vec();
    if end > at {
        segments.push(code[at..end].to_owned());
    }
    let next = skip_space(code, end);
    if end > at && code[next..].starts_with("::") {
        return tree(code, next + 2, &segments, offset, found);
    }
    found.push(CratePath { offset, segments });
    end
}

fn group(code: &str, mut at: usize, before: &[String], offset: usize, found: &mut Vec<CratePath>) -> usize {
    loop {
        at = skip_space(code, at);
        match code.as_bytes().get(at) {
            None => return at,
            Some(b'}') => return at + 1,
            Some(&byte) if is_word(byte) || byte == b'{' => {
                at = tree(code, at, before, offset, found);
                // ` as name`, `*` and the comma say nothing about whom we depend on.
                while at < code.len() && !matches!(code.as_bytes()[at], b',' | b'}') {
                    at += 1;
                }
            }
            Some(_) => at += 1,
        }
    }
}

fn skip_space(code: &str, at: usize) -> usize {
    at + code[at..].len() - code[at..].trim_start().len()
}

fn word_end(code: &str, at: usize) -> usize {
    at + code.as_bytes()[at..].iter().take_while(|&&byte| is_word(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: &str, module: &str) -> Vec<String> {
        let module: Vec<String> = module.split("::").map(str::to_owned).collect();
        crate_paths(code, &module).into_iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn plain_paths() {
        assert_eq!(named("use crate::users::User; crate::web::page(x)", "m"), ["users::User", "web::page"]);
    }

    #[test]
    fn groups_are_taken_apart() {
        assert_eq!(named("use crate::{a::B, c::{D as E, f::*}, Server};", "m"), ["a::B", "c::D", "c::f", "Server"]);
    }

    #[test]
    fn super_is_resolved() {
        assert_eq!(
            named("use super::store; use super::super::users::store;", "invitations::operations"),
            ["invitations::store", "users::store"]
        );
    }

    #[test]
    fn names_that_only_end_like_it_are_others() {
        assert_eq!(named("my_crate::x; pub(crate) fn f()", "m"), Vec::<String>::new());
    }

    #[test]
    fn unfinished_text_ends() {
        assert_eq!(named("use crate::{a, b::", "m"), ["a", "b"]);
        assert_eq!(named("use crate::", "m"), [""]);
    }
}
