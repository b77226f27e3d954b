//! What a script of the organisation does through the API: invite, change a setting.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::Outcome;
use crate::demo::{Demo, Program, Tenant};

/// A program of a tenant with a token.
#[derive(Debug, Clone)]
pub struct Graph {
    base_url: String,
    client: Client,
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
    /// Gets a token for the automation of a tenant, which holds every permission.
    pub async fn of(demo: &Demo, tenant: &Tenant) -> Outcome<Self> {
        Self::signed_in(demo.client()?, &demo.contract.base_url, &tenant.id, &tenant.automation).await
    }

    /// Gets a token for a program of a tenant.
    pub async fn signed_in(client: Client, base_url: &str, tenant: &str, program: &Program) -> Outcome<Self> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &program.client_id),
            ("client_secret", &program.client_secret),
            ("scope", &format!("{base_url}/.default")),
        ];
        let url = format!("{base_url}/{tenant}/oauth2/v2.0/token");
        let answer: Value = client.post(url).form(&form).send().await?.error_for_status()?.json().await?;
        let token = text(&answer, "/access_token")?;
        Ok(Self { base_url: base_url.to_owned(), client, token })
    }

    /// The same program by another client, which may lead to another process of the same server.
    #[must_use]
    pub fn by(&self, client: Client) -> Self {
        Self { client, ..self.clone() }
    }

    /// One call and its answer, whatever it is.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Outcome<(u16, Value)> {
        let url = if path.starts_with('/') { format!("{}{path}", self.base_url) } else { path.to_owned() };
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status().as_u16(), answer.text().await?);
        Ok((status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? }))
    }

    /// One call; anything but success is an error that quotes the answer.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Outcome<Value> {
        match self.ask(method, path, Some(body)).await? {
            (200..300, answer) => Ok(answer),
            (status, answer) => Err(format!("{path}: {status} {answer}").into()),
        }
    }

    /// Everything of a collection, page by page.
    pub async fn list(&self, path: &str) -> Outcome<Vec<Value>> {
        let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(place) = next {
            let (status, mut page) = self.ask(Method::GET, &place, None).await?;
            let Some(rows) = page["value"].as_array_mut().filter(|_| status == 200) else {
                return Err(format!("{place}: {status} {page}").into());
            };
            all.append(rows);
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
        Ok(all)
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

    /// Sends a list of people to invite at once, with or without mails.
    pub async fn send_list(&self, list: &str, mail: bool) -> Outcome<Value> {
        let url = format!("{}/vestibule/v1/bulkInvitations?sendInvitationMessage={mail}", self.base_url);
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
