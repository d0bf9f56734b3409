//! Who may run: statements, pinned sessions, engine processes and the memory granted to them.
//!
//! No clock, no I/O: everything is an argument, so the rules can be read and tested as a table.
//! Memory belongs to an engine from the moment it gets an owner until it dies (or, for an idle
//! pinned one, until it is shrunk): DuckDB keeps what it was granted as caches and temporary
//! tables, so a grant that ended with its statement would be memory counted twice.

use std::collections::HashMap;
use std::sync::Arc;

use tavana_common::ids::GatewayId;
use tavana_common::proto::v1::FailureKind;

/// The bounds of one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Statements that may run at once.
    pub(crate) slots: u32,
    /// Of these, the ones for short statements and for principals of whom nothing runs.
    pub(crate) reserved_slots: u32,
    /// Slots with all the memory there was at the start.
    slots_max: u32,
    /// Of these, the reserved ones.
    reserved_slots_max: u32,
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
            reserved_slots: 0,
            slots_max: slots,
            reserved_slots_max: 0,
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

    /// The same with so many slots reserved.
    pub(crate) fn with_reserved(self, slots: u32) -> Self {
        let reserved_slots = slots.min(self.slots.saturating_sub(1));
        Self {
            reserved_slots,
            reserved_slots_max: reserved_slots,
            ..self
        }
    }

    /// The same for another amount of memory: as many statements, sessions and engines, each with
    /// another share; fewer statements when the share would be too small for any.
    fn with_memory(self, memory_budget_bytes: u64) -> Self {
        let affordable = u32::try_from(memory_budget_bytes / GRANT_BYTES_MIN).unwrap_or(u32::MAX);
        let slots = self.slots_max.min(affordable).max(1);
        let waiting = self
            .engines_max
            .saturating_sub(self.slots_max)
            .saturating_sub(self.pinned_sessions_max);
        Self {
            engines_max: self.engines_max,
            pinned_sessions_max: self.pinned_sessions_max,
            slots_max: self.slots_max,
            // As large a part of them as before, so that there are slots for everybody.
            reserved_slots: self.reserved_slots_max.min(slots.saturating_sub(1)) * slots
                / self.slots_max.max(1),
            reserved_slots_max: self.reserved_slots_max,
            ..Self::new(
                slots,
                self.pinned_sessions_max,
                waiting,
                memory_budget_bytes,
            )
            .for_each_principal(
                self.engines_per_principal_max,
                self.sessions_per_principal_max,
            )
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

/// What is known of how long a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Short,
    Unknown,
}

/// Which kind of slot a statement gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seat {
    /// One for everybody; long statements in the reserve leave it for one of these.
    Common,
    ReservedShort,
}

/// Memory for one request, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) full: u64,
    pub(crate) least: u64,
}

/// The counts behind the decisions.
#[derive(Debug)]
pub(crate) struct Admission {
    bounds: Bounds,
    running: u32,
    /// Running statements of each principal that has any.
    running_of: HashMap<Arc<str>, u32>,
    /// Of the running, those that are short and sit in a reserved slot.
    reserved_short: u32,
    /// The same of those that are not short, which leave it when there is another.
    reserved_long: u32,
    pinned: u32,
    /// Pinned sessions of each principal that has any.
    pinned_of: HashMap<Arc<str>, u32>,
    engines: u32,
    /// Engines of each principal that has any; never-used ones belong to nobody.
    engines_of: HashMap<Arc<str>, u32>,
    granted_bytes: u64,
    /// Of these, the ones of engines that run a statement.
    running_bytes: u64,
    /// What each gateway waits for, of those that wait for any.
    waited_for: HashMap<GatewayId, Held>,
    drain: Drain,
}

