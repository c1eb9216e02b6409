package doctor

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Room is what is free on a disk, in bytes.
type Room struct{ Free, Total uint64 }

// Tight reports whether a disk is nearly full: under half a gibibyte, or under a twentieth
// of itself while that is less than ten gibibytes.
func (r Room) Tight() bool {
	const gib = 1 << 30
	return r.Free < gib/2 || r.Free < r.Total/20 && r.Free < 10*gib
}

// place is the folder that a SQLite database stands in.
func (x *exam) place() (string, bool) {
	path, file := strings.CutPrefix(x.Database, "sqlite://")
	return filepath.Dir(path), file
}

// room looks at the disk that the database stands on. That of a PostgreSQL is its server's.
func (x *exam) room() {
	folder, here := x.place()
	if !here {
		return
	}
	r, err := x.Room(folder)
	if err != nil {
		return // no folder yet, or a system that doesn't say
	}
	x.check(!r.Tight(), "disk", "disk_well", "disk_tight", "free", size(r.Free), "path", folder)
}

// size says bytes in whole kibibytes or mebibytes, or tenths of a gibibyte.
func size[T int64 | uint64](bytes T) string {
	switch {
	case bytes < 1<<20:
		return fmt.Sprintf("%d KiB", bytes>>10)
	case bytes < 1<<30:
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
}

// quickPages bounds the file that a quick look reads whole, in bytes: a second or so.
const quickPages = 256 << 20

// pages asks the database about its own pages.
func (x *exam) pages() error {
	facts, err := x.store.Facts(x.ctx)
	if err != nil {
		return err
	}
	if !x.Deep && facts.Engine == "sqlite" && facts.Bytes > quickPages {
		x.well("database", "database_answers", "size", size(facts.Bytes), "version", facts.Version)
		return nil
	}
	lines, err := x.store.Damaged(x.ctx, x.Deep)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		x.add(Finding{Area: "database", Code: "corrupt", Level: Damaged, N: int64(len(lines))})
		return nil
	}
	x.well("database", "database_well", "size", size(facts.Bytes), "version", facts.Version)
	return nil
}

// schema looks whether every table, index and trigger is there and works: a trigger keeps
// log entries from being altered, unique indexes keep two of a kind from being stored.
func (x *exam) schema() error {
	wrong, err := x.store.WrongObjects(x.ctx)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		x.add(Finding{Area: "schema", Code: "schema_wrong", Level: Damaged, N: int64(len(wrong)), Rows: wrong[:min(shownRows, len(wrong))]})
		return nil
	}
	x.well("schema", "schema_well")
	return nil
}

// settings looks for what would break the promise that an answered act is on disk.
func (x *exam) settings() error {
	facts, err := x.store.Facts(x.ctx)
	if err != nil {
		return err
	}
	unsafe := Unsafe(facts)
	if len(unsafe) > 0 {
		x.add(Finding{Area: "settings", Code: "settings_unsafe", Level: Ill, N: int64(len(unsafe)), Rows: unsafe})
	} else {
		x.well("settings", "settings_well")
	}
	if facts.Of("data_checksums") == "off" {
		x.add(Finding{Area: "settings", Code: "checksums_off", Level: Note})
	}
	return nil
}

// earlier is how far the newest entry may be ahead of this machine's clock: several nodes
// write, and their clocks need not agree to the second.
const earlier = time.Minute

// clock looks whether this machine's clock went back: deadlines would ring late, and entries
// would seem older than those before them.
func (x *exam) clock() error {
	newest, err := x.view.NewestAct()
	if err != nil {
		return err
	}
	now := x.store.Now()
	ahead := newest.Sub(now)
	x.check(ahead <= earlier, "clock", "clock_well", "clock_back",
		"now", now.Format(time.RFC3339), "newest", newest.Format(time.RFC3339), "ahead", ahead.Round(time.Second).String())
	return nil
}
