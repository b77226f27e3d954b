//! Links of invitations that open nothing: never made, withdrawn, or older than their time (check I17).

use super::{Asker, Question, Scene, Times, turns};
use crate::browser::Browser;
use crate::connection::Connection;
use crate::organisation::{REDIRECT, member};
use crate::site::Site;
use crate::{Outcome, requests};
use database::sql_across;
use serde_json::json;
use std::time::Instant;

/// A ticket has 256 bits of chance: only whoever was given one can ask, and what they may learn is that it was one.
pub const QUESTION: Question =
    Question { name: "I17 opening a link", cases: ["unknown", "withdrawn", "expired"], who: Asker::Holder };

/// A link of each case.
pub type Links = [String; 3];

/// Characters at the end of a ticket that are chance alone.
const TAIL: usize = 20;

/// Makes the links, withdraws one and lets the time of another run out; the server is started again for it.
pub async fn prepare(scene: &Scene, site: &mut Site, samples: usize) -> Outcome<Vec<Links>> {
    let token = scene.organisation.token(&scene.address, &scene.app).await?;
    let (host, mut connection) = (&scene.address.host, Connection::open(scene.address.socket).await?);
    let mut links = Vec::with_capacity(samples);
    for sample in 0..samples {
        let mut made = Vec::new();
        for kind in ["withdrawn", "expired"] {
            let body = json!({
                "invitedUserEmailAddress": address(kind, sample),
                "inviteRedirectUrl": REDIRECT,
                "sendInvitationMessage": false,
            });
            let request = requests::json("POST", host, "/v1.0/invitations", &token, &body);
            let answer = connection.send(&request).await?;
            answer.expect(201)?;
            let (id, link) = (member(answer.body, "id")?, member(answer.body, "inviteRedeemUrl")?);
            if kind == "withdrawn" {
                let path = format!("/vestibule/v1/invitations/{id}/revoke");
                connection.send(&requests::json("POST", host, &path, &token, &json!({}))).await?.expect(200)?;
            }
            made.push(requests::path_of(&link).to_owned());
        }
        let [withdrawn, expired] = <[String; 2]>::try_from(made).map_err(|_| "two links are made")?;
        links.push([never_made(&withdrawn)?, withdrawn, expired]);
    }
    site.stop()?;
    let database = site.database().await?;
    let mut tx = database.write().await?;
    let text = sql_across!(
        "the time of links is set back while no server runs",
        "UPDATE invitation SET expires_at = created_at WHERE address LIKE 'expired%'"
    );
    tx.query(text).execute().await?;
    tx.commit().await?;
    database.close().await;
    site.start().await?;
    Ok(links)
}

/// Whom an invitation of this kind is for.
pub fn address(kind: &str, sample: usize) -> String {
    format!("{kind}{sample}@partner.example")
}

/// The same link with a ticket that nobody made, of the same form.
fn never_made(link: &str) -> Outcome<String> {
    let (before, rest) = link.split_once("ticket=").ok_or_else(|| format!("no ticket in {link}"))?;
    let end = rest.find('&').unwrap_or(rest.len());
    let (ticket, after) = rest.split_at(end);
    Ok(format!("{before}ticket={}{after}", altered(ticket)?))
}

/// A secret of the same form and tenant that was never given out.
pub fn altered(secret: &str) -> Outcome<String> {
    let kept = secret.len().checked_sub(TAIL).and_then(|length| secret.get(..length));
    Ok(format!("{}{}", kept.ok_or("a secret is longer")?, "A".repeat(TAIL)))
}

/// The GET of the link, by somebody who was never here, up to the page that says what it is.
pub async fn ask(scene: &Scene) -> Outcome<Times> {
    let (mut times, mut status) = (Times::default(), None);
    let mut browser = Browser::open(&scene.address).await?;
    for (sample, links) in scene.links.iter().enumerate() {
        for case in turns(sample) {
            browser.forget();
            let before = Instant::now();
            let answered = browser.get(&links[case]).await?;
            times[case].push(before.elapsed().as_secs_f64() * 1000.0);
            if *status.get_or_insert(answered) != answered || answered < 400 {
                return Err(format!("{}: {answered} {}", QUESTION.cases[case], browser.page()).into());
            }
        }
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::never_made;

    #[test]
    fn a_link_that_was_never_made_looks_like_one() {
        let link = "/redeem?x=1&ticket=vsi_0123456789abcdefghijklmnop&y=2";
        let altered = never_made(link).expect("a ticket");
        assert_eq!(altered, "/redeem?x=1&ticket=vsi_012345AAAAAAAAAAAAAAAAAAAA&y=2");
        assert!(never_made("/redeem").is_err());
    }
}
