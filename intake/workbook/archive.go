package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"

	"amend/fault"
)

// Limits of a workbook. Lists of a million customers stay below them; whatever is beyond is
// refused before it costs memory or minutes.
const (
	maxFile      = 256 << 20 // bytes, packed
	maxDirectory = 1 << 20   // bytes of the directory of its parts
	maxParts     = 2000
	maxSheet     = 2 << 30  // bytes of a sheet, unpacked
	maxTexts     = 1 << 30  // bytes of the part with the shared texts, unpacked
	maxOther     = 16 << 20 // bytes of any other part that is read
	maxRatio     = 200      // to which a part may have been packed, beyond its first megabyte
)

// An archive is the zip file that a workbook is.
type archive struct {
	parts map[string]*zip.File // by lower-case name: names of parts don't distinguish case
}

// openArchive reads the directory, which says what is in the file and how large, and refuses
// what no spreadsheet writes.
func openArchive(file io.ReaderAt, size int64) (*archive, error) {
	if size > maxFile {
		return nil, fault.New(fault.Malformed, "workbook_too_large")
	}
	directory := &allowance{from: file, left: maxDirectory}
	z, err := zip.NewReader(directory, size)
	switch {
	case errors.Is(err, errAllowance):
		return nil, fault.New(fault.Malformed, "workbook_unsafe")
	case err != nil:
		return nil, broken(err)
	case len(z.File) > maxParts:
		return nil, fault.New(fault.Malformed, "workbook_unsafe")
	}
	directory.left = math.MaxInt // the parts are bounded one by one

	a := &archive{parts: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if a.parts[name] != nil { // which one counts would depend on who reads it
			return nil, fault.New(fault.Malformed, "workbook_unsafe")
		}
		a.parts[name] = f
	}
	return a, nil
}

// An allowance is a file of which only so much may be read.
type allowance struct {
	from io.ReaderAt
	left int
}

var errAllowance = errors.New("read more than was allowed")

// ReadAt serves io.ReaderAt.
func (a *allowance) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 { // where a directory points that was made up
		return 0, zip.ErrFormat
	}
	if a.left -= len(p); a.left < 0 {
		return 0, errAllowance
	}
	n, err := a.from.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		err = diskError{err}
	}
	return n, err
}

// part finds a part that may be read, by the size that the directory declares. Reading
// stops with an error where the directory has lied.
func (a *archive) part(name string, limit uint64) (*zip.File, error) {
	f := a.parts[strings.ToLower(name)]
	const encrypted = 1
	switch {
	case f == nil:
		return nil, fault.New(fault.Malformed, "file_kind")
	case f.Flags&encrypted != 0:
		return nil, fault.New(fault.Malformed, "workbook_protected")
	case f.UncompressedSize64 > limit:
		return nil, fault.New(fault.Malformed, "workbook_too_large")
	case f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/maxRatio > f.CompressedSize64:
		return nil, fault.New(fault.Malformed, "workbook_unsafe")
	}
	return f, nil
}

// open reads a part as XML.
func (a *archive) open(name string, limit uint64) (*tokens, error) {
	f, err := a.part(name, limit)
	if err != nil {
		return nil, err
	}
	r, err := f.Open()
	if err != nil {
		return nil, broken(err)
	}
	return newTokens(io.LimitReader(r, int64(f.UncompressedSize64)+1)), nil
}

// check unpacks a sheet once, so that one that is cut or damaged is refused before a row of
// it is taken.
func (a *archive) check(name string) error {
	f, err := a.part(name, maxSheet)
	if err != nil {
		return err
	}
	r, err := f.Open()
	if err != nil {
		return broken(err)
	}
	var end tail
	n, err := io.Copy(&end, io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err == nil && (uint64(n) != f.UncompressedSize64 || !bytes.HasSuffix(bytes.TrimSpace(end), []byte("worksheet>"))) {
		err = zip.ErrFormat
	}
	return broken(err)
}

// A tail is the last bytes of what was written to it.
type tail []byte

// Write serves io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	const kept = 64
	*t = append(*t, p[max(0, len(p)-kept):]...)
	*t = (*t)[max(0, len(*t)-kept):]
	return len(p), nil
}

// each calls do for every element of a small part.
func (a *archive) each(name string, do func(xml.StartElement) error) error {
	t, err := a.open(name, maxOther)
	for err == nil {
		var token xml.Token
		if token, err = t.next(); err == nil {
			if e, ok := token.(xml.StartElement); ok {
				err = do(e)
			}
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// broken turns what the zip and XML readers say into a fault, without the text that they
// quote. A fault, and an error of the disk, stay what they are.
func broken(err error) error {
	var disk diskError
	switch {
	case err == nil || fault.CodeOf(err) != "":
		return err
	case errors.As(err, &disk):
		return disk.error
	}
	return fault.New(fault.Malformed, "workbook_broken")
}

// A diskError is an error of the file itself, not of what is in it.
type diskError struct{ error }
