//! From a client's text to a bound statement and the facts about it.
//!
//! Every parameter ends with a DuckDB type: declared by the client, inferred by DuckDB, or, where
//! DuckDB leaves it open (`SELECT $1`, `a + $1`, `= ANY($1)`), the type of its neighbour or else
//! VARCHAR, as in PostgreSQL. A parameter of a known type stands in the statement as
//! `CAST($n AS type)`, so that a value that arrives as text is read by DuckDB's own rules.

use std::collections::{BTreeMap, HashMap};
use std::ffi::CString;
use std::ops::Range;
use std::sync::Arc;

use arrow_schema::{Schema, SchemaRef};
use bytes::Bytes;
use libduckdb_sys as sys;
use tavana_common::proto::v1::{Column, Failure, FailureKind, StatementFacts, StatementKind};

use super::export::{Export, client_schema};
use super::failure::{self, EngineError};
use super::ffi::{Connection, ErrorText, ExtractedStatements, LogicalType, PreparedStatement};
use super::output::schema_message;
use super::text::{SqlText, Substituted, TokenKind, is_type_name, quote_name};
use super::types::{holds_variant, type_name};

/// Key of a field's metadata that holds DuckDB's name of the type.
pub(crate) const TYPE_KEY: &str = "tavana:duckdb_type";
/// How often a statement is bound again to find the types of its parameters.
const REFINEMENTS_MAX: usize = 32;
/// What PostgreSQL takes for a literal or parameter of unknown type.
const UNKNOWN_TYPE: &str = "VARCHAR";

/// Subtypes of errors that do not depend on the value of a parameter.
const WRONG_WITH_ANY_VALUE: [&str; 2] = ["COLUMN_NOT_FOUND", "NO_MATCHING_FUNCTION"];
/// The class of the failure of a statement that cannot be described before it has its parameters.
const NOT_RESOLVED: &str = "Parameter Not Resolved";

/// A bound statement.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Bound and not yet executed.
    statement: Option<PreparedStatement>,
    /// What was bound, to bind it again.
    sql: String,
    pub(crate) facts: StatementFacts,
    /// The result's Arrow schema as the client sees it.
    pub(crate) schema: SchemaRef,
    /// The same as DuckDB exports it.
    raw_schema: SchemaRef,
    /// As `raw_schema`, for values that change no type.
    described_raw_schema: SchemaRef,
    /// Names of the parameters that occur, as DuckDB calls them, and the place of each in
    /// `facts.parameter_types`.
    pub(crate) parameters: Vec<(String, usize)>,
    /// Changes that the statement itself makes to the transaction.
    pub(crate) transaction: TransactionChange,
    /// Why the facts lack the result's columns: they depend on the value of a parameter.
    pub(crate) undescribed: Option<Box<Failure>>,
    /// Columns that are exported as JSON in place of a VARIANT.
    variants: Vec<bool>,
    positions: Positions,
    has_steps: bool,
}

/// What a statement does to the connection's transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransactionChange {
    None,
    Begins,
    Ends,
}

/// Leads positions in errors back to the client's text.
#[derive(Debug, Clone)]
struct Positions {
    sql: String,
    substituted: Substituted,
}

impl Positions {
    fn failure(&self, error: EngineError) -> Failure {
        let text = SqlText::lex(&self.sql);
        let position = error.offset.map_or(0, |offset| {
            text.position(self.substituted.origin(offset).min(self.sql.len()))
        });
        error.into_failure(position)
    }
}

impl Prepared {
    /// The statement for one execution, bound anew for every one but the first.
    pub(crate) fn take_statement(
        &mut self,
        connection: &Connection,
    ) -> Result<PreparedStatement, Failure> {
        match self.statement.take() {
            Some(statement) => Ok(statement),
            None => bind(connection, &self.sql).map_err(|error| self.failure(&error)),
        }
    }

    /// Whether what is bound is the first of several steps, which a transaction must hold together.
    pub(crate) fn has_steps(&self) -> bool {
        self.has_steps
    }

    /// Runs the steps after the first.
    pub(crate) fn run_later_steps(&self, connection: &Connection) -> Result<(), Failure> {
        let run = || {
            let statements = extract(connection, &self.sql)?;
            let gone = || ErrorText(b"the steps of the statement are gone".to_vec());
            let steps = steps(connection, &statements)?.ok_or_else(gone)?;
            for index in steps.skip(1) {
                run_to_its_end(connection.prepare(&statements, index)?)?;
            }
            Ok(())
        };
        run().map_err(|error| self.failure(&error))
    }

    /// A failure of this statement while it runs.
    pub(crate) fn failure(&self, error: &ErrorText) -> Failure {
        self.positions.failure(EngineError::read(error))
    }

    /// Converts the rows of a result of this statement.
    pub(crate) fn export(&self, connection: &Connection) -> Export {
        let (raw, schema) = (Arc::clone(&self.raw_schema), Arc::clone(&self.schema));
        Export::new(connection.arrow_options(), raw, schema)
    }

