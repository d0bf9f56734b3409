// The two JDBC drivers that tools bundle: pgjdbc and the Arrow Flight SQL driver.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public final class ClientTests {
    private interface Test {
        void run(Connection connection) throws Exception;
    }

    private static final Pattern READY =
            Pattern.compile("^tavana is ready: .*postgres=(\\S+) .*flight=(\\S+)");

    public static void main(String[] arguments) throws Exception {
        Path home = Files.createTempDirectory("tavana-java");
        Path data = Files.createDirectory(home.resolve("data"));
        ProcessBuilder builder =
                new ProcessBuilder(System.getenv("TAVANA_BIN"), "serve", "--data", data.toString());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(
                Map.of(
                        "PATH", "/usr/bin:/bin",
                        "HOME", home.toString(),
                        "PG_PORT", "0",
                        "FLIGHT_SQL_PORT", "0",
                        "HTTP_PORT", "0",
                        "DUCKDB_TEMP_DIR", home.resolve("spill").toString()));
        Process server =
                builder.directory(home.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        int failures;
        try {
            String[] addresses = addresses(server);
            failures = runAll(addresses[0], addresses[1]);
        } finally {
            // SIGTERM; its exit code is part of the test.
            server.destroy();
            if (!server.waitFor(40, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
            try (var files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
            }
        }
        if (server.exitValue() != 0) {
            System.out.println("FAILED: SIGTERM ended tavana with " + server.exitValue());
            failures++;
        }
        System.exit(failures == 0 ? 0 : 1);
    }

    private static String[] addresses(Process server) throws IOException {
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher found = READY.matcher(line);
            if (found.find()) {
                return new String[] {found.group(1), found.group(2)};
            }
        }
        throw new IOException("tavana did not become ready");
    }

    private static int runAll(String postgres, String flight) {
        Map<String, Test> tests = new LinkedHashMap<>();
        String postgresUrl = "jdbc:postgresql://" + postgres + "/main?user=tester";
        // The URL that the documentation gives to users.
        String flightUrl = "jdbc:arrow-flight-sql://" + flight + "/?useEncryption=false";
        int failures = 0;
        tests.put("a prepared statement gives the same rows ten times", ClientTests::tenTimes);
        tests.put("a fetch size reads every row in parts", ClientTests::fetchSize);
        tests.put("parameters are values", ClientTests::parameters);
        tests.put("changes are counted", ClientTests::updates);
        tests.put("a transaction is rolled back", ClientTests::rollback);
        tests.put("several results", ClientTests::severalResults);
        tests.put("values of many types", ClientTests::types);
        tests.put("errors have their state", ClientTests::errors);
        tests.put("a batch", ClientTests::batch);
        for (Map.Entry<String, Test> test : tests.entrySet()) {
            failures += run("pgjdbc: " + test.getKey(), postgresUrl, test.getValue());
        }
        failures += run("flight: a query", flightUrl, ClientTests::flightQuery);
        failures += run("flight: ten times", flightUrl, ClientTests::tenTimesOverFlight);
        failures += run("flight: the catalog", flightUrl, ClientTests::flightCatalog);
        failures += FlightTests.runAll(flightUrl);
        return failures;
    }

    private static int run(String name, String url, Test test) {
        try (Connection connection = DriverManager.getConnection(url, new Properties())) {
            test.run(connection);
            System.out.println("ok: " + name);
            return 0;
        } catch (Exception | AssertionError error) {
            System.out.println("FAILED: " + name);
            error.printStackTrace(System.out);
            return 1;
        }
    }

    private static void equal(Object seen, Object expected) {
        if (!Objects.equals(seen, expected)) {
            throw new AssertionError("expected " + expected + ", got " + seen);
        }
    }

    private static void tenTimes(Connection connection) throws SQLException {
        String sql = "SELECT i, ? + 1 AS n FROM range(3) t(i) ORDER BY i";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int number = 0; number < 10; number++) {
                statement.setInt(1, number);
                try (ResultSet rows = statement.executeQuery()) {
                    for (long i = 0; i < 3; i++) {
                        equal(rows.next(), true);
                        equal(rows.getLong("i"), i);
                        equal(rows.getInt("n"), number + 1);
                    }
                    equal(rows.next(), false);
                }
            }
        }
    }

    private static void fetchSize(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(100);
            try (ResultSet rows = statement.executeQuery("SELECT i FROM range(12345) t(i)")) {
                long expected = 0;
                while (rows.next()) {
                    equal(rows.getLong(1), expected++);
                }
                equal(expected, 12345L);
            }
            statement.setFetchSize(0);
            statement.setMaxRows(7);
            try (ResultSet rows = statement.executeQuery("SELECT i FROM range(100) t(i)")) {
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                equal(count, 7);
            }
        }
        connection.commit();
    }

    private static void parameters(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE users (name VARCHAR)");
            statement.execute("INSERT INTO users VALUES ('ann'), ('bob')");
        }
        String sql = "SELECT count(*) FROM users WHERE name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            String[][] cases = {{"ann", "1"}, {"' OR 1=1 --", "0"}, {"'; DROP TABLE users; --", "0"}};
            for (String[] one : cases) {
                statement.setString(1, one[0]);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    equal(rows.getString(1), one[1]);
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?::VARCHAR")) {
            for (String text : new String[] {"01234", "nan", "NULL", ""}) {
                statement.setString(1, text);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    equal(rows.getString(1), text);
                }
            }
        }
    }

    private static void updates(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (i INTEGER, s VARCHAR)");
            equal(statement.executeUpdate("INSERT INTO t VALUES (1, 'a'), (2, 'b')"), 2);
            equal(statement.executeUpdate("UPDATE t SET s = 'x' WHERE i = 1"), 1);
            equal(statement.executeUpdate("DELETE FROM t"), 2);
        }
    }

    private static void rollback(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE r (i INTEGER)");
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO r VALUES (1)");
            connection.rollback();
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM r")) {
                rows.next();
                equal(rows.getInt(1), 0);
            }
            connection.rollback();
        }
    }

    private static void severalResults(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            equal(statement.execute("SELECT 1; SELECT 2"), true);
            equal(statement.getMoreResults(), true);
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                equal(rows.getInt(1), 2);
            }
        }
    }

    private static void types(Connection connection) throws SQLException {
        String sql =
                "SELECT ?::DECIMAL(9,2), ?::DATE, ?::BOOLEAN, ?::DOUBLE, ?::BLOB, ?::BIGINT, NULL, [1, 2]";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setBigDecimal(1, new BigDecimal("12.34"));
            statement.setDate(2, Date.valueOf("2024-02-29"));
            statement.setBoolean(3, true);
            statement.setDouble(4, 0.5);
            statement.setBytes(5, new byte[] {0, -1});
            statement.setLong(6, Long.MAX_VALUE);
            // Binary results begin after some executions.
            for (int round = 0; round < 8; round++) {
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    equal(rows.getBigDecimal(1), new BigDecimal("12.34"));
                    equal(rows.getDate(2), Date.valueOf("2024-02-29"));
                    equal(rows.getBoolean(3), true);
                    equal(rows.getDouble(4), 0.5);
                    equal(rows.getBytes(5).length, 2);
                    equal(rows.getLong(6), Long.MAX_VALUE);
                    equal(rows.getString(7), null);
                    equal(((Integer[]) rows.getArray(8).getArray())[1], 2);
                }
            }
        }
    }

    private static void errors(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try {
                statement.executeQuery("SELECT bad");
                throw new AssertionError("no error");
            } catch (SQLException error) {
                equal(error.getSQLState(), "42703");
            }
            try (ResultSet rows = statement.executeQuery("SELECT 1")) {
                rows.next();
                equal(rows.getInt(1), 1);
            }
        }
    }

    private static void batch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE b (i INTEGER)");
        }
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO b VALUES (?)")) {
            for (int number = 0; number < 100; number++) {
                statement.setInt(1, number);
                statement.addBatch();
            }
            equal(statement.executeBatch().length, 100);
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sum(i)::BIGINT FROM b")) {
            rows.next();
            equal(rows.getLong(1), 4950L);
        }
    }

    private static void flightQuery(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT i, 'v' || i AS s, NULL::INTEGER AS n, i * 0.5::DOUBLE AS d "
                                        + "FROM range(10000) t(i) ORDER BY i")) {
            for (long i = 0; i < 10000; i++) {
                equal(rows.next(), true);
                equal(rows.getLong("i"), i);
                equal(rows.getString("s"), "v" + i);
                rows.getInt("n");
                equal(rows.wasNull(), true);
                equal(rows.getDouble("d"), i * 0.5);
            }
            equal(rows.next(), false);
        }
    }

    private static void tenTimesOverFlight(Connection connection) throws SQLException {
        String sql = "SELECT i, ?::INTEGER + 1 AS n FROM range(3) t(i) ORDER BY i";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int number = 0; number < 10; number++) {
                statement.setInt(1, number);
                try (ResultSet rows = statement.executeQuery()) {
                    for (long i = 0; i < 3; i++) {
                        equal(rows.next(), true);
                        equal(rows.getLong(1), i);
                        equal(rows.getInt(2), number + 1);
                    }
                    equal(rows.next(), false);
                }
            }
        }
    }

    private static void flightCatalog(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE known (i INTEGER, s VARCHAR)");
        }
        try (ResultSet tables = connection.getMetaData().getTables(null, null, "known", null)) {
            equal(tables.next(), true);
            equal(tables.getString("TABLE_NAME"), "known");
        }
    }
}
