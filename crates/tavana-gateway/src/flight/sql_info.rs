//! GetSqlInfo and GetXdbcTypeInfo: what drivers ask before anything else. Plain tables.

use std::collections::HashMap;
use std::sync::LazyLock;

use arrow_flight::error::FlightError;
use arrow_flight::sql::metadata::{
    SqlInfoData, SqlInfoDataBuilder, XdbcTypeInfo, XdbcTypeInfoData, XdbcTypeInfoDataBuilder,
};
use arrow_flight::sql::{
    Nullable, Searchable, SqlInfo, SqlNullOrdering, SqlOuterJoinsSupportLevel,
    SqlSupportedCaseSensitivity, SqlSupportedGroupBy, SqlSupportedResultSetConcurrency,
    SqlSupportedResultSetType, SqlSupportedSubqueries, SqlSupportedTransaction, SqlSupportedUnions,
    SqlSupportsConvert, SqlTransactionIsolationLevel, SupportedSqlGrammar, XdbcDataType,
    XdbcDatetimeSubcode,
};
use tonic::Status;

use super::info::internal;
use super::ticket::HANDLE_LIFE;

/// The Arrow library, which drivers show as the server's Arrow version.
const ARROW_VERSION: &str = "58.4";

static SQL_INFO: LazyLock<Result<SqlInfoData, FlightError>> = LazyLock::new(build_sql_info);
static XDBC_TYPES: LazyLock<Result<XdbcTypeInfoData, FlightError>> =
    LazyLock::new(build_xdbc_types);

/// All that GetSqlInfo knows.
pub(crate) fn sql_info() -> Result<&'static SqlInfoData, Status> {
    SQL_INFO.as_ref().map_err(|error| internal(error))
}

/// All that GetXdbcTypeInfo knows.
pub(crate) fn xdbc_types() -> Result<&'static XdbcTypeInfoData, Status> {
    XDBC_TYPES.as_ref().map_err(|error| internal(error))
}

/// A mask of the bits that the values of an enumeration number.
fn bits(values: impl IntoIterator<Item = i32>) -> i32 {
    values
        .into_iter()
        .fold(0, |mask, value| mask | (1 << value))
}

