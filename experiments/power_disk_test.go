package experiments

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A diskStep is one thing that a program did to the folder of its database, or said.
type diskStep struct {
	kind   string // create, write, truncate, sync, remove, settle (the folder's own flush), stored
	name   string // of the file, without the folder
	offset int64  // of a write; of a truncation, the size
	data   []byte
	held   imprint // stored: what the database holds, by the word of the program
}

// readSteps reads what a traced child did in its folder, in order. What is shared between
// processes in memory (-shm) is no part of it: it is gone with the power.
func readSteps(trace, folder string) (steps []diskStep, err error) {
	err = readTrace(trace, func(c straced) error {
		if c.result < 0 {
			return nil
		}
		if c.name == "write" {
			if held, ok := strings.CutPrefix(c.args[0], "stored "); ok {
				steps = append(steps, diskStep{kind: "stored", held: imprint(strings.TrimSpace(held))})
			}
			return nil
		}
		name, inside := strings.CutPrefix(c.path, folder)
		name = strings.TrimPrefix(name, "/")
		if !inside || strings.HasSuffix(name, "-shm") {
			return nil
		}
		step, ok, err := stepOf(c, name)
		if ok {
			steps = append(steps, step)
		}
		return err
	})
	return steps, err
}

// stepOf is what a call did; false for one that changes nothing.
func stepOf(c straced, name string) (step diskStep, ok bool, err error) {
	step.name = name
	switch {
	case strings.HasPrefix(c.name, "open"):
		step.kind = "create"
		return step, strings.Contains(c.args[0], "O_CREAT"), nil
	case c.name == "pwrite64":
		step.kind, step.data = "write", []byte(c.args[0])
		if step.offset, err = strconv.ParseInt(c.args[2], 10, 64); err == nil && int64(len(step.data)) != c.result {
			err = fmt.Errorf("a write of %d bytes was recorded as %d", c.result, len(step.data))
		}
	case c.name == "ftruncate":
		step.kind = "truncate"
		step.offset, err = strconv.ParseInt(c.args[0], 10, 64)
	case name == "" && strings.HasSuffix(c.name, "sync"):
		step.kind = "settle"
	case strings.HasSuffix(c.name, "sync"):
		step.kind = "sync"
	case strings.HasPrefix(c.name, "unlink"):
		step.kind = "remove"
	default:
		return step, false, fmt.Errorf("%s is nothing that this disk knows", c.name)
	}
	return step, true, err
}

// A powerDisk keeps what was flushed, and holds the rest in memory until it is.
type powerDisk struct {
	files map[string]*diskFile // as the program sees them
	names map[string]*diskFile // as the folder was flushed last
	moved []diskStep           // creations and removals since
}

// A diskFile is one file: what of it is flushed, and what was done to it since.
type diskFile struct {
	flushed []byte
	since   []diskStep
}

// loadDisk is a disk that keeps the files of a database.
func loadDisk(folder string) (*powerDisk, error) {
	d := &powerDisk{files: map[string]*diskFile{}, names: map[string]*diskFile{}}
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		d.files[e.Name()] = &diskFile{flushed: raw}
	}
	d.names = maps.Clone(d.files)
	return d, err
}

// do does a step.
func (d *powerDisk) do(s diskStep) {
	f := d.files[s.name]
	switch s.kind {
	case "create":
		if f == nil {
			d.files[s.name] = &diskFile{}
			d.moved = append(d.moved, s)
		}
	case "remove":
		delete(d.files, s.name)
		d.moved = append(d.moved, s)
	case "write", "truncate":
		f.since = append(f.since, s)
	case "sync":
		f.flushed, f.since = f.with(f.since), nil
	case "settle":
		d.names, d.moved = maps.Clone(d.files), nil
	}
}

// with is the file's bytes with some steps done to what is flushed.
func (f *diskFile) with(steps []diskStep) []byte {
	b := slices.Clone(f.flushed)
	for _, s := range steps {
		if s.kind == "truncate" {
			b = resized(b, s.offset)
			continue
		}
		if end := s.offset + int64(len(s.data)); end > int64(len(b)) {
			b = resized(b, end)
		}
		copy(b[s.offset:], s.data)
	}
	return b
}

func resized(b []byte, n int64) []byte {
	if n <= int64(len(b)) {
		return b[:n]
	}
	return append(b, bytes.Repeat([]byte{0}, int(n)-len(b))...)
}

// powerLosses are the ways in which power goes: what becomes of the steps that were not flushed.
func powerLosses() []string { return []string{"dropped", "kept", "random", "torn", "extended"} }

// powerSector is what a disk writes whole or not at all.
const powerSector = 512

// lose answers the files that are left when the power goes now.
func (d *powerDisk) lose(how string, chance *rand.Rand) map[string][]byte {
	left := map[string][]byte{}
	for name, f := range d.found(how, chance) {
		left[name] = f.left(how, chance)
	}
	return left
}

// found are the files that the folder has after a loss: creations and removals that were
// not flushed are lost from some step on, for a folder keeps their order.
func (d *powerDisk) found(how string, chance *rand.Rand) map[string]*diskFile {
	kept := len(d.moved)
	switch how {
	case "dropped", "extended":
		kept = 0
	case "random":
		kept = chance.IntN(kept + 1)
	}
	if kept == len(d.moved) {
		return d.files
	}
	names := maps.Clone(d.names)
	for _, s := range d.moved[:kept] {
		if f := d.files[s.name]; s.kind == "create" && f != nil {
			names[s.name] = f
		} else if s.kind == "remove" {
			delete(names, s.name)
		}
	}
	return names
}

// left is what a loss leaves of a file.
func (f *diskFile) left(how string, chance *rand.Rand) []byte {
	if len(f.since) == 0 {
		return f.flushed
	}
	switch how {
	case "kept":
		return f.with(f.since)
	case "random":
		return f.with(slices.DeleteFunc(slices.Clone(f.since), func(diskStep) bool { return chance.IntN(2) == 0 }))
	case "torn":
		last := len(f.since) - 1
		return f.with(append(slices.Clone(f.since[:last]), f.since[last].tear(chance)...))
	case "extended":
		return resized(slices.Clone(f.flushed), int64(max(len(f.flushed), len(f.with(f.since)))))
	}
	return f.flushed
}

// tear keeps some of the sectors that a write touches, and not all of them.
func (s diskStep) tear(chance *rand.Rand) (kept []diskStep) {
	if s.kind != "write" {
		return nil
	}
	for at := s.offset; at < s.offset+int64(len(s.data)); {
		end := min((at/powerSector+1)*powerSector, s.offset+int64(len(s.data)))
		if chance.IntN(2) == 0 {
			kept = append(kept, diskStep{kind: "write", offset: at, data: s.data[at-s.offset : end-s.offset]})
		}
		at = end
	}
	return kept
}
