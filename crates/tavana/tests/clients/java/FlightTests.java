// The Arrow Flight SQL JDBC driver, as database tools use it: what is there, what it holds,
// parameters, batches, transactions.

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

final class FlightTests {
    private interface Test {
        void run(Connection connection) throws Exception;
    }

    private FlightTests() {}

    /** Runs them all at `url`; how many failed. */
    static int runAll(String url) {
        Map<String, Test> tests = new LinkedHashMap<>();
        tests.put("the driver knows what it talks to", FlightTests::facts);
        tests.put("tables, views and schemas are listed and filtered", FlightTests::tables);
        tests.put("columns have their types", FlightTests::columns);
        tests.put("keys are found", FlightTests::keys);
        tests.put("changes are counted", FlightTests::changes);
        tests.put("parameters of many types", FlightTests::parameters);
        tests.put("a batch of a thousand rows", FlightTests::batch);
        tests.put("values of many types", FlightTests::values);
        tests.put("errors are raised and the connection goes on", FlightTests::errors);
        tests.put("a result without rows has its columns", FlightTests::empty);
        tests.put("a large result comes complete", FlightTests::large);
        int failures = 0;
        for (Map.Entry<String, Test> test : tests.entrySet()) {
            String name = "flight: " + test.getKey();
            try (Connection connection = DriverManager.getConnection(url, new Properties())) {
                test.getValue().run(connection);
                System.out.println("ok: " + name);
            } catch (Exception | AssertionError error) {
                System.out.println("FAILED: " + name);
                error.printStackTrace(System.out);
                failures++;
            }
        }
        failures += withCatalog(url);
        return failures;
    }

    private static void equal(Object seen, Object expected) {
        if (!Objects.equals(seen, expected)) {
            throw new AssertionError("expected " + expected + ", got " + seen);
        }
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }

    /** The texts of some columns of every row. */
    private static List<List<String>> rows(ResultSet results, String... columns) throws SQLException {
        List<List<String>> found = new ArrayList<>();
        try (results) {
            while (results.next()) {
                List<String> row = new ArrayList<>();
                for (String column : columns) {
                    row.add(results.getString(column));
                }
                found.add(row);
            }
        }
        return found;
    }

