//! `tavana user`: the users file without an editor.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use tavana_common::env::{EXIT_CODE_SETTINGS, Env};
use tavana_common::secret::Secret;
use tavana_gateway::auth::Role;
use tavana_gateway::auth::scram::Verifier;
use tavana_gateway::auth::users::{
    Credential, Entry, KeyHash, UsersError, lock, new_key, read_entries, write_entries,
};

use crate::cli::{User, UserAction, UserAdd};
use crate::print;

/// Longest password that is read, in bytes.
const PASSWORD_BYTES_MAX: usize = 4096;

pub(crate) fn run(options: User) -> ExitCode {
    let file = options.file.unwrap_or_else(|| {
        let path = Env::from_process().text("TAVANA_USERS_FILE", "users.txt", "");
        PathBuf::from(path)
    });
    let done = match options.action {
        UserAction::Add(user) => add(&file, &user),
        UserAction::List => list(&file),
        UserAction::Remove { name } => remove(&file, &name),
    };
    match done {
        Ok(text) => print(&text),
        Err(problem) => refuse(&problem),
    }
}

fn add(file: &Path, user: &UserAdd) -> Result<String, String> {
    let password = if user.api_key || user.certificate {
        None
    } else {
        Some(read_password(&user.name)?)
    };
    let _alone = if user.print {
        None
    } else {
        Some(lock(file).map_err(|problem| problem.to_string())?)
    };
    let mut entries = if file.exists() && !user.print {
        read_entries(file).map_err(|problem| problem.to_string())?
    } else {
        Vec::new()
    };
    let known = entries.iter().find(|entry| entry.name == user.name);
    let role = match &user.role {
        Some(role) => Role::of_name(role).ok_or("the role is none")?,
        None => known.map_or(Role::ReadWrite, |entry| entry.role),
    };
    let tenant = user
        .tenant
        .clone()
        .or_else(|| known.and_then(|entry| entry.tenant.clone()));
    let own_credentials_only =
        user.own_credentials || known.is_some_and(|entry| entry.own_credentials_only);
    let timeouts = known
        .map(|entry| entry.timeouts.clone())
        .unwrap_or_default();
    let mut key = None;
    let credential = if user.api_key {
        let made = new_key();
        let credential = Credential::Key(KeyHash::of(made.expose()));
        key = Some(made);
        credential
    } else if let Some(password) = password {
        Credential::Password(Verifier::of_password(password.expose()))
    } else {
        Credential::Certificate
    };
    let entry = Entry {
        name: user.name.clone(),
        credential,
        role,
        tenant,
        own_credentials_only,
        timeouts,
    };
    // What a reader of the file would refuse is refused here.
    let line = entry
        .to_checked_line()
        .map_err(|problem| problem.to_string())?;
    let shown_key = key.map_or_else(String::new, |key| format!("{}\n", key.expose()));
    if user.print {
        return Ok(format!("{line}\n{shown_key}"));
    }
    // One password for each user; rights are the same on all lines.
    entries.retain(|other| {
        other.name != entry.name
            || matches!(
                (&other.credential, &entry.credential),
                (Credential::Key(_), _) | (Credential::Password(_), Credential::Key(_))
            )
    });
    for other in entries.iter_mut().filter(|other| other.name == entry.name) {
        other.role = entry.role;
        other.tenant.clone_from(&entry.tenant);
        other.own_credentials_only = entry.own_credentials_only;
    }
    entries.push(entry);
    write_entries(file, &entries).map_err(|problem| problem.to_string())?;
    let note = if shown_key.is_empty() {
        String::new()
    } else {
        format!("{shown_key}This API key is shown once: keep it now.\n")
    };
    Ok(format!(
        "{note}{} may log in as {} ({}).\n",
        user.name,
        role.name(),
        file.display()
    ))
}

fn list(file: &Path) -> Result<String, String> {
    let entries = read_entries(file).map_err(|problem| problem.to_string())?;
    let mut text = String::from("USER\tROLE\tTENANT\tLOGS IN BY\tREADS WITH\n");
    for entry in entries {
        let by = match entry.credential {
            Credential::Password(_) => "password",
            Credential::Key(_) => "api key",
            Credential::Certificate => "certificate",
        };
        let with = if entry.own_credentials_only {
            "own credentials"
        } else {
            "the deployment's credentials"
        };
        text.push_str(&format!(
            "{}\t{}\t{}\t{by}\t{with}\n",
            entry.name,
            entry.role.name(),
            entry.tenant.as_deref().unwrap_or("-")
        ));
    }
    Ok(text)
}

fn remove(file: &Path, name: &str) -> Result<String, String> {
    let _alone = lock(file).map_err(|problem| problem.to_string())?;
    let mut entries = read_entries(file).map_err(|problem| problem.to_string())?;
    let before = entries.len();
    entries.retain(|entry| entry.name != name);
    if entries.len() == before {
        return Err(UsersError::Absent(name.to_owned()).to_string());
    }
    write_entries(file, &entries).map_err(|problem| problem.to_string())?;
    Ok(format!("{name} was removed.\n"))
}

/// From the terminal without showing it, twice; or the first line of standard input.
fn read_password(name: &str) -> Result<Secret, String> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return read_line(&stdin);
    }
    let shown = tcgetattr(&stdin).map_err(|problem| problem.to_string())?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &hidden).map_err(|problem| problem.to_string())?;
    let read = ask(&format!("Password for {name}: "))
        .and_then(|first| ask("Once more: ").map(|second| (first, second)));
    tcsetattr(&stdin, OptionalActions::Flush, &shown).map_err(|problem| problem.to_string())?;
    let (first, second) = read?;
    if first != second {
        return Err("the two passwords differ".to_owned());
    }
    Ok(first)
}

fn ask(question: &str) -> Result<Secret, String> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question}")
        .and_then(|()| stderr.flush())
        .map_err(|problem| problem.to_string())?;
    let password = read_line(&io::stdin())?;
    writeln!(stderr).map_err(|problem| problem.to_string())?;
    Ok(password)
}

fn read_line(stdin: &io::Stdin) -> Result<Secret, String> {
    let mut line = String::new();
    stdin
        .lock()
        .read_line(&mut line)
        .map_err(|problem| problem.to_string())?;
    let password = Secret::new(line.trim_end_matches(['\r', '\n']).to_owned());
    drop(Secret::new(line));
    if password.expose().is_empty() {
        return Err("the password is empty".to_owned());
    }
    if password.expose().len() > PASSWORD_BYTES_MAX {
        return Err("the password is longer than 4096 bytes".to_owned());
    }
    Ok(password)
}

#[expect(clippy::print_stderr, reason = "the answer of a command")]
fn refuse(problem: &str) -> ExitCode {
    eprintln!("tavana user: {problem}");
    ExitCode::from(EXIT_CODE_SETTINGS)
}
