//! The columns of the catalog whose types clients rely on.
//!
//! DuckDB has no `oid`, `name` or `"char"`. Drivers that ask for binary results of their
//! introspection queries decode the columns by the type they expect, so RowDescription must say it.
//! Columns of the catalog carry the prefix of their relation: the name alone tells.

use crate::pg::types::oid;

/// Whether PostgreSQL counts the elements of a column of the catalog from 0.
pub(super) fn counts_from_zero(column: &str) -> bool {
    INT2_VECTORS.binary_search(&column).is_ok() || OID_VECTORS.binary_search(&column).is_ok()
}

/// The OID of the type of a column of the catalog; `None` when DuckDB's own type says it.
pub(crate) fn type_of(column: &str) -> Option<u32> {
    TABLES
        .iter()
        .find(|(_, columns)| columns.binary_search(&column).is_ok())
        .map(|(oid, _)| *oid)
}

/// What the system column `tableoid` is in the rows of a table of `pg_catalog`; `None` for what is
/// no table.
pub(super) fn table_oid(relation: &str) -> Option<u32> {
    let at = TABLE_OIDS
        .binary_search_by_key(&relation, |(name, _)| name)
        .ok()?;
    TABLE_OIDS.get(at).map(|(_, oid)| *oid)
}

const TABLES: &[(u32, &[&str])] = &[
    (oid::OID, OIDS),
    (oid::NAME, NAMES),
    (oid::CHAR, CHARS),
    (oid::XID, XIDS),
    (oid::INT2VECTOR, INT2_VECTORS),
    (oid::OIDVECTOR, OID_VECTORS),
    (oid::OID_ARRAY, OID_ARRAYS),
    (oid::NAME_ARRAY, NAME_ARRAYS),
    (oid::CHAR_ARRAY, CHAR_ARRAYS),
];

/// Type `oid`.
const OIDS: &[&str] = &[
    "adrelid",
    "aggmtranstype",
    "aggsortop",
    "aggtranstype",
    "amopfamily",
    "amoplefttype",
    "amopmethod",
    "amopopr",
    "amoprighttype",
    "amopsortfamily",
    "amprocfamily",
    "amproclefttype",
    "amprocrighttype",
    "attcollation",
    "attrelid",
    "atttypid",
    "castfunc",
    "castsource",
    "casttarget",
    "cfgnamespace",
    "cfgowner",
    "cfgparser",
    "classid",
    "classoid",
    "cluster_index_relid",
    "collnamespace",
    "collowner",
    "confrelid",
    "conindid",
    "connamespace",
    "conowner",
    "conparentid",
    "conrelid",
    "contypid",
    "current_child_table_relid",
    "datdba",
    "datid",
    "datoid",
    "dattablespace",
    "dbid",
    "defaclnamespace",
    "defaclrole",
    "dictnamespace",
    "dictowner",
    "dicttemplate",
    "enumtypid",
    "ev_class",
    "evtfoid",
    "evtowner",
    "extnamespace",
    "extowner",
    "fdwhandler",
    "fdwowner",
    "fdwvalidator",
    "ftrelid",
    "ftserver",
    "funcid",
    "grosysid",
    "index_relid",
    "indexrelid",
    "indrelid",
    "inhparent",
    "inhrelid",
    "laninline",
    "lanowner",
    "lanplcallfoid",
    "lanvalidator",
    "local_id",
    "loid",
    "lomowner",
    "mapcfg",
    "mapdict",
    "nspowner",
    "objid",
    "objnamespace",
    "objoid",
    "oid",
    "opcfamily",
    "opcintype",
    "opckeytype",
    "opcmethod",
    "opcnamespace",
    "opcowner",
    "opfmethod",
    "opfnamespace",
    "opfowner",
    "oprcom",
    "oprleft",
    "oprnamespace",
    "oprnegate",
    "oprowner",
    "oprresult",
    "oprright",
    "partdefid",
    "partrelid",
    "pnnspid",
    "pnpubid",
    "polrelid",
    "prolang",
    "pronamespace",
    "proowner",
    "prorettype",
    "provariadic",
    "prpubid",
    "prrelid",
    "prsnamespace",
    "pubowner",
    "refclassid",
    "refobjid",
    "relam",
    "relfilenode",
    "relid",
    "relnamespace",
    "reloftype",
    "relowner",
    "relrewrite",
    "reltablespace",
    "reltoastrelid",
    "reltype",
    "rngcollation",
    "rngmultitypid",
    "rngsubopc",
    "rngsubtype",
    "rngtypid",
    "roident",
    "roleid",
    "seqrelid",
    "seqtypid",
    "setdatabase",
    "setrole",
    "spcowner",
    "srrelid",
    "srsubid",
    "srvfdw",
    "srvid",
    "srvowner",
    "stacoll1",
    "stacoll2",
    "stacoll3",
    "stacoll4",
    "stacoll5",
    "staop1",
    "staop2",
    "staop3",
    "staop4",
    "staop5",
    "starelid",
    "stxnamespace",
    "stxoid",
    "stxowner",
    "stxrelid",
    "subdbid",
    "subid",
    "subowner",
    "tableoid",
    "tgconstraint",
    "tgconstrindid",
    "tgconstrrelid",
    "tgfoid",
    "tgparentid",
    "tgrelid",
    "tmplnamespace",
    "trflang",
    "trftype",
    "typarray",
    "typbasetype",
    "typcollation",
    "typelem",
    "typnamespace",
    "typowner",
    "typrelid",
    "umid",
    "umserver",
    "umuser",
    "usesysid",
];

