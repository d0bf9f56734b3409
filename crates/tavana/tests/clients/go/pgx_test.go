// pgx: named statements, binary results, pipelines.
package clients

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// start runs a tavana for one test and gives its PostgreSQL address.
func start(t *testing.T) string {
	t.Helper()
	postgres, _ := startBoth(t)
	return postgres
}

// startBoth gives the addresses of both protocols.
func startBoth(t *testing.T) (string, string) {
	t.Helper()
	home := t.TempDir()
	data := filepath.Join(home, "data")
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(os.Getenv("TAVANA_BIN"), "serve", "--data", data)
	server.Dir = home
	server.Env = []string{
		"PATH=/usr/bin:/bin", "HOME=" + home, "PG_PORT=0", "FLIGHT_SQL_PORT=0", "HTTP_PORT=0",
		"DUCKDB_TEMP_DIR=" + filepath.Join(home, "spill"),
	}
	server.Stderr = os.Stderr
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := server.Wait(); err != nil {
			t.Error("Ctrl-C ends tavana with code 0:", err)
		}
	})
	ready := regexp.MustCompile(`^tavana is ready: .*postgres=(\S+) .*flight=(\S+)`)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if found := ready.FindStringSubmatch(lines.Text()); found != nil {
			return found[1], found[2]
		}
	}
	t.Fatal("tavana did not become ready")
	return "", ""
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(context.Background(), "postgres://tester@"+address+"/main?sslmode=prefer")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close(context.Background()) })
	return connection
}

type typeOfTable struct{ Name, Tavana, Text string }

