package bench

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"modernc.org/sqlite"
)

// A Report is what one run measured, with everything that is needed to judge it and to run
// it again.
type Report struct {
	At         time.Time  `json:"at"`
	Commit     string     `json:"commit,omitempty"` // "+" behind it: with changes that are in no commit
	Go         string     `json:"go"`
	System     string     `json:"system"` // "linux/amd64"
	CPU        string     `json:"cpu,omitempty"`
	Cores      int        `json:"cores"`
	LoadBefore [3]float64 `json:"load_before"` // averages of 1, 5 and 15 minutes
	LoadAfter  [3]float64 `json:"load_after"`
	Database   string     `json:"database"` // "sqlite" or "postgres"
	Version    string     `json:"version"`  // of the database
	Customers  int        `json:"customers"`
	Rounds     int        `json:"rounds"`
	Clients    []int      `json:"clients"`
	Changes    int        `json:"changes"` // in a round
	Seed       uint64     `json:"seed"`
	Lines      []Line     `json:"lines"`
}

// Run measures jobs one after the other and reports. With an error the report has what was
// measured before it.
func Run(ctx context.Context, o Options, jobs []Job) (Report, error) {
	r := Report{
		At: time.Now().UTC().Truncate(time.Second), Commit: commit(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
		CPU: processor(), Cores: runtime.NumCPU(), LoadBefore: load(), Customers: o.Customers, Rounds: o.Rounds, Clients: o.Clients, Changes: o.Changes, Seed: o.Seed,
	}
	var err error
	if r.Database, r.Version, err = databaseAt(ctx, o.URL); err != nil {
		return r, err
	}
	o.stock = &stock{}
	for _, j := range jobs {
		o.say("%s", "%s", Say(o.Lang, j.Name))
		var lines []Line
		lines, err = j.Run(ctx, o)
		r.Lines = append(r.Lines, lines...)
		if err != nil {
			err = fmt.Errorf("measure %s: %w", j.Name, err)
			break
		}
	}
	r.LoadAfter = load()
	return r, errors.Join(err, o.stock.clear(ctx))
}

// Missed counts the lines with a goal that was not met.
func (r Report) Missed() (n int) {
	for _, l := range r.Lines {
		if l.Failed {
			n++
		}
	}
	return n
}

// ReadReport reads what Write wrote.
func ReadReport(from io.Reader) (Report, error) {
	var r Report
	dec := json.NewDecoder(from)
	dec.DisallowUnknownFields()
	return r, dec.Decode(&r)
}

// Write writes the report as a JSON document.
func (r Report) Write(to io.Writer) error {
	enc := json.NewEncoder(to)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// commit is what this program was built from, as Go noted it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	var at, changed string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			at = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+"
			}
		}
	}
	if at == "" {
		return ""
	}
	return at[:min(12, len(at))] + changed
}

// processor is the name of the first processor, "" where Linux does not say.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// load is the machine's load averages, zeros where Linux does not say.
func load() (averages [3]float64) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return averages
	}
	for i, field := range strings.Fields(string(text)) {
		if i == len(averages) {
			break
		}
		averages[i], _ = strconv.ParseFloat(field, 64) // a field that is no number is left out
	}
	return averages
}

// databaseAt answers which database a run uses, without changing anything there.
func databaseAt(ctx context.Context, url string) (name, version string, err error) {
	if strings.HasPrefix(url, "sqlite://") {
		version, err = sqliteVersion(ctx)
		return "sqlite", version, err
	}
	if _, err := newServerPlace(url); err != nil {
		return "", "", err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", "", fmt.Errorf("reach the server: %w", err)
	}
	err = conn.QueryRow(ctx, "SHOW server_version").Scan(&version)
	return "postgres", version, errors.Join(err, conn.Close(ctx))
}

func sqliteVersion(ctx context.Context) (version string, err error) {
	conn, err := (&sqlite.Driver{}).Open(":memory:")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	stmt, err := conn.Prepare("SELECT sqlite_version()")
	if err != nil {
		return "", err
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, nil)
	if err != nil {
		return "", errors.Join(err, stmt.Close())
	}
	row := make([]driver.Value, 1)
	err = rows.Next(row)
	return fmt.Sprint(row[0]), errors.Join(err, rows.Close(), stmt.Close())
}
