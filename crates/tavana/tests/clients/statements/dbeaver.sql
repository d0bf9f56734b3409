-- dbeaver version
SELECT version();

-- dbeaver enum probe
SELECT * FROM pg_catalog.pg_enum WHERE 1<>1 LIMIT 1;

-- dbeaver reltype probe
SELECT reltype FROM pg_catalog.pg_class WHERE 1<>1 LIMIT 1;

-- dbeaver typcategory probe
SELECT typcategory FROM pg_catalog.pg_type WHERE 1<>1 LIMIT 1;

-- dbeaver session
SELECT current_schema(),session_user;

-- dbeaver databases
SELECT db.oid,db.datname FROM pg_catalog.pg_database db WHERE datallowconn AND NOT datistemplate ORDER BY db.datname;

-- dbeaver schemas
SELECT n.oid,n.nspname,d.description FROM pg_catalog.pg_namespace n LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass WHERE n.nspname NOT LIKE 'pg_t%' ORDER BY nspname;

-- dbeaver types of pg_catalog
SELECT t.oid,t.typname,t.typtype,t.typcategory,t.typlen,t.typelem,t.typarray,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid WHERE t.typname IS NOT NULL AND t.typnamespace=11 AND t.typname IN ('int4','_int4','text','_text','numeric','timestamptz','bool','json') AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C') ORDER BY t.oid;

-- dbeaver tables
SELECT c.oid,c.relname,c.relkind,c.relnamespace,c.relhasindex,c.relnatts,c.relpersistence,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass WHERE c.relnamespace='public'::regnamespace AND c.relkind not in ('i','I','c') ORDER BY c.relname;

-- dbeaver columns
SELECT c.relname,a.attname,a.atttypid,a.attnum,a.attlen,a.atttypmod,a.attndims,a.attnotnull,a.atthasdef,a.attidentity,a.attgenerated,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid FROM pg_catalog.pg_attribute a INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum) LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid WHERE NOT a.attisdropped AND a.attnum > 0 AND c.relkind not in ('i','I','c') AND c.oid='customers'::regclass ORDER BY a.attnum;

-- dbeaver constraints
SELECT c.oid,c.conname,c.contype,c.conkey,c.confkey,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description, case when c.contype='c' then "substring"(pg_get_constraintdef(c.oid), 7) else null end consrc_copy FROM pg_catalog.pg_constraint c INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_constraint'::regclass WHERE c.conrelid='orders'::regclass AND c.contype <> 'n' ORDER BY c.conname;

-- dbeaver indexes
SELECT i.indrelid::regclass::text, i.indkey::text, i.indisunique, i.indisprimary, c.relname, c.relnamespace::regnamespace::text,c.relam,tsc.description,pg_catalog.pg_get_indexdef(i.indexrelid) as idx_def,dsc.description,pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr,pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr FROM pg_catalog.pg_index i INNER JOIN pg_catalog.pg_class c ON c.oid=i.indexrelid INNER JOIN pg_catalog.pg_class tc ON tc.oid=i.indrelid LEFT OUTER JOIN pg_catalog.pg_description tsc ON tsc.objoid=tc.oid AND tsc.objsubid=0 LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid=dsc.objoid WHERE i.indrelid='items'::regclass ORDER BY c.relname;

-- dbeaver view definition
SELECT pg_catalog.pg_get_viewdef('sales.customer_names'::regclass, true) AS definition;

-- dbeaver sequences
SELECT c.oid,c.relname,d.description,last_value,min_value,max_value,start_value,cache_size,increment_by,cycle FROM pg_catalog.pg_sequences s JOIN pg_catalog.pg_class c ON c.relname=s.sequencename LEFT JOIN pg_catalog.pg_description d ON d.objoid=c.oid WHERE s.schemaname='public';

-- dbeaver roles
SELECT a.oid,a.rolname,a.rolinherit,a.rolcanlogin,pd.description FROM pg_catalog.pg_roles a LEFT JOIN pg_catalog.pg_shdescription pd ON a.oid = pd.objoid WHERE a.rolname LIKE 'pg\_read%' ORDER BY a.rolname;

-- dbeaver table size
SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace='sales'::regnamespace AND c.relkind IN ('r','v') AND pg_catalog.pg_relation_is_publishable(c.oid) ORDER BY 1;