/// Type `name`.
const NAMES: &[&str] = &[
    "amname",
    "attname",
    "cfgname",
    "collname",
    "conname",
    "datname",
    "dictname",
    "enumlabel",
    "evtevent",
    "evtname",
    "extname",
    "fdwname",
    "funcname",
    "groname",
    "indexname",
    "indexrelname",
    "lanname",
    "matviewname",
    "matviewowner",
    "nspname",
    "opcname",
    "opfname",
    "oprname",
    "policyname",
    "polname",
    "proname",
    "prsname",
    "pubname",
    "relname",
    "rolname",
    "rulename",
    "schemaname",
    "sequencename",
    "sequenceowner",
    "slot_name",
    "spcname",
    "srvname",
    "statistics_name",
    "statistics_owner",
    "statistics_schemaname",
    "stxname",
    "subname",
    "subslotname",
    "tablename",
    "tableowner",
    "tablespace",
    "tgname",
    "tgnewtable",
    "tgoldtable",
    "tmplname",
    "typname",
    "usename",
    "viewname",
    "viewowner",
];

/// Type `"char"`.
const CHARS: &[&str] = &[
    "aggfinalmodify",
    "aggkind",
    "aggmfinalmodify",
    "amoppurpose",
    "amtype",
    "attalign",
    "attcompression",
    "attgenerated",
    "attidentity",
    "attstorage",
    "castcontext",
    "castmethod",
    "collprovider",
    "confdeltype",
    "confmatchtype",
    "confupdtype",
    "contype",
    "datlocprovider",
    "defaclobjtype",
    "deptype",
    "ev_enabled",
    "ev_type",
    "evtenabled",
    "oprkind",
    "partstrat",
    "polcmd",
    "privtype",
    "prokind",
    "proparallel",
    "provolatile",
    "relkind",
    "relpersistence",
    "relreplident",
    "srsubstate",
    "subtwophasestate",
    "tgenabled",
    "typalign",
    "typcategory",
    "typdelim",
    "typstorage",
    "typtype",
];

/// Type `xid`.
const XIDS: &[&str] = &[
    "backend_xid",
    "backend_xmin",
    "catalog_xmin",
    "datfrozenxid",
    "datminmxid",
    "relfrozenxid",
    "relminmxid",
    "transactionid",
    "xmin",
];

/// Type `int2vector`.
const INT2_VECTORS: &[&str] = &[
    "indkey",
    "indoption",
    "partattrs",
    "prattrs",
    "stxkeys",
    "tgattr",
];

