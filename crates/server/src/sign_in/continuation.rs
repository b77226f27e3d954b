//! What happens next: a step that the browser was sent away from and comes back to once the person is known.

use super::browser::Browser;
use super::refusal::Refusal;
use super::{store, strangers};
use crate::Server;
use crate::platform::ids::{ClientId, ContinuationId, InvitationId, TenantId};
use crate::service_principals::{self, ServicePrincipal};
use crate::web::csrf;
use crate::web::language::Language;
use database::{Result, Timestamp, Transaction};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

/// A step to come back to. It is found in the browser it was begun in only, for as long as its pages may stay open.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Continuation {
    /// The organisation at whose door it happens.
    #[sqlx(rename = "tenant_id")]
    pub tenant: TenantId,
    /// Stands in the paths of the pages.
    pub id: ContinuationId,
    pub(super) next: Json<Next>,
    /// The invitation whose link opened this.
    #[sqlx(rename = "invitation_id")]
    pub invitation: Option<InvitationId>,
    /// Who the person says to be, as typed or hinted; nothing is proved by it.
    pub address: Option<String>,
    pub(super) language: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// Where the person goes once they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Next {
    /// Back to the authorization endpoint with the request as it came.
    Authorize {
        /// The query without its question mark.
        query: String,
    },
    /// To a page of ours.
    Portal {
        /// Path and query, from the root.
        path: String,
    },
    /// On to accepting an invitation.
    Redeem {
        /// Which one.
        invitation: InvitationId,
    },
}

/// What a continuation is begun with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// Where the person goes once they are known.
    pub next: Next,
    /// The invitation whose link was opened.
    pub invitation: Option<InvitationId>,
    /// A first word about who it is: `login_hint`, or the invited address.
    pub address: Option<String>,
    /// The language chosen by the link.
    pub language: Option<Language>,
}

impl From<Next> for Beginning {
    fn from(next: Next) -> Self {
        Self { next, invitation: None, address: None, language: None }
    }
}

impl Beginning {
    /// About how much there is to write down.
    fn bytes(&self) -> usize {
        let next = match &self.next {
            Next::Authorize { query } => query.len(),
            Next::Portal { path } => path.len(),
            Next::Redeem { .. } => 0,
        };
        next + self.address.as_ref().map_or(0, String::len)
    }
}

impl Continuation {
    /// Where the person goes once they are known.
    pub fn next(&self) -> &Next {
        &self.next.0
    }

    /// The address to go to once the person is known.
    pub fn resume_path(&self) -> String {
        match self.next() {
            Next::Authorize { query } => format!("/{}/oauth2/v2.0/authorize?{query}", self.tenant),
            Next::Portal { path } => path.clone(),
            Next::Redeem { .. } => format!("/{}/redeem/{}", self.tenant, self.id),
        }
    }

    /// The page that asks for the address.
    pub fn sign_in_path(&self) -> String {
        format!("/{}/sign-in/{}", self.tenant, self.id)
    }

    /// The page that shows who is signed in, and asks whether to go on as them (`prompt=select_account`). Whoever sends
    /// people there leaves the parameter out of the query to come back to.
    pub fn account_path(&self) -> String {
        format!("{}/account", self.sign_in_path())
    }

    /// The language chosen by the link that led here.
    pub fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::from_tag)
    }

    /// The app the person is on the way to.
    pub fn client(&self) -> Option<ClientId> {
        let Next::Authorize { query } = self.next() else { return None };
        let mut parameters = url::form_urlencoded::parse(query.as_bytes());
        parameters.find(|(name, _)| name == "client_id").and_then(|(_, value)| value.parse().ok())
    }

    /// The app the person is on the way to, if the organisation has it.
    pub async fn app(&self, tx: &mut Transaction) -> Result<Option<ServicePrincipal>> {
        match self.client() {
            Some(client) => service_principals::store::find_by_client(tx, self.tenant, client).await,
            None => Ok(None),
        }
    }

    /// The name of that app.
    pub async fn app_name(&self, tx: &mut Transaction) -> Result<Option<String>> {
        Ok(self.app(tx).await?.map(|app| app.display_name))
    }
}

/// Begins a step in this browser; refused beyond what is written down for people who are not known.
pub async fn begin(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    browser: &Browser,
    beginning: Beginning,
) -> std::result::Result<Continuation, Refusal> {
    strangers::admit(tx, server, tenant, Some(browser), beginning.bytes()).await?;
    let now = server.clock.now();
    let continuation = Continuation {
        tenant,
        id: ContinuationId(server.entropy.random_uuid()),
        next: Json(beginning.next),
        invitation: beginning.invitation,
        address: beginning.address,
        language: beginning.language.map(|language| language.tag().to_owned()),
        created_at: now,
        // A page that is open may be used for as long as its form is good.
        expires_at: now.plus(csrf::LIFETIME),
    };
    store::continuations::insert(tx, &continuation, &browser.hash()).await?;
    Ok(continuation)
}

/// The step with this id, if it was begun in this browser and is not forgotten.
pub async fn find(
    tx: &mut Transaction,
    server: &Server,
    tenant: TenantId,
    id: ContinuationId,
    browser: &Browser,
) -> Result<Option<Continuation>> {
    store::continuations::find(tx, tenant, id, &browser.hash(), server.clock.now()).await
}

/// Notes who the person says to be.
pub async fn set_address(tx: &mut Transaction, continuation: &mut Continuation, address: String) -> Result<()> {
    store::continuations::set_address(tx, continuation.tenant, continuation.id, &address).await?;
    continuation.address = Some(address);
    Ok(())
}
