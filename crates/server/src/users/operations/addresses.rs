//! Which addresses somebody from outside may be given.

use crate::tenants;
use crate::users::{Address, Identity, User, UserError, store};
use database::Transaction;

/// Refuses new addresses of somebody from outside that stand for another person here: whoever reads the directory would
/// take the one for the other.
pub(super) async fn check(tx: &mut Transaction, before: &User, after: &User) -> Result<(), UserError> {
    if !after.is_guest() && after.external_user_state.is_none() {
        return Ok(());
    }
    let mail = after.mail.iter().filter(|_| after.mail != before.mail).map(|address| ("mail", address));
    let others = after.other_mails.iter().filter(|address| !before.other_mails.contains(address));
    for (property, address) in mail.chain(others.map(|address| ("otherMails", address))) {
        if let Some(problem) = problem_with(tx, after, address).await? {
            return Err(UserError::Invalid { property, problem: problem.to_owned() });
        }
    }
    Ok(())
}

async fn problem_with(tx: &mut Transaction, user: &User, text: &str) -> Result<Option<&'static str>, UserError> {
    let Ok(address) = Address::parse(text, true) else { return Ok(Some("it is no address")) };
    let (tenant, folded) = (user.tenant_id, address.folded());
    let domains = tenants::store::list_domains(tx, tenant).await?;
    if domains.iter().any(|domain| domain == address.domain()) {
        return Ok(Some("a guest has no address in a domain of the organization"));
    }
    let named = store::find_by_principal_name(tx, tenant, &folded).await?;
    let namesakes = store::list_by_mail(tx, tenant, &folded).await?;
    let proved = store::find_by_identity(tx, tenant, Identity::MAIL_ISSUER, &folded).await?;
    let mut owners = named.into_iter().chain(namesakes).map(|owner| owner.id).chain(proved.map(|(owner, _)| owner));
    Ok(owners.any(|owner| owner != user.id).then_some("it belongs to another user"))
}
