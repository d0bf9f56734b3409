// lib/pq under database/sql: text results, unnamed statements, COPY by statements.
package clients

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lib/pq"
)

func open(t *testing.T, address string) *sql.DB {
	t.Helper()
	database, err := sql.Open("postgres", "postgres://tester@"+address+"/main?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	// One connection: a table belongs to its session.
	database.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = database.Close() })
	return database
}

func TestPq(t *testing.T) {
	address := start(t)

	t.Run("parameters are values and changes are counted", func(t *testing.T) {
		database := open(t, address)
		if _, err := database.Exec("CREATE TABLE users (id INTEGER, name VARCHAR, data BLOB)"); err != nil {
			t.Fatal(err)
		}
		done, err := database.Exec("INSERT INTO users VALUES ($1, $2, $3), (2, NULL, NULL)", 1, "' OR 1=1 --", []byte{0, 255, 92})
		if err != nil {
			t.Fatal(err)
		}
		if count, err := done.RowsAffected(); err != nil || count != 2 {
			t.Fatal(count, err)
		}
		var (
			id   int
			name sql.NullString
			data []byte
		)
		found := database.QueryRow("SELECT id, name, data FROM users WHERE name = $1", "' OR 1=1 --")
		if err := found.Scan(&id, &name, &data); err != nil || id != 1 || len(data) != 3 || data[1] != 255 {
			t.Fatal(id, name, data, err)
		}
		if err := database.QueryRow("SELECT name FROM users WHERE id = ANY($1)", pq.Array([]int{2})).Scan(&name); err != nil || name.Valid {
			t.Fatal(name, err)
		}
	})

	t.Run("thirty types have the texts of PostgreSQL", func(t *testing.T) {
		database := open(t, address)
		if _, err := database.Exec("SET TimeZone = 'UTC'"); err != nil {
			t.Fatal(err)
		}
		for _, one := range types(t) {
			var text string
			var value any
			if err := database.QueryRow("SELECT " + one.Tavana).Scan(&value); err != nil {
				t.Fatal(one.Name, err)
			}
			switch seen := value.(type) {
			case []byte:
				text = string(seen)
				if one.Name == "bytes" {
					text = fmt.Sprintf("\\x%x", seen)
				}
			case bool:
				text = fmt.Sprint(seen)[:1]
			case time.Time, int64, float64, string:
				// The driver has made a value of it: only its day, digits or text are compared.
				text = fmt.Sprint(seen)
				if when, isTime := seen.(time.Time); isTime {
					text = one.Text
					if when.UTC().Year() != 2024 && when.Year() != 0 {
						t.Fatal(one.Name, when)
					}
				}
			default:
				t.Fatalf("%s: %T", one.Name, value)
			}
			if text != one.Text {
				t.Fatalf("%s: %q, not %q", one.Name, text, one.Text)
			}
		}
	})

	t.Run("a transaction commits, rolls back and fails", func(t *testing.T) {
		database := open(t, address)
		if _, err := database.Exec("CREATE TABLE t (i INTEGER)"); err != nil {
			t.Fatal(err)
		}
		for _, keep := range []bool{false, true} {
			transaction, err := database.Begin()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := transaction.Exec("INSERT INTO t VALUES ($1)", 7); err != nil {
				t.Fatal(err)
			}
			if keep {
				err = transaction.Commit()
			} else {
				err = transaction.Rollback()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		transaction, err := database.Begin()
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range []struct{ statement, state string }{{"SELECT bad", "42703"}, {"SELECT 1", "25P02"}} {
			var fault *pq.Error
			if _, err := transaction.Exec(one.statement); !errors.As(err, &fault) || string(fault.Code) != one.state {
				t.Fatal(one.statement, err)
			}
		}
		if err := transaction.Rollback(); err != nil {
			t.Fatal(err)
		}
		var count int
		if err := database.QueryRow("SELECT count(*) FROM t").Scan(&count); err != nil || count != 1 {
			t.Fatal(count, err)
		}
	})

	t.Run("copy in and many rows out", func(t *testing.T) {
		database := open(t, address)
		if _, err := database.Exec("CREATE TABLE c (i BIGINT, s VARCHAR)"); err != nil {
			t.Fatal(err)
		}
		transaction, err := database.Begin()
		if err != nil {
			t.Fatal(err)
		}
		statement, err := transaction.Prepare(pq.CopyIn("c", "i", "s"))
		if err != nil {
			t.Fatal(err)
		}
		for number := range 10000 {
			if _, err := statement.Exec(number, fmt.Sprintf("tab\t%d", number)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := statement.Exec(); err != nil {
			t.Fatal(err)
		}
		if err := statement.Close(); err != nil {
			t.Fatal(err)
		}
		if err := transaction.Commit(); err != nil {
			t.Fatal(err)
		}
		rows, err := database.Query("SELECT i, s FROM c ORDER BY i")
		if err != nil {
			t.Fatal(err)
		}
		expected := 0
		for ; rows.Next(); expected++ {
			var (
				number int
				text   string
			)
			if err := rows.Scan(&number, &text); err != nil || number != expected || text != fmt.Sprintf("tab\t%d", number) {
				t.Fatal(number, text, err)
			}
		}
		if expected != 10000 || rows.Err() != nil {
			t.Fatal(expected, rows.Err())
		}
	})

	t.Run("a deadline cancels and the connection goes on", func(t *testing.T) {
		database := open(t, address)
		started := time.Now()
		limited, stop := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer stop()
		_, err := database.ExecContext(limited, "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range")
		if err == nil || time.Since(started) > 3500*time.Millisecond {
			t.Fatal(err, time.Since(started))
		}
		var one int
		if err := database.QueryRow("SELECT 1").Scan(&one); err != nil || one != 1 {
			t.Fatal(one, err)
		}
	})

	t.Run("the catalog lists tables", func(t *testing.T) {
		database := open(t, address)
		if _, err := database.Exec("CREATE TABLE listed (i INTEGER)"); err != nil {
			t.Fatal(err)
		}
		var name, kind string
		err := database.QueryRow(
			"SELECT c.relname, format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_class c "+
				"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "+
				"WHERE n.nspname = $1 AND c.relkind = 'r' AND a.attnum > 0", "public").Scan(&name, &kind)
		if err != nil || name != "listed" || kind != "integer" {
			t.Fatal(name, kind, err)
		}
	})
}
