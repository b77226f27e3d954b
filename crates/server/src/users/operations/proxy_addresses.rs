//! `proxyAddresses` follow from `mail` (Graph: user); nobody writes them.

use crate::users::{User, fold, terms};
use database::{Result, Transaction};
use sqlx::types::Json;

/// How many a user has at most, that of `mail` among them.
const MOST: usize = 20;

/// Lets the `proxyAddresses` of a user follow their `mail`, which was `before`: the address is among them as `SMTP:` and those of
/// before as `smtp:`, the newest first and 20 in all. One that somebody else has by now is left to them. Without a
/// `mail` there are none.
pub async fn follow_mail(tx: &mut Transaction, before: Option<&str>, user: &mut User) -> Result<()> {
    if user.mail.as_deref() == before {
        return Ok(());
    }
    let Some(mail) = user.mail.clone() else {
        user.proxy_addresses = Json(Vec::new());
        return Ok(());
    };
    let mut earlier: Vec<String> = user.proxy_addresses.iter().map(|entry| bare(entry).to_owned()).collect();
    // Users of before have a mail address that is not among them.
    if let Some(address) = before
        && !earlier.iter().any(|known| is_same(known, address))
        && is_free(tx, user, address).await?
    {
        earlier.insert(0, address.to_owned());
    }
    let primary = is_free(tx, user, &mail).await?;
    user.proxy_addresses = Json(listed(&mail, primary, &earlier));
    Ok(())
}

/// The addresses as they are written.
fn listed(mail: &str, primary: bool, earlier: &[String]) -> Vec<String> {
    let primary = primary.then(|| format!("SMTP:{mail}"));
    let others = earlier.iter().filter(|address| !is_same(address, mail)).map(|address| format!("smtp:{address}"));
    primary.into_iter().chain(others).take(MOST).collect()
}

/// The address without the kind of address it is.
fn bare(entry: &str) -> &str {
    entry.split_once(':').map_or(entry, |(_, address)| address)
}

fn is_same(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

/// Whether nobody else who is not deleted has the address among theirs.
async fn is_free(tx: &mut Transaction, user: &User, address: &str) -> Result<bool> {
    let entry = format!("smtp:{address}");
    Ok(!terms::is_held(tx, user.tenant_id, "proxyAddresses", &entry, user.id).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept() {
        let earlier: Vec<String> = (0..MOST).map(|number| format!("{number}@x.example")).collect();
        let all = listed("new@x.example", true, &earlier);
        assert_eq!(all.len(), MOST);
        assert_eq!((all[0].as_str(), all[1].as_str()), ("SMTP:new@x.example", "smtp:0@x.example"));
        assert_eq!(all.last().map(String::as_str), Some("smtp:18@x.example"));
    }

    #[test]
    fn an_address_stands_there_once() {
        let earlier = ["A@x.example".to_owned(), "b@x.example".to_owned()];
        assert_eq!(listed("a@X.example", true, &earlier), ["SMTP:a@X.example", "smtp:b@x.example"]);
        assert_eq!(listed("a@x.example", false, &earlier), ["smtp:b@x.example"], "somebody else has it");
        assert_eq!((bare("SMTP:a@x.example"), bare("a@x.example")), ("a@x.example", "a@x.example"));
    }
}
