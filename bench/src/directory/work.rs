//! What is done again and again.

use crate::Outcome;
use crate::connection::Connection;
use crate::measure::{Step, Worker};
use crate::requests;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

/// Sends requests in turn, over and over.
pub struct Turns {
    connection: Connection,
    requests: Vec<Vec<u8>>,
    status: u16,
    at: usize,
}

impl Turns {
    /// On this connection; each is answered with this status.
    pub fn new(connection: Connection, requests: Vec<Vec<u8>>, status: u16) -> Self {
        Self { connection, requests, status, at: 0 }
    }
}

impl Worker for Turns {
    async fn work(&mut self) -> Outcome<Step> {
        let Some(request) = self.requests.get(self.at % self.requests.len().max(1)) else { return Ok(Step::Exhausted) };
        self.at += 1;
        self.connection.send(request).await?.expect(self.status)?;
        Ok(Step::Done)
    }
}

/// Invites somebody new each time, without a mail.
pub struct Inviter {
    connection: Connection,
    host: String,
    token: String,
}

impl Inviter {
    /// On this connection.
    pub fn new(connection: Connection, host: String, token: String) -> Self {
        Self { connection, host, token }
    }
}

impl Worker for Inviter {
    async fn work(&mut self) -> Outcome<Step> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let body = json!({
            "invitedUserEmailAddress": format!("new{}@northwind.example", MADE.fetch_add(1, Ordering::Relaxed)),
            "inviteRedirectUrl": crate::organisation::REDIRECT,
            "sendInvitationMessage": false,
        });
        let request = requests::json("POST", &self.host, "/v1.0/invitations", &self.token, &body);
        self.connection.send(&request).await?.expect(201)?;
        Ok(Step::Done)
    }
}
