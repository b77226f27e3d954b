//! The living style page: every part of the design language, made by the very macros that pages use, in both lights.

use super::question::{ButtonForm, Done, Question};
use crate::translations::{Language, Words};
use askama::Template;
use axum::{
    Router,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};

/// Where the style page is served.
pub const PATH: &str = "/vestibule/style";

#[derive(Template)]
#[template(path = "web/templates/style.html")]
struct StylePage {
    words: Words,
    lights: [&'static str; 2],
    colours: &'static [(&'static str, &'static str, &'static str)],
    nothing: Vec<(String, String)>,
    mistakes: Vec<(String, String)>,
    previous: Option<String>,
    next: Option<String>,
    asked: Question,
    done: Done,
}

/// Class, use and token of each colour.
const COLOURS: &[(&str, &str, &str)] = &[
    ("f-ground", "outside", "--ground"),
    ("f-surface", "inside", "--surface"),
    ("f-sunk", "wells", "--sunk"),
    ("f-rule", "hairlines", "--rule"),
    ("f-field", "field edges", "--field"),
    ("f-ink", "text", "--ink"),
    ("f-ink2", "second text", "--ink-2"),
    ("f-ink3", "third text", "--ink-3"),
    ("f-accent", "the way on", "--accent"),
    ("f-strong", "hover", "--accent-strong"),
    ("f-asoft", "picked", "--accent-soft"),
    ("f-in", "let in", "--in"),
    ("f-wait", "waiting", "--wait"),
    ("f-stop", "turned away", "--stop"),
    ("f-lamp", "light, focus", "--lamp"),
];

impl StylePage {
    fn new() -> Self {
        Self {
            words: Words(Language::English),
            lights: ["light", "dark"],
            colours: COLOURS,
            nothing: Vec::new(),
            mistakes: vec![("f2".to_owned(), "There is nothing after the @".to_owned())],
            previous: None,
            next: Some("#tables".to_owned()),
            asked: Question {
                text: "Remove 3 guests?".to_owned(),
                consequences: vec![
                    "Farid, Dana and Sam lose the way into 12 apps, and are signed out within a minute.".to_owned(),
                ],
                yes: example("Remove 3 guests"),
                is_severe: true,
            },
            done: Done { text: "3 guests removed.", undo: Some(example("Undo: bring 3 guests back")) },
        }
    }
}

/// A form that leads nowhere.
fn example(verb: &str) -> ButtonForm {
    ButtonForm { action: "#dialogs".to_owned(), fields: Vec::new(), verb: verb.to_owned() }
}

async fn show() -> Response {
    match StylePage::new().render() {
        Ok(page) => Html(page).into_response(),
        Err(failure) => {
            tracing::error!(%failure, "the style page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Serves the style page.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route(PATH, get(show))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_page_shows_every_macro_of_the_components() {
        let template = include_str!("templates/style.html");
        let components = include_str!("templates/components.html");
        let macros = components.split("{%- macro ").skip(1).filter_map(|rest| rest.split('(').next());
        for name in macros {
            // These are parts of other parts: the fields, the refusal, forms and the question.
            if matches!(name, "describes" | "reference" | "csrf" | "dialog" | "button_form") {
                continue;
            }
            assert!(template.contains(&format!("c::{name}(")), "{name} is not on the style page");
        }
        let page = StylePage::new().render().expect("the style page renders");
        assert!(page.contains("data-theme=\"dark\"") && !page.contains("style="));
    }
}
