package intake

import (
	"amend/fault"
)

// cells are the cells of one row, end to end with a line end behind each, so that a row costs
// one text and not one for each cell. They are used again for the next row.
type cells struct {
	text []byte
	ends []int // of the cells, before their line ends
	size int   // of the cell that is being read, with what is beyond maxCell
}

func (c *cells) reset() { c.text, c.ends, c.size = c.text[:0], c.ends[:0], 0 }

// add adds to the cell that is being read, and only counts what is beyond maxCell.
func (c *cells) add(more ...byte) {
	room := max(0, maxCell-c.size)
	c.size += len(more)
	c.text = append(c.text, more[:min(len(more), room)]...)
}

// tooLong is the fault of a cell that has more than maxCell bytes.
func (c *cells) tooLong() *fault.Error {
	if c.size <= maxCell {
		return nil
	}
	return fault.New(fault.Malformed, "cell_too_long", "limit", maxCell)
}

// end ends the cell that was read. It drops it, and answers false, if it is one too many.
func (c *cells) end() bool {
	c.size = 0
	if len(c.ends) == maxColumns+errorColumns {
		c.text = c.text[:c.begin()]
		return false
	}
	c.ends = append(c.ends, len(c.text))
	c.text = append(c.text, '\n')
	return true
}

// begin is where the cell that is being read begins.
func (c *cells) begin() int {
	if len(c.ends) == 0 {
		return 0
	}
	return c.ends[len(c.ends)-1] + 1
}

// split answers the cells as texts, and the whole row as one.
func (c *cells) split() (each []string, whole string) {
	whole = string(c.text)
	each = make([]string, len(c.ends))
	from := 0
	for i, to := range c.ends {
		each[i], from = whole[from:to], to+1
	}
	return each, whole
}
