//! The question before a domain is given up, and what follows in numbers.

use super::store::{self, MOST};
use crate::Server;
use crate::applications::identifiers;
use crate::invitations;
use crate::invitations::landing::{Ground, check};
use crate::portals::guest::counted;
use crate::tenants;
use crate::tenants::domains::TenantDomain;
use crate::web::pages::Problem;
use crate::web::portal::Refusal;
use crate::web::question::{ButtonForm, Question};
use crate::web::visitor::Visitor;

/// What is asked of this domain. The answer carries how it stood.
pub(super) async fn of(server: &Server, visitor: &Visitor, domain: &TenantDomain) -> Result<Question, Refusal> {
    let name = &domain.name;
    let consequence = if domain.proof.is_some() {
        "It was not proved, so nothing leads here by it. Its record proves nothing any more. For an hour this can be \
         undone."
            .to_owned()
    } else {
        consequence(name, &Loss::of(server, visitor, name).await?)
    };
    Ok(Question {
        text: format!("Give up {name}?"),
        consequences: vec![consequence],
        yes: ButtonForm {
            action: format!("{}/domains/{name}/remove", visitor.base()),
            fields: vec![("seen", domain.mark().to_owned())],
            verb: "Give up 1 domain".to_owned(),
        },
        is_severe: true,
    })
}

/// What hangs on a domain that is proved.
struct Loss {
    /// Open invitations that would lead elsewhere.
    invitations: usize,
    /// Whether there may be more than were looked at.
    has_more: bool,
    /// Whether they would still lead there, behind a page that names the host.
    is_warned: bool,
    /// Apps with an identifier that begins with it.
    apps: usize,
    /// Whether there may be more of them than were looked at.
    has_more_apps: bool,
}

impl Loss {
    async fn of(server: &Server, visitor: &Visitor, name: &str) -> Result<Self, Refusal> {
        let tenant = visitor.caller.tenant;
        let mut tx = server.read().await?;
        let organization = tenants::store::find(&mut tx, tenant).await?.ok_or(Problem::NotFound)?;
        let with = invitations::operations::ground(&mut tx, server, &organization).await?;
        let domains = with.domains.iter().filter(|domain| *domain != name).cloned().collect();
        let without = Ground { domains, ..Ground::clone(&with) };
        let addresses = store::list_addresses(&mut tx, tenant, name, server.clock.now()).await?;
        let apps = store::list_identifiers(&mut tx, tenant, name).await?;
        let is_lost = |address: &&String| check(address, &with) != check(address, &without);
        let is_named = |app: &&Vec<String>| app.iter().any(|identifier| identifiers::is_at(identifier, name));
        let is_part = |found: usize| i64::try_from(found).is_ok_and(|found| found >= MOST);
        Ok(Self {
            invitations: addresses.iter().filter(is_lost).count(),
            has_more: is_part(addresses.len()),
            is_warned: with.admits_foreign,
            apps: apps.iter().filter(is_named).count(),
            has_more_apps: is_part(apps.len()),
        })
    }
}

fn consequence(name: &str, loss: &Loss) -> String {
    let at_least = |has_more: bool| if has_more { "At least " } else { "" };
    let least = at_least(loss.has_more);
    let open = counted(loss.invitations, "open invitation leads", "open invitations lead");
    // Whoever may invite can make more invitations that hold the domain somewhere than are looked at.
    let invitations = match (loss.invitations, loss.is_warned) {
        (0, _) if loss.has_more => format!("None of {MOST} open invitations that were looked at leads there."),
        (0, _) => "No open invitation leads there.".to_owned(),
        (_, false) => format!("{least}{open} there: whoever accepts gets to My Apps instead."),
        (_, true) => format!("{least}{open} there: a page warns whoever accepts that the place is not yours."),
    };
    let apps = match loss.apps {
        0 if loss.has_more_apps => {
            format!("None of {MOST} apps that were looked at has an identifier that begins with it.")
        }
        0 => "No app has an identifier that begins with it.".to_owned(),
        apps => format!(
            "{}{} that begins with it: nobody gets a token for that any more.",
            at_least(loss.has_more_apps),
            counted(apps, "app has an identifier", "apps have an identifier")
        ),
    };
    format!(
        "Nobody gets to the sign-in here by {name} any more. {invitations} {apps} For an hour this can be undone, unless another \
         organisation proves the domain first."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_spoken_of_as_one() {
        let said = |loss: Loss| consequence("fabrikam.example", &loss);
        let none = said(Loss { invitations: 0, has_more: false, is_warned: true, apps: 0, has_more_apps: false });
        assert!(none.contains("No open invitation leads there. No app has an identifier"), "{none}");
        let one = said(Loss { invitations: 1, has_more: false, is_warned: false, apps: 1, has_more_apps: false });
        assert!(one.contains("1 open invitation leads there: whoever accepts gets to My Apps instead."), "{one}");
        assert!(one.contains("1 app has an identifier that begins with it"), "{one}");
        let many = said(Loss { invitations: 1000, has_more: true, is_warned: true, apps: 1000, has_more_apps: true });
        assert!(many.contains("At least 1000 open invitations lead there: a page warns"), "{many}");
        assert!(many.contains("At least 1000 apps have an identifier that begins with it"), "{many}");
    }

    #[test]
    fn what_was_not_looked_at_is_not_said_to_be_nothing() {
        let loss = Loss { invitations: 0, has_more: true, is_warned: false, apps: 0, has_more_apps: true };
        let said = consequence("fabrikam.example", &loss);
        assert!(said.contains("None of 1000 open invitations that were looked at leads there."), "{said}");
        assert!(
            said.contains("None of 1000 apps that were looked at has an identifier that begins with it."),
            "{said}"
        );
        assert!(!said.contains("No open invitation") && !said.contains("No app"), "{said}");
    }
}
