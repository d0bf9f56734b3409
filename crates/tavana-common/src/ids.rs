//! Identities: minted once, carried everywhere. A client's own name for a thing is never an id.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id; ids sort by the time they were minted.
            #[must_use]
            pub fn mint() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// One statement of one client, from its first byte to the last log line.
    QueryId
);
id!(
    /// One client's session.
    SessionId
);
id!(
    /// One gateway process.
    GatewayId
);
id!(
    /// One worker process.
    WorkerId
);
id!(
    /// One open result of a session; the client's name for it is not unique.
    CursorId
);
id!(
    /// One cancel on its way to the gateway that has its target.
    CancelId
);