fn build_sql_info() -> Result<SqlInfoData, FlightError> {
    let mut info = SqlInfoDataBuilder::new();
    let handle_life_ms = i32::try_from(HANDLE_LIFE.as_millis()).unwrap_or(i32::MAX);

    info.append(SqlInfo::FlightSqlServerName, "tavana");
    info.append(SqlInfo::FlightSqlServerVersion, env!("CARGO_PKG_VERSION"));
    info.append(SqlInfo::FlightSqlServerArrowVersion, ARROW_VERSION);
    info.append(SqlInfo::FlightSqlServerReadOnly, false);
    info.append(SqlInfo::FlightSqlServerSql, true);
    info.append(SqlInfo::FlightSqlServerSubstrait, false);
    info.append(
        SqlInfo::FlightSqlServerTransaction,
        // There are savepoints, but not for what was written: who decides by this must not rely on
        // them.
        SqlSupportedTransaction::Transaction as i32,
    );
    info.append(SqlInfo::FlightSqlServerCancel, true);
    info.append(SqlInfo::FlightSqlServerBulkIngestion, true);
    info.append(SqlInfo::FlightSqlServerIngestTransactionsSupported, true);
    info.append(SqlInfo::FlightSqlServerStatementTimeout, handle_life_ms);
    info.append(SqlInfo::FlightSqlServerTransactionTimeout, 0);

    info.append(SqlInfo::SqlDdlCatalog, true);
    info.append(SqlInfo::SqlDdlSchema, true);
    info.append(SqlInfo::SqlDdlTable, true);
    let insensitive = SqlSupportedCaseSensitivity::SqlCaseSensitivityCaseInsensitive as i32;
    info.append(SqlInfo::SqlIdentifierCase, insensitive);
    info.append(SqlInfo::SqlIdentifierQuoteChar, "\"");
    info.append(SqlInfo::SqlQuotedIdentifierCase, insensitive);
    info.append(SqlInfo::SqlAllTablesAreSelectable, true);
    info.append(
        SqlInfo::SqlNullOrdering,
        SqlNullOrdering::SqlNullsSortedAtEnd as i32,
    );
    info.append(SqlInfo::SqlKeywords, KEYWORDS);
    info.append(SqlInfo::SqlNumericFunctions, NUMERIC_FUNCTIONS);
    info.append(SqlInfo::SqlStringFunctions, STRING_FUNCTIONS);
    info.append(SqlInfo::SqlSystemFunctions, SYSTEM_FUNCTIONS);
    info.append(SqlInfo::SqlDatetimeFunctions, DATETIME_FUNCTIONS);
    info.append(SqlInfo::SqlSearchStringEscape, "\\");
    info.append(SqlInfo::SqlExtraNameCharacters, "");
    info.append(SqlInfo::SqlSupportsColumnAliasing, true);
    info.append(SqlInfo::SqlNullPlusNullIsNull, true);
    info.append(SqlInfo::SqlSupportsConvert, conversions());
    info.append(SqlInfo::SqlSupportsTableCorrelationNames, true);
    info.append(SqlInfo::SqlSupportsDifferentTableCorrelationNames, false);
    info.append(SqlInfo::SqlSupportsExpressionsInOrderBy, true);
    info.append(SqlInfo::SqlSupportsOrderByUnrelated, true);
    info.append(
        SqlInfo::SqlSupportedGroupBy,
        bits([
            SqlSupportedGroupBy::SqlGroupByUnrelated as i32,
            SqlSupportedGroupBy::SqlGroupByBeyondSelect as i32,
        ]),
    );
    info.append(SqlInfo::SqlSupportsLikeEscapeClause, true);
    info.append(SqlInfo::SqlSupportsNonNullableColumns, true);
    info.append(
        SqlInfo::SqlSupportedGrammar,
        bits([
            SupportedSqlGrammar::SqlMinimumGrammar as i32,
            SupportedSqlGrammar::SqlCoreGrammar as i32,
        ]),
    );
    // Bit 0 is the entry level of SQL-92.
    info.append(SqlInfo::SqlAnsi92SupportedLevel, 1);
    info.append(SqlInfo::SqlSupportsIntegrityEnhancementFacility, false);
    info.append(
        SqlInfo::SqlOuterJoinsSupportLevel,
        SqlOuterJoinsSupportLevel::SqlFullOuterJoins as i32,
    );
    info.append(SqlInfo::SqlSchemaTerm, "schema");
    info.append(SqlInfo::SqlProcedureTerm, "procedure");
    info.append(SqlInfo::SqlCatalogTerm, "catalog");
    info.append(SqlInfo::SqlCatalogAtStart, true);
    // Bit 1: names may be qualified in index definitions.
    info.append(SqlInfo::SqlSchemasSupportedActions, 1 << 1);
    info.append(SqlInfo::SqlCatalogsSupportedActions, 1 << 1);
    info.append(SqlInfo::SqlSupportedPositionedCommands, 0);
    info.append(SqlInfo::SqlSelectForUpdateSupported, false);
    info.append(SqlInfo::SqlStoredProceduresSupported, false);
    info.append(
        SqlInfo::SqlSupportedSubqueries,
        bits([
            SqlSupportedSubqueries::SqlSubqueriesInComparisons as i32,
            SqlSupportedSubqueries::SqlSubqueriesInExists as i32,
            SqlSupportedSubqueries::SqlSubqueriesInIns as i32,
            SqlSupportedSubqueries::SqlSubqueriesInQuantifieds as i32,
        ]),
    );
    info.append(SqlInfo::SqlCorrelatedSubqueriesSupported, true);
    info.append(
        SqlInfo::SqlSupportedUnions,
        bits([
            SqlSupportedUnions::SqlUnion as i32,
            SqlSupportedUnions::SqlUnionAll as i32,
        ]),
    );
    for unbounded in [
        SqlInfo::SqlMaxBinaryLiteralLength,
        SqlInfo::SqlMaxCharLiteralLength,
        SqlInfo::SqlMaxColumnNameLength,
        SqlInfo::SqlMaxColumnsInGroupBy,
        SqlInfo::SqlMaxColumnsInIndex,
        SqlInfo::SqlMaxColumnsInOrderBy,
        SqlInfo::SqlMaxColumnsInSelect,
        SqlInfo::SqlMaxColumnsInTable,
        SqlInfo::SqlMaxConnections,
        SqlInfo::SqlMaxCursorNameLength,
        SqlInfo::SqlMaxIndexLength,
        SqlInfo::SqlDbSchemaNameLength,
        SqlInfo::SqlMaxProcedureNameLength,
        SqlInfo::SqlMaxCatalogNameLength,
        SqlInfo::SqlMaxRowSize,
        SqlInfo::SqlMaxStatementLength,
        SqlInfo::SqlMaxStatements,
        SqlInfo::SqlMaxTableNameLength,
        SqlInfo::SqlMaxTablesInSelect,
        SqlInfo::SqlMaxUsernameLength,
    ] {
        // 0 says "no limit, or one that is not known".
        info.append(unbounded, 0_i64);
    }
    info.append(SqlInfo::SqlMaxRowSizeIncludesBlobs, true);
    info.append(
        SqlInfo::SqlDefaultTransactionIsolation,
        SqlTransactionIsolationLevel::SqlTransactionSerializable as i32,
    );
    info.append(SqlInfo::SqlTransactionsSupported, true);
    info.append(
        SqlInfo::SqlSupportedTransactionsIsolationLevels,
        bits([SqlTransactionIsolationLevel::SqlTransactionSerializable as i32]),
    );
    info.append(SqlInfo::SqlDataDefinitionCausesTransactionCommit, false);
    info.append(SqlInfo::SqlDataDefinitionsInTransactionsIgnored, false);
    info.append(
        SqlInfo::SqlSupportedResultSetTypes,
        bits([
            SqlSupportedResultSetType::SqlResultSetTypeUnspecified as i32,
            SqlSupportedResultSetType::SqlResultSetTypeForwardOnly as i32,
        ]),
    );
    let read_only = bits([
        SqlSupportedResultSetConcurrency::SqlResultSetConcurrencyUnspecified as i32,
        SqlSupportedResultSetConcurrency::SqlResultSetConcurrencyReadOnly as i32,
    ]);
    info.append(
        SqlInfo::SqlSupportedConcurrenciesForResultSetUnspecified,
        read_only,
    );
    info.append(
        SqlInfo::SqlSupportedConcurrenciesForResultSetForwardOnly,
        read_only,
    );
    info.append(
        SqlInfo::SqlSupportedConcurrenciesForResultSetScrollSensitive,
        0,
    );
    info.append(
        SqlInfo::SqlSupportedConcurrenciesForResultSetScrollInsensitive,
        0,
    );
    info.append(SqlInfo::SqlBatchUpdatesSupported, true);
    info.append(SqlInfo::SqlSavepointsSupported, false);
    info.append(SqlInfo::SqlNamedParametersSupported, false);
    info.append(SqlInfo::SqlLocatorsUpdateCopy, false);
    info.append(SqlInfo::SqlStoredFunctionsUsingCallSyntaxSupported, false);
    info.build()
}