    /// The schema of a result of this statement. A statement can be bound anew when it runs, so
    /// the facts may have changed since.
    ///
    /// `with_null`: a parameter is NULL. DuckDB folds what is computed from it to a NULL that has no
    /// type and is called an INTEGER; its column keeps the type that was described.
    pub(crate) fn refresh(
        &mut self,
        connection: &Connection,
        columns: Vec<(String, LogicalType)>,
        returns_rows: bool,
        with_null: bool,
    ) -> Result<(), Failure> {
        self.facts.returns_rows = returns_rows;
        if !returns_rows {
            self.facts.columns.clear();
            self.facts.schema = Bytes::new();
            return Ok(());
        }
        let all = |accept: &dyn Fn(&LogicalType, &Column) -> bool| {
            columns.len() == self.facts.columns.len()
                && columns
                    .iter()
                    .zip(&self.facts.columns)
                    .zip(&self.variants)
                    .all(|(((_, found), known), variant)| *variant || accept(found, known))
        };
        let is_same = |found: &LogicalType, known: &Column| type_name(found) == known.duckdb_type;
        if all(&is_same) {
            self.raw_schema = Arc::clone(&self.described_raw_schema);
            return Ok(());
        }
        let is_null = |found: &LogicalType| found.id() == sys::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER;
        if with_null && all(&|found, known| is_same(found, known) || is_null(found)) {
            self.raw_schema = column_facts(connection, columns, &self.variants)?.raw_schema;
            return Ok(());
        }
        self.variants = vec![false; columns.len()];
        let described = column_facts(connection, columns, &self.variants)?;
        self.facts.columns = described.columns;
        self.facts.schema = schema_message(&described.schema);
        self.schema = described.schema;
        self.described_raw_schema = Arc::clone(&described.raw_schema);
        self.raw_schema = described.raw_schema;
        Ok(())
    }
}

/// Binds a statement.
///
/// `trial`: another connection of the instance, when `connection` is in a transaction. What DuckDB
/// says of a value that only stands in for a parameter would end the transaction otherwise.
///
/// # Errors
/// What DuckDB says about it, with the position in the client's text; a statement that is not
/// exactly one; a declared type that is not a type name.
pub(crate) fn prepare(
    connection: &Connection,
    text: &SqlText<'_>,
    declared: &[String],
    trial: Option<&Connection>,
) -> Result<Prepared, Failure> {
    match text.statements() {
        0 => return Err(failure::invalid("the statement is empty")),
        1 => {}
        _ => {
            return Err(failure::invalid(
                "cannot insert multiple commands into a prepared statement",
            ));
        }
    }
    if let Some(wrong) = declared
        .iter()
        .find(|name| !name.is_empty() && !is_type_name(name))
    {
        return Err(failure::invalid(format!(
            "\"{}\" is not a type name",
            wrong.chars().take(100).collect::<String>()
        )));
    }
    let count = text.parameters().max(declared.len());
    let mut types: Vec<Option<String>> = declared
        .iter()
        .map(|name| (!name.is_empty()).then(|| name.clone()))
        .chain(std::iter::repeat(None))
        .take(count)
        .collect();
    let (bound, columns) = infer(connection, text, &mut types, trial)?;
    finish(connection, text, bound, columns, types)
}

/// A statement DuckDB has accepted.
struct Bound {
    statement: PreparedStatement,
    substituted: Substituted,
}

impl Bound {
    /// The result's columns, or nothing where DuckDB needs the parameters to tell them.
    fn columns(&self) -> Option<Vec<(String, LogicalType)>> {
        known_columns(&self.statement)
    }
}

fn known_columns(statement: &PreparedStatement) -> Option<Vec<(String, LogicalType)>> {
    let columns = statement.columns();
    let known = columns
        .iter()
        .all(|(_, column)| column.id() != sys::DUCKDB_TYPE_DUCKDB_TYPE_INVALID);
    known.then_some(columns)
}

/// A statement with the columns of its result, or why they are not known.
type Described = (Bound, Result<Vec<(String, LogicalType)>, Box<Failure>>);

