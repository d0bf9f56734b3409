//! Nested values of a client as nested Arrow columns.
//!
//! A client sees structs, maps, unions and lists of lists as JSON and gives them back as JSON.
//! DuckDB's cast from text reads its own spelling only, and its cast from JSON knows neither blobs
//! nor bits. So the gateway reads the structure, which the type of the column tells, and leaves the
//! values in it to DuckDB's casts from text. DuckDB's own spelling (`{'a': 1}`, `{k=v}`) is taken
//! too.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, ListArray, MapArray, StructArray, UnionArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, UnionFields, UnionMode};
use serde::de::IgnoredAny;

use super::input::InputError;
use crate::pg::types::element_of;
use crate::session::lexer::{Kind, Token, tokens};

/// The name by which DuckDB knows that a text is JSON.
const EXTENSION: (&str, &str) = ("ARROW:extension:name", "arrow.json");
/// Members of a struct or union, and levels of a type.
const MEMBERS_MAX: usize = 127;
const DEPTH_MAX: usize = 32;

/// What a type is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// A text that DuckDB casts.
    Leaf,
    /// A text that is JSON.
    Json,
    List(Box<Shape>),
    Struct(Vec<(String, Shape)>),
    Map(Box<Shape>, Box<Shape>),
    Union(Vec<(String, Shape)>),
}

impl Shape {
    /// `None`: what cannot be read here.
    fn of(duckdb_type: &str, depth: usize) -> Option<Self> {
        if depth > DEPTH_MAX {
            return None;
        }
        let duckdb_type = duckdb_type.trim();
        if let Some(element) = element_of(duckdb_type) {
            return Some(Self::List(Box::new(Self::of(element, depth + 1)?)));
        }
        let (base, arguments) = match duckdb_type.split_once('(') {
            Some((base, rest)) => (base.trim_end(), rest.strip_suffix(')')?),
            None => (duckdb_type, ""),
        };
        match base.to_ascii_uppercase().as_str() {
            "JSON" | "VARIANT" => Some(Self::Json),
            "STRUCT" => Some(Self::Struct(members(arguments, depth)?)),
            "UNION" => Some(Self::Union(members(arguments, depth)?)),
            "MAP" => match arguments_of(arguments).as_slice() {
                [key, value] => Some(Self::Map(
                    Box::new(Self::of(key, depth + 1)?),
                    Box::new(Self::of(value, depth + 1)?),
                )),
                _ => None,
            },
            _ => Some(Self::Leaf),
        }
    }

    /// Whether values of it come as JSON that DuckDB's cast from text does not read.
    fn is_nested(&self) -> bool {
        match self {
            Self::Leaf => false,
            Self::List(element) => **element != Self::Leaf,
            Self::Json | Self::Struct(_) | Self::Map(..) | Self::Union(_) => true,
        }
    }
}

