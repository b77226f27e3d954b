//! The page.

use super::effect::Effect;
use super::form::{NO_CONSENT, OWN_CONSENT, SettingsForm};
use crate::Server;
use crate::graph::Role;
use crate::graph::role::guest_level;
use crate::portals::failure::{Failure, ShownAgain, respond};
use crate::tenants::operations::{Part, change_settings, get_settings};
use crate::tenants::{
    ConsentPolicy, DomainListKind, InvitersPolicy, LandingAddresses, PasscodesForGuests, SettingsError,
};
use crate::translations::Language;
use crate::web::complaint::{Complaint, Feedback};
use crate::web::form::Form;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::shell::{Inside, Section};
use crate::web::visitor::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

/// Bytes of the form at most. The fields of the page hold no more: 110,000 characters, each of which a browser writes as nine
/// bytes at most.
const LARGEST: usize = 1024 * 1024;

pub(super) fn routes() -> Router<Arc<Server>> {
    // Room for lists that are too long, so that they come back with what is wrong and can be shortened.
    Router::new().route("/portal/{tenant}/settings", get(show).post(save)).layer(DefaultBodyLimit::max(LARGEST))
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

/// An answer to choose: value, words, hint.
type Choice = (String, &'static str, String);

#[derive(Template)]
#[template(path = "portals/settings/settings.html")]
struct SettingsPage {
    inside: Inside,
    is_saved: bool,
    form: SettingsForm,
    lifetime_hint: String,
    feedback: Feedback,
    inviters: Vec<Choice>,
    passcodes: Vec<Choice>,
    levels: Vec<Choice>,
    kinds: Vec<Choice>,
    landings: Vec<Choice>,
    consents: Vec<Choice>,
    languages: Vec<Choice>,
}

/// What is said of a form that shows what is not stored any more.
const STALE: &str = "Somebody changed them after you opened the page. Below stands what is stored now.";

async fn show(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let is_saved = wanted.is_ok_and(|Query(wanted)| wanted.done.is_some());
    let outcome = read(&server, &visitor).await;
    let page = outcome.map(|(form, effect)| SettingsPage { is_saved, ..page(&server, &visitor, form, &effect) });
    visitor.respond(&server, page)
}

/// The settings are for those who may change them: what they say about guests is nobody else's business.
async fn read(server: &Server, visitor: &Visitor) -> Result<(SettingsForm, Effect), Refusal> {
    require_administrator(visitor)?;
    let effect = Effect::read(server, &visitor.caller).await?;
    match get_settings(server, &visitor.caller, Part::Collaboration).await {
        Ok(settings) => Ok((SettingsForm::of(&settings), effect)),
        Err(SettingsError::Database(error)) => Err(error.into()),
        Err(_) => Err(Problem::NotAllowed.into()),
    }
}

pub(super) fn require_administrator(visitor: &Visitor) -> Result<(), Refusal> {
    if visitor.caller.holds_any(&[Role::GlobalAdministrator]) { Ok(()) } else { Err(Problem::NotAllowed.into()) }
}

async fn save(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Form<SettingsForm>, Response>,
) -> Response {
    // Before anything is read of the form: its mistakes are nobody else's business either.
    if let Err(refusal) = require_administrator(&visitor) {
        return visitor.refuse(&server, refusal);
    }
    let form = match form {
        Ok(Form(form)) => form,
        Err(page) => return page,
    };
    let here = format!("{}/settings", visitor.base());
    if let Err(refusal) = visitor.spend_for(&server, &headers, &form.csrf, &here).await {
        return visitor.refuse(&server, refusal);
    }
    let outcome = change(&server, &visitor, &form).await.map(|()| format!("{}/settings?done=saved", visitor.base()));
    respond(&server, &visitor, outcome, async |why: ShownAgain| match why {
        ShownAgain::Mistake(complaint) => {
            let effect = Effect::read(&server, &visitor.caller).await.map_err(Refusal::from);
            let page = effect.map(|effect| page(&server, &visitor, form, &effect));
            page.map(|page| SettingsPage { feedback: complaint.into(), ..page })
        }
        ShownAgain::Stale => read(&server, &visitor).await.map(|(stored, effect)| {
            let others = form.other_than(&stored);
            let page = page(&server, &visitor, stored, &effect);
            let written = others.into_iter().map(|(name, answer)| (name, page.word(answer))).collect();
            SettingsPage { feedback: Feedback::with_written(Complaint::at("", STALE), written), ..page }
        }),
    })
    .await
}

async fn change(server: &Server, visitor: &Visitor, form: &SettingsForm) -> Result<(), Failure> {
    let change = form.change().map_err(|(field, problem)| Failure::Mistake(field, sentence(&problem)))?;
    Ok(change_settings(server, &visitor.caller, Part::Collaboration, change).await?)
}

fn page(server: &Server, visitor: &Visitor, form: SettingsForm, effect: &Effect) -> SettingsPage {
    let (listed, consents) = (form.listed(), consents(&form));
    SettingsPage {
        inside: visitor.inside(server, Section::Settings),
        is_saved: false,
        form,
        lifetime_hint: format!("Empty for ever. A lapsed invitation can be sent again. {}", effect.of_lifetime()),
        feedback: Feedback::default(),
        inviters: InvitersPolicy::ALL.iter().map(|policy| inviter(*policy)).collect(),
        levels: levels(),
        passcodes: PasscodesForGuests::ALL.iter().map(|choice| passcode_rule(*choice)).collect(),
        kinds: DomainListKind::ALL.iter().map(|kind| domain_list(*kind, &listed, effect)).collect(),
        consents,
        landings: LandingAddresses::ALL.iter().map(|landing| landing_rule(*landing)).collect(),
        languages: Language::ALL
            .iter()
            .map(|language| (language.tag().to_owned(), language.own_name(), String::new()))
            .collect(),
    }
}

impl SettingsPage {
    /// An answer in the words of the page.
    fn word(&self, answer: String) -> String {
        let choices = [
            &self.inviters,
            &self.levels,
            &self.passcodes,
            &self.kinds,
            &self.landings,
            &self.consents,
            &self.languages,
        ]
        .into_iter()
        .flatten();
        let word = choices.filter(|(value, ..)| *value == answer).map(|(_, word, _)| (*word).to_owned()).next();
        word.unwrap_or(answer)
    }
}

/// A problem as a sentence.
pub(in crate::portals) fn sentence(problem: &str) -> String {
    format!("{}.", capital(problem).trim_end_matches('.'))
}

/// The words with a capital at their beginning.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    first + letters.as_str()
}

fn inviter(policy: InvitersPolicy) -> Choice {
    let (word, hint) = match policy {
        InvitersPolicy::None => ("Nobody", "Not even administrators."),
        InvitersPolicy::AdminsAndGuestInviters => {
            ("Administrators and guest inviters", "Whoever holds one of these roles.")
        }
        InvitersPolicy::AdminsGuestInvitersAndAllMembers => ("Those and every member", "Guests do not invite."),
        InvitersPolicy::Everyone => ("Everybody", "Guests too."),
    };
    (policy.to_string(), word, hint.to_owned())
}

/// The answers that the server brings along, and rules of the organisation itself where they hold now.
fn consents(form: &SettingsForm) -> Vec<Choice> {
    let nothing = (NO_CONSENT.to_owned(), "Nothing", "An administrator answers every app.".to_owned());
    let own_hint = "They stay as they are. Below is the way to them.".to_owned();
    let own = (OWN_CONSENT.to_owned(), "What rules of your own say", own_hint);
    let own = (form.user_consent == OWN_CONSENT).then_some(own);
    let known = ConsentPolicy::ALL.iter().map(|policy| consent_rule(*policy));
    std::iter::once(nothing).chain(known).chain(own).collect()
}

fn consent_rule(policy: ConsentPolicy) -> Choice {
    let (word, hint) = match policy {
        ConsentPolicy::Low => (
            "What is of low risk",
            "Of apps of the organisation itself. Nothing is, until it is ticked on the page below.",
        ),
        ConsentPolicy::Recommended => ("What is recommended", "Today, what is of low risk."),
        ConsentPolicy::Legacy => {
            ("Everything that concerns them alone", "What needs an administrator by itself still does. Guests too.")
        }
    };
    (policy.to_string(), word, hint.to_owned())
}

fn levels() -> Vec<Choice> {
    [
        (guest_level::MEMBER, "What members see", "Guests can list and read everybody."),
        (guest_level::LIMITED, "People they can name", "Guests read names and addresses, and cannot list."),
        (guest_level::RESTRICTED, "Themselves only", "Guests read nobody else."),
    ]
    .map(|(level, word, hint)| (level.to_string(), word, hint.to_owned()))
    .into()
}

fn passcode_rule(choice: PasscodesForGuests) -> Choice {
    let (word, hint) = match choice {
        PasscodesForGuests::Default => ("As by default", "Guests are let in by a code."),
        PasscodesForGuests::Enabled => ("Guests are let in by a code", "Also if the default changes one day."),
        PasscodesForGuests::Disabled => (
            "No guest is let in by a code",
            "Who has no other way in is turned away, and invitations cannot be accepted.",
        ),
    };
    (choice.to_string(), word, hint.to_owned())
}

/// A kind of list, with what it does to invitations that wait: with the domains that stand in the field.
fn domain_list(kind: DomainListKind, listed: &[String], effect: &Effect) -> Choice {
    let (word, hint) = match kind {
        DomainListKind::Any => ("Every domain", "The list is emptied."),
        DomainListKind::Allow => ("Only these domains", "Sub-domains are listed separately."),
        DomainListKind::Deny => ("Every domain but these", "Sub-domains are listed separately."),
    };
    if kind != DomainListKind::Any && listed.is_empty() {
        return (kind.to_string(), word, hint.to_owned());
    }
    (kind.to_string(), word, format!("{hint} {}", effect.of_list(kind, listed)))
}

fn landing_rule(rule: LandingAddresses) -> Choice {
    let (word, hint) = match rule {
        LandingAddresses::Known => {
            ("To our apps and domains", "Addresses of apps registered here, our proved domains, and the list below.")
        }
        LandingAddresses::Any => ("Anywhere", "A page names the foreign address before anybody goes there."),
    };
    (rule.to_string(), word, hint.to_owned())
}
