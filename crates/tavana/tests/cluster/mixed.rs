//! Clients that do everything that clients do, good and bad, at all gateways, and check every
//! message that comes back: right answers, one error for each failure and one that its action may
//! have, nothing of anybody else, no end without a word.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::time::Instant;

use crate::ENDLESS;
use crate::support::invariants::CANARY;
use crate::support::wire::{Fault, Message, Next, Out, Reply, Wire};
use crate::support::{PATIENCE, eventually, pause};

/// What a session may see of itself and nobody else may: in names, settings and rows.
const MARK: &str = "MARK-";
/// What may come of any statement while processes die or are told to end.
const LOSSES: [&str; 4] = ["57P01", "57P02", "08006", "08003"];
/// Actions of one session, before its client comes again.
const ACTIONS_OF_SESSION: u32 = 25;

/// How an action ended that did not go as it should without faults.
#[derive(Debug)]
enum Trouble {
    /// One error, then ReadyForQuery.
    Failed(Fault),
    /// The server ended the session, and said so.
    Ended(String),
    /// It did not say so.
    Silent,
    /// An invariant is broken.
    Broken(String),
}

type Outcome = Result<(), Trouble>;

fn broken(what: impl Into<String>) -> Trouble {
    Trouble::Broken(what.into())
}

type Action = fn(&mut Client) -> Outcome;

/// Statements that are right, in every form.
const GOOD: [(&str, Action); 7] = [
    ("short", Client::short),
    ("parameters", Client::parameters),
    ("stream", Client::stream),
    ("transaction", Client::transaction),
    ("cursor", Client::cursor),
    ("copy", Client::copy),
    ("look around", Client::look_around),
];
/// Statements that go wrong, are cancelled or are left.
const BAD: [(&str, Action); 8] = [
    ("unknown table", Client::unknown_table),
    ("division", Client::failing_cast),
    ("error in the middle", Client::error_in_the_middle),
    ("half a secret", Client::half_a_secret),
    ("cancel", Client::cancelled),
    ("timeout", Client::timed_out),
    ("vanish while it runs", Client::vanish_while_it_runs),
    ("vanish while it streams", Client::vanish_while_it_streams),
];

/// Which actions there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    Everything,
    OnlyBad,
}

impl Mix {
    fn actions(self) -> Vec<(&'static str, Action)> {
        let good = match self {
            Self::Everything => &GOOD[..],
            Self::OnlyBad => &[],
        };
        good.iter().chain(&BAD).copied().collect()
    }
}

/// What has happened so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// Actions that went as they should.
    pub(crate) done: BTreeMap<&'static str, u64>,
    /// Statements that failed by a fault, by action and SQLSTATE.
    pub(crate) failed: BTreeMap<(&'static str, String), u64>,
    /// Sessions that the server ended with a word, by SQLSTATE.
    pub(crate) ended: BTreeMap<String, u64>,
    /// Sessions that ended with their gateway, which was killed.
    pub(crate) killed: u64,
    /// Connections that were refused: their gateway was away.
    pub(crate) refused: u64,
    pub(crate) slowest: Duration,
    /// Broken invariants, in words.
    pub(crate) broken: Vec<String>,
}

impl Account {
    pub(crate) fn actions(&self) -> u64 {
        self.done.values().sum()
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failed.values().sum()
    }
}

#[derive(Debug)]
struct Field {
    gateways: Vec<SocketAddr>,
    /// How often each gateway was about to be killed, and was: odd while it is about to be.
    killed: Vec<AtomicU64>,
    mix: Mix,
    /// After so many actions the clients end on their own.
    actions_max: u64,
    begun: AtomicU64,
    stop: AtomicBool,
    account: Mutex<Account>,
}

/// A crowd of clients, each a user of its own.
#[derive(Debug)]
pub(crate) struct Crowd {
    field: Arc<Field>,
    clients: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// Clients until they are stopped.
    pub(crate) fn start(gateways: &[SocketAddr], clients: u64, mix: Mix) -> Self {
        Self::of(gateways, clients, mix, u64::MAX)
    }

