package e2e

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/backup"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/notify"
)

// kept is what was known of a house when it was closed, and must be found in it again.
type kept struct {
	At      time.Time // by the clock of the house
	Head    string    // the newest signed head of the log
	LogKey  string    // its public key
	Entries int64     // also those without a place yet
	Records map[string]customer.ID
	Changes map[string]change.ID
	States  map[string]string   // of the changes
	Found   map[string][]string // what each record is found by
	Doctor  []string            // what the doctor finds wrong, as it must
	Token   string              // of ada
	Link    string              // that a customer was sent
	Code    [2]string           // a challenge, and the code that was sent for it
	Asked   exchange            // under an idempotency key
}

// An exchange is what was asked of the API, and its answer.
type exchange struct {
	Path, Key, Body string
	Status          int
	Answer          string
}

// A keeper tells the story of a house that is kept.
type keeper struct {
	*story
	kept
	home    string // the folder with what is kept
	keyFile string
}

func newKeeper(folder, url, data string) *keeper {
	return &keeper{home: folder, keyFile: filepath.Join(data, "amend.key"), story: &story{
		url: url, folder: filepath.Join(data, "systems"), people: map[string]access.Actor{}, records: map[string]customer.ID{}, changes: map[string]change.ID{},
	}, kept: kept{Found: map[string][]string{}, States: map[string]string{}}}
}

func (k *keeper) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (k *keeper) write(t *testing.T, name string, text []byte) {
	t.Helper()
	k.must(t, os.WriteFile(filepath.Join(k.home, name), text, 0o600))
}

func readKept(t *testing.T, folder string) (k kept) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, keptWords))
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// open opens the house, and finds who works there by name.
func (k *keeper) open(t *testing.T, master *keys.Master, start time.Time) {
	t.Helper()
	k.ctx = t.Context()
	var err error
	k.world, err = sandbox.Open(k.ctx, sandbox.Config{
		URL: k.url, Folder: k.folder, Keys: master, Start: start, Rand: rand.Reader, Zone: zone(), Lang: notify.EN, Base: "https://portal.example.com",
	})
	k.must(t, err)
	known, err := k.view().Actors()
	k.must(t, err)
	for _, a := range known {
		k.people[a.Name] = a
	}
	k.app, k.filer = k.people["app"], k.people["ada"]
	maps.Copy(k.records, k.Records)
	maps.Copy(k.changes, k.Changes)
}

// close notes what must be found again, makes a backup, and closes the house.
func (k *keeper) close(t *testing.T) {
	t.Helper()
	k.At, k.Records, k.Changes = k.world.Clock.Now(), k.records, k.changes
	recipient, err := backup.NewKey(filepath.Join(k.home, keptOpens))
	k.must(t, err)
	to, err := backup.Recipients([]string{recipient})
	k.must(t, err)
	made, err := backup.Make(k.ctx, k.world.Store, filepath.Join(k.home, keptBackup), "kept", to)
	k.must(t, err)
	k.Head, k.LogKey, k.Entries = made.LogHead, backup.LogKeyOf(made.Manifest), made.Of("entry")
	for name := range k.changes {
		if state, err := k.stateOf(name); err == nil {
			k.States[name] = state
		}
	}
	k.Doctor = k.wrong()
	text, err := json.MarshalIndent(k.kept, "", "\t")
	k.must(t, err)
	k.write(t, keptWords, append(text, '\n'))
	k.must(t, k.world.Close())
}

func (k *keeper) stateOf(name string) (string, error) {
	r, err := k.view().Change(k.changes[name])
	state, _ := r.Next(k.world.Clock.Now())
	return string(state), err
}
