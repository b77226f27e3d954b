//! Words: what a text is searched by (Graph: `$search` on directory objects).
//!
//! A search compares texts with the few boundaries that most words stand behind. What begins behind a symbol or a change of case
//! is kept as a row of its own, because a folded text does not show it; few texts have such parts.

/// What stands before a word inside a text, besides the text's beginning.
pub(super) const BOUNDARIES: [char; 5] = [' ', '-', '.', '_', '@'];

/// So much of a word is kept where words are found by, in characters: an index takes no longer ones.
const WORD: usize = 256;

/// The words of a text, as [`super::Condition::word`] tells them apart.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(BOUNDARIES).filter(|word| !word.is_empty())
}

/// The beginning of a word that is kept.
pub fn beginning(word: &str) -> &str {
    word.char_indices().nth(WORD).map_or(word, |(end, _)| &word[..end])
}

/// Where further words begin inside the words of a text, which is not folded yet: `Schmidt` in `Müller/Schmidt`, `World` in
/// `HelloWorld`. Each goes on to the next blank, so that it is found with what stands behind it too.
pub fn parts(text: &str) -> Vec<&str> {
    let places: Vec<(usize, char)> = text.char_indices().collect();
    let begins = |at: usize| {
        let next = places.get(at + 2).map(|(_, next)| *next);
        places.get(at).zip(places.get(at + 1)).filter(|((_, one), (_, other))| begins_part(*one, *other, next))
    };
    let starts = (0..places.len()).filter_map(|at| begins(at).map(|(_, (start, _))| *start));
    starts.filter_map(|start| text[start..].split(' ').next()).collect()
}

/// What is compared without case, each character by itself.
pub fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether a word begins at `this`: behind a symbol, at a capital behind a small letter, or at the last of several capitals, as in
/// `XMLParser`.
fn begins_part(previous: char, this: char, next: Option<char>) -> bool {
    if !this.is_alphanumeric() || BOUNDARIES.contains(&previous) {
        return false;
    }
    let ends_capitals = previous.is_uppercase() && next.is_some_and(char::is_lowercase);
    is_symbol(previous) || (this.is_uppercase() && (previous.is_lowercase() || ends_capitals))
}

/// Signs between words. Marks that belong to the letter before them, as in decomposed accents, are none.
fn is_symbol(c: char) -> bool {
    let is_sign = c.is_ascii_punctuation()
        || matches!(c, '\u{a1}'..='\u{bf}' | '×' | '÷' | '\u{30fb}')
        || matches!(c, '\u{2010}'..='\u{205e}' | '\u{3001}'..='\u{303f}');
    !c.is_alphanumeric() && (is_sign || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_boundaries() {
        assert_eq!(words("anna.b_c@-x y ").collect::<Vec<_>>(), ["anna", "b", "c", "x", "y"]);
    }

    #[test]
    fn parts_begin_behind_symbols_and_where_the_case_changes() {
        let cases: [(&str, &[&str]); 14] = [
            ("Sam (Fabrikam)", &["Fabrikam)"]),
            ("Müller/Schmidt & Partner", &["Schmidt"]),
            ("HelloWorld", &["World"]),
            ("XMLParser of ACME", &["Parser"]),
            ("Sam (Fabrikam-North) Weber", &["Fabrikam-North)"]),
            ("a/b/c d", &["b/c", "c"]),
            ("O'Neill", &["Neill"]),
            ("Мария/Иванова", &["Иванова"]),
            ("Anna Berg", &[]),
            ("anna.berg@partner-1.example", &[]),
            ("Andre\u{301}e", &[]),
            ("team42", &[]),
            ("(", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(parts(text), expected, "{text}");
        }
    }
}