// types gives the types of every client's programme: a value in DuckDB's words, and PostgreSQL's text of it.
func types(t *testing.T) []typeOfTable {
	t.Helper()
	raw, err := os.ReadFile("../types.json")
	if err != nil {
		t.Fatal(err)
	}
	var read []typeOfTable
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestPgx(t *testing.T) {
	address := start(t)
	background := context.Background()

	t.Run("a prepared statement gives the same rows ten times", func(t *testing.T) {
		connection := connect(t, address)
		for number := range 10 {
			rows, err := connection.Query(background, "SELECT i, $1::INTEGER FROM range(3) t(i) ORDER BY i", number)
			if err != nil {
				t.Fatal(err)
			}
			type pair struct {
				I int64
				N int32
			}
			got, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pair])
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 3 || got[2] != (pair{2, int32(number)}) {
				t.Fatalf("round %d: %v", number, got)
			}
		}
	})

	t.Run("values of many types go there and back", func(t *testing.T) {
		connection := connect(t, address)
		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		var (
			text   string
			data   []byte
			when   time.Time
			list   []int32
			number float64
			null   *string
		)
		err := connection.QueryRow(background,
			"SELECT $1::VARCHAR, $2::BLOB, $3::DATE, $4::INTEGER[], $5::DOUBLE, $6::VARCHAR",
			"' OR 1=1 --", []byte{0, 255}, day, []int32{1, 2}, 0.5, nil,
		).Scan(&text, &data, &when, &list, &number, &null)
		if err != nil {
			t.Fatal(err)
		}
		if text != "' OR 1=1 --" || len(data) != 2 || data[1] != 255 || !when.Equal(day) ||
			len(list) != 2 || list[1] != 2 || number != 0.5 || null != nil {
			t.Fatal(text, data, when, list, number, null)
		}
	})

	t.Run("changes are counted, transactions roll back", func(t *testing.T) {
		connection := connect(t, address)
		if _, err := connection.Exec(background, "CREATE TABLE t (i INTEGER)"); err != nil {
			t.Fatal(err)
		}
		transaction, err := connection.Begin(background)
		if err != nil {
			t.Fatal(err)
		}
		tag, err := transaction.Exec(background, "INSERT INTO t VALUES ($1), ($2)", 1, 2)
		if err != nil || tag.RowsAffected() != 2 {
			t.Fatal(tag, err)
		}
		if err := transaction.Rollback(background); err != nil {
			t.Fatal(err)
		}
		var count int64
		if err := connection.QueryRow(background, "SELECT count(*) FROM t").Scan(&count); err != nil || count != 0 {
			t.Fatal(count, err)
		}
		copied, err := connection.CopyFrom(background, pgx.Identifier{"t"}, []string{"i"},
			pgx.CopyFromSlice(1000, func(i int) ([]any, error) { return []any{int32(i)}, nil }))
		if err != nil || copied != 1000 {
			t.Fatal(copied, err)
		}
	})

	t.Run("a batch is a pipeline", func(t *testing.T) {
		connection := connect(t, address)
		batch := &pgx.Batch{}
		for number := range 20 {
			batch.Queue("SELECT $1::INTEGER * 2", number)
		}
		results := connection.SendBatch(background, batch)
		for number := range 20 {
			var twice int
			if err := results.QueryRow().Scan(&twice); err != nil || twice != number*2 {
				t.Fatal(number, twice, err)
			}
		}
		if err := results.Close(); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("errors have their state and the session goes on", func(t *testing.T) {
		connection := connect(t, address)
		var fault *pgconn.PgError
		if _, err := connection.Exec(background, "SELECT bad"); !errors.As(err, &fault) || fault.Code != "42703" {
			t.Fatal(err)
		}
		var one int
		if err := connection.QueryRow(background, "SELECT 1::INTEGER").Scan(&one); err != nil || one != 1 {
			t.Fatal(one, err)
		}
	})

	t.Run("thirty types have the texts of PostgreSQL and are decoded", func(t *testing.T) {
		connection := connect(t, address)
		if _, err := connection.Exec(background, "SET TimeZone = 'UTC'"); err != nil {
			t.Fatal(err)
		}
		for _, one := range types(t) {
			for _, format := range []int16{pgx.TextFormatCode, pgx.BinaryFormatCode} {
				rows, err := connection.Query(background, "SELECT "+one.Tavana, pgx.QueryResultFormats{format})
				if err != nil {
					t.Fatal(one.Name, err)
				}
				if !rows.Next() {
					t.Fatal(one.Name, rows.Err())
				}
				if text := string(rows.RawValues()[0]); format == pgx.TextFormatCode && text != one.Text {
					t.Fatalf("%s: %q, not %q", one.Name, text, one.Text)
				}
				if values, err := rows.Values(); err != nil || values[0] == nil {
					t.Fatal(one.Name, format, values, err)
				}
				rows.Close()
			}
		}
	})

	t.Run("a cursor reads in parts", func(t *testing.T) {
		connection := connect(t, address)
		transaction, err := connection.Begin(background)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transaction.Exec(background, "DECLARE c CURSOR FOR SELECT i FROM range(1000) t(i) ORDER BY i"); err != nil {
			t.Fatal(err)
		}
		expected := int64(0)
		for {
			rows, err := transaction.Query(background, "FETCH 99 FROM c")
			if err != nil {
				t.Fatal(err)
			}
			numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			if err != nil {
				t.Fatal(err)
			}
			for _, number := range numbers {
				if number != expected {
					t.Fatal(number, expected)
				}
				expected++
			}
			if len(numbers) == 0 {
				break
			}
		}
		if expected != 1000 {
			t.Fatal(expected)
		}
		if err := transaction.Commit(background); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("the catalog is read in binary", func(t *testing.T) {
		connection := connect(t, address)
		if _, err := connection.Exec(background, "CREATE TABLE listed (i INTEGER)"); err != nil {
			t.Fatal(err)
		}
		var (
			oid  uint32
			name string
			kind rune
		)
		err := connection.QueryRow(background,
			"SELECT oid, relname, relkind FROM pg_catalog.pg_class WHERE relname = $1", "listed").Scan(&oid, &name, &kind)
		if err != nil || oid == 0 || name != "listed" || kind != 'r' {
			t.Fatal(oid, name, kind, err)
		}
	})

	t.Run("a deadline cancels", func(t *testing.T) {
		connection := connect(t, address)
		started := time.Now()
		limited, stop := context.WithTimeout(background, 500*time.Millisecond)
		defer stop()
		_, err := connection.Exec(limited, "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range")
		if err == nil || time.Since(started) > 3500*time.Millisecond {
			t.Fatal(err, time.Since(started))
		}
	})
}