/// Binds until every parameter has a type.
fn infer(
    connection: &Connection,
    text: &SqlText<'_>,
    types: &mut [Option<String>],
    trial: Option<&Connection>,
) -> Result<Described, Failure> {
    let columns_with = |types: &[Option<String>], literal: fn(&str) -> &'static str| {
        columns_with(connection, text, types, literal, trial)
    };
    let parameters = NumberedParameters::of(text);
    let mut guesses: Vec<usize> = Vec::new();
    let mut plain: Option<Bound> = None;
    for _ in 0..REFINEMENTS_MAX {
        let substituted = text.with_casts(types);
        match bind(connection, &substituted.sql) {
            Ok(statement) => {
                let bound = Bound {
                    statement,
                    substituted,
                };
                if types.iter().all(Option::is_some) {
                    if let Some(columns) = bound.columns() {
                        return Ok((bound, Ok(columns)));
                    }
                    let neutral = match columns_with(types, neutral_literal) {
                        Ok(columns) => return Ok((bound, Ok(columns))),
                        Err(refused) => *refused,
                    };
                    if refine(
                        text,
                        &parameters,
                        &neutral.substituted,
                        &neutral.error,
                        types,
                        &mut guesses,
                    ) {
                        continue;
                    }
                    // A wrong name or type stays wrong whatever the value.
                    if WRONG_WITH_ANY_VALUE.contains(&neutral.error.subtype.as_str()) {
                        let positions = Positions {
                            sql: text.sql.to_owned(),
                            substituted: neutral.substituted,
                        };
                        return Err(positions.failure(neutral.error));
                    }
                    let columns = columns_with(types, |_| "NULL")
                        .map_err(|_| Box::new(not_resolved(neutral.error)));
                    return Ok((bound, columns));
                }
                for (number, index) in parameters.numbers().zip(1..) {
                    if let Some(slot @ None) = types.get_mut(number - 1) {
                        *slot = bound.statement.parameter_type(index).map(|t| type_name(&t));
                    }
                }
                guess(connection, text, &parameters, types, &mut guesses);
                plain = plain.or(Some(bound));
            }
            Err(error) => {
                let error = EngineError::read(&error);
                if refine(text, &parameters, &substituted, &error, types, &mut guesses) {
                    continue;
                }
                if types.iter().any(Option::is_none) && plain.is_none() && guesses.is_empty() {
                    let before = error.class.clone();
                    guess(connection, text, &parameters, types, &mut guesses);
                    // A text that does not parse does not parse with casts either.
                    if before != "Parser" {
                        continue;
                    }
                }
                // Where the grammar takes a parameter but no cast, the statement stands as it is.
                if error.class == "Parser"
                    && let Some(bound) = plain
                {
                    let columns = bound
                        .columns()
                        .ok_or_else(|| Box::new(depends_on_a_parameter(String::new())));
                    return Ok((bound, columns));
                }
                let positions = Positions {
                    sql: text.sql.to_owned(),
                    substituted,
                };
                return Err(positions.failure(error));
            }
        }
    }
    Err(failure::limit(format!(
        "could not find the types of the parameters in {REFINEMENTS_MAX} attempts"
    )))
}

/// A statement with values in place of its parameters, and what DuckDB says about it.
struct StandIns {
    substituted: Substituted,
    error: EngineError,
}

/// The columns of a statement whose parameters, of known types, DuckDB has to see: a table
/// function's argument decides what the table is. What `literal` gives for a type stands in.
fn columns_with(
    connection: &Connection,
    text: &SqlText<'_>,
    types: &[Option<String>],
    literal: fn(&str) -> &'static str,
    trial: Option<&Connection>,
) -> Result<Vec<(String, LogicalType)>, Box<StandIns>> {
    let substituted = text.with_values(types, literal);
    if let Some(trial) = trial
        && let Err(error) = bind(trial, &substituted.sql)
    {
        let error = EngineError::read(&error);
        // It may not know the tables of the transaction; these errors do not end one.
        if !matches!(error.class.as_str(), "Binder" | "Catalog" | "Parser") {
            return Err(Box::new(StandIns { substituted, error }));
        }
    }
    let error = match bind(connection, &substituted.sql) {
        Ok(statement) => match known_columns(&statement) {
            Some(columns) => return Ok(columns),
            // A parameter with a name has no type to make a value of.
            None => EngineError::default(),
        },
        Err(error) => EngineError::read(&error),
    };
    Err(Box::new(StandIns { substituted, error }))
}

/// A value that most functions take for a parameter of this type.
fn neutral_literal(type_name: &str) -> &'static str {
    let plain = type_name.split('(').next().unwrap_or_default();
    if type_name.ends_with(']') {
        return if type_name.ends_with("[]") {
            "[]"
        } else {
            "NULL"
        };
    }
    match plain.trim().to_ascii_uppercase().as_str() {
        "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "HUGEINT" | "UTINYINT" | "USMALLINT"
        | "UINTEGER" | "UBIGINT" | "UHUGEINT" | "FLOAT" | "DOUBLE" | "DECIMAL" | "NUMERIC"
        | "REAL" | "INT" | "INT2" | "INT4" | "INT8" | "FLOAT4" | "FLOAT8" | "BIGNUM" => "1",
        "BOOLEAN" | "BOOL" => "true",
        "DATE" => "'2000-01-01'",
        "TIME" | "TIME WITH TIME ZONE" | "TIMETZ" | "TIME_NS" => "'00:00:00'",
        "TIMESTAMP"
        | "TIMESTAMP_S"
        | "TIMESTAMP_MS"
        | "TIMESTAMP_NS"
        | "DATETIME"
        | "TIMESTAMP WITH TIME ZONE"
        | "TIMESTAMPTZ" => "'2000-01-01 00:00:00'",
        "INTERVAL" => "'1 day'",
        "UUID" => "'00000000-0000-0000-0000-000000000000'",
        "VARCHAR" | "TEXT" | "STRING" | "CHAR" | "BPCHAR" | "BLOB" | "BYTEA" => "'x'",
        "JSON" => "'{}'",
        _ => "NULL",
    }
}

fn not_resolved(error: EngineError) -> Failure {
    let said = error.into_failure(0).message;
    depends_on_a_parameter(if said.is_empty() {
        said
    } else {
        format!("With a stand-in for the parameter: {said}")
    })
}

