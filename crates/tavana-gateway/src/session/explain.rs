//! EXPLAIN as PostgreSQL answers it (documentation, EXPLAIN): one column, `QUERY PLAN`, with a row
//! for each line of text, or one document that tools draw.
//!
//! The plan is DuckDB's. Costs are not told, because it has none.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use tavana_common::proto::v1::StatementKind;

use super::statement::{Explain, PlanFormat};
use super::{
    Answer, Class, Facts, Parameters, Protocol, Rows, Session, Statement, local_header, show_facts,
};
use crate::error::{QueryError, SqlState};
use crate::worker::{decode_batch, decode_schema, encode_local};

const COLUMN: &str = "QUERY PLAN";

impl Explain {
    /// The answer, from DuckDB's texts.
    fn rows(&self, plans: &[String]) -> Result<Vec<String>, QueryError> {
        // The parser follows a plan to a depth of about sixty.
        let broken = |error: serde_json::Error| {
            QueryError::new(
                SqlState::STATEMENT_TOO_COMPLEX,
                "the plan cannot be told as a document",
            )
            .with_detail(error.to_string())
            .with_hint("EXPLAIN without FORMAT shows it.")
        };
        let document = || {
            let last = plans.last().map_or("", String::as_str);
            let plan: Value = serde_json::from_str(last).map_err(broken)?;
            Ok::<_, QueryError>(Document::of(&plan))
        };
        match &self.format {
            PlanFormat::Text => Ok(plans
                .iter()
                .flat_map(|plan| plan.lines().map(ToOwned::to_owned))
                .collect()),
            PlanFormat::Own(_) => Ok(plans.to_vec()),
            PlanFormat::Json => Ok(vec![
                serde_json::to_string_pretty(&[document()?]).map_err(broken)?,
            ]),
            PlanFormat::Xml => Ok(vec![document()?.xml()]),
        }
    }

    fn column_type(&self) -> &'static str {
        match self.format {
            PlanFormat::Json => "JSON",
            PlanFormat::Text | PlanFormat::Xml | PlanFormat::Own(_) => "VARCHAR",
        }
    }
}

/// A plan in the words of PostgreSQL's documents.
#[derive(Debug)]
struct Document {
    plan: Node,
    execution_ms: Option<f64>,
}

#[derive(Debug, Default)]
struct Node {
    facts: Vec<(String, Fact)>,
    plans: Vec<Node>,
}

#[derive(Debug)]
enum Fact {
    Text(String),
    Count(u64),
    Milliseconds(f64),
}

impl Document {
    fn of(plan: &Value) -> Self {
        let root = match plan {
            // EXPLAIN: a list of trees.
            Value::Array(trees) => trees.first().unwrap_or(&Value::Null),
            // EXPLAIN ANALYZE: the statement, then EXPLAIN itself, then the tree.
            profile => {
                let mut root = profile;
                while let Some(next) = root.get("children").and_then(|children| children.get(0))
                    && !root
                        .get("operator_type")
                        .is_some_and(|name| name != "EXPLAIN_ANALYZE")
                {
                    root = next;
                }
                root
            }
        };
        let seconds = plan.get("latency").and_then(Value::as_f64);
        Self {
            plan: Node::of(root),
            execution_ms: seconds.map(milliseconds),
        }
    }

    fn xml(&self) -> String {
        let mut xml =
            String::from("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n  <Query>\n");
        self.plan.xml(&mut xml, 4);
        if let Some(ms) = self.execution_ms {
            line(&mut xml, 4, "Execution Time", &ms.to_string());
        }
        xml.push_str("  </Query>\n</explain>");
        xml
    }
}

