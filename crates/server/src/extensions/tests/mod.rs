//! Properties that apps add, through the API.

mod definitions;
mod lifetime;
mod queries;
mod values;

use crate::graph::Caller;
use crate::tenants::Tenant;
use crate::testing::{Answer, TestServer};
use axum::http::Method;
use serde_json::{Value, json};

/// An organisation with an app that adds properties.
pub struct Added {
    /// The organisation.
    pub tenant: Tenant,
    /// Its administrator.
    pub admin: Caller,
    /// The address of the app.
    pub app: String,
    /// What stands before the names it gives.
    prefix: String,
}

impl Added {
    pub async fn new(server: &TestServer) -> Self {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let admin = server.administrator(&tenant).await;
        let (app, prefix) = app(server, &admin, "Payroll").await;
        Self { tenant, admin, app, prefix }
    }

    /// Defines a property; its name as objects have it.
    pub async fn define(&self, server: &TestServer, name: &str, data_type: &str, targets: &[&str]) -> String {
        let body = json!({ "name": name, "dataType": data_type, "targetObjects": targets });
        self.define_as(server, &body).await["name"].as_str().expect("a name").to_owned()
    }

    /// Defines a property by a body.
    pub async fn define_as(&self, server: &TestServer, body: &Value) -> Value {
        let path = format!("{}/extensionProperties", self.app);
        let made = send(server, &self.admin, Method::POST, &path, body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()
    }

    /// Changes an object as the administrator.
    pub async fn patch(&self, server: &TestServer, path: &str, body: &Value) -> Answer {
        send(server, &self.admin, Method::PATCH, path, body).await
    }

    /// Reads as the administrator.
    pub async fn get(&self, server: &TestServer, path: &str) -> Value {
        let answer = send(server, &self.admin, Method::GET, path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }
}

/// An app: its address, and what stands before the names it gives.
pub async fn app(server: &TestServer, caller: &Caller, name: &str) -> (String, String) {
    let made = send(server, caller, Method::POST, "/v1.0/applications", &json!({ "displayName": name })).await.json();
    let text = |property: &str| made[property].as_str().expect("a text").to_owned();
    (format!("/v1.0/applications/{}", text("id")), format!("extension_{}_", text("appId").replace('-', "")))
}

/// Sends a request, with what advanced queries need.
pub async fn send(server: &TestServer, caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    let path = path.replace(' ', "%20");
    server.api_with(caller, method, &path, &[("ConsistencyLevel", "eventual")], body).await
}
