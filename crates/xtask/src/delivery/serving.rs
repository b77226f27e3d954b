//! The program while it serves, and whether it says that it is ready.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Outcome, output};

/// How long the program may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// A port that nobody else in the tests takes; theirs begin higher.
const PORT: u16 = 18_743;

/// A process that serves; dropping it ends it.
pub struct Serving(Child);

/// Where it is told to listen: the variable and its value.
pub fn place() -> (&'static str, String) {
    ("VESTIBULE_LISTEN", format!("127.0.0.1:{PORT}"))
}

impl Serving {
    /// Starts it at [`place`], and waits until it is ready.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let (variable, value) = place();
        output::redirect(command)?;
        let process = command.env(variable, value).stdin(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let mut serving = Self(process);
        serving.is_ready()?;
        Ok(serving)
    }

    fn is_ready(&mut self) -> Outcome {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.0.try_wait().map_err(|error| error.to_string())? {
                return Err(format!("the program ended with {status}"));
            }
            if asked().is_ok_and(|answer| answer.contains(" 200 ")) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("the program does not become ready".to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn asked() -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", PORT))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
