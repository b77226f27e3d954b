//! An organisation's apps, registered in the portal as an administrator registers them.

use crate::Outcome;
use crate::demo::Program;
use crate::visitor::Visitor;

/// Where its apps want people sent back to. Nobody listens there.
pub const REDIRECT: &str = "https://app.example/signed-in";

/// An app with a secret.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The object id.
    pub id: String,
    /// What it signs in with.
    pub program: Program,
}

/// Registers an app and gives it these permissions of its own. `portal` is the path of the admin centre that the
/// visitor is signed in to.
pub async fn register(visitor: &mut Visitor, portal: &str, name: &str, permissions: &[&str]) -> Outcome<Registered> {
    visitor.open(&format!("{portal}/apps/new")).await?;
    visitor.submit_to("/apps/new", &[("name", name), ("redirect", REDIRECT)]).await?;
    let id = visitor.at().path().rsplit('/').next().unwrap_or_default().to_owned();
    if !permissions.is_empty() {
        let fields: Vec<(&str, &str)> = permissions.iter().map(|name| ("permission", *name)).collect();
        visitor.submit_to("/permissions", &fields).await?;
    }
    let page = visitor.submit_to("/add-secret", &[("purpose", "tests")]).await?;
    let client_id = code_after(&page.text, "Client id").ok_or("the page names no client id")?;
    let client_secret = code_after(&page.text, "shown this once").ok_or("the page shows no secret")?;
    Ok(Registered { id, program: Program { client_id, client_secret } })
}

/// The first code element behind a text of a page.
fn code_after(page: &str, text: &str) -> Option<String> {
    let (_, rest) = page.split_once(text)?;
    let (_, rest) = rest.split_once("<code")?;
    let (_, rest) = rest.split_once('>')?;
    Some(rest.split('<').next()?.to_owned())
}
