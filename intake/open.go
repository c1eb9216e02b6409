package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"amend/fault"
	"amend/intake/workbook"
)

// Options say what a file cannot be asked, or what its sender knows better.
type Options struct {
	Encoding Encoding // of a text; "" to recognise it
	Sheet    string   // of a workbook; "" for the first one that is shown
}

// Open reads the header of a table in a file: a sheet of an XLSX workbook, or text. Text is
// recognised better than by NewReader, which sees only the beginning: it may begin with
// thousands of rows of plain ASCII.
func Open(file io.ReaderAt, size int64, o Options) (*Reader, error) {
	head := make([]byte, 512)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch head = head[:n]; {
	case begins(head, "PK\x03\x04", "PK\x05\x06"):
		return newSheet(file, size, o.Sheet)
	case begins(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return nil, workbook.Refuse(file)
	case foreign(head):
		return nil, fault.New(fault.Malformed, "file_kind")
	case o.Encoding == "":
		sample, whole, err := sampleOf(file, size)
		if err != nil {
			return nil, err
		}
		if o.Encoding = recognise(sample, whole); o.Encoding == "" {
			return nil, at(fault.New(fault.Malformed, "encoding_unknown"), 1)
		}
	}
	return newText(bufio.NewReaderSize(io.NewSectionReader(file, 0, size), maxHeader), o.Encoding)
}

// foreign reports whether a file is no table, whatever its name says: a picture, a document,
// an archive, JSON, or a page that some systems call .xls.
func foreign(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(UTF8.mark())), " \t\r\n")
	return begins(text, "<", "{", "[{", "[\"", "[\n", "[\r", "%PDF-") ||
		begins(head, "\x1f\x8b", "\x89PNG", "GIF8", "\xff\xd8\xff", "Rar!", "7z\xbc\xaf")
}

func begins(head []byte, with ...string) bool {
	for _, s := range with {
		if bytes.HasPrefix(head, []byte(s)) {
			return true
		}
	}
	return false
}

// sampleOf answers what a text is recognised by: its first 64 KiB, or where these are plain
// ASCII, the first that are not. whole says that the file ends with them.
func sampleOf(file io.ReaderAt, size int64) (sample []byte, whole bool, err error) {
	block := make([]byte, maxHeader)
	for off := int64(0); ; off += int64(len(block)) {
		n, err := file.ReadAt(block, off)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, false, err
		}
		whole := err != nil || off+int64(n) >= size
		if whole || !ascii(block[:n]) || bytes.IndexByte(block[:n], 0) >= 0 {
			return block[:n], whole, nil
		}
	}
}
