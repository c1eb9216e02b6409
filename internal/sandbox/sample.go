package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
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

// sampleMapping says which columns make which values.
func sampleMapping() intake.Mapping {
	from := func(column string) intake.Source { return intake.Source{From: []string{column}} }
	return intake.Mapping{Name: "sample", Values: []intake.Target{
		{Key: "legal_name", Source: from("name")},
		{Key: "phone", Source: from("phone")},
		{Key: "email", Source: from("email")},
		{Key: "address", Parts: map[string]intake.Source{"country": from("country"), "line": from("line")}},
	}}
}

func sampleRows() ([]desk.ImportRow, error) {
	table, err := intake.NewReader(bytes.NewReader(sample))
	if err != nil {
		return nil, err
	}
	columns, err := sampleMapping().Bind(table.Header())
	if err != nil {
		return nil, err
	}
	var rows []desk.ImportRow
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		values, faults := columns.Apply(row)
		if len(faults) > 0 {
			return nil, faults[0].Err
		}
		rows = append(rows, desk.ImportRow{Line: row.Line, Kind: customer.Kind(row.Cells[0]), Values: named(values, row.Cells[0])})
	}
}

// named gives an organization's name its own key: persons and organizations are named
// under different fields.
func named(values []intake.Proposed, kind string) []intake.Proposed {
	for i := range values {
		if kind == string(customer.Organization) && values[i].Key == "legal_name" {
			values[i].Key = "org_name"
		}
	}
	return values
}
