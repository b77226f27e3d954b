//! The mails: what came of a request, and what waits for reviewers.

use super::DecideError;
use super::consent_request::ConsentRequest;
use crate::Server;
use crate::outbox::{self, Kind, Message, Prepared};
use crate::platform::ids::TenantId;
use crate::service_principals::ServicePrincipal;
use crate::tenants::{self, Tenant, branding};
use crate::translations::Language;
use crate::users::{self, User};
use crate::web::mails::{ConsentAnswer, ConsentAnswerMail, ConsentDigestMail, Waiting};
use crate::web::names::plain_name;
use database::Transaction;

/// Requests that one mail tells about at most; the page shows them all.
const TOLD: usize = 20;

/// What is said to who asked.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// The app may.
    Approved,
    /// It may not, for this reason where one was given.
    Denied(Option<String>),
    /// Nobody answered in time.
    Lapsed,
}

/// One mail to each who asked and has a mailbox, in the language they asked in. It names nobody: who asked may be a guest.
pub(super) async fn answers(
    tx: &mut Transaction,
    server: &Server,
    client: &ServicePrincipal,
    requests: &[ConsentRequest],
    said: &Said,
) -> Result<Vec<Prepared>, DecideError> {
    let tenant = tenants::find(tx, server, client.tenant_id).await?.ok_or(database::Error::NotFound)?;
    let mut prepared = Vec::new();
    for request in requests {
        let Some(user) = users::store::find(tx, tenant.id, request.user_id).await? else { continue };
        let Some(address) = user.mail.filter(|_| user.account_enabled) else { continue };
        let language = Language::from_tag(&request.language).unwrap_or_default();
        let mail = ConsentAnswerMail {
            language,
            organization: tenant.name.clone(),
            app: client.display_name.clone(),
            answer: match said {
                Said::Approved => ConsentAnswer::Approved,
                Said::Denied(_) => ConsentAnswer::Denied,
                Said::Lapsed => ConsentAnswer::Lapsed,
            },
            reason: match said {
                Said::Denied(reason) => reason.clone(),
                Said::Approved | Said::Lapsed => None,
            },
            link: format!("{}/myapps/{}", server.settings.public_address(), tenant.default_domain()),
            recipient: address.clone(),
            accent: branding::accent(tx, server, &tenant, language).await?,
        };
        let parts = (mail.subject(), mail.html()?, mail.text()?);
        prepared.push(outbox::prepare(server, tenant.id, &message(&tenant, address, parts)));
    }
    Ok(prepared)
}

/// One mail to each reviewer about everything that waits, in their own language.
pub(super) async fn digests(
    tx: &mut Transaction,
    server: &Server,
    id: TenantId,
    reviewers: &[User],
    (waiting, is_reminder): (&[Waiting], bool),
) -> Result<Vec<Prepared>, DecideError> {
    let tenant = tenants::find(tx, server, id).await?.ok_or(database::Error::NotFound)?;
    let settings = tenants::settings(tx, server, id).await?;
    let usual = Language::from_tag(&settings.notification_language).unwrap_or_default();
    let mut prepared = Vec::new();
    for reviewer in reviewers {
        let Some(address) = reviewer.mail.clone() else { continue };
        let language = reviewer.preferred_language.as_deref().and_then(Language::from_tag).unwrap_or(usual);
        let mail = ConsentDigestMail {
            language,
            organization: tenant.name.clone(),
            count: u32::try_from(waiting.len()).unwrap_or(u32::MAX),
            waiting: waiting.iter().take(TOLD).cloned().collect(),
            is_reminder,
            link: format!("{}/portal/{}/consent-requests", server.settings.public_address(), tenant.default_domain()),
            recipient: address.clone(),
            accent: branding::accent(tx, server, &tenant, language).await?,
        };
        let parts = (mail.subject(), mail.html()?, mail.text()?);
        prepared.push(outbox::prepare(server, tenant.id, &message(&tenant, address, parts)));
    }
    Ok(prepared)
}

fn message(tenant: &Tenant, recipient: String, (subject, html, text): (String, String, String)) -> Message {
    Message {
        kind: Kind::Notice,
        recipient,
        cc: Vec::new(),
        reply_to: None,
        sender_name: format!("{} with Vestibule", plain_name(&tenant.name)),
        subject,
        html,
        text,
        invitation: None,
        expires_at: None,
        unsubscribe: None,
    }
}
