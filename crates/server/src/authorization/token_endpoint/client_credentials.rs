//! An app acts for itself (RFC 6749 section 4.4): the token carries the permissions an administrator gave it.

use super::Exchange;
use crate::audit::group::record_soon;
use crate::audit::sign_in::SignIn;
use crate::authorization::error::EndpointError;
use crate::authorization::{resource, tokens};
use crate::service_principals;
use oauth::error::aadsts;
use oauth::token_response::{TokenResponse, TokenType};

pub(super) async fn answer(exchange: Exchange<'_>) -> Result<TokenResponse, EndpointError> {
    let Exchange { server, tenant, client, proof, origin, request } = exchange;
    if origin.is_some() {
        // A secret in a script is everybody's.
        return Err(aadsts::CROSS_ORIGIN_NOT_ALLOWED.error().into());
    }
    let scopes = request.scope.ok_or_else(|| aadsts::MISSING_PARAMETER.error().naming("scope"))?;
    let mut tx = server.read().await?;
    let resource = resource::of_program(&mut tx, server, &client, &scopes).await?;
    let program = client.principal.id;
    let roles = match resource.principal() {
        Some(app) => {
            let roles = service_principals::roles_of_program(&mut tx, server, &client.principal, app).await?;
            if app.app_role_assignment_required && roles.is_empty() {
                return Err(aadsts::NOT_ASSIGNED.error().naming(&app.display_name).into());
            }
            roles
        }
        None => service_principals::held_permissions(&mut tx, server, tenant, program)
            .await?
            .iter()
            .map(|permission| permission.name().to_owned())
            .collect(),
    };
    drop(tx);
    if client.is_foreign() && roles.is_empty() {
        // Nobody here has let it do anything by itself.
        return Err(aadsts::NOT_ASSIGNED.error().naming(&client.application.display_name).into());
    }
    let capabilities = request.claims.client_capabilities;
    let expires_in = resource.expires_in();
    let access_token = tokens::for_program(server, &client, &resource, roles, capabilities, proof).await?;
    let row = SignIn {
        resource_display_name: Some(resource.display_name()),
        resource: Some(resource.audience),
        method: Some(proof.method()),
        ..client.logged_as_program()
    };
    record_soon(server, tenant, row);
    Ok(TokenResponse {
        token_type: TokenType::Bearer,
        scope: Some(scopes.as_str().to_owned()),
        expires_in,
        ext_expires_in: expires_in,
        access_token,
        refresh_token: None,
        id_token: None,
        client_info: None,
    })
}