/// Which types CAST converts into which. Everything becomes text and text becomes everything.
fn conversions() -> HashMap<i32, Vec<i32>> {
    use SqlSupportsConvert as Type;
    let numbers = [
        Type::SqlConvertTinyint,
        Type::SqlConvertSmallint,
        Type::SqlConvertInteger,
        Type::SqlConvertBigint,
        Type::SqlConvertDecimal,
        Type::SqlConvertNumeric,
        Type::SqlConvertReal,
        Type::SqlConvertFloat,
    ];
    let texts = [
        Type::SqlConvertChar,
        Type::SqlConvertVarchar,
        Type::SqlConvertLongvarchar,
    ];
    let bytes = [
        Type::SqlConvertBinary,
        Type::SqlConvertVarbinary,
        Type::SqlConvertLongvarbinary,
    ];
    let dates = [Type::SqlConvertDate, Type::SqlConvertTimestamp];
    let others = [Type::SqlConvertBit, Type::SqlConvertTime];
    let code = |types: &[Type]| types.iter().map(|kind| *kind as i32).collect::<Vec<_>>();
    let all = [&numbers[..], &texts, &bytes, &dates, &others].concat();
    let mut map = HashMap::new();
    for kind in numbers {
        let bit = [Type::SqlConvertBit];
        map.insert(kind as i32, code(&[&numbers[..], &texts, &bit].concat()));
    }
    for kind in texts {
        map.insert(kind as i32, code(&all));
    }
    for kind in bytes {
        map.insert(kind as i32, code(&[&texts[..], &bytes].concat()));
    }
    for kind in dates {
        map.insert(kind as i32, code(&[&texts[..], &dates].concat()));
    }
    map.insert(
        Type::SqlConvertBit as i32,
        code(&[&numbers[..], &texts].concat()),
    );
    map.insert(
        Type::SqlConvertTime as i32,
        code(&[&texts[..], &[Type::SqlConvertTime]].concat()),
    );
    map
}

