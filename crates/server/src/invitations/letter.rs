//! The mail that carries an invitation.

use super::block;
use super::invitation::{Invitation, redeem_url};
use super::landing::{Ground, Landing};
use crate::Server;
use crate::outbox::{CarbonCopy, Kind, Message};
use crate::platform::clock;
use crate::tenants::Tenant;
use crate::translations::Words;
use crate::web::accent::Accent;
use crate::web::dates;
use crate::web::language::Language;
use crate::web::mails::InvitationMail;
use crate::web::names::{inviter, plain_name};
use crate::web::pages::Destination;

/// Everything the mail says, besides what the invitation itself holds.
pub(super) struct Letter<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) ground: &'a Ground,
    pub(super) landing: &'a Landing,
    pub(super) language: Language,
    pub(super) ticket: &'a str,
    pub(super) accent: Accent,
}

/// Writes the mail in the reader's language.
pub(super) fn write(server: &Server, letter: &Letter<'_>, invitation: &Invitation) -> Result<Message, askama::Error> {
    let tenant = letter.tenant;
    let mail = mail_to(server, letter, invitation, &invitation.address);
    let copies = invitation.carbon_copies.iter().map(|address| {
        let copy = mail_to(server, letter, invitation, address);
        let unsubscribe = Some(copy.block_url.clone());
        Ok(CarbonCopy { recipient: address.clone(), html: copy.html()?, text: copy.text()?, unsubscribe })
    });
    Ok(Message {
        kind: Kind::Invitation,
        recipient: invitation.address.clone(),
        cc: copies.collect::<Result<_, askama::Error>>()?,
        reply_to: invitation.inviter_address.clone(),
        sender_name: format!("{} with Vestibule", plain_name(&tenant.name)),
        subject: mail.subject(),
        html: mail.html()?,
        text: mail.text()?,
        invitation: Some(invitation.id),
        expires_at: invitation.expires_at,
        unsubscribe: Some(mail.block_url),
    })
}

/// The mail for one mailbox: everybody who gets it can refuse further ones for themselves, and for nobody else.
fn mail_to(server: &Server, letter: &Letter<'_>, invitation: &Invitation, recipient: &str) -> InvitationMail {
    let tenant = letter.tenant;
    let open_until = invitation.expires_at.map(|end| {
        let day = clock::calendar(end).to_zoned(jiff::tz::TimeZone::UTC).date();
        dates::date(letter.language, day)
    });
    InvitationMail {
        language: letter.language,
        organization: tenant.name.clone(),
        inviter: invitation.inviting_person().map(|name| inviter(Words(letter.language), name, &tenant.name)),
        inviter_mail: invitation.inviter_address.clone(),
        verified_domain: Some(tenant.default_domain().to_owned()),
        destination: destination(letter.landing, letter.ground),
        host: letter.landing.host(letter.ground),
        message: invitation.message.clone(),
        link: redeem_url(server.settings.public_address(), tenant.id, letter.ticket),
        open_until,
        recipient: recipient.to_owned(),
        accent: letter.accent,
        privacy_url: tenant.privacy_statement_url.clone(),
        privacy_mail: tenant.contact_email.clone(),
        block_url: block::url(server, tenant.id, recipient),
    }
}

/// What the reader is told the invitation leads to.
pub fn destination(landing: &Landing, ground: &Ground) -> Destination {
    match landing {
        Landing::MyApps => Destination::MyApps,
        Landing::App { name, .. } => Destination::App(name.clone()),
        Landing::Own(_) | Landing::Foreign(_) => Destination::Host(landing.host(ground)),
    }
}
