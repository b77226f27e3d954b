//! What every page of the portal does alike: its frame, its forms, its refusals.

use super::answer;
use super::csrf;
use super::form::PlainForm;
use super::language::Language;
use super::pages::{ErrorPage, Problem, Reference, Way};
use super::shell::{Inside, Outside, Section};
use super::visitor::Visitor;
use crate::Server;
use crate::graph::role::LOG_READERS;
use crate::graph::{Caller, Role};
use crate::translations::Words;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// Why a page of the portal is not shown.
#[derive(Debug)]
pub struct Refusal {
    problem: Problem,
    cause: Option<database::Error>,
    /// Where a form led that was sent already.
    led_to: Option<String>,
}

impl Refusal {
    /// What is wrong, for a page on which this is one row among others.
    pub const fn problem(&self) -> Problem {
        self.problem
    }

    /// Tells the operator what failed, if something did.
    pub fn log(&self) {
        if let Some(cause) = &self.cause {
            tracing::error!(%cause, "a page of the portal failed");
        }
    }

    /// With the page to look at if the form was sent already.
    #[must_use]
    pub fn leading_to(self, page: String) -> Self {
        Self { led_to: Some(page), ..self }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, cause: None, led_to: None }
    }
}

impl From<database::Error> for Refusal {
    fn from(error: database::Error) -> Self {
        let problem = if error.is_temporary() { Problem::Unavailable } else { Problem::Failure };
        Self { problem, cause: Some(error), led_to: None }
    }
}

#[derive(Template)]
#[template(path = "web/templates/missing.html")]
struct MissingPage {
    inside: Inside,
    words: Words,
    reference: Reference,
}

impl Visitor {
    /// The path of the admin centre, without a slash at its end.
    pub fn base(&self) -> String {
        format!("/portal/{}", self.tenant_domain)
    }

    /// The frame of a page of the admin centre.
    pub fn inside(&self, server: &Server, section: Section) -> Inside {
        Inside {
            section: Some(section),
            sections: sections(&self.caller),
            base: self.base(),
            organization: self.tenant_name.clone(),
            domain: self.tenant_domain.clone(),
            person: self.caller.display_name().to_owned(),
            role: role(&self.caller).to_owned(),
            csrf: self.form_value(server),
            sign_out_action: format!("/{}/sign-out", self.tenant_domain),
        }
    }

    /// A fresh value for the forms of a page.
    pub fn form_value(&self, server: &Server) -> String {
        csrf::issue(server, self.caller.tenant, &self.form_key)
    }

    /// Spends the value of a form that was sent; refuses one that is not ours, too old, from elsewhere, or spent.
    pub async fn spend(&self, server: &Server, headers: &HeaderMap, value: &str) -> Result<(), Refusal> {
        if !csrf::is_same_origin(server, headers) {
            return Err(Problem::StaleForm.into());
        }
        let mut tx = server.write().await?;
        let worth = csrf::spend(&mut tx, server, self.caller.tenant, &self.form_key, value).await?;
        tx.commit().await?;
        worth.problem().map_or(Ok(()), |problem| Err(problem.into()))
    }

    /// [`Self::spend`], with the page that is shown where the form was sent already: it led there the first time.
    pub async fn spend_for(
        &self,
        server: &Server,
        headers: &HeaderMap,
        value: &str,
        page: &str,
    ) -> Result<(), Refusal> {
        self.spend(server, headers, value).await.map_err(|refusal| refusal.leading_to(page.to_owned()))
    }

    /// Carries out what a form asks that is only a button, and leads back to the page it stands on, with what was done. A form
    /// that was sent already leads there too.
    pub async fn press(
        &self,
        server: &Server,
        (headers, form): (&HeaderMap, &PlainForm),
        page: &str,
        operation: impl Future<Output = Result<Option<String>, Refusal>>,
    ) -> Response {
        let outcome = match self.spend_for(server, headers, &form.csrf, page).await {
            Ok(()) => operation.await,
            Err(refusal) => Err(refusal),
        };
        match outcome {
            Ok(None) => answer::see_other(page),
            Ok(Some(done)) => answer::see_other(&format!("{page}?done={done}")),
            Err(refusal) => self.refuse(server, refusal),
        }
    }

    /// Answers with the page, or with the page that says why not.
    pub fn respond(&self, server: &Server, outcome: Result<impl Template, Refusal>) -> Response {
        self.respond_as(server, StatusCode::OK, outcome)
    }

