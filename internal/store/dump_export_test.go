package store

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// Rewritten is a well-formed dump that says something else than it did: of itself, or,
// where keep answers false, of which tables it holds.
func Rewritten(t *testing.T, dump []byte, change func(*Manifest), keep func(table string) bool) []byte {
	t.Helper()
	d, m, err := openDump(bytes.NewReader(dump))
	if err != nil {
		t.Fatal(err)
	}
	change(&m)
	var out bytes.Buffer
	w, err := newDumpWriter(&out, m)
	for err == nil {
		var tab table
		if tab, err = d.nextTable(); err == nil {
			err = copyTable(d, w, tab, keep(tab.Name))
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if err := errors.Join(d.end(), w.end()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func copyTable(d *dumpReader, w *dumpWriter, t table, keep bool) error {
	if keep {
		if err := w.json(t); err != nil {
			return err
		}
	}
	for {
		row, err := d.nextRow()
		switch {
		case errors.Is(err, io.EOF) && keep:
			return w.endTable(d.rows)
		case errors.Is(err, io.EOF):
			return nil
		case err == nil && keep:
			err = w.write(t, row)
		}
		if err != nil {
			return err
		}
	}
}

// Whatever a file holds, reading it ends with an answer, and takes no more memory than the
// file is long.
func FuzzDumpIsReadToItsEndOrRefused(f *testing.F) {
	f.Add(smallDump(f))
	f.Add([]byte(dumpName + dumpForm))
	f.Add([]byte(dumpName + dumpForm + "\x02{}\xff\xff\xff\x7f"))
	f.Add([]byte("age-encryption.org/v1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, _, err := openDump(bytes.NewReader(data))
		for err == nil {
			if _, err = d.nextTable(); err != nil {
				break
			}
			for err == nil {
				_, err = d.nextRow()
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
		}
		if !errors.Is(err, io.EOF) {
			return
		}
		if cap(d.block) > 2*len(data)+1<<20 {
			t.Fatalf("%d bytes took %d", len(data), cap(d.block))
		}
		_ = d.end()
	})
}

func smallDump(f *testing.F) []byte {
	var out bytes.Buffer
	w, err := newDumpWriter(&out, Manifest{Program: "test"})
	if err != nil {
		f.Fatal(err)
	}
	t := table{Name: "t", Columns: []tableColumn{{"a", "TEXT"}, {"b", "BIGINT"}, {"c", "BYTEA"}}}
	err = errors.Join(w.json(t), w.write(t, []any{"x", int64(-1), []byte{}}), w.write(t, []any{nil, nil, nil}), w.endTable(2), w.end())
	if err != nil {
		f.Fatal(err)
	}
	return out.Bytes()
}
