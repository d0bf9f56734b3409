//! Who a session belongs to, and what they may do.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest name of a user, in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 256;

/// What a principal may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Statements that change nothing outside of the session.
    ReadOnly,
    /// Everything but what the worker keeps for administrators.
    ReadWrite,
    /// What the worker's settings allow to administrators, too.
    Admin,
}

impl Role {
    /// The words in users files, claims and settings.
    pub const NAMES: [&'static str; 3] = ["readonly", "readwrite", "admin"];

    /// The role of that name, whatever its case.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "readonly" => Some(Self::ReadOnly),
            "readwrite" => Some(Self::ReadWrite),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "readonly",
            Self::ReadWrite => "readwrite",
            Self::Admin => "admin",
        }
    }
}

/// Who vouches for a name. The same name from two sources is two principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// Nobody: the mode asks for no proof.
    Claimed,
    /// The users file: password, API key, or certificate of a user that it lists.
    File,
    /// The subject of a client certificate that the users file does not list.
    Certificate,
    /// The issuer of a token.
    Token,
    /// The external provider.
    External,
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::File => "file",
            Self::Certificate => "certificate",
            Self::Token => "token",
            Self::External => "external",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        [
            Self::Claimed,
            Self::File,
            Self::Certificate,
            Self::Token,
            Self::External,
        ]
        .into_iter()
        .find(|source| source.name() == name)
    }
}

/// Who a session belongs to. Engines, tickets and cached bytes are never shared between
/// principals.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Principal(Arc<Identity>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Identity {
    /// Source, tenant and name in one text: what tells principals apart everywhere.
    id: String,
    source: Source,
    tenant: Option<String>,
    name: String,
    role: Role,
    own_credentials_only: bool,
}

impl Principal {
    /// A principal of no tenant who may read and write.
    #[cfg(test)]
    pub(crate) fn new(source: Source, name: &str) -> Self {
        Self::with_rights(source, None, name, Role::ReadWrite, false)
    }

    pub(crate) fn with_rights(
        source: Source,
        tenant: Option<&str>,
        name: &str,
        role: Role,
        own_credentials_only: bool,
    ) -> Self {
        // No tenant and the tenant of the empty name must not look the same.
        let tenant_part = tenant.map_or_else(String::new, |tenant| {
            format!("@{}", tenant.replace('%', "%25").replace('/', "%2F"))
        });
        Self(Arc::new(Identity {
            id: format!("{}/{tenant_part}/{name}", source.name()),
            source,
            tenant: tenant.map(str::to_owned),
            name: name.to_owned(),
            role,
            own_credentials_only,
        }))
    }

    /// What tells this principal from all others, on gateways and workers alike.
    pub(crate) fn id(&self) -> &str {
        &self.0.id
    }

    /// What `current_user` says.
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn source(&self) -> Source {
        self.0.source
    }

    pub(crate) fn tenant(&self) -> Option<&str> {
        self.0.tenant.as_deref()
    }

    pub(crate) fn role(&self) -> Role {
        self.0.role
    }

    /// Whether the deployment's credentials are not for this principal.
    pub(crate) fn own_credentials_only(&self) -> bool {
        self.0.own_credentials_only
    }

    pub(crate) fn source_name(&self) -> &'static str {
        self.0.source.name()
    }

    /// The source that [`Self::source_name`] names.
    pub(crate) fn source_of_name(name: &str) -> Option<Source> {
        Source::of_name(name)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Whether a text can be a user's or tenant's name: not empty, bounded, without control characters
/// and those that change the direction or the line of what follows.
pub(crate) fn is_name(name: &str) -> bool {
    let misleads = |character: char| {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && !name.chars().any(misleads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_from_another_source_or_tenant_is_another_principal() {
        let of = |source, tenant, name| {
            Principal::with_rights(source, tenant, name, Role::ReadWrite, false)
                .id()
                .to_owned()
        };
        let ids = [
            of(Source::File, None, "bob"),
            of(Source::Claimed, None, "bob"),
            of(Source::Token, None, "bob"),
            of(Source::Token, Some(""), "bob"),
            of(Source::Token, Some("a"), "bob"),
            of(Source::Token, Some("a/b"), "ob"),
            of(Source::Token, Some("a"), "b/ob"),
            of(Source::Token, Some("a%2Fb"), "ob"),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id), "{id}");
        }
    }

    #[test]
    fn names_are_bounded_and_printable() {
        assert!(is_name("ada"));
        assert!(is_name("ada@example.com"));
        for wrong in ["", "a\nb", "a\0", &"x".repeat(257)] {
            assert!(!is_name(wrong));
        }
    }
}
