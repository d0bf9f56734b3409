//! The queue's decisions. No clock, no channel, no lock: everything it needs is an argument.
//!
//! Each principal has a line of its own, in which who came first goes first. A slot that is free
//! goes to the principal that has the fewest statements running for its weight; of equals to the
//! one whose turn it is. So nobody waits behind another's hundred statements.
//!
//! A few slots are reserved: for statements that are known to be short, and for the first statement
//! of a principal of whom nothing runs. All other slots are for everybody, in the order above, so
//! that neither short statements nor newcomers can starve the rest.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A statement's place in the queue; smaller numbers came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(u64);

/// How long a statement is thought to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// It may take one of the reserved slots.
    Short,
    /// Long, or nothing is known of it.
    Ordinary,
}

/// What a statement needs besides a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// One of the worker's engines.
    Engine,
    /// Nothing: its session has an engine.
    Slot,
}

/// What the queue must know of a statement.
#[derive(Clone, Debug)]
pub(super) struct Want {
    pub(super) principal: Arc<str>,
    /// What its principal may have for each statement of one of weight 1.
    pub(super) weight: u32,
    /// Equal for statements that differ only in their values.
    pub(super) statement: u64,
    pub(super) size: Size,
    pub(super) needs: Needs,
    /// Memory that it is thought to need; what a slot has is the least.
    pub(super) bytes: u64,
}

/// What the workers have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capacity {
    /// Statements that may run at once.
    pub(crate) slots: usize,
    /// Of these, the reserved ones.
    pub(crate) reserved: usize,
    /// Memory of all of them; 0 = not known, which is no limit.
    pub(crate) bytes: u64,
}

impl Capacity {
    /// Memory that a slot has.
    pub(super) fn bytes_of_slot(&self) -> u64 {
        let slots = u64::try_from(self.slots).unwrap_or(u64::MAX);
        self.bytes / slots.max(1)
    }
}

/// The bounds of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Statements that may wait.
    pub(crate) waiting_max: usize,
    /// The same of one principal.
    pub(crate) waiting_per_principal_max: usize,
    /// Statements of one principal that may run at once.
    pub(crate) running_per_principal_max: usize,
}

/// Why a statement may not even wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Full,
    /// The principal has as many waiting as it may.
    FullForPrincipal,
}

/// A statement that wants more memory than is free lets so many others pass before nothing
/// passes it any more.
const PASSED_MAX: u32 = 16;
/// Turns of a principal of weight 1 are so far apart.
const STRIDE: u64 = 1 << 20;

/// Who runs and who waits.
#[derive(Debug)]
pub(super) struct Book {
    bounds: Bounds,
    capacity: Capacity,
    /// Of the principals that have anything here.
    lines: HashMap<Arc<str>, Line>,
    /// Whose each place is.
    owners: HashMap<Place, Arc<str>>,
    running: usize,
    /// Of these, the ones in reserved slots.
    in_reserve: usize,
    running_bytes: u64,
    waiting: usize,
    /// The turn of who was let in last.
    turn: u64,
    next: u64,
}

/// What one principal has here.
#[derive(Debug)]
struct Line {
    weight: u32,
    /// When it is this principal's turn: the smallest is next.
    turn: u64,
    running: BTreeMap<Place, Running>,
    waiting: BTreeMap<Place, Waiting>,
    /// Of those that wait, the ones that a worker has sent back.
    resting: BTreeSet<Place>,
}

#[derive(Debug)]
struct Running {
    want: Want,
    seat: Seat,
    bytes: u64,
}

#[derive(Debug)]
struct Waiting {
    want: Want,
    passed: u32,
}

/// Which kind of slot a statement has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    Common,
    Reserved,
}

/// Who may sit in a reserved slot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guests {
    Short,
    First,
}

impl Line {
    /// A statement that a worker sent back lets nobody pass who needs the same; it goes itself
    /// when there is news.
    fn may_go(&self, place: Place, want: &Want) -> bool {
        !self.resting.contains(&place)
            && (want.needs == Needs::Slot
                || self.resting.first().is_none_or(|first| place < *first))
    }

    fn head(&self) -> Option<(Place, &Waiting)> {
        self.find(|_| true)
    }