impl Node {
    fn of(plan: &Value) -> Self {
        let mut node = Self::default();
        let text = |name: &str| plan.get(name).and_then(Value::as_str);
        let name = text("name").or_else(|| text("operator_name"));
        node.fact(
            "Node Type",
            Fact::Text(name.unwrap_or_default().trim().to_owned()),
        );
        let extra = plan.get("extra_info").and_then(Value::as_object);
        let estimate = extra
            .and_then(|extra| extra.get("Estimated Cardinality"))
            .and_then(Value::as_str)
            .and_then(|rows| rows.parse().ok());
        if let Some(rows) = estimate {
            node.fact("Plan Rows", Fact::Count(rows));
        }
        // With what is below, as in PostgreSQL.
        if let Some(seconds) = plan.get("cpu_time").and_then(Value::as_f64) {
            node.fact(
                "Actual Total Time",
                Fact::Milliseconds(milliseconds(seconds)),
            );
        }
        if let Some(rows) = plan.get("operator_cardinality").and_then(Value::as_u64) {
            node.fact("Actual Rows", Fact::Count(rows));
            node.fact("Actual Loops", Fact::Count(1));
        }
        for (name, value) in extra.into_iter().flatten() {
            if name != "Estimated Cardinality" {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Array(texts) => {
                        let texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
                        texts.join(", ")
                    }
                    other => other.to_string(),
                };
                node.fact(name, Fact::Text(text));
            }
        }
        let children = plan.get("children").and_then(Value::as_array);
        node.plans = children.into_iter().flatten().map(Self::of).collect();
        node
    }

    fn fact(&mut self, name: &str, fact: Fact) {
        self.facts.push((name.to_owned(), fact));
    }

    fn xml(&self, xml: &mut String, depth: usize) {
        open(xml, depth, "Plan");
        for (name, fact) in &self.facts {
            let text = match fact {
                Fact::Text(text) => text.clone(),
                Fact::Count(count) => count.to_string(),
                Fact::Milliseconds(ms) => ms.to_string(),
            };
            line(xml, depth + 2, name, &text);
        }
        if !self.plans.is_empty() {
            open(xml, depth + 2, "Plans");
            for plan in &self.plans {
                plan.xml(xml, depth + 4);
            }
            open(xml, depth + 2, "/Plans");
        }
        open(xml, depth, "/Plan");
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Plan", &self.plan)?;
        if let Some(ms) = self.execution_ms {
            map.serialize_entry("Execution Time", &ms)?;
        }
        map.end()
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, fact) in &self.facts {
            match fact {
                Fact::Text(text) => map.serialize_entry(name, text)?,
                Fact::Count(count) => map.serialize_entry(name, count)?,
                Fact::Milliseconds(ms) => map.serialize_entry(name, ms)?,
            }
        }
        if !self.plans.is_empty() {
            map.serialize_entry("Plans", &self.plans)?;
        }
        map.end()
    }
}

/// To the microsecond.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1_000_000.0).round() / 1000.0
}

fn open(xml: &mut String, depth: usize, tag: &str) {
    xml.extend(std::iter::repeat_n(' ', depth));
    xml.push('<');
    xml.push_str(tag);
    xml.push_str(">\n");
}

/// An element with a text in it. What cannot be in a name is a hyphen there, as in PostgreSQL.
fn line(xml: &mut String, depth: usize, name: &str, text: &str) {
    let tag: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    xml.extend(std::iter::repeat_n(' ', depth));
    xml.push('<');
    xml.push_str(&tag);
    xml.push('>');
    for letter in text.chars() {
        match letter {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            // XML 1.0 has no other control characters.
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => xml.push(' '),
            letter => xml.push(letter),
        }
    }
    xml.push_str("</");
    xml.push_str(&tag);
    xml.push_str(">\n");
}

fn batch(rows: Vec<String>) -> Result<RecordBatch, QueryError> {
    RecordBatch::try_from_iter([(COLUMN, Arc::new(StringArray::from(rows)) as ArrayRef)])
        .map_err(|error| QueryError::internal(error.to_string()))
}

impl Session {
    /// Whether a statement is an EXPLAIN to be answered in PostgreSQL's form. Flight SQL's clients
    /// get DuckDB's.
    pub(super) fn explains(&self, statement: &Statement) -> bool {
        self.protocol == Protocol::Postgres && statement.begins_with("EXPLAIN")
    }

    /// The parameters and the one column of an EXPLAIN.
    pub(super) async fn prepare_explain(
        &mut self,
        statement: &Statement,
        declared: &[String],
    ) -> Result<Facts, QueryError> {
        let explain = statement.explain()?;
        let mut facts = show_facts(&batch(Vec::new())?);
        for column in &mut facts.columns {
            explain.column_type().clone_into(&mut column.duckdb_type);
        }
        let inner = &explain.explained;
        if !matches!(inner.class(), Class::Execute { .. }) {
            let text = explain.prefix() + explain.explained.text();
            let own = Statement::internal(text, statement.class().clone());
            let of_own = self.prepare_remote(&own, declared).await;
            let of_own = of_own.map_err(|error| explain.place(error))?;
            facts.parameter_types = of_own.parameter_types;
        }
        facts.kind = StatementKind::Explain.into();
        Ok(facts)
    }

