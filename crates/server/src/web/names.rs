//! Names and words that strangers wrote, made safe to show: nothing in them may reorder, hide or start a line.

use crate::translations::Words;

/// The longest name shown in a mail or a heading, in characters.
pub const LONGEST_NAME: usize = 64;

/// A display name on one line: control, line-separator, bidirectional and zero-width characters removed, white space
/// folded, at most [`LONGEST_NAME`] characters.
pub fn plain_name(name: &str) -> String {
    let cleaned: String =
        name.chars().map(|c| if breaks_line(c) { ' ' } else { c }).filter(|&c| !is_hidden(c)).collect();
    let folded = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.chars().count() <= LONGEST_NAME {
        return folded;
    }
    let cut: String = folded.chars().take(LONGEST_NAME - 1).collect();
    format!("{}…", cut.trim_end())
}

/// An inviter as guests are told of them: by name, or without one where the name misleads.
pub fn inviter(words: Words, name: &str, organization: &str) -> String {
    if misleads(name) { words.t1("somebody-at", "organization", organization) } else { name.to_owned() }
}

/// Whether a name is made to be followed rather than to be read: it holds an address of the web or of a mailbox, or five
/// digits or more, as telephone numbers do. People write their own names, and the mails that carry them are the
/// organisation's.
fn misleads(name: &str) -> bool {
    let name = plain_name(name);
    let digits = name.chars().filter(|c| c.is_numeric()).count();
    name.contains('@') || name.contains("://") || digits >= 5 || name.split_whitespace().any(is_web_address)
}

/// `www.` and anything, or a word that ends like a domain name: `evil.example`, `EVIL.EXAMPLE/x`, but not `St.John` or
/// `J.R.`.
fn is_web_address(word: &str) -> bool {
    if word.to_lowercase().contains("www.") {
        return true;
    }
    let host = word.split(['/', ':', '?', ',', ';']).next().unwrap_or_default();
    let Some((before, last)) = host.trim_matches(|c: char| !c.is_alphanumeric()).rsplit_once('.') else { return false };
    let is_ending = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    let is_one_case = !last.chars().any(char::is_uppercase) || !before.chars().any(char::is_lowercase);
    is_ending && is_one_case && before.chars().any(char::is_alphanumeric)
}

/// The words of an inviter as a mail or a page quotes them: lines stay, hidden characters go, and addresses in them
/// are broken up so that no mail program turns them into links.
pub fn quoted_words(words: &str) -> String {
    let clean: Vec<char> = words
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n")
        .chars()
        .filter(|&c| c == '\n' || !is_hidden(c))
        .collect();
    let mut quoted = String::with_capacity(clean.len());
    for (index, &c) in clean.iter().enumerate() {
        quoted.push(c);
        let before = index.checked_sub(1).and_then(|i| clean.get(i)).copied();
        let after = clean.get(index + 1).copied();
        if joins_an_address(before, c, after) {
            quoted.push(ZERO_WIDTH_SPACE);
        }
    }
    quoted.trim().to_owned()
}

/// The one letter that stands for an organisation.
pub fn initial(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}

/// At most two letters that stand for a person: of the first and the last name, or of the only one.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().map(initial).filter(|letter| !letter.is_empty());
    let first = words.next().unwrap_or_default();
    let last = words.next_back().unwrap_or_default();
    first + &last
}

const ZERO_WIDTH_SPACE: char = '\u{200B}';

fn joins_an_address(before: Option<char>, c: char, after: Option<char>) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '.' | '@' => word(before) && word(after),
        ':' => word(before) && after == Some('/'),
        '/' => before == Some('/') && word(after),
        _ => false,
    }
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Refuses a text of more than `limit` characters, and one with a character that hides, reorders or breaks a line: texts stand in mails,
/// headers, pages and logs.
///
/// # Errors
/// What is wrong with it, as it is said of the property.
pub fn check(text: &str, limit: usize) -> Result<(), String> {
    if holds_hidden(text) {
        return Err("it may not hold control or hidden characters".to_owned());
    }
    if text.chars().count() > limit {
        return Err(format!("it may have at most {limit} characters"));
    }
    Ok(())
}

/// Whether a name holds a character that hides, reorders or breaks a line; names are stored without.
pub fn holds_hidden(name: &str) -> bool {
    name.chars().any(is_hidden)
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_start_a_line_or_turn_the_direction() {
        assert_eq!(plain_name("Ann\r\nBcc: all@evil.example"), "Ann Bcc: all@evil.example");
        assert_eq!(plain_name("\u{202E}nnA\u{202C} \u{2066}Lee\u{2069}"), "nnA Lee");
        assert_eq!(plain_name("A\u{2028}B\u{2029}C\u{85}D"), "A B C D");
        assert_eq!(plain_name("pay\u{200B}pal\u{FEFF} \u{200F}x"), "paypal x");
        assert_eq!(plain_name(" Hồ  Ngọc\tAnh "), "Hồ Ngọc Anh");
    }

    /// Security check I12: no name becomes a call to follow an address or to dial a number.
    #[test]
    fn i12_an_inviter_whose_name_misleads_is_shown_without_it() {
        for name in [
            "Verify at https://evil.example",
            "EVIL.EXAMPLE/now",
            "go to evil.example.",
            "WWW.evil",
            "it@evil.example",
            "Call 0800 12 34 5",
            "Support +44 1632 960110",
            "Call \u{660}\u{661}\u{662}\u{663}\u{664}",
            "ev\u{200B}il.example",
        ] {
            let shown = crate::web::language::Language::ALL.map(|language| inviter(Words(language), name, "Contoso"));
            assert!(shown.iter().all(|shown| shown.contains("Contoso") && !shown.contains(name)), "{name}: {shown:?}");
        }
        let english = Words(crate::web::language::Language::English);
        for name in
            ["Priya Raman", "J.R. Smith", "Oliver St.John", "Dr.Ann Lee", "Ines (Team 2024)", "José, IT", "Mr. X"]
        {
            assert_eq!(inviter(english, name, "Contoso"), name);
        }
    }

    #[test]
    fn a_long_name_is_cut_to_its_limit() {
        let cut = plain_name(&"ü".repeat(65));
        assert_eq!(cut.chars().count(), LONGEST_NAME);
        assert!(cut.ends_with('…'));
        assert_eq!(plain_name(&"a".repeat(64)), "a".repeat(64));
    }

    #[test]
    fn quoted_words_keep_their_lines_and_hold_no_address_a_program_would_link() {
        assert_eq!(quoted_words("Hello Sam.\r\nSee you. "), "Hello Sam.\nSee you.");
        let quoted = quoted_words("go to https://evil.example/x or write a@evil.example");
        for link in ["https://", "evil.example", "a@evil"] {
            assert!(!quoted.contains(link), "{quoted}");
        }
        assert_eq!(quoted.replace(ZERO_WIDTH_SPACE, ""), "go to https://evil.example/x or write a@evil.example");
        assert_eq!(quoted_words("\u{202E}abc\u{0}"), "abc");
    }

    #[test]
    fn initials_come_from_letters() {
        assert_eq!(initials("Priya Raman"), "PR");
        assert_eq!(initials("José de la Cruz"), "JC");
        assert_eq!(initials("sam@partner.example"), "S");
        assert_eq!(initials("  "), "");
        assert_eq!(initial("(contoso)"), "C");
    }
}
