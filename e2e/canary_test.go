package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/intake"
	"amend/internal/sandbox"
	"amend/notify"
)

func TestNoneOfTenThousandCanariesStandsPlainInTheDatabase(t *testing.T) {
	for name, open := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			canaries(t, open(t))
		})
	}
}

func TestPlainCanaryIsFound(t *testing.T) {
	phones := map[string]bool{"13810000031": true}
	for _, plain := range []string{"x+8613810000031y", "1613810000031", `{"email":"QxCanary7@flock.example"}`} {
		if sings([]byte(plain), phones) == "" {
			t.Errorf("%s is overlooked", plain)
		}
	}
}

const (
	flock      = 2500 // records with four canaries each
	flockBatch = 500
)

// Every canary can be told from chance: its mark, or eleven digits that stand in a set.
var (
	mark   = []byte("qxcanary")
	digits = regexp.MustCompile(`[0-9]{11,}`)
)

// bird is one record full of canaries.
func bird(i int) map[customer.Key]string {
	return map[customer.Key]string{
		"legal_name": fmt.Sprintf("Qxcanary %s", letters(i)),
		"phone":      fmt.Sprintf("+86138%08d", 10_000_000+i*31),
		"email":      fmt.Sprintf("qxcanary%d@flock.example", i),
		"address":    fmt.Sprintf(`{"country":"GB","line":"%d qxcanary lane"}`, i),
	}
}

// letters spells a number, because a name has no digits.
func letters(i int) string {
	return strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%05d", i))
}

// canaries plants them by an import and by proposals, and looks at everything that is stored.
func canaries(t *testing.T, url string) {
	ctx := context.Background()
	folder := t.TempDir()
	w, err := open(ctx, url, folder, opens(), notify.EN)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	plant(t, w)
	phones := map[string]bool{}
	for i := range flock + 10 {
		phones[strings.TrimPrefix(bird(i)["phone"], "+86")] = true
	}
	if _, err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	tables, err := dump(w.Store.View(ctx))
	if err != nil {
		t.Fatal(err)
	}
	if len(tables["golden_record"]) < flock {
		t.Fatalf("%d records", len(tables["golden_record"]))
	}
	for table, rows := range tables {
		for _, row := range rows {
			if found := sings(row, phones); found != "" {
				t.Fatalf("table %s holds %s", table, found)
			}
		}
	}
	files(t, url, phones)
}

// plant brings the flock in by an import in batches, and ten more by proposals.
func plant(t *testing.T, w *sandbox.World) {
	t.Helper()
	ctx := context.Background()
	sue, _, err := w.Desk.AddPerson(ctx, access.Actor{Name: "sue", Roles: []access.Role{access.Steward}}, "")
	if err != nil {
		t.Fatal(err)
	}
	run, err := w.Desk.StartImport(ctx, sue, desk.ImportStart{Name: "flock", Digest: "flock"})
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < flock; from += flockBatch {
		var rows []desk.ImportRow
		for i := from; i < from+flockBatch; i++ {
			row := desk.ImportRow{Line: i + 1, Kind: customer.Person}
			for key, text := range bird(i) {
				row.Values = append(row.Values, intake.Proposed{Key: key, JSON: value(text)})
			}
			rows = append(rows, row)
		}
		next, faults, err := w.Desk.ImportRows(ctx, sue, run, rows)
		if err != nil || len(faults) > 0 {
			t.Fatal(err, faults)
		}
		run = next
	}
	for i := flock; i < flock+10; i++ {
		p := desk.Proposal{RecordKind: customer.Person, Channel: "shop", Reason: "qxcanary in the reason"}
		for key, text := range bird(i) {
			p.Items = append(p.Items, desk.Proposed{Key: key, Value: value(text)})
		}
		if _, err := w.Desk.Propose(ctx, sue, p); err != nil {
			t.Fatal(err)
		}
	}
}

// sings answers the canary that stands in b, "" for none.
func sings(b []byte, phones map[string]bool) string {
	if at := bytes.Index(bytes.ToLower(b), mark); at >= 0 {
		return fmt.Sprintf("%q", b[at:min(len(b), at+24)])
	}
	for _, run := range digits.FindAll(b, -1) {
		for i := range len(run) - 10 {
			if phones[string(run[i:i+11])] {
				return string(run[i : i+11])
			}
		}
	}
	return ""
}

// files looks at the bytes of the database's own files, where it has any here: the
// database, its journal and whatever else lies beside them.
func files(t *testing.T, url string, phones map[string]bool) {
	t.Helper()
	path, isFile := strings.CutPrefix(url, "sqlite://")
	if !isFile {
		return
	}
	all, err := filepath.Glob(filepath.Dir(path) + "/*")
	if err != nil || len(all) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range all {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := sings(b, phones); found != "" {
			t.Errorf("%s holds %s", filepath.Base(file), found)
		}
	}
}