fn depends_on_a_parameter(hint: String) -> Failure {
    Failure {
        duckdb_class: NOT_RESOLVED.to_owned(),
        hint,
        ..tavana_common::failure::new(
            FailureKind::FailureEngine,
            "could not describe the statement: the columns of its result depend on the value of a \
             parameter",
        )
    }
}

/// The tokens of a text that are parameters with a number, by number.
struct NumberedParameters(BTreeMap<usize, Vec<usize>>);

impl NumberedParameters {
    fn of(text: &SqlText<'_>) -> Self {
        let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, token) in text.tokens.iter().enumerate() {
            if let TokenKind::Parameter(number) = token.kind {
                places.entry(number).or_default().push(at);
            }
        }
        Self(places)
    }

    fn numbers(&self) -> impl Iterator<Item = usize> {
        self.0.keys().copied()
    }

    fn tokens(&self, number: usize) -> impl Iterator<Item = usize> {
        self.0.get(&number).into_iter().flatten().copied()
    }
}

/// Gives every parameter that is still open the type PostgreSQL would give it.
fn guess(
    connection: &Connection,
    text: &SqlText<'_>,
    parameters: &NumberedParameters,
    types: &mut [Option<String>],
    guesses: &mut Vec<usize>,
) {
    let mut known: HashMap<&str, Option<String>> = HashMap::new();
    for (index, slot) in types.iter_mut().enumerate() {
        if slot.is_some() {
            continue;
        }
        // DuckDB stops at the first parameter of a table function and does not see the others.
        *slot = parameters
            .tokens(index + 1)
            .find_map(|at| written_cast(text, at))
            .and_then(|written| {
                let canonical = || canonical_type(connection, written);
                known.entry(written).or_insert_with(canonical).clone()
            });
        if slot.is_some() {
            continue;
        }
        let is_array = parameters.tokens(index + 1).any(|at| {
            at >= 2
                && text.is_symbol(at - 1, '(')
                && ["any", "all", "some"]
                    .iter()
                    .any(|word| text.is_keyword(at - 2, word))
        });
        *slot = Some(if is_array {
            format!("{UNKNOWN_TYPE}[]")
        } else {
            UNKNOWN_TYPE.to_owned()
        });
        guesses.push(index);
    }
}

/// The type in `$1::type` and `CAST($1 AS type)`, for the parameter at `at`.
fn written_cast<'a>(text: &SqlText<'a>, at: usize) -> Option<&'a str> {
    let is_call = at >= 2
        && text.is_symbol(at - 1, '(')
        && (text.is_keyword(at - 2, "cast") || text.is_keyword(at - 2, "try_cast"));
    let (first, last) = if is_call && text.is_keyword(at + 1, "as") {
        (at + 2, closing(text, at - 1)?.checked_sub(1)?)
    } else if text.is_symbol(at + 1, ':') && text.is_symbol(at + 2, ':') {
        let first = at + 3;
        text.name(first)?;
        let mut last = first;
        loop {
            let next = last + 1;
            if text.is_symbol(next, '(') {
                last = closing(text, next)?;
            } else if text.is_symbol(next, '[') {
                last = (next..text.tokens.len()).find(|end| text.is_symbol(*end, ']'))?;
            } else if ["precision", "varying"]
                .iter()
                .any(|word| text.is_keyword(next, word))
            {
                last = next;
            } else if (text.is_keyword(next, "with") || text.is_keyword(next, "without"))
                && text.is_keyword(next + 1, "time")
                && text.is_keyword(next + 2, "zone")
            {
                last = next + 2;
            } else {
                break (first, last);
            }
        }
    } else {
        return None;
    };
    let (start, end) = (text.tokens.get(first)?.start, text.tokens.get(last)?.end);
    text.sql
        .get(start..end)
        .filter(|written| is_type_name(written))
}

/// DuckDB's own name of a type; `None` when it has no such type.
fn canonical_type(connection: &Connection, written: &str) -> Option<String> {
    let statement = bind(connection, &format!("SELECT CAST(NULL AS {written})")).ok()?;
    let columns = known_columns(&statement)?;
    columns.first().map(|(_, column)| type_name(column))
}

/// Replaces the guess that DuckDB's error is about by the type of its neighbour. False when the
/// error is about something else.
fn refine(
    text: &SqlText<'_>,
    parameters: &NumberedParameters,
    substituted: &Substituted,
    error: &EngineError,
    types: &mut [Option<String>],
    guesses: &mut Vec<usize>,
) -> bool {
    let Some(neighbour) = neighbour_type(error) else {
        return false;
    };
    let place = error.offset.map_or(0, |offset| substituted.origin(offset));
    let nearest = guesses
        .iter()
        .enumerate()
        .flat_map(|(slot, index)| parameters.tokens(index + 1).map(move |at| (slot, at)))
        .min_by_key(|(_, at)| text.tokens[*at].start.abs_diff(place));
    let Some((slot, _)) = nearest else {
        return false;
    };
    let index = guesses.swap_remove(slot);
    let is_array = types[index]
        .as_deref()
        .is_some_and(|name| name.ends_with("[]"));
    types[index] = Some(if is_array {
        format!("{neighbour}[]")
    } else {
        neighbour
    });
    true
}

