package intake

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// The columns that an error file adds, in both languages because the file outlives the
// page it came from. The reader knows them and leaves them out.
const (
	lineColumn   = "行号 / line"
	errorColumn  = "错误 / error"
	remedyColumn = "建议 / remedy"

	errorColumns = 3
)

func isErrorColumn(name string) bool {
	return name == lineColumn || name == errorColumn || name == remedyColumn
}

// A Say puts a fault into words: what is wrong, and what to do about it.
type Say func(Fault) (problem, remedy string)

// An ErrorFile writes the rows that could not be used, or not wholly: the sender's columns
// as they came, then the line, what is wrong and what helps. It is RFC 4180, every cell
// quoted, with a byte order mark so that spreadsheets read it as UTF-8, and no cell starts
// a formula. Mended, it can be sent again as it is.
type ErrorFile struct {
	w     *bufio.Writer
	width int
	say   Say
}

// NewErrorFile writes the header. Close it with Flush.
func NewErrorFile(w io.Writer, header []string, say Say) (*ErrorFile, error) {
	f := &ErrorFile{w: bufio.NewWriter(w), width: len(header), say: say}
	if _, err := f.w.WriteString("\ufeff"); err != nil {
		return nil, err
	}
	cells := append(append([]string(nil), header...), lineColumn, errorColumn, remedyColumn)
	return f, f.write(cells)
}

// Write adds one row with everything that is wrong with it. Cells that the row has too
// many follow our own columns, so that nothing of what was sent is lost.
func (f *ErrorFile) Write(row Row, faults []Fault) error {
	cells := make([]string, f.width, max(f.width, len(row.Cells))+3)
	surplus := row.Cells[copy(cells, row.Cells):]

	var problems, remedies []string
	for _, x := range faults {
		problem, remedy := f.say(x)
		problems, remedies = append(problems, problem), append(remedies, remedy)
	}
	cells = append(cells, strconv.Itoa(row.Line), strings.Join(problems, "\n"), strings.Join(remedies, "\n"))
	return f.write(append(cells, surplus...))
}

// Flush writes what is still held back.
func (f *ErrorFile) Flush() error { return f.w.Flush() }

// write writes one line; a bufio.Writer remembers its first error, which Flush answers too.
func (f *ErrorFile) write(cells []string) error {
	for i, c := range cells {
		if i > 0 {
			_ = f.w.WriteByte(',')
		}
		_ = f.w.WriteByte('"')
		_, _ = f.w.WriteString(strings.ReplaceAll(guard(c), `"`, `""`))
		_ = f.w.WriteByte('"')
	}
	_, err := f.w.WriteString("\r\n")
	return err
}

// guard puts an apostrophe before a cell that a spreadsheet might run as a formula (OWASP
// ASVS 1.2.10). A cell that is already guarded gets another, so that unguard always
// answers what was there.
func guard(s string) string {
	if risky(s) {
		return "'" + s
	}
	return s
}

// unguard takes off what guard put on.
func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && risky(rest) {
		return rest
	}
	return s
}

// risky reports whether s could be read as a formula: by a first character that starts one
// in some spreadsheet, in its full-width, small or raised form too, behind blanks that the
// spreadsheet drops and behind apostrophes of our own.
func risky(s string) bool {
	s = strings.TrimLeft(s, "'")
	if s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		return true
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool { return isPadding(r) || r == '"' })
	for _, r := range s {
		return strings.ContainsRune("=+-@|%＝＋－＠﹦﹢﹣﹫⁼⁺⁻−", r)
	}
	return false
}

// isPadding reports whether r is blank or invisible at the edge of a cell.
func isPadding(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b'
}