    /// EXPLAIN, also of an EXECUTE.
    pub(super) async fn explain(
        &mut self,
        statement: &Statement,
        parameters: Parameters,
    ) -> Result<Answer, QueryError> {
        let explain = statement.explain()?;
        let inner = &explain.explained;
        let (own, parameters) = match inner.class() {
            Class::Execute { name, arguments } => {
                let (prepared, parameters) = self.call_of(name, arguments).await?;
                let text = explain.prefix() + prepared.text();
                let class = match (explain.analyze, prepared.class()) {
                    (true, class) => class.clone(),
                    (false, _) => Class::Read,
                };
                (Statement::internal(text, class), parameters)
            }
            _ => {
                let text = explain.prefix() + explain.explained.text();
                (
                    Statement::internal(text, statement.class().clone()),
                    parameters,
                )
            }
        };
        let answer = Box::pin(self.run_in_dialect(&own, parameters)).await;
        let answer = answer.map_err(|error| match inner.class() {
            // Its position is one in the text of PREPARE, as for an EXECUTE.
            Class::Execute { .. } => QueryError {
                position: None,
                ..error
            },
            _ => explain.place(error),
        });
        let plans = match answer? {
            Answer::Rows(rows) => plans_in(rows).await?,
            done @ Answer::Done(_) => return Ok(done),
        };
        let rows = batch(explain.rows(&plans)?)?;
        let (schema, rows_of_it) =
            encode_local(&rows).map_err(|error| QueryError::internal(error.to_string()))?;
        let mut header = local_header(&rows, schema);
        header.kind = StatementKind::Explain.into();
        for column in &mut header.columns {
            explain.column_type().clone_into(&mut column.duckdb_type);
        }
        Ok(Answer::Rows(Rows::local(header, vec![rows_of_it])))
    }
}

/// The second column of DuckDB's answer.
async fn plans_in(mut rows: Rows) -> Result<Vec<String>, QueryError> {
    let broken = |error: arrow_schema::ArrowError| QueryError::internal(error.to_string());
    let schema = decode_schema(&rows.facts().schema).map_err(broken)?;
    let mut dictionaries = HashMap::new();
    let mut plans = Vec::new();
    while let Some(batch) = rows.next().await {
        let Some(batch) = decode_batch(&batch?, &schema, &mut dictionaries).map_err(broken)? else {
            continue;
        };
        let column = batch.columns().get(1);
        let texts = column
            .and_then(|column| column.as_string_opt::<i32>())
            .ok_or_else(|| QueryError::internal("DuckDB's plan is no text"))?;
        plans.extend(texts.iter().map(|text| text.unwrap_or_default().to_owned()));
    }
    Ok(plans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explain(sql: &str) -> Explain {
        let statement = Statement::single(sql).expect("it splits").expect("one");
        statement.explain().expect("options")
    }

    #[test]
    fn documents_are_trees_with_postgresqls_names() {
        let json = r#"{"latency": 0.0123456, "children": [{"operator_type": "EXPLAIN_ANALYZE",
            "children": [{"operator_type": "FILTER", "operator_name": "FILTER",
            "operator_cardinality": 3, "cpu_time": 0.001, "extra_info":
            {"Expression": "(a < 3 & b)", "Estimated Cardinality": "7"}, "children":
            [{"operator_name": "RANGE", "operator_type": "TABLE_SCAN", "children": []}]}]}]}"#;
        let told = explain("EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1");
        let rows = told.rows(&[json.to_owned()]).expect("a document");
        let document: Value = serde_json::from_str(&rows[0]).expect("JSON");
        assert_eq!(
            document,
            serde_json::json!([{
                "Plan": {
                    "Node Type": "FILTER",
                    "Plan Rows": 7,
                    "Actual Total Time": 1.0,
                    "Actual Rows": 3,
                    "Actual Loops": 1,
                    "Expression": "(a < 3 & b)",
                    "Plans": [{"Node Type": "RANGE"}],
                },
                "Execution Time": 12.346,
            }])
        );
        let told = explain("EXPLAIN (ANALYZE, FORMAT XML) SELECT 1");
        let rows = told.rows(&[json.to_owned()]).expect("a document");
        for part in [
            "<explain xmlns=\"http://www.postgresql.org/2009/explain\">",
            "<Node-Type>FILTER</Node-Type>",
            "<Expression>(a &lt; 3 &amp; b)</Expression>",
            "<Execution-Time>12.346</Execution-Time>",
        ] {
            assert!(rows[0].contains(part), "{part} in {}", rows[0]);
        }
        let deep = "[".repeat(200) + &"]".repeat(200);
        let error = told.rows(&[deep]).expect_err("too deep");
        assert_eq!(error.sqlstate, SqlState::STATEMENT_TOO_COMPLEX);
    }
}
