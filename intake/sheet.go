package intake

import (
	"io"

	"amend/fault"
	"amend/intake/workbook"
)

// sheet is a table in a workbook.
type sheet struct {
	rows  *workbook.Sheet
	width int // cells of the header: a row ends in the sheet with its last cell that holds anything
}

func newSheet(file io.ReaderAt, size int64, name string) (*Reader, error) {
	rows, err := workbook.Open(file, size, workbook.Options{Sheet: name, Columns: maxColumns + errorColumns, Cell: maxCell})
	if err != nil {
		return nil, err
	}
	return newReader(&sheet{rows: rows}, Form{Sheet: rows.Name()})
}

// row serves source.
func (s *sheet) row() (Row, *fault.Error, error) {
	row, wrong, err := s.rows.Next()
	if err != nil {
		return Row{}, nil, err
	}
	if s.width == 0 && !blank(row.Cells) {
		s.width = len(row.Cells)
	}
	for len(row.Cells) < s.width {
		row.Cells = append(row.Cells, "")
	}
	for _, c := range row.Cells {
		if wrong == nil && control(c) {
			wrong = fault.New(fault.Malformed, "control_character", "line", row.Line)
		}
	}
	return Row(row), wrong, nil
}
