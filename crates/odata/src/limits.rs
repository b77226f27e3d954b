//! Bounds on what one query option may hold. They keep parsing, translation and the resulting SQL small.

/// Longest accepted value of one query option, in bytes after percent-decoding.
pub const MAX_OPTION_LENGTH: usize = 8 * 1024;

/// Deepest accepted nesting of parentheses, `not`, lambdas and `$expand` options. A `not` and the parenthesis that
/// follows it count as one level.
pub const MAX_DEPTH: usize = 16;

/// Most nodes in the tree of one option: expressions, the values of an `in` list, search clauses, sort keys and
/// expanded properties.
pub const MAX_NODES: usize = 100;

/// Most items in one `$select` list.
pub const MAX_SELECT_ITEMS: usize = 200;