/// The type that stands opposite to a VARCHAR DuckDB could not work with.
fn neighbour_type(error: &EngineError) -> Option<String> {
    if let Some(call) = error.extra.get("call") {
        let (name, arguments) = call.split_once('(')?;
        let arguments = split_types(arguments.strip_suffix(')')?);
        if !arguments.iter().any(|argument| argument == UNKNOWN_TYPE) {
            return None;
        }
        let other = arguments
            .iter()
            .find(|argument| *argument != UNKNOWN_TYPE)
            .cloned();
        let is_operator = matches!(name, "+" | "-" | "*" | "/" | "//" | "%" | "^" | "**");
        return Some(match other {
            Some(other) if !is_operator => candidate_type(error, &arguments).unwrap_or(other),
            Some(other) => match other.as_str() {
                // PostgreSQL takes the same type where such an operator exists, as for `-`.
                "TIME" | "TIMESTAMP" | "TIMESTAMP WITH TIME ZONE" if name == "+" => {
                    "INTERVAL".to_owned()
                }
                "DATE" if name == "+" => "INTEGER".to_owned(),
                // The type of a literal is one that only DuckDB itself can write.
                "INTEGER_LITERAL" => "BIGINT".to_owned(),
                _ => other,
            },
            None if is_operator => "DOUBLE".to_owned(),
            None => candidate_type(error, &arguments)?,
        });
    }
    let (_, rest) = error.message.split_once(" values of type ")?;
    let (left, rest) = rest.split_once(" and ")?;
    let rest = rest.strip_prefix("type ").unwrap_or(rest);
    let right = rest.split(" - ").next()?.split(" in ").next()?;
    match (left == UNKNOWN_TYPE, right == UNKNOWN_TYPE) {
        (true, false) => Some(right.to_owned()),
        (false, true) => Some(left.to_owned()),
        _ => None,
    }
    .filter(|name| is_type_name(name))
}

/// What the first signature DuckDB proposes for as many arguments takes where the guess stands.
fn candidate_type(error: &EngineError, arguments: &[String]) -> Option<String> {
    let at = arguments
        .iter()
        .position(|argument| argument == UNKNOWN_TYPE)?;
    let signatures: Vec<Vec<String>> = split_types(error.extra.get("candidates")?)
        .iter()
        .filter_map(|candidate| {
            // Table functions are listed without what they return.
            let call = candidate
                .split_once(") ->")
                .map_or_else(|| candidate.strip_suffix(')'), |(call, _)| Some(call))?;
            Some(split_types(call.split_once('(')?.1))
        })
        .collect();
    let wanted = signatures
        .iter()
        .find(|signature| signature.len() == arguments.len())
        .or(signatures.first())?
        .get(at)?;
    let usable = is_type_name(wanted) && wanted != "ANY" && wanted != UNKNOWN_TYPE;
    usable.then(|| wanted.clone())
}