    /// The same with another status, such as that of a page that says why its form did nothing.
    pub fn respond_as(&self, server: &Server, status: StatusCode, outcome: Result<impl Template, Refusal>) -> Response {
        match outcome {
            Ok(page) => answer::page(status, &page),
            Err(refusal) => self.refuse(server, refusal),
        }
    }

    /// The same for an answer that is no page.
    pub fn respond_with(&self, server: &Server, outcome: Result<Response, Refusal>) -> Response {
        outcome.unwrap_or_else(|refusal| self.refuse(server, refusal))
    }

    /// The page that says why not. Who has nothing to do in the admin centre is shown the way to My Apps.
    pub fn refuse(&self, server: &Server, refusal: Refusal) -> Response {
        refusal.log();
        if refusal.problem == Problem::NotAllowed {
            return self.not_allowed(server);
        }
        if refusal.problem == Problem::SentAlready {
            return self.sent_already(server, refusal.led_to.unwrap_or_else(|| self.base()));
        }
        if refusal.problem == Problem::NotFound {
            return self.missing(server);
        }
        answer::problem(self.outside(), refusal.problem, server.clock.now())
    }

    /// There is nothing at this address of the admin centre, but the side bar still leads on.
    fn missing(&self, server: &Server) -> Response {
        let outside = self.outside();
        let inside = Inside { section: None, ..self.inside(server, Section::Overview) };
        let page =
            MissingPage { inside, words: outside.words, reference: answer::reference(&outside, server.clock.now()) };
        answer::page(StatusCode::NOT_FOUND, &page)
    }

    fn sent_already(&self, server: &Server, led_to: String) -> Response {
        let outside = self.outside();
        let link = Some((led_to, outside.words.t("sent-already-link")));
        let reference = answer::reference(&outside, server.clock.now());
        let mut page = ErrorPage::about(outside, Problem::SentAlready, reference);
        page.ways.iter_mut().for_each(|way| way.link.clone_from(&link));
        answer::page(StatusCode::CONFLICT, &page)
    }

    fn not_allowed(&self, server: &Server) -> Response {
        let outside = self.outside();
        let words = outside.words;
        let reference = answer::reference(&outside, server.clock.now());
        let mut page = ErrorPage::about(outside, Problem::NotAllowed, reference);
        page.signed_in_as = self.caller.user().map(|user| user.principal_name.clone());
        let my_apps = format!("/myapps/{}", self.tenant_domain);
        page.ways.push(Way {
            icon: "app",
            text: words.t("not-allowed-my-apps"),
            link: Some((my_apps, words.t("my-apps"))),
        });
        answer::page(StatusCode::FORBIDDEN, &page)
    }

    /// The frame of a refusal.
    fn outside(&self) -> Outside {
        Outside { organization: Some(self.tenant_name.clone()), ..Outside::nobody(Language::English) }
    }
}

/// The roles that manage apps.
const APPS: [Role; 2] = [Role::ApplicationAdministrator, Role::CloudApplicationAdministrator];

/// The parts of the admin centre that lead somewhere for this person. What they may do there is decided by the
/// operations; this only keeps dead ends out of the side bar.
fn sections(caller: &Caller) -> Vec<Section> {
    let administers = caller.holds_any(&[Role::GlobalAdministrator]);
    let administers_users = administers || caller.holds_any(&[Role::UserAdministrator]);
    let has_role = caller.holds_any(Role::ALL);
    let registers = caller.user().is_some_and(|user| user.defaults.creates_apps);
    let is_shown = |section: Section| match section {
        Section::Invitations => true,
        Section::Users | Section::Groups | Section::Roles => has_role,
        Section::SignIns | Section::Changes | Section::Reads => caller.holds_any(LOG_READERS),
        Section::Overview | Section::Mail | Section::Jobs | Section::Health => administers_users,
        Section::Apps => administers || caller.holds_any(&APPS) || registers,
        Section::ConsentRequests => {
            administers || caller.holds_any(&APPS) || caller.holds_any(&[Role::PrivilegedRoleAdministrator])
        }
        Section::Subscriptions | Section::Settings | Section::Domains => administers,
    };
    Section::ALL.into_iter().filter(|section| is_shown(*section)).collect()
}

fn role(caller: &Caller) -> &'static str {
    let held = Role::ALL.iter().find(|role| caller.holds_any(&[**role]));
    let is_guest = caller.user().is_some_and(|user| user.is_guest);
    held.map_or(if is_guest { "Guest" } else { "Member" }, |role| role.name())
}
