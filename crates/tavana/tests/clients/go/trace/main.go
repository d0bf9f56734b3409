// A small programme for the recording proxy. Usage: trace <host:port>
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(background context.Context, address string) error {
	connection, err := pgx.Connect(background, "postgres://tester@"+address+"/main?sslmode=disable")
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"CREATE TABLE wire (id INTEGER PRIMARY KEY, name TEXT)",
		"INSERT INTO wire VALUES (1, 'one'), (2, NULL)",
		"SELECT 1 AS a; SELECT 2 AS b",
	} {
		if _, err := connection.Exec(background, statement, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
	}
	for _, number := range []int{1, 2, 3} {
		rows, err := connection.Query(background, "SELECT id, name FROM wire WHERE id >= $1 ORDER BY id", number)
		if err != nil {
			return err
		}
		rows.Close()
	}
	// What the server says to these is what is recorded.
	for _, wrong := range []string{"SELECT bad", "SELECT * FROM nothing", "SELEC 1"} {
		_, _ = connection.Exec(background, wrong)
		_, _ = connection.Exec(background, wrong, pgx.QueryExecModeExec)
	}
	batch := &pgx.Batch{}
	batch.Queue("SELECT $1::INTEGER AS a", 1)
	batch.Queue("SELECT bad")
	_ = connection.SendBatch(background, batch).Close()
	transaction, err := connection.Begin(background)
	if err != nil {
		return err
	}
	if _, err := transaction.CopyFrom(background, pgx.Identifier{"wire"}, []string{"id", "name"},
		pgx.CopyFromRows([][]any{{int32(7), "seven"}})); err != nil {
		return err
	}
	if err := transaction.Rollback(background); err != nil {
		return err
	}
	return connection.Close(background)
}