/// A row of [`TYPES`]: DuckDB name, XDBC type, size, quote, parameters of CREATE, radix.
type TypeRow = (
    &'static str,
    XdbcDataType,
    Option<i32>,
    Option<&'static str>,
    &'static [&'static str],
    Option<i32>,
);

const TYPES: [TypeRow; 22] = [
    ("BOOLEAN", XdbcDataType::XdbcBit, Some(1), None, &[], None),
    (
        "TINYINT",
        XdbcDataType::XdbcTinyint,
        Some(3),
        None,
        &[],
        Some(10),
    ),
    (
        "SMALLINT",
        XdbcDataType::XdbcSmallint,
        Some(5),
        None,
        &[],
        Some(10),
    ),
    (
        "INTEGER",
        XdbcDataType::XdbcInteger,
        Some(10),
        None,
        &[],
        Some(10),
    ),
    (
        "BIGINT",
        XdbcDataType::XdbcBigint,
        Some(19),
        None,
        &[],
        Some(10),
    ),
    (
        "UTINYINT",
        XdbcDataType::XdbcTinyint,
        Some(3),
        None,
        &[],
        Some(10),
    ),
    (
        "USMALLINT",
        XdbcDataType::XdbcSmallint,
        Some(5),
        None,
        &[],
        Some(10),
    ),
    (
        "UINTEGER",
        XdbcDataType::XdbcInteger,
        Some(10),
        None,
        &[],
        Some(10),
    ),
    (
        "UBIGINT",
        XdbcDataType::XdbcBigint,
        Some(20),
        None,
        &[],
        Some(10),
    ),
    (
        "HUGEINT",
        XdbcDataType::XdbcNumeric,
        Some(39),
        None,
        &[],
        Some(10),
    ),
    (
        "DECIMAL",
        XdbcDataType::XdbcDecimal,
        Some(38),
        None,
        &["precision", "scale"],
        Some(10),
    ),
    (
        "FLOAT",
        XdbcDataType::XdbcReal,
        Some(7),
        None,
        &[],
        Some(10),
    ),
    (
        "DOUBLE",
        XdbcDataType::XdbcDouble,
        Some(15),
        None,
        &[],
        Some(10),
    ),
    (
        "VARCHAR",
        XdbcDataType::XdbcVarchar,
        Some(i32::MAX),
        Some("'"),
        &["length"],
        None,
    ),
    (
        "JSON",
        XdbcDataType::XdbcLongvarchar,
        Some(i32::MAX),
        Some("'"),
        &[],
        None,
    ),
    (
        "UUID",
        XdbcDataType::XdbcChar,
        Some(36),
        Some("'"),
        &[],
        None,
    ),
    (
        "BLOB",
        XdbcDataType::XdbcVarbinary,
        Some(i32::MAX),
        Some("'"),
        &[],
        None,
    ),
    (
        "DATE",
        XdbcDataType::XdbcDate,
        Some(10),
        Some("'"),
        &[],
        None,
    ),
    (
        "TIME",
        XdbcDataType::XdbcTime,
        Some(15),
        Some("'"),
        &[],
        None,
    ),
    (
        "TIMESTAMP",
        XdbcDataType::XdbcTimestamp,
        Some(26),
        Some("'"),
        &[],
        None,
    ),
    (
        "TIMESTAMP WITH TIME ZONE",
        XdbcDataType::XdbcTimestamp,
        Some(32),
        Some("'"),
        &[],
        None,
    ),
    (
        "INTERVAL",
        XdbcDataType::XdbcInterval,
        Some(64),
        Some("'"),
        &[],
        None,
    ),
];

