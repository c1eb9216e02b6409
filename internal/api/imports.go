package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/intake"
	"amend/internal/lang"
	"amend/internal/store"
)

type importParams struct {
	Mode  string `query:"mode"`
	Name  string `query:"name"`
	Since string `query:"held_since"`
}

// importAnswer is how far an import came by this request, and the rows that could not be
// used, as a table to mend and send again.
type importAnswer struct {
	Run       importView `json:"run"`
	Unused    []string   `json:"unused_columns"`
	Rows      int        `json:"rows"` // with a fault, in this request
	ErrorFile string     `json:"error_file,omitempty"`
	Cut       bool       `json:"error_file_cut,omitempty"` // it holds the first rows only
}

const (
	importBatch   = 200     // rows that come in by one act
	maxErrorFile  = 4 << 20 // bytes of the error file in an answer
	maxImportName = 128
)

// startImport brings a table in. It begins, or goes on behind the last row that is in.
func (d *door) startImport(v *visit) (any, error) {
	var p importParams
	if err := v.bind(&p); err != nil {
		return nil, err
	}
	since, err := moment("held_since", p.Since)
	switch {
	case err != nil:
		return nil, err
	case p.Mode != desk.Migration:
		return nil, fault.New(fault.Invalid, "import_mode_unknown", "field", "mode")
	case p.Name == "" || len(p.Name) > maxImportName:
		return nil, fault.New(fault.Invalid, "import_name", "field", "name", "max", maxImportName)
	}
	if err := v.by.May(access.Import); err != nil {
		return nil, err
	}
	table, err := newSpool(http.MaxBytesReader(v.w, v.r.Body, maxFile))
	if err != nil {
		return nil, fault.New(fault.Malformed, "file_unread", "max", int64(maxFile))
	}
	defer table.Close()
	return d.importTable(v, table, desk.ImportStart{Name: p.Name, Digest: table.digest, HeldSince: since})
}

func (d *door) importTable(v *visit, table *spool, start desk.ImportStart) (importAnswer, error) {
	reader, err := intake.NewReader(table.table())
	if err != nil {
		return importAnswer{}, err
	}
	in := &importing{door: d, v: v, reader: reader, held: map[int]intake.Row{}, wrong: map[int][]intake.Fault{}}
	if err := in.bind(); err != nil {
		return importAnswer{}, err
	}
	if in.run, err = d.desk.StartImport(v.ctx, v.by, start); err != nil {
		return importAnswer{}, err
	}
	if in.run.State == "running" {
		err = in.rows()
	}
	out := importAnswer{Run: importOf(in.run), Unused: in.unused, Rows: in.bad, Cut: in.cut}
	if err == nil {
		err = in.errors.Flush()
	}
	if in.bad > 0 {
		out.ErrorFile = in.file.String()
	}
	return out, err
}

// An importing is one table on its way in.
type importing struct {
	door   *door
	v      *visit
	reader *intake.Reader
	kind   customer.Kind
	bound  intake.Binding
	unused []string
	run    store.ImportRun

	batch []desk.ImportRow
	held  map[int]intake.Row     // rows of the batch, by line
	wrong map[int][]intake.Fault // and what is wrong with them
	lines []int

	file   bytes.Buffer
	errors *intake.ErrorFile
	bad    int
	cut    bool
}

// bind finds out what the columns mean and opens the error file.
func (in *importing) bind() error {
	header := in.reader.Header()
	catalog := customer.Catalog{}
	for _, f := range in.door.reader.Catalog(in.v.ctx, in.v.by) {
		catalog[f.Name] = f
	}
	mapping, unused := intake.GuessMapping(header, catalog)
	if unused == nil {
		unused = []string{}
	}
	in.kind, in.unused = mapping.Kind, unused
	if err := mapping.Check(catalog); err != nil {
		return err
	}
	var err error
	if in.bound, err = mapping.Bind(header); err != nil {
		return err
	}
	in.errors, err = intake.NewErrorFile(&in.file, header, in.say)
	return err
}

// say puts a fault into the words of the error file: which column and what is wrong, and
// what helps. The common sentences say both, one after the other.
func (in *importing) say(f intake.Fault) (problem, remedy string) {
	between, colon := ". ", ": "
	if in.v.lang == lang.ZH {
		between, colon = "，", "："
	}
	_, detail := in.v.lang.Fault(f.Err)
	problem, remedy, _ = strings.Cut(detail, between)
	if f.Column != "" {
		problem = f.Column + colon + problem
	}
	return problem, remedy
}

// rows takes the table row by row, in batches, from behind the last row that is in.
func (in *importing) rows() error {
	for {
		row, err := in.reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		var f *fault.Error
		if err != nil && !errors.As(err, &f) {
			return fault.New(fault.Malformed, "file_unread", "max", int64(maxFile))
		}
		if int64(row.Line) <= in.run.Line {
			continue
		}
		in.take(row, f)
		if len(in.lines) == importBatch {
			if err := in.bring(); err != nil {
				return err
			}
		}
	}
	if err := in.bring(); err != nil {
		return err
	}
	if err := in.door.desk.FinishImport(in.v.ctx, in.v.by, in.run); err != nil {
		return err
	}
	in.run.State = "done"
	return nil
}

// take puts a row into the batch; one that cannot be read only into the error file.
func (in *importing) take(row intake.Row, unread *fault.Error) {
	in.held[row.Line] = row
	in.lines = append(in.lines, row.Line)
	if unread != nil {
		in.wrong[row.Line] = []intake.Fault{{Line: row.Line, Err: unread}}
		return
	}
	values, faults := in.bound.Apply(row)
	if len(faults) > 0 {
		in.wrong[row.Line] = faults
	}
	in.batch = append(in.batch, desk.ImportRow{Line: row.Line, Kind: in.kind, Values: values})
}

// bring brings the batch in by one act, and writes down what is wrong with its rows.
func (in *importing) bring() error {
	if len(in.batch) > 0 {
		run, faults, err := in.door.desk.ImportRows(in.v.ctx, in.v.by, in.run, in.batch)
		if err != nil {
			return err
		}
		in.run = run
		for _, f := range faults {
			in.wrong[f.Line] = append(in.wrong[f.Line], f)
		}
	}
	for _, line := range in.lines {
		if err := in.note(line); err != nil {
			return err
		}
	}
	in.batch, in.lines = in.batch[:0], in.lines[:0]
	clear(in.held)
	clear(in.wrong)
	return nil
}

// note writes one row with what is wrong with it into the error file, while there is room.
func (in *importing) note(line int) error {
	faults := in.wrong[line]
	if len(faults) == 0 {
		return nil
	}
	in.bad++
	if in.cut = in.cut || in.file.Len() > maxErrorFile; in.cut {
		return nil
	}
	return in.errors.Write(in.held[line], faults)
}
