//! Who may run: statements, pinned sessions, engine processes and the memory granted to them.
//!
//! No clock, no I/O: everything is an argument, so the rules can be read and tested as a table.
//! Memory belongs to an engine from the moment it gets an owner until it dies (or, for an idle
//! pinned one, until it is shrunk): DuckDB keeps what it was granted as caches and temporary
//! tables, so a grant that ended with its statement would be memory counted twice.

use std::collections::HashMap;
use std::sync::Arc;

use tavana_common::proto::v1::FailureKind;

/// The bounds of one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Statements that may run at once.
    pub(crate) slots: u32,
    /// Sessions that may keep an engine.
    pub(crate) pinned_sessions_max: u32,
    /// Engine processes alive at once: running, pinned, idle, never used, dying.
    pub(crate) engines_max: u32,
    /// Sum of all grants.
    pub(crate) memory_budget_bytes: u64,
    /// What one statement may use.
    pub(crate) grant_bytes: u64,
    /// What one statement gets at least when memory is short; with less it does not run.
    pub(crate) short_grant_bytes: u64,
    /// What an idle pinned engine keeps when memory is short.
    pub(crate) pinned_floor_bytes: u64,
    /// What an idle engine that serves its owner's next statement keeps when memory is short.
    pub(crate) idle_floor_bytes: u64,
    /// Engine processes of one principal.
    pub(crate) engines_per_principal_max: u32,
    /// Pinned sessions of one principal.
    pub(crate) sessions_per_principal_max: u32,
}

/// Smallest useful grant.
pub(crate) const GRANT_BYTES_MIN: u64 = 256 << 20;

/// Smallest grant when memory is short, as idle sessions hold a part of it: half of the least that
/// a slot is planned with, and a quarter of a large one.
const SHORT_GRANT_BYTES_MIN: u64 = GRANT_BYTES_MIN / 2;

/// Smallest memory an idle pinned engine is left with.
const PINNED_FLOOR_BYTES_MIN: u64 = 16 << 20;
/// Most that is left to it: enough for the temporary tables of an ordinary session.
const PINNED_FLOOR_BYTES_MAX: u64 = 128 << 20;

impl Bounds {
    /// Derives the bounds from the settings. `waiting_engines_max` counts those that run nothing
    /// and belong to no session: never-used ones and those kept warm for their owner. At most half
    /// of the budget may be held by idle pinned engines, which bounds their number.
    pub(crate) fn new(
        slots: u32,
        pinned_sessions_max: u32,
        waiting_engines_max: u32,
        memory_budget_bytes: u64,
    ) -> Self {
        let for_pinned = memory_budget_bytes / 2;
        let affordable = u32::try_from(for_pinned / PINNED_FLOOR_BYTES_MIN)
            .unwrap_or(u32::MAX)
            .max(1);
        let pinned_sessions_max = pinned_sessions_max.min(affordable);
        let pinned_floor_bytes = (for_pinned / u64::from(pinned_sessions_max.max(1)))
            .clamp(PINNED_FLOOR_BYTES_MIN, PINNED_FLOOR_BYTES_MAX);
        let grant_bytes = memory_budget_bytes / u64::from(slots.max(1));
        Self {
            slots,
            pinned_sessions_max,
            engines_max: slots
                .saturating_add(pinned_sessions_max)
                .saturating_add(waiting_engines_max),
            memory_budget_bytes,
            grant_bytes,
            short_grant_bytes: (grant_bytes / 4)
                .max(SHORT_GRANT_BYTES_MIN)
                .min(grant_bytes),
            pinned_floor_bytes,
            idle_floor_bytes: PINNED_FLOOR_BYTES_MIN.min(grant_bytes),
            engines_per_principal_max: u32::MAX,
            sessions_per_principal_max: u32::MAX,
        }
    }

    /// The same with what one principal may have at most.
    pub(crate) fn for_each_principal(self, engines_max: u32, sessions_max: u32) -> Self {
        Self {
            engines_per_principal_max: engines_max,
            sessions_per_principal_max: sessions_max,
            ..self
        }
    }
}