/// Type `oidvector`.
const OID_VECTORS: &[&str] = &[
    "indclass",
    "indcollation",
    "partclass",
    "partcollation",
    "proargtypes",
];

/// Type `oid[]`.
const OID_ARRAYS: &[&str] = &[
    // What asyncpg calls the types of a composite type's columns.
    "attrtypoids",
    "conexclop",
    "conffeqop",
    "conpfeqop",
    "conppeqop",
    "extconfig",
    "grolist",
    "polroles",
    "proallargtypes",
    "protrftypes",
];

/// Type `name[]`.
const NAME_ARRAYS: &[&str] = &["attnames"];

/// Type `"char"[]`.
const CHAR_ARRAYS: &[&str] = &["proargmodes", "stxkind"];

/// The tables of `pg_catalog` with their numbers, which are the same in all versions.
const TABLE_OIDS: &[(&str, u32)] = &[
    ("pg_aggregate", 2600),
    ("pg_am", 2601),
    ("pg_amop", 2602),
    ("pg_amproc", 2603),
    ("pg_attrdef", 2604),
    ("pg_attribute", 1249),
    ("pg_auth_members", 1261),
    ("pg_authid", 1260),
    ("pg_cast", 2605),
    ("pg_class", 1259),
    ("pg_collation", 3456),
    ("pg_constraint", 2606),
    ("pg_conversion", 2607),
    ("pg_database", 1262),
    ("pg_db_role_setting", 2964),
    ("pg_default_acl", 826),
    ("pg_depend", 2608),
    ("pg_description", 2609),
    ("pg_enum", 3501),
    ("pg_event_trigger", 3466),
    ("pg_extension", 3079),
    ("pg_foreign_data_wrapper", 2328),
    ("pg_foreign_server", 1417),
    ("pg_foreign_table", 3118),
    ("pg_index", 2610),
    ("pg_inherits", 2611),
    ("pg_init_privs", 3394),
    ("pg_language", 2612),
    ("pg_largeobject", 2613),
    ("pg_largeobject_metadata", 2995),
    ("pg_namespace", 2615),
    ("pg_opclass", 2616),
    ("pg_operator", 2617),
    ("pg_opfamily", 2753),
    ("pg_parameter_acl", 6243),
    ("pg_partitioned_table", 3350),
    ("pg_policy", 3256),
    ("pg_proc", 1255),
    ("pg_publication", 6104),
    ("pg_publication_namespace", 6237),
    ("pg_publication_rel", 6106),
    ("pg_range", 3541),
    ("pg_replication_origin", 6000),
    ("pg_rewrite", 2618),
    ("pg_seclabel", 3596),
    ("pg_sequence", 2224),
    ("pg_shdepend", 1214),
    ("pg_shdescription", 2396),
    ("pg_shseclabel", 3592),
    ("pg_statistic", 2619),
    ("pg_statistic_ext", 3381),
    ("pg_statistic_ext_data", 3429),
    ("pg_subscription", 6100),
    ("pg_subscription_rel", 6102),
    ("pg_tablespace", 1213),
    ("pg_transform", 3576),
    ("pg_trigger", 2620),
    ("pg_ts_config", 3602),
    ("pg_ts_config_map", 3603),
    ("pg_ts_dict", 3600),
    ("pg_ts_parser", 3601),
    ("pg_ts_template", 3764),
    ("pg_type", 1247),
    ("pg_user_mapping", 1418),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_sorted_and_have_one_type_each() {
        let mut all = Vec::new();
        for (_, columns) in TABLES {
            assert!(columns.is_sorted_by(|one, next| one < next));
            all.extend_from_slice(columns);
        }
        all.sort_unstable();
        assert!(all.is_sorted_by(|one, next| one < next));
        assert_eq!(type_of("oid"), Some(26));
        assert_eq!(type_of("nspname"), Some(19));
        assert_eq!(type_of("relkind"), Some(18));
        assert_eq!(type_of("relnatts"), None);
        assert!(TABLE_OIDS.is_sorted_by(|one, next| one.0 < next.0));
        assert_eq!(table_oid("pg_class"), Some(1259));
        assert_eq!(table_oid("pg_tables"), None);
    }
}
