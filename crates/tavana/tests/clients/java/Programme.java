// What a Java program does with pgjdbc, printed: the same lines must come from PostgreSQL and tavana.
// Usage: java Programme.java <url> <file of statements>; the sections of the file begin with "# name".

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

public final class Programme {
    private static final Map<String, List<String>> statements = new LinkedHashMap<>();

    private interface Part {
        void run(Connection connection) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> section = null;
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            if (line.startsWith("# ")) {
                section = new ArrayList<>();
                statements.put(line.substring(2), section);
            } else if (section != null && !line.isBlank()) {
                section.add(line);
            }
        }
        String url = arguments[0];
        part("types as text", url, Programme::types);
        part("types as binary", url + "&prepareThreshold=-1", Programme::types);
        part("parameters", url, Programme::parameters);
        part("parameters prepared", url + "&prepareThreshold=1", Programme::parameters);
        part("simple protocol", url + "&preferQueryMode=simple", Programme::parameters);
        part("errors", url, Programme::errors);
        part("transactions", url, Programme::transactions);
        part("autosave", url + "&autosave=always", Programme::autosave);
        part("fetch size", url, Programme::fetchSize);
        part("cancel", url, Programme::cancel);
        part("connection", url, Programme::connection);
        part("metadata", url, Programme::metadata);
    }

    /** An error ends its part only: the others are worth seeing. */
    private static void part(String name, String url, Part part) {
        print("part", name);
        try (Connection connection = DriverManager.getConnection(url)) {
            part.run(connection);
        } catch (Exception error) {
            print("failed", name, error.toString().replace('\n', ' '));
        }
    }

    private static void print(Object... fields) {
        StringBuilder line = new StringBuilder();
        for (Object field : fields) {
            line.append(line.isEmpty() ? "" : "\t");
            line.append(String.valueOf(field).replace("\n", "\\n"));
        }
        System.out.println(line);
    }

    private static void execute(Connection connection, String section) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements.get(section)) {
                statement.execute(sql);
            }
        }
    }

    private static void types(Connection connection) throws SQLException {
        execute(connection, "types");
        String sql = "SELECT * FROM types ORDER BY 2 NULLS LAST";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int round = 0; round < 2; round++) {
                try (ResultSet rows = statement.executeQuery()) {
                    ResultSetMetaData meta = rows.getMetaData();
                    while (rows.next()) {
                        for (int at = 1; at <= meta.getColumnCount(); at++) {
                            print(
                                    meta.getColumnName(at),
                                    meta.getColumnTypeName(at),
                                    meta.getColumnType(at),
                                    meta.getPrecision(at),
                                    meta.getScale(at),
                                    meta.getColumnClassName(at),
                                    text(rows, at));
                        }
                    }
                }
            }
        }
    }

    /** getString of a binary bytea is the name of the array. */
    private static String text(ResultSet rows, int at) throws SQLException {
        byte[] bytes =
                rows.getMetaData().getColumnType(at) == Types.BINARY ? rows.getBytes(at) : null;
        return bytes == null ? rows.getString(at) : HexFormat.of().formatHex(bytes);
    }

    private static void parameters(Connection connection) throws SQLException {
        Object[][] cases = {
            {"INTEGER", 7},
            {"BIGINT", 1L << 62},
            {"NUMERIC(9,3)", new BigDecimal("12.340")},
            {"DOUBLE PRECISION", 0.1},
            {"BOOLEAN", true},
            {"TEXT", "' OR 1=1 -- häß \\"},
            {"BYTEA", new byte[] {0, -1, 92}},
            {"DATE", Date.valueOf("2024-02-29")},
            {"TIME", Time.valueOf("01:02:03")},
            {"TIMESTAMP", Timestamp.valueOf("2024-02-29 01:02:03.5")},
            {"UUID", UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
        };
        for (Object[] one : cases) {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT ?::" + one[0] + " AS v")) {
                for (int round = 0; round < 6; round++) {
                    statement.setObject(1, one[1]);
                    try (ResultSet rows = statement.executeQuery()) {
                        rows.next();
                        print(one[0], text(rows, 1), rows.getObject(1).getClass().getName());
                    }
                }
                statement.setNull(1, Types.VARCHAR);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    print(one[0], rows.getObject(1));
                }
            }
        }
        Array list = connection.createArrayOf("int4", new Integer[] {1, null, 3});
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?::INTEGER[] AS v")) {
            statement.setArray(1, list);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                print("array", rows.getString(1));
            }
        }
        execute(connection, "strict");
        String insert = "INSERT INTO strict VALUES (?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (int number = 10; number < 300; number++) {
                statement.setInt(1, number);
                statement.setString(2, "n" + number);
                statement.setInt(3, 1);
                statement.addBatch();
            }
            print("batch", statement.executeBatch().length);
        }
        try (Statement statement = connection.createStatement()) {
            print("updated", statement.executeUpdate("UPDATE strict SET amount = 2 WHERE id >= 290"));
            print("several", statement.execute("SELECT 1; DELETE FROM strict; SELECT 2"));
            print(statement.getMoreResults(), statement.getUpdateCount());
            print(statement.getMoreResults(), statement.getResultSet() != null);
        } catch (SQLException error) {
            print(error.getSQLState());
        }
    }

    private static void errors(Connection connection) throws SQLException {
        execute(connection, "strict");
        for (String sql : statements.get("errors")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
                print("no error", sql);
            } catch (SQLException error) {
                print(error.getSQLState(), sql);
            }
        }
    }

    private static void transactions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (i INTEGER)");
            connection.commit();
            statement.execute("INSERT INTO t VALUES (1)");
            connection.rollback();
            statement.execute("INSERT INTO t VALUES (2)");
            connection.commit();
            Savepoint savepoint = connection.setSavepoint();
            print("rows", count(statement));
            connection.releaseSavepoint(savepoint);
            for (String sql : new String[] {"SELECT bad", "SELECT 1"}) {
                try {
                    statement.execute(sql);
                    print("no error", sql);
                } catch (SQLException error) {
                    print(error.getSQLState(), sql);
                }
            }
            connection.rollback();
            print("rows", count(statement));
            connection.commit();
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            try {
                statement.execute("INSERT INTO t VALUES (3)");
                print("no error", "INSERT");
            } catch (SQLException error) {
                print(error.getSQLState(), "read only");
            }
            connection.rollback();
            connection.setReadOnly(false);
            print("isolation", connection.getTransactionIsolation(), count(statement));
        }
    }

    /** With autosave each statement has a savepoint: a reading transaction survives an error. */
    private static void autosave(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT 1").close();
            try {
                statement.execute("SELECT bad");
            } catch (SQLException error) {
                print(error.getSQLState());
            }
            try (ResultSet rows = statement.executeQuery("SELECT 2")) {
                rows.next();
                print("after the error", rows.getInt(1));
            }
        }
        connection.commit();
    }

    private static long count(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
            rows.next();
            return rows.getLong("count");
        }
    }

    private static void fetchSize(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement =
                connection.prepareStatement(statements.get("many").get(0))) {
            statement.setFetchSize(1000);
            try (ResultSet rows = statement.executeQuery()) {
                long expected = 0;
                while (rows.next()) {
                    expected++;
                    if (rows.getLong(1) != expected) {
                        print("out of order", expected, rows.getLong(1));
                        return;
                    }
                }
                print("rows in order", expected);
            }
        }
        connection.commit();
    }

    private static void cancel(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            Thread other =
                    new Thread(
                            () -> {
                                try {
                                    Thread.sleep(500);
                                    statement.cancel();
                                } catch (Exception error) {
                                    print("failed", error);
                                }
                            });
            other.start();
            long began = System.nanoTime();
            try {
                statement.execute(statements.get("slow").get(0));
                print("not canceled");
            } catch (SQLException error) {
                print(error.getSQLState(), System.nanoTime() - began < 5_000_000_000L);
            }
            other.join();
            statement.setQueryTimeout(1);
            try {
                statement.execute(statements.get("slow").get(0));
                print("no timeout");
            } catch (SQLException error) {
                print(error.getSQLState());
            }
            print(statement.execute("SELECT 1"));
        }
    }

    private static void connection(Connection connection) throws SQLException {
        print("valid", connection.isValid(5));
        print("catalog", connection.getCatalog(), "schema", connection.getSchema());
        print("isolation", connection.getTransactionIsolation(), "read only", connection.isReadOnly());
        connection.setSchema("public");
        print("schema", connection.getSchema());
        connection.setClientInfo("ApplicationName", "programme");
        print("name", connection.getClientInfo("ApplicationName"));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW application_name")) {
            rows.next();
            print("name", rows.getString(1));
        }
    }

    private static void metadata(Connection connection) throws SQLException {
        execute(connection, "shop");
        DatabaseMetaData meta = connection.getMetaData();
        print("product", meta.getDatabaseProductName(), meta.getDatabaseMajorVersion());
        print("limits", meta.getMaxColumnNameLength(), meta.getDefaultTransactionIsolation());
        print("keywords", meta.getSQLKeywords().contains("analyze"));
        rows("tables", meta.getTables(null, "public", "%", null));
        rows("tables of a type", meta.getTables("main", null, "%", new String[] {"TABLE"}));
        rows("views", meta.getTables(null, null, "%", new String[] {"VIEW"}));
        rows("a table", meta.getTables(null, "store", "item", null));
        for (String table : new String[] {"customer", "purchase", "debtor"}) {
            rows("columns of " + table, meta.getColumns(null, "public", table, "%"));
            rows("primary key of " + table, meta.getPrimaryKeys(null, "public", table));
            rows("imported keys of " + table, meta.getImportedKeys(null, "public", table));
            rows("exported keys of " + table, meta.getExportedKeys(null, "public", table));
            rows("row of " + table, meta.getBestRowIdentifier(null, "public", table, 1, true));
            rows("indexes of " + table, meta.getIndexInfo(null, "public", table, false, true));
        }
        rows("columns of a schema", meta.getColumns(null, "store", "%", "%"));
        rows("primary key", meta.getPrimaryKeys(null, "store", "item"));
        rows("unique indexes", meta.getIndexInfo(null, "store", "item", true, true));
        rows("cross", meta.getCrossReference(null, null, "customer", null, null, "purchase"));
        rows("schemas", meta.getSchemas());
        rows("a schema", meta.getSchemas("main", "store"));
        rows("table types", meta.getTableTypes());
        rows("functions", meta.getFunctions(null, "public", "%"));
        rows("procedures", meta.getProcedures(null, "public", "%"));
        rows("client info", meta.getClientInfoProperties());
        names("catalogs", meta.getCatalogs(), "TABLE_CAT", Set.of("main"));
        names(
                "types",
                meta.getTypeInfo(),
                "TYPE_NAME",
                Set.of(
                        "bool", "bytea", "int2", "int4", "int8", "text", "float4", "float8", "date",
                        "time", "timetz", "timestamp", "timestamptz", "interval", "uuid", "numeric",
                        "json", "varchar", "_int4", "_text"));
    }

    /** All columns of all rows but those that tell of PostgreSQL's files. */
    private static void rows(String what, ResultSet rows) throws SQLException {
        try (rows) {
            ResultSetMetaData meta = rows.getMetaData();
            while (rows.next()) {
                List<Object> line = new ArrayList<>(List.of(what));
                for (int at = 1; at <= meta.getColumnCount(); at++) {
                    String name = meta.getColumnName(at);
                    if (!Set.of("CARDINALITY", "PAGES").contains(name)) {
                        line.add(name + "=" + rows.getString(at));
                    }
                }
                print(line.toArray());
            }
            print(what, "end");
        }
    }

    /** Of a list that has more on one side, the rows that both must have. */
    private static void names(String what, ResultSet rows, String column, Set<String> wanted)
            throws SQLException {
        Set<String> found = new TreeSet<>();
        try (rows) {
            ResultSetMetaData meta = rows.getMetaData();
            while (rows.next()) {
                if (wanted.contains(rows.getString(column))) {
                    StringBuilder line = new StringBuilder();
                    for (int at = 1; at <= meta.getColumnCount(); at++) {
                        line.append(meta.getColumnName(at)).append('=');
                        line.append(rows.getString(at)).append(' ');
                    }
                    found.add(line.toString());
                }
            }
        }
        for (String line : found) {
            print(what, line);
        }
    }
}