/// Why something was not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// All slots run a statement.
    NoSlot,
    /// The budget is granted.
    NoMemory,
    /// All engine processes are taken.
    NoEngine,
    /// As many sessions as may are pinned.
    NoPin,
    /// The principal has all the engines it may have, and none of them is idle.
    EnginesOfPrincipal,
    /// The principal has all the pinned sessions it may have.
    SessionsOfPrincipal,
    /// The worker is on its way out.
    Draining,
}

impl Refusal {
    pub(crate) fn kind(self) -> FailureKind {
        match self {
            Self::NoSlot
            | Self::NoMemory
            | Self::NoEngine
            | Self::NoPin
            | Self::EnginesOfPrincipal
            | Self::SessionsOfPrincipal => FailureKind::FailureOverloaded,
            Self::Draining => FailureKind::FailureDraining,
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::NoSlot => "all slots of the worker are running a statement",
            Self::NoMemory => "the memory of the worker is granted to other statements",
            Self::NoEngine => "all engine processes of the worker are taken",
            Self::NoPin => "the worker keeps as many sessions as it may",
            Self::EnginesOfPrincipal => "the user has as many engine processes as one may have",
            Self::SessionsOfPrincipal => {
                "the user has as many sessions with a state as one may have"
            }
            Self::Draining => "the worker is draining",
        }
    }

    /// What a client can do about it; empty when there is nothing but waiting.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::EnginesOfPrincipal => "The setting TAVANA_ENGINES_PER_PRINCIPAL_MAX limits them.",
            Self::SessionsOfPrincipal => {
                "End a session, or DISCARD ALL in one. The setting \
                 TAVANA_SESSIONS_PER_PRINCIPAL_MAX limits them."
            }
            _ => "",
        }
    }
}

/// The counts behind the decisions.
#[derive(Debug)]
pub(crate) struct Admission {
    bounds: Bounds,
    running: u32,
    pinned: u32,
    /// Pinned sessions of each principal that has any.
    pinned_of: HashMap<Arc<str>, u32>,
    engines: u32,
    /// Engines of each principal that has any; never-used ones belong to nobody.
    engines_of: HashMap<Arc<str>, u32>,
    granted_bytes: u64,
    drain: Drain,
}

/// Who may still begin something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drain {
    /// Everybody.
    No,
    /// Sessions that have an engine here: what they hold is nowhere else.
    ToSessions,
    Complete,
}

