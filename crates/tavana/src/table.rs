//! The table of all settings, made from what the programs read.

use std::fmt::Write as _;

use tavana_common::env::{Documented, Env};
use tavana_gateway::GatewaySettings;
use tavana_worker::{LogSettings, WorkerSettings};

/// `docs/settings.md`.
pub(crate) fn markdown() -> String {
    let mut gateway = Env::from_pairs([]);
    GatewaySettings::from_env(&mut gateway);
    let mut worker = Env::from_pairs([]);
    LogSettings::from_env(&mut worker);
    WorkerSettings::from_env(&mut worker);
    let mut text = String::from(
        "# Settings\n\nAll settings are environment variables. This page is made by `tavana settings --markdown`.\n\
         A value that cannot be understood stops the process with all mistakes listed (exit code 64).\n\
         An empty variable counts as not set.\n\n\
         `tavana serve` runs a gateway and a worker and takes the settings of both. It listens on 127.0.0.1, and\n\
         its ports are 5432, 50051 and 8080, or the next free ones, unless they are set.\n",
    );
    section(&mut text, "Gateway", gateway.documented());
    section(&mut text, "Worker", worker.documented());
    text
}

fn section(text: &mut String, title: &str, rows: &[Documented]) {
    let mut put = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    put(&format!("\n## {title}\n"));
    put("| Variable | Default | Meaning |\n|---|---|---|");
    for row in rows {
        let mut line = String::new();
        let default = if row.default.is_empty() {
            "-".to_owned()
        } else {
            format!("`{}`", row.default)
        };
        write!(
            line,
            "| `{}` | {default} | {} |",
            row.name,
            row.meaning.replace('|', "\\|")
        )
        .expect("writing to a String succeeds");
        put(&line);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_settings_page_is_the_one_that_is_checked_in() {
        let page = include_str!("../../../docs/settings.md");
        assert_eq!(
            page,
            super::markdown(),
            "run `make docs` and commit docs/settings.md"
        );
    }
}