/// The texts between commas.
fn arguments_of(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for token in tokens(text) {
        match token.text(text) {
            "(" if token.kind == Kind::Symbol => depth += 1,
            ")" if token.kind == Kind::Symbol => depth = depth.saturating_sub(1),
            "," if token.kind == Kind::Symbol && depth == 0 => {
                parts.push(text.get(start..token.start).unwrap_or_default());
                start = token.end;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// `name TYPE, "a name" TYPE`.
fn members(arguments: &str, depth: usize) -> Option<Vec<(String, Shape)>> {
    let parts = arguments_of(arguments);
    if parts.len() > MEMBERS_MAX {
        return None;
    }
    parts
        .into_iter()
        .map(|part| {
            let name: Token = tokens(part).next()?;
            let text = match name.kind {
                Kind::Word => name.text(part).to_owned(),
                Kind::Quoted => name.value(part),
                _ => return None,
            };
            let of = part.get(name.end..)?;
            // Members without a name are those of a row.
            (!of.trim().is_empty()).then_some(())?;
            Some((text, Shape::of(of, depth + 1)?))
        })
        .collect()
}

/// A column of nested values under way.
#[derive(Debug)]
pub(crate) struct NestedBuilder {
    node: Node,
    field: Field,
}

impl NestedBuilder {
    /// For a column of this type; `None` when its text is DuckDB's to read.
    pub(crate) fn new(name: &str, duckdb_type: &str) -> Option<Self> {
        // A column that is JSON itself needs nothing but its text.
        if duckdb_type.eq_ignore_ascii_case("JSON") {
            return None;
        }
        let shape = Shape::of(duckdb_type, 0).filter(Shape::is_nested)?;
        let node = Node::new(&shape);
        let field = node.field(name);
        Some(Self { node, field })
    }

    pub(crate) fn field(&self) -> &Field {
        &self.field
    }

    /// Appends the value that `text` spells; `None` is NULL.
    ///
    /// # Errors
    /// The text is not of the column's structure. The builder is of no use then.
    pub(crate) fn append(&mut self, text: Option<&str>) -> Result<(), InputError> {
        let Some(text) = text else {
            self.node.append_null();
            return Ok(());
        };
        let mut reader = Reader { rest: text };
        match &self.node {
            Node::List { .. } if reader.begins("{") => self.node.read_array(&mut reader)?,
            _ => self.node.read(&mut reader)?,
        }
        reader.end()
    }

    /// The column so far; the builder is empty again.
    ///
    /// # Errors
    /// When the parts do not fit together.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        self.node.finish()
    }
}

#[derive(Debug)]
enum Node {
    Leaf(StringBuilder),
    Json(StringBuilder),
    List {
        ends: Vec<i32>,
        nulls: NullBufferBuilder,
        element: Box<Node>,
    },
    Struct {
        nulls: NullBufferBuilder,
        members: Vec<(String, Node)>,
    },
    Map {
        ends: Vec<i32>,
        nulls: NullBufferBuilder,
        key: Box<Node>,
        value: Box<Node>,
    },
    Union {
        tags: Vec<i8>,
        members: Vec<(String, Node)>,
    },
}

impl Node {
    fn new(shape: &Shape) -> Self {
        let each = |members: &[(String, Shape)]| {
            members
                .iter()
                .map(|(name, shape)| (name.clone(), Self::new(shape)))
                .collect()
        };
        match shape {
            Shape::Leaf => Self::Leaf(StringBuilder::new()),
            Shape::Json => Self::Json(StringBuilder::new()),
            Shape::List(element) => Self::List {
                ends: vec![0],
                nulls: NullBufferBuilder::new(0),
                element: Box::new(Self::new(element)),
            },
            Shape::Struct(members) => Self::Struct {
                nulls: NullBufferBuilder::new(0),
                members: each(members),
            },
            Shape::Map(key, value) => Self::Map {
                ends: vec![0],
                nulls: NullBufferBuilder::new(0),
                key: Box::new(Self::new(key)),
                value: Box::new(Self::new(value)),
            },
            Shape::Union(members) => Self::Union {
                tags: Vec::new(),
                members: each(members),
            },
        }
    }

    fn field(&self, name: &str) -> Field {
        let field = Field::new(name, self.data_type(), true);
        match self {
            Self::Json(_) => field.with_metadata(HashMap::from([(
                EXTENSION.0.to_owned(),
                EXTENSION.1.to_owned(),
            )])),
            _ => field,
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Self::Leaf(_) | Self::Json(_) => DataType::Utf8,
            Self::List { element, .. } => DataType::List(Arc::new(element.field("item"))),
            Self::Struct { members, .. } => DataType::Struct(fields(members)),
            Self::Map { key, value, .. } => {
                DataType::Map(Arc::new(entries_field(&entry_fields(key, value))), false)
            }
            Self::Union { members, .. } => {
                DataType::Union(union_fields(members), UnionMode::Sparse)
            }
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Leaf(builder) | Self::Json(builder) => builder.append_null(),
            Self::List { ends, nulls, .. } | Self::Map { ends, nulls, .. } => {
                ends.push(ends.last().copied().unwrap_or(0));
                nulls.append_null();
            }
            Self::Struct { nulls, members } => {
                members.iter_mut().for_each(|(_, node)| node.append_null());
                nulls.append_null();
            }
            // DuckDB takes a union whose member is NULL for NULL.
            Self::Union { tags, members } => {
                members.iter_mut().for_each(|(_, node)| node.append_null());
                tags.push(0);
            }
        }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), InputError> {
        if from.take_null() {
            self.append_null();
            return Ok(());
        }
        match self {
            Self::Leaf(builder) => builder.append_value(from.text()?),
            Self::Json(builder) => {
                let text = from.whole()?;
                if serde_json::from_str::<IgnoredAny>(text).is_err() {
                    return Err(InputError::Json);
                }
                builder.append_value(text);
            }
            Self::List {
                ends,
                nulls,
                element,
            } => {
                let mut count = 0;
                from.each("[", "]", |from| {
                    count += 1;
                    element.read(from)
                })?;
                ends.push(end_after(ends, count)?);
                nulls.append_non_null();
            }
            Self::Map {
                ends,
                nulls,
                key,
                value,
            } => {
                let mut count = 0;
                from.each("{", "}", |from| {
                    count += 1;
                    match &mut **key {
                        Self::Leaf(builder) => builder.append_value(from.text()?),
                        // What is no text stands in a text: `"[1,2]"`.
                        nested if from.begins_text() => {
                            let text = from.text()?;
                            let mut inner = Reader { rest: &text };
                            nested.read(&mut inner)?;
                        }
                        nested => nested.read(from)?,
                    }
                    from.take_colon()?;
                    value.read(from)
                })?;
                ends.push(end_after(ends, count)?);
                nulls.append_non_null();
            }
            Self::Struct { nulls, members } => {
                let mut given = vec![false; members.len()];
                from.each("{", "}", |from| {
                    let name = from.text()?;
                    from.take_colon()?;
                    let at = member(members, &name).ok_or(InputError::Json)?;
                    if std::mem::replace(&mut given[at], true) {
                        return Err(InputError::Json);
                    }
                    members[at].1.read(from)
                })?;
                for ((_, node), given) in members.iter_mut().zip(given) {
                    if !given {
                        node.append_null();
                    }
                }
                nulls.append_non_null();
            }
            Self::Union { tags, members } => {
                let mut tag = None;
                from.each("{", "}", |from| {
                    let name = from.text()?;
                    from.take_colon()?;
                    let at = member(members, &name).ok_or(InputError::Json)?;
                    if tag.replace(at).is_some() {
                        return Err(InputError::Json);
                    }
                    members[at].1.read(from)
                })?;
                let tag = tag.ok_or(InputError::Json)?;
                for (at, (_, node)) in members.iter_mut().enumerate() {
                    if at != tag {
                        node.append_null();
                    }
                }
                tags.push(i8::try_from(tag).map_err(|_| InputError::Json)?);
            }
        }
        Ok(())
    }

    /// A list in the spelling of PostgreSQL's arrays: `{1,NULL,"a b"}`.
    fn read_array(&mut self, from: &mut Reader<'_>) -> Result<(), InputError> {
        let Self::List {
            ends,
            nulls,
            element,
        } = self
        else {
            return Err(InputError::Json);
        };
        let mut count = 0;
        from.each("{", "}", |from| {
            count += 1;
            if matches!(**element, Self::List { .. }) {
                return element.read_array(from);
            }
            if from.take_null() {
                element.append_null();
                return Ok(());
            }
            let word = from.array_word()?;
            match &mut **element {
                Self::Leaf(builder) => {
                    builder.append_value(word);
                    Ok(())
                }
                nested => {
                    let mut inner = Reader { rest: &word };
                    nested.read(&mut inner)?;
                    inner.end()
                }
            }
        })?;
        ends.push(end_after(ends, count)?);
        nulls.append_non_null();
        Ok(())
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Leaf(builder) | Self::Json(builder) => Arc::new(builder.finish()),
            Self::List {
                ends,
                nulls,
                element,
            } => {
                let ends = std::mem::replace(ends, vec![0]);
                Arc::new(ListArray::try_new(
                    Arc::new(element.field("item")),
                    OffsetBuffer::new(ScalarBuffer::from(ends)),
                    element.finish()?,
                    nulls.finish(),
                )?)
            }
            Self::Struct { nulls, members } => {
                let columns = finish_each(members)?;
                Arc::new(StructArray::try_new(
                    fields(members),
                    columns,
                    nulls.finish(),
                )?)
            }
            Self::Map {
                ends,
                nulls,
                key,
                value,
            } => {
                let ends = std::mem::replace(ends, vec![0]);
                let of = entry_fields(key, value);
                let columns = vec![key.finish()?, value.finish()?];
                Arc::new(MapArray::try_new(
                    Arc::new(entries_field(&of)),
                    OffsetBuffer::new(ScalarBuffer::from(ends)),
                    StructArray::try_new(of, columns, None)?,
                    nulls.finish(),
                    false,
                )?)
            }
            Self::Union { tags, members } => {
                let tags = std::mem::take(tags);
                let columns = finish_each(members)?;
                Arc::new(UnionArray::try_new(
                    union_fields(members),
                    ScalarBuffer::from(tags),
                    None,
                    columns,
                )?)
            }
        })
    }
}

fn fields(members: &[(String, Node)]) -> Fields {
    members
        .iter()
        .map(|(name, node)| node.field(name))
        .collect()
}

fn union_fields(members: &[(String, Node)]) -> UnionFields {
    // There are at most 127 members.
    (0_i8..)
        .zip(members)
        .map(|(tag, (name, node))| (tag, Arc::new(node.field(name))))
        .collect()
}

fn entry_fields(key: &Node, value: &Node) -> Fields {
    Fields::from(vec![
        key.field("key").with_nullable(false),
        value.field("value"),
    ])
}

fn entries_field(of: &Fields) -> Field {
    Field::new("entries", DataType::Struct(of.clone()), false)
}

fn finish_each(members: &mut [(String, Node)]) -> Result<Vec<ArrayRef>, ArrowError> {
    members.iter_mut().map(|(_, node)| node.finish()).collect()
}

fn end_after(ends: &[i32], count: usize) -> Result<i32, InputError> {
    let last = ends.last().copied().unwrap_or(0);
    i32::try_from(count)
        .ok()
        .and_then(|count| last.checked_add(count))
        .ok_or(InputError::Json)
}

fn member(members: &[(String, Node)], name: &str) -> Option<usize> {
    let exact = members.iter().position(|(of, _)| of == name);
    exact.or_else(|| {
        members
            .iter()
            .position(|(of, _)| of.eq_ignore_ascii_case(name))
    })
}

/// Reads a text from left to right.
struct Reader<'text> {
    rest: &'text str,
}

