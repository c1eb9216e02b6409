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
	Mode     string `query:"mode"`
	Name     string `query:"name"`
	Since    string `query:"held_since"`
	Encoding string `query:"encoding"`
	Sheet    string `query:"sheet"`
}

// importAnswer is how far an import came by this request, and the rows that could not be
// used, as a table to mend and send again.
type importAnswer struct {
	Run       importView `json:"run"`
	Encoding  string     `json:"encoding,omitempty"` // that a text was read in
	Sheet     string     `json:"sheet,omitempty"`    // of a workbook, that was read
	Unused    []string   `json:"unused_columns"`
	Rows      int        `json:"rows"` // with a fault, in this request
	ErrorFile string     `json:"error_file,omitempty"`
	Cut       bool       `json:"error_file_cut,omitempty"` // it holds the first rows only
}

const (
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
	options, err := p.options()
	if err != nil {
		return nil, err
	}
	table, err := newSpool(http.MaxBytesReader(v.w, v.r.Body, maxFile))
	if err != nil {
		return nil, fault.New(fault.Malformed, "file_unread", "max", int64(maxFile))
	}
	defer table.Close()
	return d.importTable(v, table, options, desk.ImportStart{Name: p.Name, Digest: table.digest, HeldSince: since})
}

// options are what the sender says of the file.
func (p importParams) options() (o intake.Options, err error) {
	o.Sheet = p.Sheet
	if p.Encoding != "" {
		o.Encoding, err = intake.ParseEncoding(p.Encoding)
	}
	return o, err
}

func (d *door) importTable(v *visit, table *spool, options intake.Options, start desk.ImportStart) (importAnswer, error) {
	reader, err := intake.Open(table, table.size, options)
	if err != nil {
		return importAnswer{}, err
	}
	in := &importing{door: d, v: v, reader: reader}
	if err := in.bind(); err != nil {
		return importAnswer{}, err
	}
	if in.run, err = d.desk.StartImport(v.ctx, v.by, start); err != nil {
		return importAnswer{}, err
	}
	if in.run.State == "running" {
		err = in.rows()
	}
	form := reader.Form()
	out := importAnswer{Run: importOf(in.run), Encoding: string(form.Encoding), Sheet: form.Sheet, Unused: in.unused, Rows: in.bad, Cut: in.cut}
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
	feed   *intake.Feed
	unused []string
	run    store.ImportRun

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
	bound, err := mapping.Bind(header)
	if err != nil {
		return err
	}
	in.feed = intake.NewFeed(in.reader, bound)
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

// rows takes the table row by row, from behind the last row that is in.
func (in *importing) rows() (err error) {
	in.run, err = in.door.desk.ImportTable(in.v.ctx, in.v.by, in.run, in.next, in.told)
	return err
}

func (in *importing) next() (desk.ImportRow, error) {
	line, values, faults, err := in.feed.Next()
	if err != nil && !errors.Is(err, io.EOF) && fault.KindOf(err) == fault.Internal {
		err = fault.New(fault.Malformed, "file_unread", "max", int64(maxFile))
	}
	return desk.ImportRow{Line: line, Kind: in.kind, Values: values, Faults: faults}, err
}

func (in *importing) told(run store.ImportRun, faults []intake.Fault) error {
	return in.feed.Settle(int(run.Line), faults, in.note)
}

// note writes one row with what is wrong with it into the error file, while there is room.
func (in *importing) note(row intake.Row, faults []intake.Fault) error {
	in.bad++
	if in.cut = in.cut || in.file.Len() > maxErrorFile; in.cut {
		return nil
	}
	return in.errors.Write(row, faults)
}
