//! The app that asks: whether it exists here, and whether it is the one it says.

use super::error::EndpointError;
use super::proof::{self, Proof};
use super::store::grants::ClientKind;
use crate::Server;
use crate::applications::{self, Application};
use crate::audit::sign_in::SignIn;
use crate::platform::ids::{ClientId, TenantId};
use crate::service_principals::{self, ServicePrincipal, foreign};
use crate::token_lifetimes::Lifetimes;
use database::Transaction;
use oauth::error::aadsts;
use oauth::jose::Algorithm;
use oauth::redirect_uri::RedirectKind;
use oauth::token_request::ClientAuthentication;
use std::sync::Arc;

/// An app that is registered and stands in a tenant. The registration may be in another one: what proves the app and where it lives
/// is read there, and everything else belongs to the tenant of the service principal.
pub struct Client {
    /// What it says about itself.
    pub application: Application,
    /// How it stands in the tenant.
    pub principal: ServicePrincipal,
    /// What the policies of the tenant say about tokens for it.
    pub lifetimes: Lifetimes,
}

impl Client {
    /// Finds the app behind a `client_id`.
    pub async fn find(
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        client_id: &str,
    ) -> Result<Arc<Self>, EndpointError> {
        let unknown = || aadsts::APPLICATION_NOT_FOUND.error().naming(client_id);
        let id: ClientId = client_id.parse().map_err(|_| unknown())?;
        Ok(Self::registered(tx, server, tenant, id).await?.ok_or_else(unknown)?)
    }

    /// The same for somebody on the way to the app, who may be asked whether to let it in: also the app of another tenant that is
    /// for several organisations and that nobody has let in yet. It holds nothing, and gets nothing before that.
    ///
    /// # Errors
    /// AADSTS700016 for what is unknown, and all the same for an app that another tenant keeps for itself.
    pub async fn find_or_offered(
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        client_id: &str,
    ) -> Result<Arc<Self>, EndpointError> {
        let unknown = || aadsts::APPLICATION_NOT_FOUND.error().naming(client_id);
        let id: ClientId = client_id.parse().map_err(|_| unknown())?;
        if let Some(client) = Self::registered(tx, server, tenant, id).await? {
            return Ok(client);
        }
        let application = foreign::find_offered(tx, tenant, id).await?.ok_or_else(unknown)?;
        let principal = ServicePrincipal::of_another(&application, tenant, None, server.clock.now());
        Ok(Arc::new(Self { application, principal, lifetimes: Lifetimes::default() }))
    }

    /// The app with this client id, as the last commit left it. One of another tenant is there as long as it stands in this one
    /// and its registration is for several organisations.
    pub async fn registered(
        tx: &mut Transaction,
        server: &Server,
        tenant: TenantId,
        id: ClientId,
    ) -> database::Result<Option<Arc<Self>>> {
        let cache = &server.caches.clients;
        let vacancy = match cache.get(server.database.changes(), &(tenant, id)) {
            Ok(kept) => return Ok(Some(kept)),
            Err(vacancy) => vacancy,
        };
        let found = service_principals::store::find_with_lifetimes(tx, tenant, id).await?;
        let Some((principal, lifetimes)) = found else { return Ok(None) };
        let Some(application) = foreign::registration(tx, &principal).await? else { return Ok(None) };
        Ok(Some(cache.keep(vacancy, tx, (tenant, id), Self { application, principal, lifetimes })))
    }

    /// Whether the app is registered in another tenant. Nothing belongs to such a one without consent, not even who signs in.
    pub fn is_foreign(&self) -> bool {
        self.principal.is_foreign()
    }

    /// Refuses an app that an administrator has switched off.
    pub fn check_enabled(&self) -> Result<(), EndpointError> {
        if !self.principal.account_enabled {
            return Err(aadsts::APPLICATION_DISABLED.error().into());
        }
        Ok(())
    }

    /// Its client id.
    pub const fn id(&self) -> ClientId {
        self.application.app_id
    }

    /// How its tokens are signed.
    pub fn algorithm(&self) -> Algorithm {
        self.application.signing_algorithm.into()
    }

    /// Checks the secret or the signed statement, if one was presented. It takes the transaction, because it may have to wait for
    /// somebody elsewhere, and nothing is open then.
    pub async fn authenticate(
        &self,
        mut tx: Transaction,
        server: &Server,
        presented: &ClientAuthentication,
    ) -> Result<Proof, EndpointError> {
        if let ClientAuthentication::Assertion { assertion, .. } = presented {
            return proof::by_assertion(tx, server, self, assertion.expose()).await;
        }
        let Some(secret) = presented.secret() else { return Ok(Proof::None) };
        let (tenant, principal) = (self.application.tenant_id, Some(self.principal.id));
        if applications::secret::verify(&mut tx, server, tenant, &self.application, principal, secret.expose()).await? {
            return Ok(Proof::Secret);
        }
        Err(aadsts::WRONG_SECRET.error().into())
    }

    /// Holds the app to how clients of its kind redeem: a server with its proof, a script from its own origin, and
    /// only a script across origins (RFC 9700 section 2.1, Microsoft identity platform: redirect URI platforms).
    pub fn check_redeems_as(&self, kind: ClientKind, proof: Proof, origin: Option<&str>) -> Result<(), EndpointError> {
        let refusal = match kind {
            ClientKind::Web if !proof.is_given() => aadsts::SECRET_NEEDED,
            ClientKind::SinglePage | ClientKind::Public if proof.is_given() => aadsts::SECRET_OF_PUBLIC_CLIENT,
            ClientKind::SinglePage if !self.runs_at(origin) => aadsts::CROSS_ORIGIN_ONLY,
            ClientKind::Web | ClientKind::Public if origin.is_some() => aadsts::CROSS_ORIGIN_NOT_ALLOWED,
            _ => return Ok(()),
        };
        Err(refusal.error().into())
    }

    fn runs_at(&self, origin: Option<&str>) -> bool {
        let addresses = self.application.spa_redirect_uris.iter().map(String::as_str);
        origin.is_some_and(|origin| oauth::origin::allows(addresses, origin))
    }

    /// The row of the sign-in log, as far as the app fills it in.
    pub fn logged(&self) -> SignIn {
        SignIn {
            client: Some(self.id()),
            client_display_name: Some(self.application.display_name.clone()),
            ..SignIn::default()
        }
    }

    /// The same for an app that acts for itself; it is at home where it is registered.
    pub fn logged_as_program(&self) -> SignIn {
        SignIn {
            service_principal: Some(self.principal.id),
            home_tenant: Some(self.application.tenant_id),
            ..self.logged()
        }
    }
}

impl From<RedirectKind> for ClientKind {
    fn from(kind: RedirectKind) -> Self {
        match kind {
            RedirectKind::Web => Self::Web,
            RedirectKind::Spa => Self::SinglePage,
            RedirectKind::Public => Self::Public,
        }
    }
}