impl<'text> Reader<'text> {
    fn skip_blank(&mut self) {
        self.rest = self
            .rest
            .trim_start_matches(|next: char| next.is_ascii_whitespace());
    }

    fn begins(&mut self, symbol: &str) -> bool {
        self.skip_blank();
        self.rest.starts_with(symbol)
    }

    fn end(&mut self) -> Result<(), InputError> {
        self.skip_blank();
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(InputError::Json)
        }
    }

    /// An element of an array literal, in which a backslash stands for what follows it.
    fn array_word(&mut self) -> Result<String, InputError> {
        let is_quoted = self.take("\"");
        let mut word = String::new();
        let mut characters = self.rest.chars();
        loop {
            let before = characters.as_str();
            match characters.next().ok_or(InputError::Json)? {
                '\\' => word.push(characters.next().ok_or(InputError::Json)?),
                '"' if is_quoted => break,
                ',' | '{' | '}' | '"' if !is_quoted => {
                    characters = before.chars();
                    word.truncate(word.trim_end().len());
                    break;
                }
                other => word.push(other),
            }
        }
        self.rest = characters.as_str();
        if is_quoted || !word.is_empty() {
            Ok(word)
        } else {
            Err(InputError::Json)
        }
    }

    fn take(&mut self, symbol: &str) -> bool {
        self.skip_blank();
        match self.rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// JSON's, or the one in DuckDB's spelling of maps.
    fn take_colon(&mut self) -> Result<(), InputError> {
        if self.take(":") || self.take("=") {
            Ok(())
        } else {
            Err(InputError::Json)
        }
    }

    fn take_null(&mut self) -> bool {
        self.skip_blank();
        let word = self.bare_word();
        if word.eq_ignore_ascii_case("null") {
            self.rest = self.rest.get(word.len()..).unwrap_or_default();
            true
        } else {
            false
        }
    }

    /// Calls `read` for each of what stands between commas.
    fn each(
        &mut self,
        open: &str,
        close: &str,
        mut read: impl FnMut(&mut Self) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        if !self.take(open) {
            return Err(InputError::Json);
        }
        if self.take(close) {
            return Ok(());
        }
        loop {
            read(self)?;
            if self.take(close) {
                return Ok(());
            }
            if !self.take(",") {
                return Err(InputError::Json);
            }
        }
    }

    fn begins_text(&mut self) -> bool {
        self.skip_blank();
        self.rest.starts_with(['"', '\''])
    }

    /// A text in quotes, or any value as it is spelled.
    fn text(&mut self) -> Result<Cow<'text, str>, InputError> {
        if self.begins_text() {
            self.quoted()
        } else {
            self.whole().map(Cow::Borrowed)
        }
    }

    /// One value as it is spelled.
    fn whole(&mut self) -> Result<&'text str, InputError> {
        self.skip_blank();
        let start = self.rest;
        if self.rest.starts_with(['{', '[']) {
            let mut depth = 0_usize;
            loop {
                self.skip_blank();
                match self.rest.chars().next() {
                    Some('{' | '[') => depth += 1,
                    Some('}' | ']') => depth -= 1,
                    Some('"' | '\'') => {
                        self.quoted()?;
                        continue;
                    }
                    Some(_) => {}
                    None => return Err(InputError::Json),
                }
                let mut rest = self.rest.chars();
                rest.next();
                self.rest = rest.as_str();
                if depth == 0 {
                    break;
                }
            }
        } else if self.begins_text() {
            self.quoted()?;
        } else {
            let word = self.bare_word();
            if word.is_empty() {
                return Err(InputError::Json);
            }
            self.rest = self.rest.get(word.len()..).unwrap_or_default();
            return Ok(word);
        }
        Ok(start
            .get(..start.len() - self.rest.len())
            .unwrap_or_default())
    }

    /// Up to what ends a value without quotes.
    fn bare_word(&self) -> &'text str {
        let ends =
            |next: char| matches!(next, ',' | ':' | '=' | '{' | '}' | '[' | ']' | '"' | '\'');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default().trim_end()
    }

    /// A text in the quotes that come next, with JSON's escapes.
    fn quoted(&mut self) -> Result<Cow<'text, str>, InputError> {
        let mut next = self.rest.chars();
        let quote = next.next().ok_or(InputError::Json)?;
        let body = next.as_str();
        let plain = body
            .find([quote, '\\'])
            .filter(|at| body.get(*at..).is_some_and(|rest| rest.starts_with(quote)));
        if let Some(end) = plain {
            self.rest = body.get(end + 1..).unwrap_or_default();
            return Ok(Cow::Borrowed(body.get(..end).unwrap_or_default()));
        }
        let mut text = String::new();
        let mut characters = body.chars();
        loop {
            match characters.next().ok_or(InputError::Json)? {
                end if end == quote => break,
                '\\' => match characters.next().ok_or(InputError::Json)? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    'b' => text.push('\u{8}'),
                    'f' => text.push('\u{c}'),
                    'u' => text.push(escaped(&mut characters).ok_or(InputError::Json)?),
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        self.rest = characters.as_str();
        Ok(Cow::Owned(text))
    }
}