/// What statements hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) slots: u32,
    pub(crate) bytes: u64,
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
            running_of: HashMap::new(),
            reserved_short: 0,
            reserved_long: 0,
            pinned: 0,
            pinned_of: HashMap::new(),
            engines: 0,
            engines_of: HashMap::new(),
            granted_bytes: 0,
            running_bytes: 0,
            waited_for: HashMap::new(),
            drain: Drain::No,
        }
    }

    pub(crate) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// From now on there is this much memory. What is granted stays granted; when that is more
    /// than there is, nothing is granted before enough has come back.
    pub(crate) fn resize(&mut self, memory_budget_bytes: u64) {
        self.bounds = self.bounds.with_memory(memory_budget_bytes);
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

    pub(crate) fn running_bytes(&self) -> u64 {
        self.running_bytes
    }

    /// Of what runs, what a gateway waits for.
    pub(crate) fn waited_for(&self, gateway: GatewayId) -> Held {
        self.waited_for.get(&gateway).copied().unwrap_or_default()
    }

    /// A gateway waits for a statement in a slot.
    pub(crate) fn await_slot(&mut self, gateway: GatewayId) {
        self.waited_for.entry(gateway).or_default().slots += 1;
    }

    /// It does not any more: the statement has ended, or nobody is there to hear of it.
    pub(crate) fn leave_slot(&mut self, gateway: GatewayId, bytes: u64) {
        let held = self.waited_for.entry(gateway).or_default();
        held.slots = held.slots.checked_sub(1).expect("each wait ends once");
        held.bytes = held.bytes.checked_sub(bytes).expect("each use ends once");
        if held.slots == 0 {
            self.waited_for.remove(&gateway);
        }
    }

    /// What the engine of a running statement has, and what it had before; `gateway` waits for it.
    pub(crate) fn use_memory(&mut self, gateway: Option<GatewayId>, before: u64, after: u64) {
        let changed = |bytes: u64| bytes.checked_sub(before).expect("each use ends once") + after;
        self.running_bytes = changed(self.running_bytes);
        if let Some(held) = gateway.and_then(|gateway| self.waited_for.get_mut(&gateway)) {
            held.bytes = changed(held.bytes);
        }
    }

    /// What an engine gets for a request that is thought to need `wanted` bytes, and the least it
    /// makes do with. What needs more than others have waits until it is there, unless nothing else
    /// runs: then nothing would ever change.
    pub(crate) fn share_for(&self, wanted: u64) -> Share {
        let Bounds {
            grant_bytes,
            short_grant_bytes,
            memory_budget_bytes,
            ..
        } = self.bounds;
        let full = grant_bytes.max(wanted.min(memory_budget_bytes));
        let least = if full > grant_bytes && self.running > 1 {
            full
        } else {
            short_grant_bytes
        };
        Share { full, least }
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

    /// Takes a slot for a statement of no session here. The reserved ones are for short statements,
    /// and for one of a principal of whom nothing runs: nobody keeps all slots from everybody else,
    /// by way of whichever gateways.
    pub(crate) fn start(&mut self, principal: &Arc<str>, length: Length) -> Result<Seat, Refusal> {
        if self.draining() {
            return Err(Refusal::Draining);
        }
        self.start_in_session(principal, length)
    }

    /// Takes a slot for a statement of a session that has an engine here.
    pub(crate) fn start_in_session(
        &mut self,
        principal: &Arc<str>,
        length: Length,
    ) -> Result<Seat, Refusal> {
        if self.drain == Drain::Complete {
            return Err(Refusal::Draining);
        }
        let reserved = self.reserved_short + self.reserved_long;
        let common = self.running - reserved;
        let seat = if common < self.bounds.slots - self.bounds.reserved_slots {
            Seat::Common
        } else if reserved >= self.bounds.reserved_slots {
            return Err(Refusal::NoSlot);
        } else if length == Length::Short {
            self.reserved_short += 1;
            Seat::ReservedShort
        } else if !self.running_of.contains_key(principal) {
            self.reserved_long += 1;
            Seat::Common
        } else {
            return Err(Refusal::NoSlot);
        };
        take(&mut self.running_of, principal, u32::MAX);
        self.running += 1;
        Ok(seat)
    }

    /// Gives a slot back.
    pub(crate) fn finish(&mut self, principal: &Arc<str>, seat: Seat) {
        give_back(&mut self.running_of, principal);
        self.running = self
            .running
            .checked_sub(1)
            .expect("each slot is given back once");
        match seat {
            Seat::ReservedShort => self.reserved_short -= 1,
            // Whichever it was, a long statement in the reserve has its slot now.
            Seat::Common => self.reserved_long = self.reserved_long.saturating_sub(1),
        }
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

    fn started(admission: &mut Admission) -> Result<(), Refusal> {
        let started = admission.start(&Arc::from("ann"), Length::Unknown);
        started.map(|seat| assert_eq!(seat, Seat::Common))
    }

    fn finished(admission: &mut Admission) {
        admission.finish(&Arc::from("ann"), Seat::Common);
    }

    #[test]
    fn nobody_takes_all_slots_and_short_statements_and_newcomers_find_one() {
        let (ann, bob, eve) = (Arc::from("ann"), Arc::from("bob"), Arc::from("eve"));
        let long = Length::Unknown;
        let bounds = Bounds::new(4, 8, 0, GIB).with_reserved(1);
        let mut admission = Admission::new(bounds);
        for _ in 0..3 {
            assert_eq!(admission.start(&ann, long), Ok(Seat::Common));
        }
        assert_eq!(admission.start(&ann, long), Err(Refusal::NoSlot));
        let short = admission.start(&ann, Length::Short);
        assert_eq!(short, Ok(Seat::ReservedShort));
        assert_eq!(admission.start(&bob, long), Err(Refusal::NoSlot));
        admission.finish(&ann, Seat::ReservedShort);
        assert_eq!(admission.start(&bob, long), Ok(Seat::Common), "a newcomer");
        assert_eq!(admission.start(&eve, Length::Short), Err(Refusal::NoSlot));
        // One of ann's ends: bob's is in a common slot from now on.
        admission.finish(&ann, Seat::Common);
        assert_eq!(admission.start(&ann, long), Err(Refusal::NoSlot));
        assert_eq!(
            admission.start(&eve, Length::Short),
            Ok(Seat::ReservedShort)
        );
        admission.finish(&eve, Seat::ReservedShort);
        admission.finish(&bob, Seat::Common);
        assert_eq!(admission.start(&ann, long), Ok(Seat::Common));
        for _ in 0..3 {
            admission.finish(&ann, Seat::Common);
        }
        assert_eq!(admission.running(), 0);
        assert_eq!(admission.reserved_short + admission.reserved_long, 0);
        assert!(admission.running_of.is_empty(), "nothing is kept");
        assert_eq!(bounds.with_reserved(9).reserved_slots, 3, "one is for all");
    }

    #[test]
    fn memory_of_statements_is_counted_for_the_gateway_that_waits_for_them() {
        let (one, other) = (GatewayId::mint(), GatewayId::mint());
        let mut admission = Admission::new(Bounds::new(4, 8, 0, GIB));
        for (gateway, bytes) in [(one, 5), (one, 7), (other, 1)] {
            admission.await_slot(gateway);
            admission.use_memory(Some(gateway), 0, bytes);
        }
        admission.use_memory(Some(one), 5, 3);
        let held = |slots, bytes| Held { slots, bytes };
        let of = |admission: &Admission| [one, other].map(|id| admission.waited_for(id));
        assert_eq!(admission.running_bytes(), 11);
        assert_eq!(of(&admission), [held(2, 10), held(1, 1)]);
        admission.leave_slot(one, 3);
        admission.leave_slot(one, 7);
        assert_eq!(admission.running_bytes(), 11, "they run");
        assert_eq!(of(&admission), [held(0, 0), held(1, 1)]);
        admission.use_memory(None, 10, 0);
        assert_eq!(admission.running_bytes(), 1);
        admission.leave_slot(other, 1);
        assert!(admission.waited_for.is_empty(), "nothing is kept");
    }

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
    fn with_less_memory_statements_get_less_and_below_the_least_there_are_fewer() {
        let mut admission = Admission::new(Bounds::new(4, 64, 2, 16 * GIB));
        let before = *admission.bounds();
        assert_eq!(admission.grant(4 * GIB, 4 * GIB), Ok(4 * GIB));
        for (budget, slots, grant) in [
            (8 * GIB, 4, 2 * GIB),
            (2 * GIB, 4, GIB / 2),
            (GIB / 2, 2, GIB / 4),
            (1, 1, 1),
        ] {
            admission.resize(budget);
            let bounds = admission.bounds();
            assert_eq!(
                (bounds.slots, bounds.grant_bytes),
                (slots, grant),
                "{budget}"
            );
        }
        assert_eq!(admission.grant(1, 1), Err(Refusal::NoMemory));
        assert_eq!(admission.granted_bytes(), 4 * GIB, "what was granted stays");
        admission.resize(16 * GIB);
        assert_eq!(*admission.bounds(), before);
    }

    #[test]
    fn the_last_slot_is_given_once_and_can_be_given_again() {
        let mut admission = Admission::new(Bounds::new(2, 1, 0, GIB));
        assert_eq!(started(&mut admission), Ok(()));
        assert_eq!(started(&mut admission), Ok(()));
        assert_eq!(started(&mut admission), Err(Refusal::NoSlot));
        finished(&mut admission);
        assert_eq!(started(&mut admission), Ok(()));
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
    fn what_is_thought_to_need_more_gets_that_or_waits_unless_it_is_alone() {
        let mut admission = Admission::new(Bounds::new(4, 8, 0, 4 * GIB));
        let Bounds {
            grant_bytes,
            short_grant_bytes,
            ..
        } = *admission.bounds();
        let usual = Share {
            full: grant_bytes,
            least: short_grant_bytes,
        };
        assert_eq!(started(&mut admission), Ok(()));
        for wanted in [0, 1, grant_bytes] {
            assert_eq!(admission.share_for(wanted), usual);
        }
        let alone = admission.share_for(9 * GIB);
        assert_eq!((alone.full, alone.least), (4 * GIB, short_grant_bytes));
        assert_eq!(started(&mut admission), Ok(()));
        assert_eq!(admission.share_for(0), usual);
        let beside = admission.share_for(3 * GIB);
        assert_eq!((beside.full, beside.least), (3 * GIB, 3 * GIB));
    }

    #[test]
    fn a_draining_worker_starts_and_pins_nothing() {
        let mut admission = Admission::new(Bounds::new(3, 1, 0, GIB));
        assert_eq!(started(&mut admission), Ok(()));
        admission.drain();
        assert_eq!(started(&mut admission), Err(Refusal::Draining));
        assert_eq!(admission.pin(&Arc::from("a")), Err(Refusal::Draining));
        let ann = Arc::from("ann");
        let in_session = admission.start_in_session(&ann, Length::Unknown);
        assert_eq!(in_session, Ok(Seat::Common));
        admission.close();
        admission.drain();
        let in_session = admission.start_in_session(&ann, Length::Unknown);
        assert_eq!(in_session, Err(Refusal::Draining));
        assert_eq!(Refusal::Draining.kind(), FailureKind::FailureDraining);
        finished(&mut admission);
        finished(&mut admission);
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
