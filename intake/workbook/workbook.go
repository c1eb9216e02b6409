// Package workbook reads one sheet of an XLSX file (ECMA-376) row by row. Such a file comes
// from anybody: it is read and never run, nothing outside of it is fetched, nothing of it is
// written to disk, and memory is bounded whatever it unpacks to.
//
// A cell is read as what it holds, not as it is shown: a number in all its digits, a date as
// yyyy-mm-dd, a formula as the value that was saved with it. Hidden rows and columns are
// read like any other, because whoever sends them sends them; of merged cells only the first
// holds the value.
package workbook

import (
	"encoding/xml"
	"io"
	"path"
	"strings"

	"amend/fault"
)

// Options are what is wanted of a workbook, and the limits of a row.
type Options struct {
	Sheet   string // by name; "" for the first one that is shown
	Columns int    // that a row may have
	Cell    int    // bytes that a cell may have
}

// Open finds the sheet and reads what its cells refer to. It has then seen the whole file
// unpack as its directory says.
func Open(file io.ReaderAt, size int64, o Options) (*Sheet, error) {
	a, err := openArchive(file, size)
	if err != nil {
		return nil, err
	}
	b, err := a.book()
	if err != nil {
		return nil, err
	}
	tab, err := b.pick(o.Sheet)
	if err != nil {
		return nil, err
	}
	s := &Sheet{name: tab.name, options: o, from1904: b.from1904}
	if s.texts, err = a.texts(b.links.ofType("sharedStrings"), o.Cell); err != nil {
		return nil, err
	}
	if s.formats, err = a.formats(b.links.ofType("styles")); err != nil {
		return nil, err
	}
	if err := a.check(tab.part); err != nil {
		return nil, err
	}
	s.tokens, err = a.open(tab.part, maxSheet)
	return s, err
}

// A book is what a workbook says about itself.
type book struct {
	tabs     []tab
	links    links
	from1904 bool // dates count from 1904, as on old Macs
}

// A tab is one sheet as the workbook lists it.
type tab struct {
	name   string
	hidden bool
	part   string
}

// book reads which sheets there are.
func (a *archive) book() (*book, error) {
	root, err := a.links("_rels/.rels", "")
	if err != nil {
		return nil, err
	}
	main := root.ofType("officeDocument")
	if strings.HasSuffix(main, ".bin") {
		return nil, fault.New(fault.Malformed, "workbook_legacy")
	}
	b := &book{}
	if b.links, err = a.links(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels"), path.Dir(main)); err != nil {
		return nil, err
	}
	return b, a.each(main, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			b.from1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "externalReference":
			return fault.New(fault.Malformed, "workbook_links")
		case "sheet":
			if link := b.links[attr(e, "id")]; link.kind == "worksheet" {
				b.tabs = append(b.tabs, tab{name: attr(e, "name"), hidden: attr(e, "state") != "" && attr(e, "state") != "visible", part: link.target})
			}
		}
		return nil
	})
}

// pick answers the sheet called name, or the first that is shown.
func (b *book) pick(name string) (tab, error) {
	for _, t := range b.tabs {
		if name == "" && !t.hidden || name != "" && strings.EqualFold(t.name, name) {
			return t, nil
		}
	}
	if name == "" {
		return tab{}, fault.New(fault.Malformed, "sheet_none")
	}
	return tab{}, fault.New(fault.Invalid, "sheet_unknown", "field", "sheet")
}

// links are what a part refers to, by the ids that it uses for them.
type links map[string]link

type link struct {
	kind   string // the last word of its type: worksheet, styles, sharedStrings …
	target string // a part of the archive
}

// links reads the references of a part whose folder is dir. Those that lead out of the
// archive, such as the mail addresses in cells, are none of ours.
func (a *archive) links(part, dir string) (links, error) {
	all := links{}
	return all, a.each(part, func(e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		all[attr(e, "Id")] = link{kind: path.Base(attr(e, "Type")), target: path.Clean(target)[1:]}
		return nil
	})
}

// ofType answers the one part of a type, "" if there is none.
func (l links) ofType(kind string) string {
	for _, link := range l {
		if link.kind == kind {
			return link.target
		}
	}
	return ""
}

// attr answers an attribute of e by its local name, "" if it isn't there.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