/// The character of `\uXXXX`, whose `\u` is read, or of two of them.
fn escaped(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let first = unit(characters)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    if characters.next()? != '\\' || characters.next()? != 'u' {
        return None;
    }
    let second = unit(characters)?;
    if !(0xdc00..0xe000).contains(&second) {
        return None;
    }
    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
}

/// Four hexadecimal digits.
fn unit(characters: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| {
        Some(unit * 16 + characters.next()?.to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use arrow_cast::display::{ArrayFormatter, FormatOptions};

    use super::*;

    fn read(duckdb_type: &str, texts: &[Option<&str>]) -> Result<Vec<String>, InputError> {
        let mut builder = NestedBuilder::new("c", duckdb_type).expect("it is nested");
        for text in texts {
            builder.append(*text)?;
        }
        let array = builder.finish().expect("the parts fit");
        assert_eq!(array.data_type(), builder.field().data_type());
        let options = FormatOptions::default().with_null("NULL");
        let formatter = ArrayFormatter::try_new(&array, &options).expect("it can be shown");
        Ok((0..array.len())
            .map(|row| formatter.value(row).to_string())
            .collect())
    }

    #[test]
    fn only_what_duckdb_does_not_read_is_read_here() {
        for plain in [
            "INTEGER",
            "JSON",
            "VARCHAR[]",
            "DECIMAL(18,3)",
            "ENUM('a', 'MAP(x)')",
            "INTEGER[3]",
        ] {
            assert!(NestedBuilder::new("c", plain).is_none(), "{plain}");
        }
        for nested in [
            "MAP(VARCHAR, INTEGER)",
            "STRUCT(a INTEGER, \"b, c)\" ENUM('x)', 'y'))",
            "UNION(i INTEGER, s VARCHAR)[]",
            "INTEGER[][]",
            "JSON[]",
            "VARIANT",
        ] {
            assert!(NestedBuilder::new("c", nested).is_some(), "{nested}");
        }
    }

    #[test]
    fn structures_are_read_and_values_left_as_texts() {
        let table: &[(&str, &str, &str)] = &[
            (
                "STRUCT(a INTEGER, \"B c\" VARCHAR)",
                r#"{"a": 1, "B c": "x,\"y\n\u00e9\ud83d\ude00"}"#,
                "{a: 1, B c: x,\"y\né😀}",
            ),
            (
                "STRUCT(a INTEGER, b DATE)",
                r#"{"b":null}"#,
                "{a: NULL, b: NULL}",
            ),
            (
                "STRUCT(a INTEGER, b VARCHAR)",
                "{'A': 1, 'b': x y }",
                "{a: 1, b: x y}",
            ),
            (
                "MAP(VARCHAR, INTEGER[])",
                r#"{"k":[1,null],"":null}"#,
                "{k: [1, NULL], : NULL}",
            ),
            ("MAP(INTEGER[], INTEGER)", r#"{"[1,2]":3}"#, "{[1, 2]: 3}"),
            (
                "MAP(VARCHAR, VARCHAR)",
                "{k=v, \"a=b\"=c}",
                "{k: v, a=b: c}",
            ),
            ("UNION(i INTEGER, s VARCHAR)", r#"{"s":"x"}"#, "{s=x}"),
            (
                "HUGEINT[][]",
                "[[170141183460469231731687303715884105727], []]",
                "[[170141183460469231731687303715884105727], []]",
            ),
            (
                "STRUCT(j JSON, b BLOB)",
                r#"{"j": {"k": [1, "]"]}, "b": "\\xAA"}"#,
                "{j: {\"k\": [1, \"]\"]}, b: \\xAA}",
            ),
            ("VARIANT", r#"{"a": [1]}"#, r#"{"a": [1]}"#),
            ("JSON[]", r#"[{"a":1},null,"x"]"#, r#"[{"a":1}, NULL, "x"]"#),
            (
                "JSON[]",
                r#"{"{\"a\":1}",NULL, 2 }"#,
                r#"[{"a":1}, NULL, 2]"#,
            ),
            ("VARCHAR[][]", r#"{{a b,"c\"d"},{}}"#, r#"[[a b, c"d], []]"#),
        ];
        for (of, text, expected) in table {
            let found = read(of, &[None, Some(text), None]).expect(text);
            assert_eq!(found[1], *expected, "{of}");
        }
    }

    #[test]
    fn what_has_another_structure_is_refused() {
        for (of, text) in [
            ("STRUCT(a INTEGER)", r#"{"b": 1}"#),
            ("STRUCT(a INTEGER)", r#"{"a": 1, "a": 2}"#),
            ("STRUCT(a INTEGER)", r#"{"a": 1"#),
            ("STRUCT(a INTEGER)", r#"{"a": 1}}"#),
            ("STRUCT(a INTEGER)", "[1]"),
            ("STRUCT(a INTEGER)", ""),
            ("STRUCT(a VARCHAR)", r#"{"a": "\ud800"}"#),
            ("UNION(i INTEGER, s VARCHAR)", "{}"),
            ("UNION(i INTEGER, s VARCHAR)", r#"{"i": 1, "s": "x"}"#),
            ("MAP(VARCHAR, INTEGER)", r#"{"a"}"#),
            ("INTEGER[][]", "[[1,]"),
            ("VARIANT", "{a}"),
            ("JSON[]", "{a}"),
            ("INTEGER[][]", "{1}"),
            ("INTEGER[][]", "{{1}"),
        ] {
            assert_eq!(
                read(of, &[Some(text)]),
                Err(InputError::Json),
                "{of} {text}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}:,='\"\\\\nua0-9 é]{0,40}") {
            for of in ["STRUCT(a INTEGER[], b MAP(VARCHAR, JSON))", "MAP(INTEGER[], VARIANT)", "UNION(n INTEGER)[]", "JSON[][]"] {
                let mut builder = NestedBuilder::new("c", of).expect("it is nested");
                if builder.append(Some(&text)).is_ok() {
                    assert_eq!(builder.finish().expect("the parts fit").len(), 1);
                }
            }
        }
    }
}
