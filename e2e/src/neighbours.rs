//! Programs that an operator puts around the server.

use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::demo::{end, free_port};
use crate::{Outcome, programs, waiting};

const PATIENCE: Duration = Duration::from_secs(20);

/// A program that is killed at the end.
#[derive(Debug)]
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

impl Running {
    /// Starts it and waits until it listens on `port`.
    pub async fn start(command: &mut Command, port: u16) -> Outcome<Self> {
        let running = Self(programs::start(command.stdin(Stdio::null()))?);
        waiting::until("the port is open", PATIENCE, async || {
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok().map(drop))
        })
        .await?;
        Ok(running)
    }
}

/// dnsmasq, which answers for these names under `example`, by its own options, and for nothing else; and its address.
pub async fn dns(options: &[String]) -> Outcome<(Running, String)> {
    let port = free_port()?;
    let user = String::from_utf8(programs::run(Command::new("id").arg("-un"))?.stdout)?;
    let mut command = Command::new("dnsmasq");
    command
        .args(["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file="])
        .args(["--listen-address=127.0.0.1", "--bind-interfaces", "--local=/example/"])
        .arg(format!("--port={port}"))
        .arg(format!("--user={}", user.trim()))
        .args(options);
    Ok((Running::start(&mut command, port).await?, format!("127.0.0.1:{port}")))
}
