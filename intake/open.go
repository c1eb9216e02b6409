package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"amend/fault"
)

// Options say what a file cannot be asked, or what its sender knows better.
type Options struct {
	Encoding Encoding // of a text; "" to recognise it
}

// Open reads the header of a table that lies in a file. It sees more than NewReader, which
// has only the beginning: a text that begins with thousands of rows of plain ASCII is
// recognised by its first row that is not.
func Open(file io.ReaderAt, size int64, o Options) (*Reader, error) {
	if o.Encoding == "" {
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
