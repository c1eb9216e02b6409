package bench

import (
	"context"
	"errors"
	"os"
	"strings"
)

// diskPage is what one flush carries, in bytes.
const diskPage = 4096

// diskTries is how many flushes one round makes.
const diskTries = 200

// Fsync measures the disk alone: 4 KiB more at the end of a file, and told to be kept. No
// commit of a lone client can be faster, so every report begins with it.
func Fsync(_ context.Context, o Options) (_ []Line, err error) {
	folder, ok := strings.CutPrefix(o.URL, "sqlite://")
	if !ok {
		folder = "" // the server's own disk is out of reach: this machine's must do
	}
	file, err := os.CreateTemp(folder, "amend-bench-fsync-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	page := make([]byte, diskPage)
	var ours []sample
	for range max(o.Rounds, 1) {
		s, err := crowd(1, diskTries, func(int, int) error {
			_, err := file.Write(page)
			return errors.Join(err, file.Sync())
		})
		if err != nil {
			return nil, err
		}
		s.cpu = 0
		ours = append(ours, s)
	}
	return []Line{alone("fsync", "4 KiB appended and kept", "flushes/s", ours)}, nil
}
