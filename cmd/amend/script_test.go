package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite"

	"amend/audit"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"amend": main}) }

// The scripts are the commands as an operator types them, in an empty directory. Beside
// what testscript knows: exits CODE COMMAND…, keep NAME (stdout into a variable),
// sql FILE STATEMENT, issue, which writes a receipt and the log's public key, planted,
// which holds a generated list against its truth, encode, which writes a list in another encoding, and workbook, which writes one as XLSX.
func TestCommandsDoWhatTheirScriptsSay(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("AMEND_LANG", "en")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "keep": keep, "sql": runSQL, "issue": issue, "planted": planted, "encode": encode, "workbook": workbook},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		got = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keep NAME")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE STATEMENT")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(errors.Join(err, db.Close()))
}

// issue FILE KEYFILE makes a log of one change and the receipt of it.
func issue(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: issue FILE KEYFILE")
	}
	secret, public, err := audit.NewLogKey(fixed{}, "example.com/log")
	ts.Check(err)
	signer, err := note.NewSigner(secret)
	ts.Check(err)
	salt := make([]byte, audit.SaltSize)
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	e := audit.Entry{ID: "e1", At: at, Verb: "apply", Actor: "system", Sort: "system", Record: "r1", Change: "c1", Alters: true,
		Commits: []audit.Commitment{audit.Commit(salt, "phone", "+8613900139000")}}
	tree, rows := audit.Tree{}.Append(e.Hash())
	head, err := audit.Checkpoint{Origin: signer.Name(), Size: 1, Root: tree.Root(), At: at}.Sign(signer)
	ts.Check(err)
	path, err := audit.Inclusion(1, 0, func([]int64) ([][]byte, error) { return [][]byte{rows[0].Hashes}, nil })
	ts.Check(err)
	r, err := audit.Issue(audit.Statement{
		Ref: "REQ-7KQ2H", Company: audit.Text{ZH: "示例", EN: "Example"}, Say: audit.Text{ZH: "已更新", EN: "Updated"}, Effective: at, Issued: at,
		Lines: []audit.Line{{Label: audit.Text{ZH: "手机号", EN: "Phone"}, Now: "139****9000", Openings: []audit.Opening{{Name: "phone", Salt: salt, Content: "+8613900139000"}}}},
		Help:  audit.Text{ZH: "95000", EN: "95000"},
	}, []audit.Proven{{Leaf: e.Leaf(), Pos: 0, Proof: path}}, head, signer, public)
	ts.Check(err)
	file, err := json.Marshal(r)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), file, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(public+"\n"), 0o600))
}

// fixed is a source that always gives the same.
type fixed struct{}

var _ io.Reader = fixed{}

func (fixed) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 7
	}
	return len(p), nil
}
