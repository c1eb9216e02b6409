package store

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"amend/audit"
)

// findHead opens heads from the newest on until one holds, and looks whether anything
// stands behind it. A sequencer writes places, hashes and head in one transaction.
func (x *logExam) findHead(v View) error {
	heads, err := list(v, "heads", scanHead, `SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 100`)
	if err != nil {
		return err
	}
	newest := int64(0)
	for i, h := range heads {
		if i == 0 {
			newest = h.size
		}
		if c, ok := x.open(h); ok {
			x.head = c
			break
		}
		x.each(Flaw{Code: HeadEdited, Row: fmt.Sprint(h.size), N: 1})
	}
	if newest != x.head.Size {
		return nil // what stands behind the older head belongs to the one that doesn't hold
	}
	return x.behind(v)
}

func (x *logExam) behind(v View) error {
	var beyond int64
	if err := v.Row(`SELECT COUNT(*) FROM entry_place WHERE pos >= $1`, x.head.Size).Scan(&beyond); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	if beyond > 0 {
		x.each(Flaw{Code: HeadMissing, Row: fmt.Sprint(x.head.Size), N: beyond})
		return nil
	}
	stored := tlog.StoredHashCount(x.head.Size)
	last, rest := stored/audit.RowHashes, stored%audit.RowHashes*tlog.HashSize
	var more int64
	const q = `SELECT COUNT(*) FROM log_row WHERE n > $1 OR (n = $1 AND LENGTH(hashes) > $2)`
	if err := v.Row(q, last, rest).Scan(&more); err != nil {
		return fmt.Errorf("read log rows: %w", err)
	}
	if more > 0 {
		x.each(Flaw{Code: LogCut, Row: fmt.Sprint(x.head.Size), N: more})
	}
	return nil
}

// A storedHead is a row of the table of heads.
type storedHead struct {
	size int64
	note string
}

func scanHead(row Row) (h storedHead, err error) {
	err = row.Scan(&h.size, &h.note)
	return h, err
}

func (x *logExam) open(h storedHead) (audit.Checkpoint, bool) {
	c, _, err := audit.OpenCheckpoint([]byte(h.note), x.log)
	return c, err == nil && c.Size == h.size
}

// passed looks at an older head that the replay has reached. That its root is another says
// something only if the tree turns out to be right.
func (x *logExam) passed(h storedHead) {
	if h.size >= x.head.Size {
		return
	}
	c, ok := x.open(h)
	switch {
	case !ok:
		x.each(Flaw{Code: HeadEdited, Row: fmt.Sprint(h.size), N: 1})
	case c.Root != x.tree.Root() && len(x.forks) < maxDoubts:
		x.forks = append(x.forks, h.size)
	}
}
