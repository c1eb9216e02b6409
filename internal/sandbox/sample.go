package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/intake"
)

// Synthetic customers: the names are common ones or made up, the mail addresses reserved.
//
//go:embed sample.csv
var sample []byte

// LoadSample brings the sample customers in by a migration run, dated by the clock, as an
// operator would: every value inherited, its contacts held since a day. It answers how many.
func (w *World) LoadSample(ctx context.Context, by access.Actor, heldSince time.Time) (int64, error) {
	rows, err := sampleRows()
	if err != nil {
		return 0, fmt.Errorf("read the sample: %w", err)
	}
	digest := sha256.Sum256(sample)
	run, err := w.Desk.StartImport(ctx, by, desk.ImportStart{Name: "sample.csv", Digest: hex.EncodeToString(digest[:]), HeldSince: heldSince})
	if err != nil {
		return 0, err
	}
	run, faults, err := w.Desk.ImportRows(ctx, by, run, rows)
	if err != nil {
		return 0, err
	}
	if len(faults) > 0 {
		return 0, fmt.Errorf("sample, line %d, %s: %w", faults[0].Line, faults[0].Column, faults[0].Err)
	}
	return run.Records, w.Desk.FinishImport(ctx, by, run)
}

func sampleRows() ([]desk.ImportRow, error) {
	table, err := intake.NewReader(bytes.NewReader(sample), intake.Options{})
	if err != nil {
		return nil, err
	}
	var rows []desk.ImportRow
	for {
		row, wrong, err := table.Next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, err
		case wrong != nil:
			return nil, wrong
		}
		values, err := sampleValues(row.Cells)
		if err != nil {
			return nil, err
		}
		rows = append(rows, desk.ImportRow{Line: row.Line, Kind: customer.Kind(row.Cells[0]), Values: values})
	}
}

// sampleValues are the values of one row. Persons and organizations are named under
// different fields; a Chinese address is one text from the province down, others say
// their country.
func sampleValues(cells []string) ([]intake.Proposed, error) {
	name := customer.Key("legal_name")
	if cells[0] == string(customer.Organization) {
		name = "org_name"
	}
	address := intake.Proposed{Key: "address", Column: "line", Text: cells[5]}
	if cells[4] != "CN" {
		raw, err := json.Marshal(map[string]string{"country": cells[4], "line": cells[5]})
		if err != nil {
			return nil, err
		}
		address.Text, address.JSON = "", raw
	}
	return []intake.Proposed{
		{Key: name, Column: "name", Text: cells[1]},
		{Key: "phone", Column: "phone", Text: cells[2]},
		{Key: "email", Column: "email", Text: cells[3]},
		address,
	}, nil
}