fn build_xdbc_types() -> Result<XdbcTypeInfoData, FlightError> {
    let mut types = XdbcTypeInfoDataBuilder::new();
    for (name, data_type, size, quote, parameters, radix) in TYPES {
        let unsigned = name.starts_with('U') && radix.is_some();
        let is_decimal = data_type == XdbcDataType::XdbcDecimal;
        let is_exact = radix.is_some()
            && !matches!(data_type, XdbcDataType::XdbcReal | XdbcDataType::XdbcDouble);
        let subcode = match name {
            "DATE" => Some(XdbcDatetimeSubcode::XdbcSubcodeYear),
            "TIME" => Some(XdbcDatetimeSubcode::XdbcSubcodeTime),
            "TIMESTAMP" => Some(XdbcDatetimeSubcode::XdbcSubcodeTimestamp),
            "TIMESTAMP WITH TIME ZONE" => {
                Some(XdbcDatetimeSubcode::XdbcSubcodeTimestampWithTimezone)
            }
            _ => None,
        };
        types.append(XdbcTypeInfo {
            type_name: name.to_owned(),
            data_type,
            column_size: size,
            literal_prefix: quote.map(str::to_owned),
            literal_suffix: quote.map(str::to_owned),
            create_params: (!parameters.is_empty())
                .then(|| parameters.iter().map(|name| (*name).to_owned()).collect()),
            nullable: Nullable::NullabilityNullable,
            case_sensitive: data_type == XdbcDataType::XdbcVarchar,
            searchable: Searchable::Full,
            unsigned_attribute: radix.map(|_| unsigned),
            fixed_prec_scale: false,
            auto_increment: radix.map(|_| false),
            local_type_name: Some(name.to_owned()),
            minimum_scale: is_exact.then_some(0),
            maximum_scale: is_exact.then_some(if is_decimal { 38 } else { 0 }),
            sql_data_type: if subcode.is_some() {
                XdbcDataType::XdbcDatetime
            } else {
                data_type
            },
            datetime_subcode: subcode,
            num_prec_radix: radix,
            interval_precision: None,
        });
    }
    types.build()
}

