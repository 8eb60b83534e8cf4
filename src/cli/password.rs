//! A password from a terminal, which does not show it, or from standard input; never from the command line, which others on
//! the machine can read.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::Trouble;

/// Reads one: twice from a terminal, else the first line.
pub(crate) fn read() -> Result<String, Trouble> {
    if !io::stdin().is_terminal() {
        return line();
    }
    let (first, second) = (hidden("Password: ")?, hidden("Again: ")?);
    if first == second { Ok(first) } else { Err(Trouble::asked("the two are not the same")) }
}

/// What is typed after a question, which the terminal does not show.
fn hidden(asks: &str) -> Result<String, Trouble> {
    let (input, failed) = (io::stdin(), |error: rustix::io::Errno| Trouble::asked(format!("the terminal: {error}")));
    // There is nowhere else to ask.
    let _ = write!(io::stderr().lock(), "{asks}").and_then(|()| io::stderr().flush());
    let before = tcgetattr(&input).map_err(failed)?;
    let mut quiet = before.clone();
    quiet.local_modes -= LocalModes::ECHO;
    tcsetattr(&input, OptionalActions::Flush, &quiet).map_err(failed)?;
    let typed = line();
    tcsetattr(&input, OptionalActions::Flush, &before).map_err(failed)?;
    let _ = writeln!(io::stderr().lock());
    typed
}

fn line() -> Result<String, Trouble> {
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Trouble::asked(format!("no password can be read: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
