// A small programme for the recording proxy. Usage: java Trace <url>

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

public final class Trace {
    public static void main(String[] arguments) throws SQLException {
        try (Connection connection = DriverManager.getConnection(arguments[0]);
                Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT 1 AS a, 'x' AS b").close();
            statement.execute("CREATE TABLE wire (id INTEGER PRIMARY KEY, name VARCHAR)");
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO wire VALUES (?, ?)")) {
                for (int number = 0; number < 3; number++) {
                    insert.setInt(1, number);
                    insert.setString(2, "n" + number);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            for (int round = 0; round < 7; round++) {
                try (PreparedStatement select =
                        connection.prepareStatement("SELECT id, name FROM wire WHERE id >= ? ORDER BY id")) {
                    select.setInt(1, round);
                    select.executeQuery().close();
                }
            }
            statement.executeUpdate("UPDATE wire SET name = 'x' WHERE id > 0");
            for (String wrong : new String[] {"SELECT bad", "SELECT * FROM nothing", "SELEC 1"}) {
                try {
                    statement.executeQuery(wrong);
                } catch (SQLException expected) {
                    // What the server says is what is recorded.
                }
            }
            connection.setAutoCommit(false);
            statement.setFetchSize(2);
            try (ResultSet rows = statement.executeQuery("SELECT id, name FROM wire ORDER BY id")) {
                while (rows.next()) {
                    rows.getInt(1);
                }
            }
            connection.rollback();
            statement.setFetchSize(0);
            statement.setMaxRows(2);
            statement.executeQuery("SELECT id FROM wire ORDER BY id").close();
            connection.commit();
        }
    }
}
