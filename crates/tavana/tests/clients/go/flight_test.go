// ADBC for Flight SQL in Go: the driver that Python's package wraps, used by itself.
package clients

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-adbc/go/adbc"
	"github.com/apache/arrow-adbc/go/adbc/driver/flightsql"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func openFlight(t *testing.T, address string) adbc.Connection {
	t.Helper()
	database, err := flightsql.NewDriver(memory.DefaultAllocator).NewDatabase(map[string]string{
		adbc.OptionKeyURI: "grpc://" + address,
	})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := database.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close(); _ = database.Close() })
	return connection
}

func flightStatement(t *testing.T, connection adbc.Connection, sql string) adbc.Statement {
	t.Helper()
	statement, err := connection.NewStatement()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = statement.Close() })
	if err := statement.SetSqlQuery(sql); err != nil {
		t.Fatal(err)
	}
	return statement
}

// flightNumbers gives the first column, which must hold bigints.
func flightNumbers(t *testing.T, connection adbc.Connection, sql string) []int64 {
	t.Helper()
	reader, _, err := flightStatement(t, connection, sql).ExecuteQuery(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	var found []int64
	for reader.Next() {
		found = append(found, reader.Record().Column(0).(*array.Int64).Int64Values()...)
	}
	if reader.Err() != nil {
		t.Fatal(reader.Err())
	}
	return found
}

func flightUpdate(t *testing.T, connection adbc.Connection, sql string) int64 {
	t.Helper()
	changed, err := flightStatement(t, connection, sql).ExecuteUpdate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestFlight(t *testing.T) {
	_, address := startBoth(t)
	background := context.Background()

	t.Run("a query gives all its rows", func(t *testing.T) {
		rows := flightNumbers(t, openFlight(t, address), "SELECT i FROM range(250000) t(i)")
		if len(rows) != 250000 || rows[249999] != 249999 {
			t.Fatalf("%d rows", len(rows))
		}
	})

	t.Run("changes are counted, transactions roll back", func(t *testing.T) {
		connection := openFlight(t, address)
		flightUpdate(t, connection, "CREATE TABLE t (i BIGINT)")
		if changed := flightUpdate(t, connection, "INSERT INTO t SELECT * FROM range(20)"); changed != 20 {
			t.Fatal(changed)
		}
		options := connection.(adbc.PostInitOptions)
		if err := options.SetOption(adbc.OptionKeyAutoCommit, adbc.OptionValueDisabled); err != nil {
			t.Fatal(err)
		}
		if changed := flightUpdate(t, connection, "DELETE FROM t WHERE i < 7"); changed != 7 {
			t.Fatal(changed)
		}
		if err := connection.Rollback(background); err != nil {
			t.Fatal(err)
		}
		if rows := flightNumbers(t, connection, "SELECT i FROM t"); len(rows) != 20 {
			t.Fatalf("%d rows after the rollback", len(rows))
		}
	})

	t.Run("rows of parameters are bound", func(t *testing.T) {
		connection := openFlight(t, address)
		builder := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(
			[]arrow.Field{{Name: "i", Type: arrow.PrimitiveTypes.Int64, Nullable: true}}, nil))
		defer builder.Release()
		builder.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2, 3}, nil)
		record := builder.NewRecord()
		defer record.Release()

		query := flightStatement(t, connection, "SELECT ? * 10")
		if err := query.Prepare(background); err != nil {
			t.Fatal(err)
		}
		record.Retain()
		if err := query.Bind(background, record); err != nil {
			t.Fatal(err)
		}
		reader, _, err := query.ExecuteQuery(background)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for reader.Next() {
			rows += int(reader.Record().NumRows())
		}
		reader.Release()
		if rows != 3 {
			t.Fatalf("%d rows", rows)
		}
	})

	t.Run("errors have their state and the session goes on", func(t *testing.T) {
		connection := openFlight(t, address)
		_, _, err := flightStatement(t, connection, "SELECT bad").ExecuteQuery(background)
		var failure adbc.Error
		if !errors.As(err, &failure) || failure.Code != adbc.StatusNotFound || !strings.Contains(failure.Msg, "SQLSTATE 42703") {
			t.Fatal(err)
		}
		if rows := flightNumbers(t, connection, "SELECT 1::BIGINT"); len(rows) != 1 {
			t.Fatal(rows)
		}
	})

	t.Run("the catalog is read", func(t *testing.T) {
		connection := openFlight(t, address)
		flightUpdate(t, connection, "CREATE TABLE known (i INTEGER, s VARCHAR)")
		name := "known"
		schema, err := connection.GetTableSchema(background, nil, nil, name)
		if err != nil || schema.NumFields() != 2 {
			t.Fatal(schema, err)
		}
		reader, err := connection.GetObjects(background, adbc.ObjectDepthAll, nil, nil, &name, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Release()
		if !reader.Next() || !strings.Contains(reader.Record().Column(1).String(), "known") {
			t.Fatal("the table is missing")
		}
	})

	t.Run("a deadline cancels", func(t *testing.T) {
		connection := openFlight(t, address)
		soon, cancel := context.WithTimeout(background, 500*time.Millisecond)
		defer cancel()
		began := time.Now()
		reader, _, err := flightStatement(t, connection,
			"SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range % 7 = b.range").ExecuteQuery(soon)
		if err == nil {
			for reader.Next() {
			}
			err = reader.Err()
			reader.Release()
		}
		if err == nil || time.Since(began) > 3*time.Second {
			t.Fatal(err, time.Since(began))
		}
		if rows := flightNumbers(t, connection, "SELECT 1::BIGINT"); len(rows) != 1 {
			t.Fatal(rows)
		}
	})
}
