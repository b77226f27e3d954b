//! The Debian package, unpacked into a folder and run as its unit runs it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Outcome, command, package, workspace};

/// How long the program may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// A port that nobody else in the tests takes; theirs come from the range for clients.
const PORT: u16 = 18_743;

/// Makes a package of this program, unpacks it, and runs the lines of its unit.
pub fn try_out(program: &Path) -> Outcome {
    let made = package::assemble(program)?;
    let folder = made.with_file_name("unpacked");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    command::run(Command::new("dpkg-deb").arg("-x").arg(&made).arg(&folder))?;
    let key = folder.join("etc/vestibule/master.key");
    command::run(Command::new(folder.join("usr/bin/vestibule")).args(["keys", "generate"]).arg(&key))?;
    let unit = std::fs::read_to_string(folder.join("usr/lib/systemd/system/vestibule.service"))
        .map_err(|error| error.to_string())?;
    command::run(&mut line(&unit, "ExecStartPre=", &folder)?)?;
    let process =
        line(&unit, "ExecStart=", &folder)?.stdin(Stdio::null()).spawn().map_err(|error| error.to_string())?;
    let mut serving = Serving(process);
    serving.is_ready()
}

/// The words of a line of the unit, with the unpacked folder for the root of the machine.
fn line(unit: &str, name: &str, folder: &Path) -> Outcome<Command> {
    let words =
        unit.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name} in the unit"))?;
    let inside = |word: &str| word.strip_prefix('/').map_or_else(|| word.into(), |path| folder.join(path));
    let mut words = words.split_whitespace().map(inside);
    let mut command = Command::new(words.next().ok_or("an empty line in the unit")?);
    command
        .args(words)
        .env("VESTIBULE_LISTEN", format!("127.0.0.1:{PORT}"))
        .env("VESTIBULE_KEYS__MASTER_KEY_FILE", folder.join("etc/vestibule/master.key"))
        .env("VESTIBULE_DATABASE__URL", format!("sqlite:{}", folder.join("vestibule.db").display()))
        .current_dir(workspace::root());
    Ok(command)
}

struct Serving(Child);

impl Serving {
    fn is_ready(&mut self) -> Outcome {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.0.try_wait().map_err(|error| error.to_string())? {
                return Err(format!("the packaged program ended with {status}"));
            }
            if asked().is_ok_and(|answer| answer.contains(" 200 ")) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("the packaged program does not become ready".to_owned())
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
