package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The data directories that package e2e keeps, one for each generation of the schema, are
// opened here as their owner would: by the commands, on the machine's clock. What the desk
// does with them, on both databases and on a clock of theirs, stands in e2e.
func TestCommandsWorkOnADataDirectoryOfEveryGeneration(t *testing.T) {
	folders, err := filepath.Glob("../../e2e/testdata/kept/[0-9]*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no data directory is kept: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			k := keptHouse{t: t, folder: folder, data: t.TempDir()}
			if out, err := exec.Command("tar", "xzf", k.file("data.tar.gz"), "-C", k.data).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			k.isRead()
			k.isLoaded()
			k.isRestored()
		})
	}
}

// A keptHouse is a copy of a kept data directory, and the folder with what is known of it.
type keptHouse struct {
	t      *testing.T
	folder string
	data   string
}

func (k keptHouse) file(name string) string { return filepath.Join(k.folder, name) }

// isRead: whatever only looks finds the house whole.
func (k keptHouse) isRead() {
	k.t.Helper()
	k.says(exitOK, "ada", "user", "list")
	k.says(exitOK, "belongs to the data", "key", "check")
	k.says(exitOK, "Record intact", "log", "verify")
	k.says(exitOK, "Equal: ", "rebuild", "--check")
	key := k.says(exitOK, "amend.example.com/log+", "receipt", "key")
	k.says(exitOK, "The receipt is true", "receipt", "verify", k.file("receipt.json"), "--key", strings.TrimSpace(key))
	k.says(exitOK, "the consistency proof holds", "backup", "verify", k.file("backup.age"), "--identity", k.file("backup.key"))
	k.says(exitFailed, "✓ records", "doctor", "--deep") // much is late, by this clock, and nothing is damaged
}

// isLoaded: the load that was stopped comes to its end, and with it all that is due.
func (k keptHouse) isLoaded() {
	k.t.Helper()
	table, err := os.ReadFile(k.file("olds.csv"))
	path := filepath.Join(k.t.TempDir(), "olds.csv")
	if err == nil {
		err = os.WriteFile(path, table, 0o600)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	said := k.says(exitOK, "Customers brought in", "import", path, "--migration", "--operator", "otto")
	if got := strings.Join(strings.Fields(said), " "); !strings.Contains(got, "Rows done before 3 Customers brought in 5") {
		k.t.Errorf("the load went on otherwise: %s", got)
	}
	k.says(exitOK, "Record intact", "log", "verify")
	k.says(exitOK, "Equal: ", "rebuild", "--check")
	k.says(exitOK, "the consistency proof holds", "backup", "verify", k.file("backup.age"), "--identity", k.file("backup.key"))
}

// isRestored: after a loss the backup and the key bring the house back.
func (k keptHouse) isRestored() {
	k.t.Helper()
	if err := os.Remove(filepath.Join(k.data, "amend.db")); err != nil {
		k.t.Fatal(err)
	}
	k.says(exitOK, "Equal: ", "restore", k.file("backup.age"), "--identity", k.file("backup.key"))
	k.says(exitOK, "ada", "user", "list")
}

// says runs a command on the data and demands its exit code, and words of what it prints.
func (k keptHouse) says(code int, words string, args ...string) string {
	k.t.Helper()
	var out, errs bytes.Buffer
	got := quiet(k.t.Context(), &out, &errs).run(append(args, "--data", k.data, "--lang", "en"))
	if got != code || !strings.Contains(out.String(), words) {
		k.t.Fatalf("%v: exit code %d without %q:\n%s%s", args, got, words, out.String(), errs.String())
	}
	return out.String()
}
