package intake

import (
	"bufio"
	"errors"
	"io"
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"amend/fault"
)

// An Encoding is how a text writes its characters as bytes.
type Encoding string

// The encodings that are read. Windows-1252 is never recognised, because any bytes would
// pass for it: it must be named.
const (
	UTF8        Encoding = "UTF-8"
	GB18030     Encoding = "GB18030" // GBK and GB2312 are parts of it
	UTF16LE     Encoding = "UTF-16LE"
	UTF16BE     Encoding = "UTF-16BE"
	Windows1252 Encoding = "Windows-1252" // Latin-1 is a part of it
)

// aliases are the names that people and programs use, without case and punctuation.
var aliases = map[Encoding][]string{
	UTF8:        {"utf8"},
	GB18030:     {"gb18030", "gbk", "gb2312", "cp936", "ansi936"},
	UTF16LE:     {"utf16le", "unicode"},
	UTF16BE:     {"utf16be"},
	Windows1252: {"windows1252", "cp1252", "latin1", "iso88591"},
}

// ParseEncoding reads the name of an encoding, however it is written.
func ParseEncoding(name string) (Encoding, error) {
	for e, names := range aliases {
		if slices.Contains(names, plain(name)) {
			return e, nil
		}
	}
	return "", fault.New(fault.Invalid, "encoding_name", "field", "encoding")
}

// wide reports whether every character takes two bytes, so that a comma is not one byte.
func (e Encoding) wide() bool { return e == UTF16LE || e == UTF16BE }

// codec is what decodes e to UTF-8, with U+FFFD for bytes that are not of it.
func (e Encoding) codec() encoding.Encoding {
	switch e {
	case GB18030:
		return simplifiedchinese.GB18030
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case Windows1252:
		return charmap.Windows1252
	}
	return encoding.Nop
}

// mark is what e begins a file with to be known by: its own bytes of U+FEFF (Unicode 23.8).
func (e Encoding) mark() string {
	switch e {
	case UTF8:
		return "\xef\xbb\xbf"
	case GB18030:
		return "\x84\x31\x95\x33"
	case UTF16LE:
		return "\xff\xfe"
	case UTF16BE:
		return "\xfe\xff"
	}
	return ""
}

// skipMark takes the mark of e off the front, if there is one.
func skipMark(src *bufio.Reader, e Encoding) error {
	head, err := src.Peek(len(e.mark()))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(head) == e.mark() {
		_, err := src.Discard(len(head))
		return err
	}
	return nil
}

func ascii[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
