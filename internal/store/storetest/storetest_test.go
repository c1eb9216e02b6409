package storetest

import (
	"bufio"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"amend/internal/store"
)

func TestEachStartsFreshAndOpensTheSameDatabaseAgain(t *testing.T) {
	for range 2 {
		Each(t, func(t *testing.T, open Opener) {
			a, b := open(store.Options{}), open(store.Options{})
			err := a.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO meta VALUES ('trace', 'here')`)
				return nil
			})
			var value string
			if err := errors.Join(err, b.Row(t.Context(), `SELECT value FROM meta WHERE name = 'trace'`).Scan(&value)); err != nil || value != "here" {
				t.Errorf("%v: %q", err, value)
			}
		})
	}
}

func TestServerEndsAndLeavesNothingWhenItsUserIsGone(t *testing.T) {
	script := exec.Command("sh", "-c", clusterScript)
	hold, err1 := script.StdinPipe()
	out, err2 := script.StdoutPipe()
	if err := errors.Join(err1, err2, script.Start()); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	home := u.Query().Get("host")
	if _, err := os.Stat(home); err != nil {
		t.Error(err)
	}

	if err := errors.Join(hold.Close(), script.Wait()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(home); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", home, err)
	}
}

func TestMissingServerSaysHowToInstallIt(t *testing.T) {
	script := exec.Command("sh", "-c", strings.Replace(clusterScript, "/usr/lib/postgresql", "/nowhere", 1))
	script.Env = []string{"PATH=/bin"}
	out, err := script.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "apt-get install postgresql") {
		t.Errorf("%v: %s", err, out)
	}
}
