//! Holds the catalogues together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::*;

/// Key -> the variables its text mentions.
type Catalogue = BTreeMap<String, BTreeSet<String>>;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files(&path, extensions, found);
        } else if path.extension().is_some_and(|e| extensions.iter().any(|wanted| e == *wanted)) {
            found.push(path);
        }
    }
}

fn catalogue_text(language: Language) -> String {
    let mut found = Vec::new();
    files(&source().join("translations").join(language.tag()), &["ftl"], &mut found);
    found.iter().map(|path| fs::read_to_string(path).expect("a readable catalogue") + "\n").collect()
}

fn read(language: Language) -> Catalogue {
    let mut catalogue = Catalogue::new();
    let mut key = String::new();
    for line in catalogue_text(language).lines().filter(|line| !line.starts_with('#')) {
        if let Some((start, _)) = line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
            start.clone_into(&mut key);
            assert!(catalogue.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands twice in {language:?}");
        }
        let variables = line
            .split('$')
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>());
        catalogue.entry(key.clone()).or_default().extend(variables);
    }
    catalogue.retain(|key, _| !key.is_empty());
    catalogue
}

/// Everything that can ask for a text: templates and program.
fn askers() -> String {
    let mut found = Vec::new();
    files(&source(), &["html", "txt", "rs"], &mut found);
    found.iter().map(|path| fs::read_to_string(path).expect("a readable file")).collect()
}

#[test]
fn every_language_has_the_same_keys_with_the_same_variables() {
    let english = read(Language::English);
    assert!(english.len() > 100);
    for language in [Language::German, Language::Arabic] {
        let other = read(language);
        for (key, variables) in &english {
            assert_eq!(other.get(key), Some(variables), "{key} in {language:?}");
        }
        assert_eq!(other.len(), english.len(), "{language:?} has more keys");
    }
}

#[test]
fn every_key_is_asked_for() {
    let askers = askers();
    for key in read(Language::English).keys() {
        assert!(askers.contains(&format!("\"{key}\"")), "nothing asks for {key}");
    }
}

#[test]
fn every_text_that_is_asked_for_exists() {
    let english = read(Language::English);
    let askers = askers();
    let mut seen = 0;
    for method in ["t", "t1", "t2", "counted", "named", "named2", "strong", "strong2"] {
        for rest in askers.split(&format!("words.{method}(\"")).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            assert!(english.contains_key(key), "no text for {key}");
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} texts were found in the templates");
}

#[test]
fn no_text_uses_a_word_that_guests_do_not_know() {
    let forbidden = [
        "tenant",
        "redeem",
        "redemption",
        "idp",
        "identity provider",
        "federation",
        "otp",
        "passcode",
        "mfa",
        "multifactor",
        "access denied",
        "unauthorised",
        "forbidden",
        "expire",
        "correlation",
        "sorry",
        "please wait",
        "mandant",
        "einlösen",
    ];
    for language in Language::ALL {
        for line in catalogue_text(language).lines().filter(|line| !line.starts_with('#')) {
            let text = line.split_once(" = ").map_or(line, |(_, text)| text).to_lowercase();
            for word in forbidden {
                assert!(!text.contains(word), "{word} in {language:?}: {line}");
            }
        }
    }
}

#[test]
fn a_text_is_filled_in_without_isolation_marks() {
    let filled = text_with(Language::German, "floor", &[("organization", "Contoso")]);
    assert_eq!(filled, "Contoso lädt mit Vestibule ein.");
    assert_eq!(text(Language::Arabic, "code"), "الرمز");
}

#[test]
fn numbers_take_the_form_of_their_language() {
    let wrong = |language, tries| Words(language).counted("passcode-wrong", "tries", tries);
    assert!(wrong(Language::English, 1).ends_with("You have 1 try left."));
    assert!(wrong(Language::English, 0).ends_with("You have no tries left."));
    assert!(wrong(Language::German, 3).ends_with("Sie haben noch 3 Versuche."));
    assert!(wrong(Language::Arabic, 2).ends_with("بقيت لك محاولتان."));
    assert!(wrong(Language::Arabic, 3).ends_with("بقيت لك 3 محاولات."));
}

#[test]
fn a_name_is_escaped_and_isolated() {
    let html = Words(Language::English).named("floor", "organization", "<b>&\"'").to_string();
    assert_eq!(html, "<bdi>&lt;b&gt;&amp;&quot;&#39;</bdi> invites people with Vestibule.");
    let trick = Words(Language::English).named("floor", "organization", "\u{E001}{ $x }").to_string();
    assert!(trick.starts_with("<bdi>\u{E001}{ $x }</bdi>"));
}