    /// Clients that do so many actions together.
    pub(crate) fn of(gateways: &[SocketAddr], clients: u64, mix: Mix, actions_max: u64) -> Self {
        let field = Arc::new(Field {
            gateways: gateways.to_vec(),
            killed: gateways.iter().map(|_| AtomicU64::new(0)).collect(),
            mix,
            actions_max,
            begun: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            account: Mutex::default(),
        });
        let clients = (0..clients).map(|number| {
            let field = Arc::clone(&field);
            std::thread::spawn(move || work(number, &field))
        });
        Self {
            clients: clients.collect(),
            field,
        }
    }

    pub(crate) fn account(&self) -> Account {
        self.field.account.lock().expect("no panic").clone()
    }

    /// Says that the sessions of a gateway may end without a word from now on.
    pub(crate) fn will_kill(&self, gateway: usize) {
        self.field.killed[gateway].fetch_add(1, Ordering::SeqCst);
    }

    /// Says that the gateway is dead: who comes from now on finds another one.
    pub(crate) fn has_killed(&self, gateway: usize) {
        self.field.killed[gateway].fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until so many more actions went as they should.
    #[track_caller]
    pub(crate) fn goes_on(&self, more: u64) {
        let wanted = self.account().actions() + more;
        eventually("the clients go on", PATIENCE * 3, || {
            let account = self.account();
            account.actions() >= wanted || !account.broken.is_empty()
        });
    }

    /// Waits for the clients that end on their own.
    ///
    /// # Panics
    /// When an invariant was broken.
    #[track_caller]
    pub(crate) fn wait(self) -> Account {
        for client in self.clients {
            client.join().expect("a client does not panic");
        }
        let account = self.field.account.lock().expect("no panic").clone();
        assert!(account.broken.is_empty(), "{:#?}", account.broken);
        account
    }

    #[track_caller]
    pub(crate) fn finish(self) -> Account {
        self.field.stop.store(true, Ordering::SeqCst);
        self.wait()
    }
}

fn work(number: u64, field: &Arc<Field>) {
    let mut visits = 0;
    while !field.stop.load(Ordering::SeqCst) {
        visits += 1;
        match Client::come(number, visits, field) {
            Some(mut client) => client.stay(),
            None => {
                field.account.lock().expect("no panic").refused += 1;
                pause(Duration::from_millis(20));
            }
        }
        if field.begun.load(Ordering::SeqCst) >= field.actions_max {
            return;
        }
    }
}

/// One session of one client.
struct Client {
    number: u64,
    visit: u64,
    field: Arc<Field>,
    gateway: usize,
    /// [`Field::killed`] of its gateway when it came.
    killed: u64,
    wire: Wire,
    /// The client has left on its own.
    left: bool,
    dice: u64,
}

impl Client {
    fn come(number: u64, visit: u64, field: &Arc<Field>) -> Option<Self> {
        let at = usize::try_from(number + visit).expect("few") % field.gateways.len();
        let killed = field.killed[at].load(Ordering::SeqCst);
        let user = format!("client{number}");
        let application = format!("{MARK}{number}-{visit}-application");
        let parameters = [
            ("user", user.as_str()),
            ("application_name", application.as_str()),
        ];
        let wire = Wire::try_connect_as(field.gateways[at], &parameters)?;
        Some(Self {
            number,
            visit,
            field: Arc::clone(field),
            gateway: at,
            killed,
            wire,
            left: false,
            dice: number << 32 | visit,
        })
    }

