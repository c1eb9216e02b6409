package e2e

import (
	"crypto/rand"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"amend/internal/backup"
	"amend/internal/keys"
	"amend/internal/store"
)

// writeKept names the folder of testdata/kept that is written: one for each generation of
// the schema, and never again once a program with that schema was handed out.
var writeKept = flag.String("write-kept", "", "keep a house, as the program is now, in this new folder of testdata/kept")

// The stories and the table of the house that is kept next stand in keptNext; whatever was
// kept before stands beside it in folders with a number.
const (
	keptRoot = "testdata/kept"
	keptNext = keptRoot + "/next"
)

// The files of a kept folder.
const (
	keptData   = "data.tar.gz" // the data directory of a server that was stopped
	keptBackup = "backup.age"  // of the same house
	keptOpens  = "backup.key"  // opens the backup
	keptWords  = "kept.json"   // what must be found again
	keptOlds   = "olds.csv"    // the table whose load was stopped
	keptGoesOn = "goes_on.txtar"
	keptProof  = "receipt.json" // that a customer has
)

func TestADataDirectoryOfEveryGenerationOpensAndContinues(t *testing.T) {
	for _, folder := range keptFolders(t) {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Run("data directory", func(t *testing.T) {
				t.Parallel()
				data := unpacked(t, folder)
				goesOn(t, folder, "sqlite://"+filepath.Join(data, "amend.db"), data)
			})
			for name, empty := range databases() {
				t.Run("backup in "+name, func(t *testing.T) {
					t.Parallel()
					comesBack(t, folder, empty(t))
				})
			}
		})
	}
}

// The house is kept in every run, so that keeping one works on the day that it is asked for.
func TestAHouseThatIsKeptNowOpensAndContinues(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "now")
	if *writeKept != "" {
		folder = filepath.Join(keptRoot, *writeKept)
	}
	keepHouse(t, folder)
	data := unpacked(t, folder)
	goesOn(t, folder, "sqlite://"+filepath.Join(data, "amend.db"), data)
}

func TestSomeKeptDataDirectoryHasTheSchemaOfToday(t *testing.T) {
	for _, folder := range keptFolders(t) {
		pending, err := store.Pending(t.Context(), "sqlite://"+filepath.Join(unpacked(t, folder), "amend.db"))
		if err != nil {
			t.Errorf("%s: %v", folder, err)
		}
		if len(pending) == 0 {
			return
		}
	}
	t.Error("the schema went on: keep a house of it under the next number N: go test ./e2e -run ThatIsKeptNow -write-kept N")
}

func keptFolders(t *testing.T) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(keptRoot, "[0-9]*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no data directory is kept: %v", err)
	}
	return folders
}

// comesBack restores the backup into a database of which nothing is there, as after a loss:
// the master key was kept elsewhere, and the systems begin anew.
func comesBack(t *testing.T, folder, url string) {
	t.Helper()
	data := unpacked(t, folder)
	for _, lost := range []string{"amend.db", "systems"} {
		if err := os.RemoveAll(filepath.Join(data, lost)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := backup.Restore(t.Context(), filepath.Join(folder, keptBackup), filepath.Join(folder, keptOpens), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if k := readKept(t, folder); m.LogHead != k.Head {
		t.Errorf("the backup is of another log: %q, not %q", m.LogHead, k.Head)
	}
	goesOn(t, folder, url, data)
}

// goesOn opens a kept house, finds in it what was kept, and lives on with it as its own
// story says, until nothing is left half done.
func goesOn(t *testing.T, folder, url, data string) {
	t.Helper()
	k := openKept(t, folder, url, data)
	k.asKept(t)
	k.recognised(t)
	k.whole(t)
	k.tell(t, filepath.Join(folder, keptGoesOn))
	k.Doctor = nil // the story has taken care of it
	k.recognised(t)
	k.whole(t)
}

// openKept opens a kept house with the master key of its data directory, one second after
// it was closed.
func openKept(t *testing.T, folder, url, data string) *keeper {
	t.Helper()
	k := newKeeper(folder, url, data)
	k.kept = readKept(t, folder)
	master, err := keys.OpenFile(k.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	k.open(t, master, k.At.Add(time.Second))
	t.Cleanup(func() { k.must(t, k.world.Close()) })
	return k
}

// keepHouse writes a new folder: a house is founded, lives as far as its story says, is
// backed up, and closed.
func keepHouse(t *testing.T, folder string) {
	t.Helper()
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatalf("what is kept is never written over: %v", err)
	}
	data := filepath.Join(t.TempDir(), "data")
	k := newKeeper(folder, "sqlite://"+filepath.Join(data, "amend.db"), data)
	for _, name := range []string{keptOlds, keptGoesOn} {
		text, err := os.ReadFile(filepath.Join(keptNext, name))
		k.must(t, err)
		k.write(t, name, text)
	}
	master, err := keys.CreateFile(k.keyFile, rand.Reader)
	k.must(t, err)
	k.open(t, master, time.Date(2025, 3, 3, 10, 0, 0, 0, zone()))
	k.tell(t, filepath.Join(keptNext, "house.txtar"))
	k.close(t)
	pack(t, data, filepath.Join(folder, keptData))
}