impl Admission {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            running: 0,
            pinned: 0,
            pinned_of: HashMap::new(),
            engines: 0,
            engines_of: HashMap::new(),
            granted_bytes: 0,
            drain: Drain::No,
        }
    }

    pub(crate) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    pub(crate) fn running(&self) -> u32 {
        self.running
    }

    pub(crate) fn pinned(&self) -> u32 {
        self.pinned
    }

    pub(crate) fn granted_bytes(&self) -> u64 {
        self.granted_bytes
    }

    pub(crate) fn draining(&self) -> bool {
        self.drain != Drain::No
    }

    /// From now on only sessions that have an engine here may begin statements.
    pub(crate) fn drain(&mut self) {
        if self.drain == Drain::No {
            self.drain = Drain::ToSessions;
        }
    }

    /// From now on nobody may.
    pub(crate) fn close(&mut self) {
        self.drain = Drain::Complete;
    }

    /// Takes a slot for a statement of no session here.
    pub(crate) fn start(&mut self) -> Result<(), Refusal> {
        if self.draining() {
            return Err(Refusal::Draining);
        }
        self.start_in_session()
    }

    /// Takes a slot for a statement of a session that has an engine here.
    pub(crate) fn start_in_session(&mut self) -> Result<(), Refusal> {
        if self.drain == Drain::Complete {
            return Err(Refusal::Draining);
        }
        if self.running >= self.bounds.slots {
            return Err(Refusal::NoSlot);
        }
        self.running += 1;
        Ok(())
    }

    /// Gives a slot back.
    pub(crate) fn finish(&mut self) {
        self.running = self
            .running
            .checked_sub(1)
            .expect("each slot is given back once");
    }

    /// Takes the place of a pinned session.
    pub(crate) fn pin(&mut self, principal: &Arc<str>) -> Result<(), Refusal> {
        if self.draining() {
            return Err(Refusal::Draining);
        }
        if self.pinned >= self.bounds.pinned_sessions_max {
            return Err(Refusal::NoPin);
        }
        let most = self.bounds.sessions_per_principal_max;
        if !take(&mut self.pinned_of, principal, most) {
            return Err(Refusal::SessionsOfPrincipal);
        }
        self.pinned += 1;
        Ok(())
    }

    pub(crate) fn unpin(&mut self, principal: &Arc<str>) {
        give_back(&mut self.pinned_of, principal);
        self.pinned = self
            .pinned
            .checked_sub(1)
            .expect("each pin is given back once");
    }

    /// Takes one of the engines that a principal may have.
    pub(crate) fn own(&mut self, principal: &Arc<str>) -> Result<(), Refusal> {
        let most = self.bounds.engines_per_principal_max;
        if take(&mut self.engines_of, principal, most) {
            Ok(())
        } else {
            Err(Refusal::EnginesOfPrincipal)
        }
    }

    pub(crate) fn disown(&mut self, principal: &Arc<str>) {
        give_back(&mut self.engines_of, principal);
    }

    /// Takes up to `wanted` bytes from the budget, and at least `least`. Returns how many.
    pub(crate) fn grant(&mut self, wanted: u64, least: u64) -> Result<u64, Refusal> {
        let left = self
            .bounds
            .memory_budget_bytes
            .saturating_sub(self.granted_bytes);
        let bytes = wanted.min(left);
        if bytes < least {
            return Err(Refusal::NoMemory);
        }
        self.granted_bytes += bytes;
        Ok(bytes)
    }

    pub(crate) fn ungrant(&mut self, bytes: u64) {
        self.granted_bytes = self
            .granted_bytes
            .checked_sub(bytes)
            .expect("each grant is given back once");
    }

    /// Takes the place of an engine process.
    pub(crate) fn spawn(&mut self) -> Result<(), Refusal> {
        if self.engines >= self.bounds.engines_max {
            return Err(Refusal::NoEngine);
        }
        self.engines += 1;
        Ok(())
    }

    pub(crate) fn reap(&mut self) {
        self.engines = self.engines.checked_sub(1).expect("each engine dies once");
    }
}

fn take(counts: &mut HashMap<Arc<str>, u32>, principal: &Arc<str>, most: u32) -> bool {
    let count = counts.get(principal).copied().unwrap_or(0);
    if count >= most {
        return false;
    }
    counts.insert(Arc::clone(principal), count + 1);
    true
}

