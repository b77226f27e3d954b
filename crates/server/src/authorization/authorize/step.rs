//! Away to another page and back: the request is stored as a continuation of `sign_in`.

use super::delivery;
use super::need::Need;
use super::{Ask, Visit};
use crate::authorization::consent;
use crate::authorization::error::EndpointError;
use crate::platform::Timestamp;
use crate::sign_in::browser::Browser;
use crate::sign_in::continuation::{self, Beginning, Next};
use crate::sign_in::refusal::Refusal;
use crate::web::answer;
use crate::web::language::Language;
use axum::response::Response;

/// Marks a request that comes back from our pages. It replaces the wishes that were fulfilled there, which would
/// otherwise lead there for ever.
const MARK: &str = "vestibule_step";

/// The wishes that one visit of our pages fulfils.
const FULFILLED: [&str; 4] = ["prompt", "max_age", MARK, consent::ANSWER];

/// What the mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resumed {
    /// When the browser was sent away.
    pub begun: Timestamp,
    /// Whether only a proof since then counts.
    pub must_be_fresh: bool,
}

/// Reads the mark. Whoever forges one skips a page in their own browser, and the app sees that in `auth_time`.
pub fn resumed(pairs: &[(String, String)]) -> Option<Resumed> {
    let (_, mark) = pairs.iter().find(|(name, _)| name == MARK)?;
    let (must_be_fresh, begun) = match mark.strip_prefix("fresh-") {
        Some(begun) => (true, begun),
        None => (false, mark.as_str()),
    };
    Some(Resumed { begun: Timestamp::from_microseconds(begun.parse().ok()?), must_be_fresh })
}

/// Whether the app wants the person to be asked what it may, whatever was granted.
pub fn asks_to_consent(pairs: &[(String, String)]) -> bool {
    let prompt = pairs.iter().find(|(name, _)| name == "prompt").map_or("", |(_, value)| value);
    prompt.split(' ').any(|word| word == "consent")
}

impl Visit {
    /// The request as it comes back.
    fn marked(&self, need: Need) -> String {
        let begun = self.server.clock.now().microseconds();
        let before = self.pairs.iter().find(|(name, _)| name == MARK).map(|(_, mark)| mark.clone());
        let mark = match need {
            Need::SignIn { fresh: true } => format!("fresh-{begun}"),
            // The sign-in before it stays what it was.
            Need::Consent => before.unwrap_or_else(|| begun.to_string()),
            _ => begun.to_string(),
        };
        let kept = self.pairs.iter().filter(|(name, _)| !FULFILLED.contains(&name.as_str()));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept).append_pair(MARK, &mark);
        if need != Need::Consent && asks_to_consent(&self.pairs) {
            query.append_pair("prompt", "consent");
        }
        query.finish()
    }

    /// Stores the request and leads to the page that catches up on what is missing.
    pub(super) async fn send_away(&self, ask: &Ask, need: &Need) -> Result<Response, EndpointError> {
        let browser = Browser::of(&self.server, &self.headers);
        let locales = ask.request.ui_locales.as_deref().unwrap_or_default();
        let beginning = Beginning {
            next: Next::Authorize { query: self.marked(*need) },
            invitation: None,
            address: ask.request.login_hint.clone().filter(|hint| hint.contains('@')),
            language: locales.split(' ').find_map(Language::from_tag),
        };
        let mut tx = self.server.write().await?;
        let step = match continuation::begin(&mut tx, &self.server, self.tenant.id, &browser, beginning).await {
            Ok(step) => step,
            Err(Refusal::Database(failure)) => return Err(failure.into()),
            // The person is told, and not the app: it could only send them here again at once.
            Err(refusal) => {
                drop(tx);
                let outside = delivery::outside(&self.server, Some(&self.tenant), &self.reader).await;
                return Ok(refusal.page(&self.server, outside));
            }
        };
        tx.commit().await?;
        let path = match need {
            Need::Accept => format!("/{}/redeem/{}", self.tenant.id, step.id),
            Need::Choose => step.account_path(),
            Need::Consent => format!("/{}/consent/{}", self.tenant.id, step.id),
            Need::SignIn { .. } | Need::Nothing => step.sign_in_path(),
        };
        let response = answer::see_other(&path);
        Ok(answer::with_cookies(response, browser.set_cookie(&self.server)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_read_or_ignored() {
        let read = |mark: &str| resumed(&[(MARK.to_owned(), mark.to_owned())]);
        let begun = Timestamp::from_microseconds(17);
        assert_eq!(read("17"), Some(Resumed { begun, must_be_fresh: false }));
        assert_eq!(read("fresh-17"), Some(Resumed { begun, must_be_fresh: true }));
        assert_eq!(read("fresh-"), None);
        assert_eq!(resumed(&[]), None);
    }
}