/// Reserved words that SQL-92 does not reserve.
const KEYWORDS: &[&str] = &[
    "ANALYSE",
    "ANALYZE",
    "ANTI",
    "ASOF",
    "DESCRIBE",
    "GLOB",
    "ILIKE",
    "LAMBDA",
    "LATERAL",
    "LIMIT",
    "MAP",
    "OFFSET",
    "PIVOT",
    "PLACING",
    "POSITIONAL",
    "QUALIFY",
    "RETURNING",
    "SEMI",
    "SHOW",
    "STRUCT",
    "SUMMARIZE",
    "UNPIVOT",
    "VARIADIC",
    "WINDOW",
];
const NUMERIC_FUNCTIONS: &[&str] = &[
    "ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "CEILING", "COS", "COT", "DEGREES", "EXP", "FLOOR",
    "LOG", "LOG10", "MOD", "PI", "POWER", "RADIANS", "ROUND", "SIGN", "SIN", "SQRT", "TAN",
];
const STRING_FUNCTIONS: &[&str] = &[
    "ASCII",
    "CHR",
    "CONCAT",
    "LCASE",
    "LEFT",
    "LENGTH",
    "LTRIM",
    "REPEAT",
    "REPLACE",
    "RIGHT",
    "RTRIM",
    "SUBSTRING",
    "UCASE",
];
const SYSTEM_FUNCTIONS: &[&str] = &["CURRENT_DATABASE", "CURRENT_SCHEMA", "IFNULL"];
const DATETIME_FUNCTIONS: &[&str] = &[
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "DAYNAME",
    "DAYOFMONTH",
    "DAYOFWEEK",
    "DAYOFYEAR",
    "EXTRACT",
    "HOUR",
    "MINUTE",
    "MONTH",
    "MONTHNAME",
    "NOW",
    "QUARTER",
    "SECOND",
    "WEEK",
    "YEAR",
];

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Int32Type, UInt32Type};

    use super::*;

    /// Type of the union in which each code is answered, by the specification.
    #[test]
    fn every_code_has_the_type_that_drivers_read_it_with() {
        let (text, boolean, bigint, int32, texts, map) = (0, 1, 2, 3, 4, 5);
        let batch = sql_info()
            .expect("builds")
            .record_batch([])
            .expect("a batch");
        let codes = batch.column(0).as_primitive::<UInt32Type>();
        let values = batch.column(1).as_union();
        let mut seen = Vec::new();
        for row in 0..batch.num_rows() {
            let code = codes.value(row);
            let expected = match code {
                0..=2 | 504 | 513 | 514 | 529..=531 => text,
                3..=5
                | 9..=11
                | 500..=502
                | 506
                | 515
                | 516
                | 518..=521
                | 523
                | 524
                | 527
                | 532
                | 536
                | 537
                | 539
                | 556
                | 563
                | 565
                | 566
                | 572..=576 => boolean,
                541..=555 | 557..=561 => bigint,
                8
                | 100
                | 101
                | 503
                | 505
                | 507
                | 522
                | 525
                | 526
                | 528
                | 533..=535
                | 538
                | 540
                | 562
                | 564
                | 567..=571 => int32,
                508..=512 => texts,
                517 => map,
                other => panic!("code {other} is not in the specification's list"),
            };
            assert_eq!(values.type_id(row), expected, "code {code}");
            seen.push(code);
        }
        let missing: Vec<u32> = (500..=576)
            .chain([0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 100, 101])
            .filter(|code| !seen.contains(code))
            .collect();
        assert_eq!(missing, Vec::<u32>::new());
    }

    #[test]
    fn transactions_are_code_8_with_the_int32_1() {
        let batch = sql_info()
            .expect("builds")
            .record_batch([8])
            .expect("a batch");
        assert_eq!(batch.num_rows(), 1);
        let value = batch.column(1).as_union().value(0);
        assert_eq!(value.as_primitive::<Int32Type>().value(0), 1);
    }

    #[test]
    fn types_can_be_asked_for_by_their_code() {
        let types = xdbc_types().expect("builds");
        assert_eq!(
            types.record_batch(None).expect("a batch").num_rows(),
            TYPES.len()
        );
        let bigints = types
            .record_batch(Some(XdbcDataType::XdbcBigint as i32))
            .expect("a batch");
        assert_eq!(bigints.num_rows(), 2);
    }
}