/// Forgets a principal that has none left: the table does not grow with the number of users.
fn give_back(counts: &mut HashMap<Arc<str>, u32>, principal: &Arc<str>) {
    let count = counts
        .get_mut(principal)
        .expect("what is given back was taken");
    *count -= 1;
    if *count == 0 {
        counts.remove(principal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn bounds_follow_from_slots_and_memory() {
        // slots, pinned, prefork, budget -> engines, grant, pinned, floor
        let table = [
            ((4, 64, 2, 16 * GIB), (70, 4 * GIB, 64, 128 << 20)),
            ((4, 64, 2, 4 * GIB), (70, GIB, 64, 32 << 20)),
            ((4, 64, 0, GIB), (36, GIB / 4, 32, 16 << 20)),
            ((1, 0, 1, GIB), (2, GIB, 0, 128 << 20)),
        ];
        for ((slots, pinned, prefork, budget), expected) in table {
            let bounds = Bounds::new(slots, pinned, prefork, budget);
            let got = (
                bounds.engines_max,
                bounds.grant_bytes,
                bounds.pinned_sessions_max,
                bounds.pinned_floor_bytes,
            );
            assert_eq!(got, expected, "{slots} {pinned} {prefork} {budget}");
            assert!(
                bounds.pinned_floor_bytes * u64::from(bounds.pinned_sessions_max) <= budget / 2,
                "idle pinned engines hold at most half of the budget"
            );
        }
    }

    #[test]
    fn the_last_slot_is_given_once_and_can_be_given_again() {
        let mut admission = Admission::new(Bounds::new(2, 1, 0, GIB));
        assert_eq!(admission.start(), Ok(()));
        assert_eq!(admission.start(), Ok(()));
        assert_eq!(admission.start(), Err(Refusal::NoSlot));
        admission.finish();
        assert_eq!(admission.start(), Ok(()));
        assert_eq!(admission.running(), 2);
    }

    #[test]
    fn grants_never_exceed_the_budget() {
        let mut admission = Admission::new(Bounds::new(3, 1, 0, GIB));
        let grant = admission.bounds().grant_bytes;
        for _ in 0..3 {
            assert_eq!(admission.grant(grant, grant), Ok(grant));
        }
        assert_eq!(admission.grant(grant, grant), Err(Refusal::NoMemory));
        assert_eq!(admission.grant(u64::MAX, grant), Err(Refusal::NoMemory));
        admission.ungrant(grant);
        assert_eq!(admission.grant(grant, grant), Ok(grant));
        assert!(admission.granted_bytes() <= GIB);
    }

    #[test]
    fn what_idle_sessions_hold_makes_a_grant_smaller_before_it_is_refused() {
        let mut admission = Admission::new(Bounds::new(4, 8, 0, GIB));
        let Bounds {
            grant_bytes,
            short_grant_bytes,
            ..
        } = *admission.bounds();
        assert_eq!((grant_bytes, short_grant_bytes), (256 << 20, 128 << 20));
        assert_eq!(admission.grant(80 << 20, 80 << 20), Ok(80 << 20));
        for _ in 0..3 {
            assert_eq!(
                admission.grant(grant_bytes, short_grant_bytes),
                Ok(grant_bytes)
            );
        }
        assert_eq!(
            admission.grant(grant_bytes, short_grant_bytes),
            Ok(176 << 20)
        );
        assert_eq!(
            admission.grant(grant_bytes, short_grant_bytes),
            Err(Refusal::NoMemory)
        );
        assert_eq!(admission.granted_bytes(), GIB);
    }

    #[test]
    fn a_draining_worker_starts_and_pins_nothing() {
        let mut admission = Admission::new(Bounds::new(3, 1, 0, GIB));
        assert_eq!(admission.start(), Ok(()));
        admission.drain();
        assert_eq!(admission.start(), Err(Refusal::Draining));
        assert_eq!(admission.pin(&Arc::from("a")), Err(Refusal::Draining));
        assert_eq!(admission.start_in_session(), Ok(()));
        admission.close();
        admission.drain();
        assert_eq!(admission.start_in_session(), Err(Refusal::Draining));
        assert_eq!(Refusal::Draining.kind(), FailureKind::FailureDraining);
        admission.finish();
        assert_eq!(admission.running(), 0);
    }

    #[test]
    fn engines_and_pins_are_bounded() {
        let mut admission = Admission::new(Bounds::new(1, 1, 1, GIB));
        for _ in 0..3 {
            assert_eq!(admission.spawn(), Ok(()));
        }
        assert_eq!(admission.spawn(), Err(Refusal::NoEngine));
        admission.reap();
        assert_eq!(admission.spawn(), Ok(()));
        let user = Arc::from("a");
        assert_eq!(admission.pin(&user), Ok(()));
        assert_eq!(admission.pin(&user), Err(Refusal::NoPin));
        admission.unpin(&user);
        assert_eq!(admission.pin(&user), Ok(()));
    }

    #[test]
    fn one_principal_at_its_limits_is_in_nobodys_way() {
        let bounds = Bounds::new(4, 64, 1, 4 * GIB).for_each_principal(2, 1);
        let mut admission = Admission::new(bounds);
        let (ann, bob) = (Arc::from("ann"), Arc::from("bob"));
        assert_eq!(admission.pin(&ann), Ok(()));
        assert_eq!(admission.pin(&ann), Err(Refusal::SessionsOfPrincipal));
        assert_eq!(admission.pin(&bob), Ok(()));
        admission.unpin(&ann);
        assert_eq!(admission.pin(&ann), Ok(()));
        for _ in 0..2 {
            assert_eq!(admission.own(&ann), Ok(()));
        }
        assert_eq!(admission.own(&ann), Err(Refusal::EnginesOfPrincipal));
        assert_eq!(admission.own(&bob), Ok(()));
        admission.disown(&ann);
        assert_eq!(admission.own(&ann), Ok(()));
        for _ in 0..2 {
            admission.disown(&ann);
        }
        assert!(!admission.engines_of.contains_key(&ann), "nothing is kept");
    }
}