/// Splits at the commas between types, not at those inside of one.
fn split_types(list: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut parts = vec![String::new()];
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (c, depth, parts.last_mut()) {
            (',', 0, _) => parts.push(String::new()),
            (c, _, Some(part)) => part.push(c),
            (_, _, None) => {}
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn bind(connection: &Connection, sql: &str) -> Result<PreparedStatement, ErrorText> {
    let mut statements = extract(connection, sql)?;
    if statements.count() > 2 {
        if let Some(steps) = steps(connection, &statements)? {
            let first = connection.prepare(&statements, steps.start)?;
            if is_alter(&first) || steps.end - steps.start == 1 {
                return Ok(first);
            }
            // The types of a PIVOT, as below, and what is made of it.
            run_to_its_end(first)?;
            for index in steps.start + 1..steps.end - 1 {
                run_to_its_end(connection.prepare(&statements, index)?)?;
            }
            return connection.prepare(&statements, steps.end - 1);
        }
        statements = extract(connection, sql)?;
    }
    run_all_but_the_last(connection, &statements)?;
    connection.prepare(&statements, statements.count() - 1)
}

fn is_alter(statement: &PreparedStatement) -> bool {
    statement.statement_type() == sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_ALTER
}

fn run_to_its_end(statement: PreparedStatement) -> Result<(), ErrorText> {
    let mut result = statement.execute_streaming()?;
    while result.fetch()?.is_some() {}
    Ok(())
}

/// DuckDB makes several statements of an ALTER TABLE that adds a column whose default is no constant
/// (the column, its values and its default), and of one that does something with a PIVOT (types, and
/// the statement itself). They stand between BEGIN and COMMIT, or, within a transaction, between two
/// options, which are locked here. What is between them; `None` for anything else.
fn steps(
    connection: &Connection,
    statements: &ExtractedStatements,
) -> Result<Option<Range<u64>>, ErrorText> {
    let last = statements.count() - 1;
    if last < 2 {
        return Ok(None);
    }
    // To look at a statement is to use it up: those in between are left.
    for index in [0, last] {
        let kind = connection.prepare(statements, index)?.statement_type();
        if kind != sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_TRANSACTION
            && kind != sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_SET
        {
            return Ok(None);
        }
    }
    Ok(Some(1..last))
}

fn extract(connection: &Connection, sql: &str) -> Result<ExtractedStatements, ErrorText> {
    let sql = CString::new(sql).map_err(|_| {
        ErrorText(b"Parser Error: a statement may not contain a zero byte".to_vec())
    })?;
    let statements = connection.extract(&sql)?;
    if statements.count() == 0 {
        return Err(ErrorText(b"Parser Error: the statement is empty".to_vec()));
    }
    Ok(statements)
}

/// DuckDB makes several statements of one PIVOT: types for the values it finds first, then the
/// query, which cannot be described without them.
fn run_all_but_the_last(
    connection: &Connection,
    statements: &ExtractedStatements,
) -> Result<(), ErrorText> {
    for index in 0..statements.count() - 1 {
        run_to_its_end(connection.prepare(statements, index)?)?;
    }
    Ok(())
}

fn finish(
    connection: &Connection,
    text: &SqlText<'_>,
    bound: Bound,
    columns: Result<Vec<(String, LogicalType)>, Box<Failure>>,
    types: Vec<Option<String>>,
) -> Result<Prepared, Failure> {
    let Bound {
        statement,
        substituted,
    } = bound;
    let (columns, undescribed) = match columns {
        Ok(columns) => (columns, None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    let positions = Positions {
        sql: text.sql.to_owned(),
        substituted,
    };
    let kind = statement_kind(&statement, text);
    let variants: Vec<bool> = columns
        .iter()
        .map(|(_, column)| holds_variant(column))
        .collect();
    let returns_rows = returns_rows(kind, text, &columns);
    let (statement, sql) = if returns_rows && variants.contains(&true) {
        drop(statement);
        let sql = with_json(kind, &positions, &columns, &variants)?;
        let statement =
            bind(connection, &sql).map_err(|error| EngineError::read(&error).into_failure(0))?;
        (statement, sql)
    } else {
        (statement, positions.substituted.sql.clone())
    };
    let parameters = parameter_places(&statement, text, types.len());
    let mut parameter_types: Vec<String> = types
        .into_iter()
        .map(|name| name.unwrap_or_else(|| UNKNOWN_TYPE.to_owned()))
        .collect();
    for (index, (_, place)) in (1_u64..).zip(&parameters) {
        if *place >= parameter_types.len() {
            // A parameter with a name: DuckDB's order, and what it could infer.
            let inferred = statement.parameter_type(index).map(|t| type_name(&t));
            parameter_types.push(inferred.unwrap_or_else(|| UNKNOWN_TYPE.to_owned()));
        }
    }
    let described = if returns_rows {
        column_facts(connection, columns, &variants)?
    } else {
        let empty = Arc::new(Schema::empty());
        ResultColumns {
            columns: Vec::new(),
            schema: Arc::clone(&empty),
            raw_schema: empty,
        }
    };
    let facts = StatementFacts {
        kind: kind.into(),
        parameter_types,
        returns_rows,
        schema: if returns_rows {
            schema_message(&described.schema)
        } else {
            Bytes::new()
        },
        columns: described.columns,
    };
    let transaction = transaction_change(kind, text);
    let has_steps = kind == StatementKind::Alter
        && extract(connection, &sql)
            .and_then(|statements| steps(connection, &statements))
            .map_err(|error| EngineError::read(&error).into_failure(0))?
            .is_some();
    Ok(Prepared {
        statement: Some(statement),
        sql,
        facts,
        schema: described.schema,
        described_raw_schema: Arc::clone(&described.raw_schema),
        raw_schema: described.raw_schema,
        parameters,
        transaction,
        undescribed,
        variants,
        positions,
        has_steps,
    })
}

/// A statement has parameters with numbers or with names, never both.
fn parameter_places(
    statement: &PreparedStatement,
    text: &SqlText<'_>,
    count: usize,
) -> Vec<(String, usize)> {
    let numbered: Vec<(String, usize)> = text
        .parameter_places()
        .into_iter()
        .map(|(number, place)| (place.to_string(), number - 1))
        .collect();
    if !numbered.is_empty() {
        return numbered;
    }
    statement
        .named_parameters()
        .into_iter()
        .zip(count..)
        .collect()
}

/// DuckDB 1.5 cannot export a VARIANT to Arrow. A query is bound again with those columns as
/// JSON; any other statement is refused.
fn with_json(
    kind: StatementKind,
    positions: &Positions,
    columns: &[(String, LogicalType)],
    variants: &[bool],
) -> Result<String, Failure> {
    if kind != StatementKind::Select {
        let name = columns
            .iter()
            .zip(variants)
            .find_map(|((name, _), variant)| variant.then_some(name.as_str()))
            .unwrap_or_default();
        return Err(Failure {
            duckdb_class: "Not implemented".to_owned(),
            ..tavana_common::failure::new(
                FailureKind::FailureEngine,
                format!(
                    "column \"{name}\" has the type VARIANT, which only a query can return here"
                ),
            )
        });
    }
    let aliases: Vec<String> = (0..columns.len())
        .map(|index| format!("c{index}"))
        .collect();
    let outputs: Vec<String> = aliases
        .iter()
        .zip(variants)
        .map(|(alias, variant)| {
            if *variant {
                format!("CAST({alias} AS JSON)")
            } else {
                alias.clone()
            }
        })
        .collect();
    let inner = SqlText::lex(&positions.substituted.sql);
    let end = inner
        .tokens
        .iter()
        .rfind(|token| token.kind != TokenKind::Symbol(';'))
        .map_or(0, |token| token.end);
    Ok(format!(
        "SELECT {} FROM ({}\n) AS {}({})",
        outputs.join(", "),
        inner.sql.get(..end).unwrap_or_default(),
        quote_name("~tavana_variant"),
        aliases.join(", ")
    ))
}

/// A result's columns, for the client and for the export.
struct ResultColumns {
    columns: Vec<Column>,
    schema: SchemaRef,
    raw_schema: SchemaRef,
}

/// Facts and Arrow schema of the result's columns.
fn column_facts(
    connection: &Connection,
    columns: Vec<(String, LogicalType)>,
    variants: &[bool],
) -> Result<ResultColumns, Failure> {
    let mut facts = Vec::with_capacity(columns.len());
    let mut exported = Vec::with_capacity(columns.len());
    for ((name, logical_type), variant) in columns.into_iter().zip(variants) {
        let name = without_parameter_casts(&name);
        facts.push(Column {
            name: name.clone(),
            duckdb_type: type_name(&logical_type),
        });
        exported.push((
            name,
            if *variant {
                LogicalType::json()
            } else {
                logical_type
            },
        ));
    }
    let raw_schema = connection
        .arrow_options()
        .schema(&exported)
        .map_err(|error| EngineError::read(&error).into_failure(0))?;
    let schema = client_schema(&raw_schema);
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .zip(&facts)
        .map(|(field, column)| {
            let mut metadata = field.metadata().clone();
            metadata.insert(TYPE_KEY.to_owned(), column.duckdb_type.clone());
            field.as_ref().clone().with_metadata(metadata)
        })
        .collect();
    Ok(ResultColumns {
        columns: facts,
        schema: Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())),
        raw_schema: Arc::new(raw_schema),
    })
}

/// `CAST($1 AS INTEGER)` in a column's name is our own writing of `$1`.
fn without_parameter_casts(name: &str) -> String {
    let text = SqlText::lex(name);
    let mut out = String::with_capacity(name.len());
    let mut copied = 0;
    let mut index = 0;
    while index < text.tokens.len() {
        let is_cast = text.is_keyword(index, "cast")
            && text.is_symbol(index + 1, '(')
            && matches!(
                text.tokens.get(index + 2).map(|token| token.kind),
                Some(TokenKind::Parameter(_))
            )
            && text.is_keyword(index + 3, "as");
        let end = is_cast.then(|| closing(&text, index + 1)).flatten();
        let Some(end) = end else {
            index += 1;
            continue;
        };
        out.push_str(
            name.get(copied..text.tokens[index].start)
                .unwrap_or_default(),
        );
        out.push_str(text.written(&text.tokens[index + 2]));
        copied = text.tokens[end].end;
        index = end + 1;
    }
    out.push_str(name.get(copied..).unwrap_or_default());
    out
}

/// Index of the bracket that closes the one at `open`.
fn closing(text: &SqlText<'_>, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in text.tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

fn returns_rows(
    kind: StatementKind,
    text: &SqlText<'_>,
    columns: &[(String, LogicalType)],
) -> bool {
    let counts_only = matches!(columns, [(name, count)]
        if name == "Count" && count.id() == sys::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT);
    match kind {
        StatementKind::Select | StatementKind::Explain | StatementKind::Call => !columns.is_empty(),
        // RETURNING is a reserved word: unquoted, it can be nothing else.
        StatementKind::Insert
        | StatementKind::Update
        | StatementKind::Delete
        | StatementKind::Merge => {
            (0..text.tokens.len()).any(|index| text.is_keyword(index, "returning"))
        }
        // COPY ... (RETURN_FILES), and EXECUTE of a query.
        StatementKind::Copy | StatementKind::Execute => {
            let nothing = matches!(columns, [(name, _)] if name == "Success");
            !columns.is_empty() && !counts_only && !nothing
        }
        StatementKind::Unspecified
        | StatementKind::Create
        | StatementKind::Drop
        | StatementKind::Alter
        | StatementKind::Transaction
        | StatementKind::Set
        | StatementKind::Prepare
        | StatementKind::Pragma
        | StatementKind::Attach
        | StatementKind::Detach
        | StatementKind::Load
        | StatementKind::Export
        | StatementKind::Vacuum
        | StatementKind::Analyze
        | StatementKind::Other => false,
    }
}

fn statement_kind(statement: &PreparedStatement, text: &SqlText<'_>) -> StatementKind {
    match statement.statement_type() {
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_SELECT => StatementKind::Select,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_INSERT => StatementKind::Insert,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_UPDATE => StatementKind::Update,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_DELETE => StatementKind::Delete,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_MERGE_INTO => StatementKind::Merge,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_CREATE
        | sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_CREATE_FUNC => StatementKind::Create,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_DROP => StatementKind::Drop,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_ALTER => StatementKind::Alter,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_COPY => StatementKind::Copy,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_EXPLAIN => StatementKind::Explain,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_TRANSACTION => StatementKind::Transaction,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_SET
        | sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_VARIABLE_SET => StatementKind::Set,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_PREPARE => StatementKind::Prepare,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_EXECUTE => StatementKind::Execute,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_PRAGMA => StatementKind::Pragma,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_CALL => StatementKind::Call,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_ATTACH => StatementKind::Attach,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_DETACH => StatementKind::Detach,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_LOAD => StatementKind::Load,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_EXPORT => StatementKind::Export,
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_VACUUM => {
            // DuckDB has one type for both.
            if text.is_keyword(0, "analyze") {
                StatementKind::Analyze
            } else {
                StatementKind::Vacuum
            }
        }
        sys::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_ANALYZE => StatementKind::Analyze,
        _ => StatementKind::Other,
    }
}

fn transaction_change(kind: StatementKind, text: &SqlText<'_>) -> TransactionChange {
    if kind != StatementKind::Transaction {
        return TransactionChange::None;
    }
    match text.name(0).as_deref() {
        Some("begin" | "start") => TransactionChange::Begins,
        _ => TransactionChange::Ends,
    }
}

/// Whether a text ends the transaction, told before it is bound.
pub(crate) fn ends_transaction(text: &SqlText<'_>) -> bool {
    ["commit", "rollback", "abort", "end"]
        .iter()
        .any(|word| text.is_keyword(0, word))
}

#[cfg(test)]
mod tests {
    use super::super::text::cast;
    use super::*;

    #[test]
    fn our_own_casts_are_taken_out_of_column_names() {
        for (name, expected) in [
            ("CAST($1 AS INTEGER)", "$1"),
            ("(a + CAST($2 AS DECIMAL(18,3)))", "(a + $2)"),
            (
                "CAST(CAST($1 AS VARCHAR) AS VARCHAR)",
                "CAST($1 AS VARCHAR)",
            ),
            ("CAST(a AS INTEGER)", "CAST(a AS INTEGER)"),
            ("plain", "plain"),
        ] {
            assert_eq!(without_parameter_casts(name), expected);
        }
        assert_eq!(without_parameter_casts(&cast(3, "INTEGER[]")), "$3");
    }

    #[test]
    fn a_cast_of_a_parameter_tells_its_type() {
        for (sql, expected) in [
            ("f($1::date)", Some("date")),
            (
                "f($1 :: DECIMAL(9, 2)[] [3], 2)",
                Some("DECIMAL(9, 2)[] [3]"),
            ),
            (
                "$1::timestamp with time zone AS x",
                Some("timestamp with time zone"),
            ),
            ("$1::double precision", Some("double precision")),
            (
                "try_cast($1 as STRUCT(a INTEGER))",
                Some("STRUCT(a INTEGER)"),
            ),
            ("(f($1) as date)", None),
            ("$1 + 2::date", None),
        ] {
            let text = SqlText::lex(sql);
            let at = NumberedParameters::of(&text).tokens(1).next().unwrap();
            assert_eq!(written_cast(&text, at), expected, "{sql}");
        }
    }

    #[test]
    fn the_neighbour_of_a_parameter_is_read_from_what_duckdb_says() {
        let call = |call: &str, candidates: &str| EngineError {
            extra: [("call", call), ("candidates", candidates)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..EngineError::default()
        };
        let message = |text: &str| EngineError {
            message: text.to_owned(),
            ..EngineError::default()
        };
        for (error, expected) in [
            (call("+(INTEGER, VARCHAR)", ""), Some("INTEGER")),
            (call("+(TIMESTAMP, VARCHAR)", ""), Some("INTERVAL")),
            (call("-(DATE, VARCHAR)", ""), Some("DATE")),
            (call("*(DECIMAL(9,2), VARCHAR)", ""), Some("DECIMAL(9,2)")),
            (
                call("sqrt(VARCHAR)", "sqrt(DOUBLE) -> DOUBLE"),
                Some("DOUBLE"),
            ),
            (call("f(INTEGER)", "f(DATE) -> DATE"), None),
            (
                call(
                    "range(BIGINT, VARCHAR)",
                    "range(DATE),range(BIGINT, BIGINT),range(TIME, TIME)",
                ),
                Some("BIGINT"),
            ),
            (
                message(
                    "Cannot compare values of type INTEGER and type VARCHAR - an explicit cast is required",
                ),
                Some("INTEGER"),
            ),
            (
                message(
                    "Cannot compare values of type DATE and VARCHAR in IN/ANY/ALL clause - an explicit cast is required",
                ),
                Some("DATE"),
            ),
            (message("no such column"), None),
        ] {
            assert_eq!(neighbour_type(&error).as_deref(), expected, "{error:?}");
        }
    }
}