    fn find(&self, wanted: impl Fn(&Want) -> bool) -> Option<(Place, &Waiting)> {
        self.waiting
            .iter()
            .find(|(place, waiting)| wanted(&waiting.want) && self.may_go(**place, &waiting.want))
            .map(|(place, waiting)| (*place, waiting))
    }

    fn is_empty(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }
}

impl Book {
    /// An empty book in which nothing may run yet.
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            capacity: Capacity::default(),
            lines: HashMap::new(),
            owners: HashMap::new(),
            running: 0,
            in_reserve: 0,
            running_bytes: 0,
            waiting: 0,
            turn: 0,
            next: 0,
        }
    }

    /// A statement asks to run. Returns its place, and who may run now: if it is among them, it
    /// runs, otherwise it waits.
    pub(super) fn offer(&mut self, want: Want) -> Result<(Place, Vec<Place>), Refusal> {
        let place = Place(self.next);
        let principal = Arc::clone(&want.principal);
        self.next += 1;
        let turn = self.turn;
        let line = self
            .lines
            .entry(Arc::clone(&principal))
            .or_insert_with(|| Line {
                weight: 1,
                turn,
                running: BTreeMap::new(),
                waiting: BTreeMap::new(),
                resting: BTreeSet::new(),
            });
        line.weight = want.weight.max(1);
        line.waiting.insert(place, Waiting { want, passed: 0 });
        let own = line.waiting.len();
        self.owners.insert(place, principal);
        self.waiting += 1;
        let admitted = self.admit();
        if admitted.contains(&place) {
            return Ok((place, admitted));
        }
        let refusal = if self.waiting > self.bounds.waiting_max {
            Refusal::Full
        } else if own > self.bounds.waiting_per_principal_max {
            Refusal::FullForPrincipal
        } else {
            return Ok((place, admitted));
        };
        self.forget(place);
        Err(refusal)
    }

    /// A running statement ended. Returns who may run in its stead.
    pub(super) fn release(&mut self, place: Place) -> Vec<Place> {
        self.stop(place);
        self.admit()
    }

    /// A waiting statement gave up. Returns who may run now; `None` when it was already let in:
    /// then it must release.
    pub(super) fn leave(&mut self, place: Place) -> Option<Vec<Place>> {
        self.forget(place).then(|| self.admit())
    }

    /// A running statement found no room on any worker: it waits again where it stood, and rests
    /// until [`Self::rested`] or [`Self::resize`]. Returns who may run in its stead.
    pub(super) fn back(&mut self, place: Place) -> Vec<Place> {
        if let Some((principal, want)) = self.stop(place) {
            let turn = self.turn;
            let line = self
                .lines
                .entry(Arc::clone(&principal))
                .or_insert_with(|| Line {
                    weight: want.weight.max(1),
                    turn,
                    running: BTreeMap::new(),
                    waiting: BTreeMap::new(),
                    resting: BTreeSet::new(),
                });
            // The turn that it had was none.
            line.turn = line.turn.saturating_sub(STRIDE / u64::from(line.weight));
            line.waiting.insert(place, Waiting { want, passed: 0 });
            line.resting.insert(place);
            self.owners.insert(place, principal);
            self.waiting += 1;
        }
        self.admit()
    }

    /// A statement that was sent back has rested. Returns who may run now.
    pub(super) fn rested(&mut self, place: Place) -> Vec<Place> {
        if let Some(line) = self.line_of(place) {
            line.resting.remove(&place);
        }
        self.admit()
    }

    /// The workers have said something new. Returns all that may run now.
    pub(super) fn resize(&mut self, capacity: Capacity) -> Vec<Place> {
        self.capacity = capacity;
        for line in self.lines.values_mut() {
            line.resting.clear();
        }
        self.admit()
    }

    /// What is known of a statement has changed, also for those that wait. Returns who may run.
    pub(super) fn learned(&mut self, principal: &str, statement: u64, size: Size) -> Vec<Place> {
        let Some(line) = self.lines.get_mut(principal) else {
            return Vec::new();
        };
        for waiting in line.waiting.values_mut() {
            if waiting.want.statement == statement {
                waiting.want.size = size;
            }
        }
        self.admit()
    }

    pub(super) fn running(&self) -> usize {
        self.running
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether a running statement is thought to be short.
    pub(super) fn is_short(&self, place: Place) -> bool {
        let line = self
            .owners
            .get(&place)
            .and_then(|owner| self.lines.get(owner));
        line.and_then(|line| line.running.get(&place))
            .is_some_and(|running| running.want.size == Size::Short)
    }

    /// Principals of whom something waits.
    pub(super) fn lines_waiting(&self) -> usize {
        self.lines
            .values()
            .filter(|line| !line.waiting.is_empty())
            .count()
    }

    pub(super) fn in_reserve(&self) -> usize {
        self.in_reserve
    }

    pub(super) fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// How many are let in up to and with this one, if all principals weigh the same and nobody
    /// else comes; `None` when it does not wait.
    pub(super) fn position(&self, place: Place) -> Option<usize> {
        let principal = self.owners.get(&place)?;
        let own = self.lines.get(principal)?;
        if !own.waiting.contains_key(&place) {
            return None;
        }
        let before = own.waiting.range(..place).count();
        let others = self
            .lines
            .iter()
            .filter(|(other, _)| *other != principal)
            .map(|(_, line)| line.waiting.len().min(before + 1));
        Some(before + 1 + others.sum::<usize>())
    }

    /// All that run and wait, in the order in which they came.
    pub(super) fn places(&self) -> Vec<(Place, bool, Size, u64)> {
        let mut all: Vec<_> = self
            .lines
            .values()
            .flat_map(|line| {
                let running = line
                    .running
                    .iter()
                    .map(|(place, running)| (*place, true, running.want.size, running.bytes));
                let waiting = line.waiting.iter().map(|(place, waiting)| {
                    (
                        *place,
                        false,
                        waiting.want.size,
                        self.bytes_of(&waiting.want),
                    )
                });
                running.chain(waiting)
            })
            .collect();
        all.sort_by_key(|(place, ..)| *place);
        all
    }

    fn line_of(&mut self, place: Place) -> Option<&mut Line> {
        let principal = self.owners.get(&place)?;
        self.lines.get_mut(principal)
    }

    /// Takes out one that waits.
    fn forget(&mut self, place: Place) -> bool {
        let Some(line) = self.line_of(place) else {
            return false;
        };
        if line.waiting.remove(&place).is_none() {
            return false;
        }
        line.resting.remove(&place);
        self.waiting -= 1;
        self.close(place);
        true
    }

    /// Takes out one that runs.
    fn stop(&mut self, place: Place) -> Option<(Arc<str>, Want)> {
        let running = self.line_of(place)?.running.remove(&place)?;
        self.running -= 1;
        self.running_bytes -= running.bytes;
        if running.seat == Seat::Reserved {
            self.in_reserve -= 1;
        }
        let principal = self.close(place)?;
        Some((principal, running.want))
    }

    /// Forgets whose a place was, and the line when it was the last of it.
    fn close(&mut self, place: Place) -> Option<Arc<str>> {
        let principal = self.owners.remove(&place)?;
        if self.lines.get(&principal).is_some_and(Line::is_empty) {
            self.lines.remove(&principal);
        }
        Some(principal)
    }

    fn bytes_of(&self, want: &Want) -> u64 {
        want.bytes.max(self.capacity.bytes_of_slot())
    }

    fn fits(&self, want: &Want) -> bool {
        let after = self.running_bytes.saturating_add(self.bytes_of(want));
        self.capacity.bytes == 0 || self.running == 0 || after <= self.capacity.bytes
    }

    /// Slots that are for everybody.
    fn common(&self) -> usize {
        self.capacity.slots.saturating_sub(self.capacity.reserved)
    }

    fn common_is_free(&self) -> bool {
        self.running - self.in_reserve < self.common()
    }

    /// Lets in all that may run now.
    fn admit(&mut self) -> Vec<Place> {
        let mut admitted = Vec::new();
        loop {
            self.move_up();
            let Some((place, seat)) = self.pick() else {
                return admitted;
            };
            self.start(place, seat);
            admitted.push(place);
        }
    }

    /// A statement that is not short leaves its reserved slot when there is another.
    fn move_up(&mut self) {
        while self.in_reserve > 0 && self.common_is_free() {
            let long = self
                .lines
                .values_mut()
                .flat_map(|line| line.running.values_mut())
                .find(|of| of.seat == Seat::Reserved && of.want.size == Size::Ordinary);
            let Some(long) = long else { return };
            long.seat = Seat::Common;
            self.in_reserve -= 1;
        }
    }

    fn pick(&mut self) -> Option<(Place, Seat)> {
        if self.waiting == 0 || self.running >= self.capacity.slots {
            return None;
        }
        self.pick_guest(Guests::Short)
            .map(|place| (place, Seat::Reserved))
            .or_else(|| self.pick_common().map(|place| (place, Seat::Common)))
            .or_else(|| {
                self.pick_guest(Guests::First)
                    .map(|place| (place, Seat::Reserved))
            })
    }

    /// Who may sit in a reserved slot, if there is one.
    fn pick_guest(&self, guests: Guests) -> Option<Place> {
        let most = match guests {
            Guests::Short => self.capacity.reserved,
            // Where there are several, one is for short statements alone.
            Guests::First => {
                let reserved = self.capacity.reserved;
                reserved.min(reserved.saturating_sub(1).max(1))
            }
        };
        if self.in_reserve >= most {
            return None;
        }
        self.fairest(|line| match guests {
            Guests::Short => line.find(|want| want.size == Size::Short),
            Guests::First => line.head().filter(|_| line.running.is_empty()),
        })
        .filter(|(_, waiting)| self.fits(&waiting.want))
        .map(|(place, _)| place)
    }

    /// Who may sit in a common slot, if there is one.
    fn pick_common(&mut self) -> Option<Place> {
        if !self.common_is_free() {
            return None;
        }
        let mut large = Vec::new();
        for line in self.lines.values().filter(|line| self.may_have_more(line)) {
            if let Some((place, waiting)) = line.head()
                && !self.fits(&waiting.want)
            {
                large.push(place);
                if waiting.passed >= PASSED_MAX {
                    return None;
                }
            }
        }
        let (chosen, _) =
            self.fairest(|line| line.head().filter(|(place, _)| !large.contains(place)))?;
        for place in large {
            if let Some(waiting) = self
                .line_of(place)
                .and_then(|line| line.waiting.get_mut(&place))
            {
                waiting.passed += 1;
            }
        }
        Some(chosen)
    }

    fn may_have_more(&self, line: &Line) -> bool {
        line.running.len() < self.bounds.running_per_principal_max
    }

    /// Of what the lines offer, the statement of the principal that has least for its weight.
    fn fairest<'book>(
        &'book self,
        offer: impl Fn(&'book Line) -> Option<(Place, &'book Waiting)>,
    ) -> Option<(Place, &'book Waiting)> {
        self.lines
            .values()
            .filter(|line| self.may_have_more(line))
            .filter_map(|line| offer(line).map(|(place, waiting)| (line, place, waiting)))
            .min_by(|(left, left_place, _), (right, right_place, _)| {
                // a/b < c/d compared as a*d < c*b: whole numbers, no rounding.
                let share = |one: &Line, other: &Line| {
                    u64::try_from(one.running.len())
                        .unwrap_or(u64::MAX)
                        .saturating_mul(u64::from(other.weight))
                };
                share(left, right)
                    .cmp(&share(right, left))
                    .then(left.turn.cmp(&right.turn))
                    .then(left_place.cmp(right_place))
            })
            .map(|(_, place, waiting)| (place, waiting))
    }

    fn start(&mut self, place: Place, seat: Seat) {
        let now = self.turn;
        let Some(line) = self.line_of(place) else {
            return;
        };
        let Some(Waiting { want, .. }) = line.waiting.remove(&place) else {
            return;
        };
        let turn = line.turn.max(now);
        line.turn = turn.saturating_add(STRIDE / u64::from(line.weight));
        self.turn = turn;
        let bytes = self.bytes_of(&want);
        self.waiting -= 1;
        self.running += 1;
        self.running_bytes += bytes;
        if seat == Seat::Reserved {
            self.in_reserve += 1;
        }
        let running = Running { want, seat, bytes };
        if let Some(line) = self.line_of(place) {
            line.running.insert(place, running);
        }
    }
}

#[cfg(test)]
mod tests;
