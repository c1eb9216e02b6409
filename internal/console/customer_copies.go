package console

import (
	"slices"

	"amend/downstream"
	"amend/internal/page"
	"amend/internal/store"
)

// copies is which system holds which field, and whether its copy is the record's.
func (c *customerPage) copies() page.Grid {
	g := page.Grid{Label: c.T("console.copies.title"), Corner: c.T("console.customer.field")}
	for _, f := range c.Dossier.Follow {
		g.Columns = append(g.Columns, f.Name)
	}
	for _, group := range c.Groups {
		for _, r := range group.Rows {
			row, received := page.MatrixRow{Head: c.Label(r.Key)}, false
			for _, f := range c.Dossier.Follow {
				cell := page.Cell{Text: c.T("console.copies.off")}
				if slices.Contains(f.Keys, r.Key) {
					cell, received = c.copyOf(f), true
				}
				row.Cells = append(row.Cells, cell)
			}
			if received {
				g.Rows = append(g.Rows, row)
			}
		}
	}
	return g
}

func (c *customerPage) copyOf(f store.Follower) page.Cell {
	cell := page.Cell{Is: page.CellWait, Text: c.standing(f.Following)}
	switch {
	case f.InSync && f.Why == "":
		return page.Cell{Is: page.CellOK, Text: cell.Text}
	case f.Why == downstream.Differs || f.Why == downstream.Ahead:
		cell.Is = page.CellBad
	case f.State == downstream.Stopped:
		cell.Is = page.CellExcep
	}
	if c.May.Systems {
		cell.Href = Base + "/systems/" + string(f.System)
	}
	return cell
}
