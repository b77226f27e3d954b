//! What a script of the organisation does through the API: invite, change a setting.

use reqwest::Method;
use serde_json::{Value, json};

use crate::Outcome;
use crate::demo::{Demo, Tenant};

/// The tenant's automation, which holds every permission, with a token.
#[derive(Debug)]
pub struct Graph {
    base_url: String,
    client: reqwest::Client,
    token: String,
}

/// An invitation as the API answered it.
#[derive(Debug)]
pub struct Invited {
    /// The guest's link.
    pub link: String,
    /// The guest's id.
    pub user: String,
}

impl Graph {
    /// Gets a token for the automation of a tenant.
    pub async fn of(demo: &Demo, tenant: &Tenant) -> Outcome<Self> {
        let (client, base_url) = (demo.client()?, demo.contract.base_url.clone());
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", tenant.automation.client_id.clone()),
            ("client_secret", tenant.automation.client_secret.clone()),
            ("scope", format!("{base_url}/.default")),
        ];
        let url = format!("{base_url}/{}/oauth2/v2.0/token", tenant.id);
        let answer: Value = client.post(url).form(&form).send().await?.error_for_status()?.json().await?;
        let token = text(&answer, "/access_token")?;
        Ok(Self { base_url, client, token })
    }

    /// One call; anything but success is an error that quotes the answer.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Outcome<Value> {
        let url = format!("{}{path}", self.base_url);
        let answer = self.client.request(method, url).bearer_auth(&self.token).json(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            return Err(format!("{path}: {status} {text}").into());
        }
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    /// Invites to an address, with or without a mail.
    pub async fn invite(&self, address: &str, name: &str, landing: &str, mail: bool) -> Outcome<Invited> {
        let body = json!({
            "invitedUserEmailAddress": address,
            "invitedUserDisplayName": name,
            "inviteRedirectUrl": landing,
            "sendInvitationMessage": mail,
        });
        let answer = self.call(Method::POST, "/v1.0/invitations", &body).await?;
        Ok(Invited { link: text(&answer, "/inviteRedeemUrl")?, user: text(&answer, "/invitedUser/id")? })
    }

    /// Sends a list of people to invite at once, without mails.
    pub async fn send_list(&self, list: &str) -> Outcome<Value> {
        let url = format!("{}/vestibule/v1/bulkInvitations", self.base_url);
        let request = self.client.post(url).bearer_auth(&self.token).header("content-type", "text/csv");
        Ok(request.body(list.to_owned()).send().await?.error_for_status()?.json().await?)
    }

    /// Changes the tenant's rules for inviting.
    pub async fn set_rules(&self, rules: &Value) -> Outcome {
        self.call(Method::PATCH, "/vestibule/v1/collaborationSettings", rules).await.map(drop)
    }
}

/// A text in an answer.
pub fn text(answer: &Value, pointer: &str) -> Outcome<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| format!("no {pointer} in {answer}").into())
}