    private static long count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT count(*) FROM " + table)) {
            found.next();
            return found.getLong(1);
        }
    }

    private static int withCatalog(String url) {
        String name = "flight: the catalog of the URL is the session's";
        Properties properties = new Properties();
        properties.setProperty("catalog", "memory");
        int failures = 0;
        Connection connection = null;
        try {
            connection = DriverManager.getConnection(url, properties);
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT current_database()")) {
                found.next();
                equal(found.getString(1), "memory");
            }
            System.out.println("ok: " + name);
        } catch (Exception | AssertionError error) {
            System.out.println("FAILED: " + name);
            error.printStackTrace(System.out);
            failures = 1;
        }
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException error) {
            // The driver ends the session a second time, on the channel that it has closed.
            if (!error.getMessage().contains("Channel shutdown")) {
                System.out.println("FAILED: " + name + ": " + error.getMessage());
                failures = 1;
            }
        }
        return failures;
    }

    private static void facts(Connection connection) throws SQLException {
        DatabaseMetaData facts = connection.getMetaData();
        equal(facts.getDatabaseProductName(), "tavana");
        equal(facts.getIdentifierQuoteString(), "\"");
        equal(facts.supportsTransactions(), true);
        equal(facts.supportsBatchUpdates(), true);
        equal(facts.supportsSavepoints(), false);
        equal(facts.isReadOnly(), false);
        equal(facts.supportsGroupBy(), true);
        equal(facts.supportsUnionAll(), true);
        equal(facts.getSearchStringEscape(), "\\");
        equal(facts.getSQLKeywords().contains("QUALIFY"), true);
        equal(facts.getNumericFunctions().contains("ROUND"), true);
    }

    private static void tables(Connection connection) throws SQLException {
        run(
                connection,
                "CREATE SCHEMA s1",
                "CREATE TABLE one (i INTEGER)",
                "CREATE TABLE s1.two (i INTEGER)",
                "CREATE VIEW three AS SELECT * FROM one");
        DatabaseMetaData facts = connection.getMetaData();
        String[] wanted = {"TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE"};
        equal(
                rows(facts.getTables("memory", null, "%", null), wanted),
                List.of(
                        List.of("main", "one", "TABLE"),
                        List.of("main", "three", "VIEW"),
                        List.of("s1", "two", "TABLE")));
        equal(
                rows(facts.getTables(null, "s_", "t%", new String[] {"TABLE"}), wanted),
                List.of(List.of("s1", "two", "TABLE")));
        equal(rows(facts.getTables(null, null, "nothing", null), wanted), List.of());
        equal(rows(facts.getSchemas("memory", "s%"), "TABLE_SCHEM"), List.of(List.of("s1")));
        equal(rows(facts.getCatalogs(), "TABLE_CAT").contains(List.of("memory")), true);
        equal(rows(facts.getTableTypes(), "TABLE_TYPE").contains(List.of("VIEW")), true);
    }

    private static void columns(Connection connection) throws SQLException {
        run(
                connection,
                "CREATE TABLE typed (i INTEGER NOT NULL, b BIGINT, t VARCHAR, d DECIMAL(10,2), "
                        + "w TIMESTAMP, y DATE, o BOOLEAN, f DOUBLE, x BLOB)");
        List<List<String>> found =
                rows(
                        connection.getMetaData().getColumns(null, null, "typed", null),
                        "COLUMN_NAME",
                        "DATA_TYPE",
                        "ORDINAL_POSITION",
                        "IS_NULLABLE");
        equal(
                found,
                List.of(
                        List.of("i", "" + Types.INTEGER, "1", "NO"),
                        List.of("b", "" + Types.BIGINT, "2", "YES"),
                        List.of("t", "" + Types.VARCHAR, "3", "YES"),
                        List.of("d", "" + Types.DECIMAL, "4", "YES"),
                        List.of("w", "" + Types.TIMESTAMP, "5", "YES"),
                        List.of("y", "" + Types.DATE, "6", "YES"),
                        List.of("o", "" + Types.BOOLEAN, "7", "YES"),
                        List.of("f", "" + Types.DOUBLE, "8", "YES"),
                        List.of("x", "" + Types.VARBINARY, "9", "YES")));
        List<List<String>> price =
                rows(
                        connection.getMetaData().getColumns(null, null, "typed", "d"),
                        "COLUMN_SIZE",
                        "DECIMAL_DIGITS",
                        "TYPE_NAME");
        equal(price.get(0).subList(0, 2), List.of("10", "2"));
    }

    private static void keys(Connection connection) throws SQLException {
        run(
                connection,
                "CREATE TABLE parent (a INTEGER, b VARCHAR, PRIMARY KEY (a, b))",
                "CREATE TABLE child (x INTEGER, y VARCHAR, "
                        + "FOREIGN KEY (x, y) REFERENCES parent (a, b))");
        DatabaseMetaData facts = connection.getMetaData();
        equal(
                rows(facts.getPrimaryKeys(null, null, "parent"), "COLUMN_NAME", "KEY_SEQ"),
                List.of(List.of("a", "1"), List.of("b", "2")));
        String[] wanted = {"PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ"};
        List<List<String>> expected =
                List.of(
                        List.of("parent", "a", "child", "x", "1"),
                        List.of("parent", "b", "child", "y", "2"));
        equal(rows(facts.getImportedKeys(null, null, "child"), wanted), expected);
        equal(rows(facts.getExportedKeys(null, null, "parent"), wanted), expected);
        equal(rows(facts.getCrossReference(null, null, "parent", null, null, "child"), wanted), expected);
        equal(rows(facts.getExportedKeys(null, null, "child"), wanted), List.of());
    }

    private static void changes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            equal(statement.executeUpdate("CREATE TABLE t (i INTEGER, s VARCHAR)"), 0);
            equal(statement.executeUpdate("INSERT INTO t SELECT i, 'x' FROM range(20) r(i)"), 20);
            equal(statement.executeUpdate("DELETE FROM t WHERE i < 7"), 7);
            equal(statement.execute("UPDATE t SET s = 'y'"), false);
            equal(statement.getUpdateCount(), 13);
            equal(statement.execute("SELECT * FROM t"), true);
        }
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE t SET s = ? WHERE i = ?")) {
            statement.setString(1, "z");
            statement.setInt(2, 12);
            equal(statement.executeUpdate(), 1);
        }
    }

    private static void parameters(Connection connection) throws SQLException {
        run(
                connection,
                "CREATE TABLE p (i INTEGER, b BIGINT, s VARCHAR, d DOUBLE, o BOOLEAN, x BLOB, "
                        + "y DATE, w TIMESTAMP, m DECIMAL(10,2))");
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO p VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setInt(1, -5);
            insert.setLong(2, Long.MAX_VALUE);
            insert.setString(3, "' OR 1=1 --");
            insert.setDouble(4, 0.5);
            insert.setBoolean(5, true);
            insert.setBytes(6, new byte[] {0, -1});
            insert.setDate(7, Date.valueOf("2024-02-29"));
            insert.setTimestamp(8, Timestamp.valueOf("2024-02-29 12:34:56.789"));
            insert.setBigDecimal(9, new BigDecimal("12.34"));
            equal(insert.executeUpdate(), 1);
            for (int place = 1; place <= 9; place++) {
                insert.setNull(place, Types.NULL);
            }
            equal(insert.executeUpdate(), 1);
        }
        String sql = "SELECT * FROM p WHERE i = ? AND s = ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            equal(select.getParameterMetaData().getParameterCount(), 2);
            select.setInt(1, -5);
            select.setString(2, "' OR 1=1 --");
            for (int round = 0; round < 3; round++) {
                try (ResultSet found = select.executeQuery()) {
                    equal(found.next(), true);
                    equal(found.getLong("b"), Long.MAX_VALUE);
                    equal(found.getDouble("d"), 0.5);
                    equal(found.getBoolean("o"), true);
                    equal(found.getBytes("x").length, 2);
                    equal(found.getString("y"), "2024-02-29");
                    equal(found.getString("w"), "2024-02-29 12:34:56.789");
                    equal(found.getBigDecimal("m"), new BigDecimal("12.34"));
                    equal(found.next(), false);
                }
            }
        }
        equal(count(connection, "p WHERE i IS NULL AND w IS NULL AND m IS NULL"), 1L);
    }

    private static void batch(Connection connection) throws SQLException {
        run(connection, "CREATE TABLE b (i INTEGER, s VARCHAR)");
        String sql = "INSERT INTO b VALUES (?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int number = 0; number < 1000; number++) {
                statement.setInt(1, number);
                statement.setString(2, "v" + number);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        equal(count(connection, "(SELECT DISTINCT i, s FROM b)"), 1000L);
    }

    private static void values(Connection connection) throws SQLException {
        String sql =
                "SELECT 1::TINYINT a, 2::SMALLINT b, 3::HUGEINT c, 1.5::DECIMAL(38,10) d, "
                        + "DATE '2024-02-29' e, TIME '12:34:56' f, TIMESTAMP '2024-02-29 12:34:56' g, "
                        + "'x'::BLOB h, uuid() i, 'm'::ENUM('m', 'n') j, '{}'::JSON k, NULL l, "
                        + "TIMESTAMPTZ '2024-02-29 12:34:56+00' m, [1, 2] n, {'a': 1} o, true p, "
                        + "1.25::FLOAT q, 'text' r, MAP {'k': 1} s";
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            equal(found.next(), true);
            equal(found.getInt("a"), 1);
            equal(found.getInt("b"), 2);
            equal(found.getBigDecimal("c"), new BigDecimal("3"));
            equal(found.getBigDecimal("d"), new BigDecimal("1.5000000000"));
            equal(found.getString("e"), "2024-02-29");
            equal(found.getString("f"), "12:34:56");
            equal(found.getTimestamp("g"), Timestamp.valueOf("2024-02-29 12:34:56"));
            equal(found.getBytes("h").length, 1);
            equal(found.getString("j"), "m");
            equal(found.getString("k"), "{}");
            equal(found.getObject("l"), null);
            equal(found.wasNull(), true);
            equal(found.getTimestamp("m") != null, true);
            equal(found.getArray("n") != null, true);
            equal(found.getObject("o") != null, true);
            equal(found.getBoolean("p"), true);
            equal(found.getFloat("q"), 1.25f);
            equal(found.getString("r"), "text");
            ResultSetMetaData columns = found.getMetaData();
            equal(columns.getColumnCount(), 19);
            equal(columns.getColumnName(4), "d");
            equal(columns.getColumnType(4), Types.DECIMAL);
        }
    }

    private static void errors(Connection connection) throws SQLException {
        for (String sql : new String[] {"SELECT bad", "SELEC 1", "SELECT * FROM nothing"}) {
            try (Statement statement = connection.createStatement()) {
                statement.executeQuery(sql);
                throw new AssertionError("no error: " + sql);
            } catch (SQLException error) {
                equal(error.getMessage().contains("SQLSTATE 42"), true);
            }
        }
        equal(count(connection, "range(3)"), 3L);
    }

    private static void empty(Connection connection) throws SQLException {
        // Of a plain statement without rows the driver counts each column twice.
        String sql = "SELECT 1::INTEGER AS a, 'x' AS b WHERE false";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet found = statement.executeQuery()) {
            equal(found.getMetaData().getColumnCount(), 2);
            equal(found.getMetaData().getColumnType(1), Types.INTEGER);
            equal(found.next(), false);
        }
    }

    private static void large(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT i FROM range(1000000) t(i)")) {
            long sum = 0;
            while (found.next()) {
                sum += found.getLong(1);
            }
            equal(sum, 499_999_500_000L);
        }
    }
}
