package workbook

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// A format is what matters of how a cell is formatted.
type format struct {
	date  bool // a number is a day
	zeros int  // a number is shown with at least so many digits: postcodes, codes
}

// maxFormats is how many formats of cells a workbook may have (Excel allows 65,490).
const maxFormats = 1 << 16

// formats reads the formats that cells refer to by their place, "" for a workbook without any.
func (a *archive) formats(part string) ([]format, error) {
	if part == "" {
		return nil, nil
	}
	codes := map[string]string{}
	var all []format
	in := ""
	return all, a.each(part, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			codes[attr(e, "numFmtId")] = attr(e, "formatCode")
		case "cellStyleXfs", "cellXfs", "dxfs":
			in = e.Name.Local
		case "xf":
			if in == "cellXfs" && len(all) < maxFormats {
				id := attr(e, "numFmtId")
				all = append(all, formatOf(id, codes[id]))
			}
		}
		return nil
	})
}

// formatOf reads the code of a format: of a custom one, or of one that every workbook knows
// by its number (ECMA-376 18.8.30). The numbers from 27 on are dates in East Asia.
func formatOf(id, code string) format {
	if code == "" {
		n, _ := strconv.Atoi(id)
		return format{date: n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 54 || n == 57 || n == 58}
	}
	if strings.Trim(code, "0") == "" {
		return format{zeros: min(len(code), 15)}
	}
	return format{date: dated(code)}
}

// dated reports whether a code shows a day: it has a year or a day, or a month, which an m is
// where no hours or seconds stand beside it.
func dated(code string) bool {
	letters := strings.ToLower(bare(code))
	return strings.ContainsAny(letters, "yd") || strings.Contains(letters, "m") && !strings.ContainsAny(letters, "hs")
}

// bare is the first section of a code without what is shown as it is: quoted text, escaped
// characters, and colours and languages in brackets.
func bare(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return b.String()
		case '\\', '_', '*':
			i++
		case '"', '[':
			closing := map[byte]byte{'"': '"', '[': ']'}[c]
			n := strings.IndexByte(code[i+1:], closing)
			if n < 0 {
				return b.String()
			}
			i += n + 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