    /// Fibonacci hashing: as good as dice, and the same in each run.
    fn random(&mut self, below: u64) -> u64 {
        self.dice = self.dice.wrapping_add(1);
        (self.dice.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % below
    }

    fn mark(&self, what: &str) -> String {
        format!("{MARK}{}-{}-{what}", self.number, self.visit)
    }

    fn stay(&mut self) {
        let actions = self.field.mix.actions();
        let mut next = ("arrive", Self::arrive as Action);
        for _ in 0..ACTIONS_OF_SESSION {
            if self.field.stop.load(Ordering::SeqCst) {
                break;
            }
            let (name, action) = next;
            if name != "arrive"
                && self.field.begun.fetch_add(1, Ordering::SeqCst) >= self.field.actions_max
            {
                break;
            }
            let began = Instant::now();
            let outcome = action(self);
            if self.note(name, began.elapsed(), outcome) || self.left {
                return;
            }
            let at = self.random(u64::try_from(actions.len()).expect("few"));
            next = actions[usize::try_from(at).expect("few")];
        }
        // A client that goes says so.
        self.wire.try_send(&Out::new().terminate().bytes);
    }

    /// Keeps account of an action; whether the session is over.
    fn note(&mut self, name: &'static str, took: Duration, outcome: Outcome) -> bool {
        let trouble = match outcome {
            Ok(()) => None,
            Err(Trouble::Silent) if self.may_be_killed() => {
                self.field.account.lock().expect("no panic").killed += 1;
                return true;
            }
            Err(Trouble::Silent) => Some(Trouble::Broken("the session ended silently".to_owned())),
            Err(Trouble::Failed(fault)) => Some(self.after_failure(fault)),
            Err(trouble) => Some(trouble),
        };
        let mut account = self.field.account.lock().expect("no panic");
        account.slowest = account.slowest.max(took);
        let who = format!("{name} of {} at gateway {}", self.mark(""), self.gateway);
        match trouble {
            None => {
                *account.done.entry(name).or_default() += 1;
                false
            }
            Some(Trouble::Failed(fault)) if LOSSES.contains(&fault.state()) => {
                let state = fault.state().to_owned();
                *account.failed.entry((name, state)).or_default() += 1;
                true
            }
            Some(Trouble::Ended(state)) if LOSSES.contains(&state.as_str()) => {
                *account.ended.entry(state).or_default() += 1;
                true
            }
            Some(Trouble::Silent) => {
                account.killed += 1;
                true
            }
            Some(Trouble::Failed(fault)) => {
                account.broken.push(format!("{who}: {fault:?}"));
                true
            }
            Some(Trouble::Ended(what) | Trouble::Broken(what)) => {
                account.broken.push(format!("{who}: {what}"));
                true
            }
        }
    }

    /// Whether its gateway was killed since it came, or was about to be.
    fn may_be_killed(&self) -> bool {
        let now = self.field.killed[self.gateway].load(Ordering::SeqCst);
        now > self.killed || self.killed % 2 == 1
    }

    /// After a failure the session can be used, or ends with a word.
    fn after_failure(&mut self, fault: Fault) -> Trouble {
        let state = fault.state();
        for sql in ["ROLLBACK", "SELECT 'still here' FROM range(1)"] {
            match self.query(sql) {
                Ok(_) => {}
                // Nothing says that one thing only goes wrong.
                Err(Trouble::Failed(next)) if LOSSES.contains(&next.state()) => {}
                Err(Trouble::Failed(next)) => {
                    return broken(format!("{state}, then {next:?} for {sql}"));
                }
                Err(Trouble::Silent) if !self.may_be_killed() => {
                    return broken(format!("{state}, then a silent end"));
                }
                Err(other) => return other,
            }
        }
        Trouble::Failed(fault)
    }

    /// Sends messages and reads up to ReadyForQuery.
    fn exchange(&mut self, out: &Out) -> Result<Reply, Trouble> {
        // Where that fails, what the server said before it closed is still there.
        self.wire.try_send(&out.bytes);
        self.reply()
    }

    fn reply(&mut self) -> Result<Reply, Trouble> {
        let mut messages: Vec<Message> = Vec::new();
        loop {
            let message = self.message()?;
            let last = message.kind == b'Z';
            messages.push(message);
            if last {
                break;
            }
        }
        let reply = Reply { messages };
        match reply.faults().as_slice() {
            [] => Ok(reply),
            [fault] => Err(Trouble::Failed(fault.clone())),
            several => Err(broken(format!("several errors: {several:?}"))),
        }
    }

    fn message(&mut self) -> Result<Message, Trouble> {
        match self.wire.next(PATIENCE * 2) {
            Next::Message(message) => {
                self.inspect(&message)?;
                if message.kind == b'E' && message.fault().fields[&'S'] == "FATAL" {
                    return Err(Trouble::Ended(message.fault().state().to_owned()));
                }
                Ok(message)
            }
            Next::End => Err(Trouble::Silent),
            Next::Silence => Err(broken("no answer for a minute")),
        }
    }

    /// Nobody's secrets are in it, and no mark of anybody else.
    fn inspect(&self, message: &Message) -> Outcome {
        let own = format!("{MARK}{}-", self.number);
        for (at, _) in find(&message.body, MARK.as_bytes()) {
            if !message.body[at..].starts_with(own.as_bytes()) {
                return Err(broken(format!("it sees {message:?}")));
            }
        }
        match find(&message.body, CANARY.as_bytes()).next() {
            Some(_) => Err(broken(format!("it sees a secret in {message:?}"))),
            None => Ok(()),
        }
    }

    fn query(&mut self, sql: impl AsRef<str>) -> Result<Reply, Trouble> {
        self.exchange(&Out::new().query(sql.as_ref()))
    }

    /// One row of one column.
    fn value(&mut self, sql: &str, expected: &str) -> Outcome {
        let reply = self.query(sql)?;
        let texts = reply.texts();
        let right = [[Some(expected.to_owned())]];
        same(sql, &texts, &right)
    }

    fn fails(&mut self, sql: &str, expected: &[&str]) -> Outcome {
        match self.query(sql) {
            Ok(reply) => Err(broken(format!("{sql}: {:?}", reply.tags()))),
            Err(Trouble::Failed(fault)) if expected.contains(&fault.state()) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }

    /// Each session has a secret of its own, in a setting and as a secret, and a mark.
    fn arrive(&mut self) -> Outcome {
        let (number, visit) = (self.number, self.visit);
        self.query(format!(
            "SET s3_secret_access_key = '{CANARY}{number}-{visit}-setting'"
        ))?;
        if number.is_multiple_of(3) {
            self.query(format!(
                "CREATE SECRET own (TYPE s3, KEY_ID 'AK', SECRET '{CANARY}{number}-{visit}-secret')"
            ))?;
            let mark = self.mark("variable");
            self.query(format!("SET VARIABLE own = '{mark}'"))?;
        }
        Ok(())
    }

    fn short(&mut self) -> Outcome {
        let rows = 1000 + self.random(3000);
        let sum = rows * (rows - 1) / 2;
        self.value(
            &format!("SELECT sum(i) FROM range({rows}) t(i)"),
            &sum.to_string(),
        )
    }

    fn parameters(&mut self) -> Outcome {
        let (rows, mark) = (self.random(500), self.mark("parameter"));
        let out = Out::new()
            .parse(
                "",
                "SELECT count(*) || $2 FROM range($1::BIGINT)",
                &[20, 25],
            )
            .bind("", "", &[Some(&rows.to_string()), Some(&mark)])
            .execute("", 0)
            .sync();
        let texts = self.exchange(&out)?.texts();
        same("parameters", &texts, &[[Some(format!("{rows}{mark}"))]])
    }

    fn stream(&mut self) -> Outcome {
        let (rows, factor) = (5_000 + self.random(30_000), 1 + self.random(1000));
        let reply = self.query(format!(
            "SELECT i, i * {factor} FROM range({rows}) t(i) ORDER BY i"
        ))?;
        let texts = reply.texts();
        let right = |(at, row): (u64, &Vec<Option<String>>)| {
            *row == [Some(at.to_string()), Some((at * factor).to_string())]
        };
        if reply.tags() != [format!("SELECT {rows}")]
            || u64::try_from(texts.len()).expect("few") != rows
            || !(0..).zip(&texts).all(right)
        {
            let got = texts.len();
            return Err(broken(format!("{got} rows of {rows}: {:?}", reply.tags())));
        }
        Ok(())
    }

    fn transaction(&mut self) -> Outcome {
        let (rows, mark) = (1 + self.random(500), self.mark("row"));
        self.query("BEGIN")?;
        self.query(format!(
            "CREATE TEMP TABLE own AS SELECT i, '{mark}' AS mark FROM range({rows}) t(i)"
        ))?;
        self.query(format!("INSERT INTO own VALUES (-1, '{mark}')"))?;
        let sql = "SELECT count(*) || '/' || min(i) || '/' || min(mark) || max(mark) FROM own";
        let expected = format!("{}/-1/{mark}{mark}", rows + 1);
        self.value(sql, &expected)?;
        if self.random(2) == 0 {
            self.query("ROLLBACK")?;
            return self.fails("SELECT i FROM own", &["42P01"]);
        }
        self.query("COMMIT")?;
        self.value(sql, &expected)?;
        self.query("DROP TABLE own")?;
        Ok(())
    }

    fn cursor(&mut self) -> Outcome {
        let (rows, each) = (200 + self.random(2000), 50 + self.random(200));
        let holds = self.random(2) == 0;
        if holds {
            self.query(format!(
                "DECLARE own CURSOR WITH HOLD FOR SELECT i FROM range({rows}) t(i) ORDER BY i"
            ))?;
        } else {
            self.query("BEGIN")?;
            self.query(format!(
                "DECLARE own CURSOR FOR SELECT i FROM range({rows}) t(i) ORDER BY i"
            ))?;
        }
        let mut next = 0;
        loop {
            let reply = self.query(format!("FETCH {each} FROM own"))?;
            let texts = reply.texts();
            let end = rows.min(next + each);
            let expected: Vec<_> = (next..end).map(|i| [Some(i.to_string())]).collect();
            same("a cursor", &texts, &expected)?;
            if texts.is_empty() {
                break;
            }
            next = end;
        }
        self.query("CLOSE own")?;
        if !holds {
            self.query("COMMIT")?;
        }
        Ok(())
    }

    fn copy(&mut self) -> Outcome {
        let rows = 100 + self.random(5000);
        let reply = self.query(format!("COPY (SELECT i FROM range({rows}) t(i)) TO STDOUT"))?;
        let lines = reply.messages.iter().filter(|one| one.kind == b'd').count();
        if u64::try_from(lines).expect("few") != rows || reply.tags() != [format!("COPY {rows}")] {
            return Err(broken(format!("{lines} lines of {rows}")));
        }
        let mark = self.mark("copied");
        self.query("CREATE TEMP TABLE copied (i BIGINT, mark VARCHAR)")?;
        self.wire
            .try_send(&Out::new().query("COPY copied FROM STDIN").bytes);
        loop {
            match self.message()? {
                message if message.kind == b'G' => break,
                message if message.kind == b'E' => {
                    self.reply()?;
                    return Err(Trouble::Failed(message.fault()));
                }
                _ => {}
            }
        }
        let mut out = Out::new();
        for i in 0..rows {
            out = out.copy_data(format!("{i}\t{mark}\n").as_bytes());
        }
        let reply = self.exchange(&out.copy_done())?;
        if reply.tags() != [format!("COPY {rows}")] {
            return Err(broken(format!("{:?} of {rows}", reply.tags())));
        }
        let sum = rows * (rows - 1) / 2;
        let sql = "SELECT sum(i) || min(mark) FROM copied";
        self.value(sql, &format!("{sum}{mark}"))?;
        self.query("DROP TABLE copied")?;
        Ok(())
    }

    /// Everywhere where something of others could be seen; [`Self::inspect`] looks.
    fn look_around(&mut self) -> Outcome {
        let own = self.mark("application");
        self.value("SELECT current_setting('application_name')", &own)?;
        let mine = self.mark("");
        for sql in [
            "SHOW ALL",
            "SELECT * FROM duckdb_settings()",
            "SELECT * FROM duckdb_secrets()",
            "SELECT * FROM duckdb_variables()",
            "SELECT * FROM pg_settings",
            "SELECT * FROM pg_cursors",
            "SELECT * FROM pg_prepared_statements",
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM duckdb_tables()",
            "SELECT * FROM duckdb_views()",
        ] {
            for message in self.query(sql)?.messages {
                for (at, _) in find(&message.body, MARK.as_bytes()) {
                    if !message.body[at..].starts_with(mine.as_bytes()) {
                        return Err(broken(format!("of another session: {message:?}")));
                    }
                }
            }
        }
        // A user may see all of its own sessions here.
        for sql in [
            "SELECT * FROM pg_stat_activity",
            "SELECT * FROM tavana.queue",
        ] {
            self.query(sql)?;
        }
        Ok(())
    }

    fn unknown_table(&mut self) -> Outcome {
        self.fails("SELECT nonsense FROM nowhere", &["42P01"])
    }

    fn failing_cast(&mut self) -> Outcome {
        self.fails("SELECT ('x' || i)::INTEGER FROM range(9) t(i)", &["22P02"])
    }

    fn error_in_the_middle(&mut self) -> Outcome {
        let sql = "SELECT CASE WHEN i = 60000 THEN error('no') ELSE i END FROM range(90000) t(i)";
        self.fails(sql, &["22023"])
    }

    fn half_a_secret(&mut self) -> Outcome {
        let (number, visit) = (self.number, self.visit);
        self.fails(
            &format!("CREATE SECRET x (TYPE s3, SECRET '{CANARY}{number}-{visit}-half' oops"),
            &["42601"],
        )
    }

    fn cancelled(&mut self) -> Outcome {
        self.wire.try_send(&Out::new().query(ENDLESS).bytes);
        pause(Duration::from_millis(self.random(30)));
        let gateways = self.field.gateways.len();
        let mut through = self.gateway;
        // The cancel may come before the statement; then another one ends it.
        for _ in 0..100 {
            through = (through + 1) % gateways;
            self.wire.cancel_key.try_send(self.field.gateways[through]);
            match self.wire.next(Duration::from_millis(200)) {
                Next::Silence => {}
                Next::End => return Err(Trouble::Silent),
                Next::Message(message) => {
                    self.inspect(&message)?;
                    if message.kind != b'E' {
                        continue;
                    }
                    let fault = message.fault();
                    if fault.fields[&'S'] == "FATAL" {
                        return Err(Trouble::Ended(fault.state().to_owned()));
                    }
                    self.reply()?;
                    return match fault.state() {
                        "57014" => Ok(()),
                        _ => Err(Trouble::Failed(fault)),
                    };
                }
            }
        }
        Err(broken("a hundred cancels for nothing"))
    }

    fn timed_out(&mut self) -> Outcome {
        self.query("SET statement_timeout = '20ms'")?;
        let ended = self.fails(ENDLESS, &["57014"]);
        if ended.is_ok() {
            self.query("RESET statement_timeout")?;
        }
        ended
    }

    fn vanish_while_it_runs(&mut self) -> Outcome {
        self.wire.try_send(&Out::new().query(ENDLESS).bytes);
        pause(Duration::from_millis(self.random(20)));
        self.leave();
        Ok(())
    }

    fn vanish_while_it_streams(&mut self) -> Outcome {
        let sql = "SELECT i FROM range(100000000000) t(i)";
        self.wire.try_send(&Out::new().query(sql).bytes);
        loop {
            let message = self.message()?;
            match message.kind {
                b'D' => break,
                // It was lost with its worker before its first row.
                b'E' => {
                    while self.message()?.kind != b'Z' {}
                    return Err(Trouble::Failed(message.fault()));
                }
                _ => {}
            }
        }
        self.leave();
        Ok(())
    }

    fn leave(&mut self) {
        self.wire.hang_up();
        self.left = true;
    }
}

fn same<const N: usize>(
    what: &str,
    texts: &[Vec<Option<String>>],
    expected: &[[Option<String>; N]],
) -> Outcome {
    if texts.len() == expected.len() && texts.iter().zip(expected).all(|(got, of)| got == of) {
        return Ok(());
    }
    let first = texts.iter().take(3).collect::<Vec<_>>();
    Err(broken(format!(
        "{what}: {} rows instead of {}: {first:?}",
        texts.len(),
        expected.len()
    )))
}

/// Where `wanted` is in `bytes`.
fn find<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = (usize, &'a [u8])> {
    let places = bytes.windows(wanted.len()).enumerate();
    places.filter(move |(_, found)| *found == wanted)
}
