package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"amend/audit"
	"amend/internal/api"
	"amend/internal/backup"
	"amend/internal/doctor"
	"amend/internal/store"
)

// asKept: every request stands where it stood, search finds who it found, the link that a
// customer was sent still works, and the API answers a repeat as it did, without an act.
func (k *keeper) asKept(t *testing.T) {
	t.Helper()
	for name, want := range k.States {
		if is, err := k.stateOf(name); err != nil || is != want {
			t.Errorf("request %s was %s and is %s: %v", name, want, is, err)
		}
	}
	for name, typed := range k.Found {
		for _, text := range typed {
			k.must(t, k.searched(name, text))
		}
	}
	by, err := k.reader().SignIn(k.ctx, k.Link)
	if err != nil || by.Via != "link" || by.ID != string(k.Records["grace"]) {
		t.Errorf("the customer's link opens the door of %+v: %v", by, err)
	}
	if again := k.ask(k.Asked); again != k.Asked {
		t.Errorf("asked again, the API answers %+v, not %+v", again, k.Asked)
	}
	var entries int64
	if err := k.view().Row(`SELECT count(*) FROM entry`).Scan(&entries); err != nil || entries != k.Entries {
		t.Errorf("%d entries, not %d: %v", entries, k.Entries, err)
	}
}

// recognised: what holds for ever, whatever happens to the house: the log begins with what
// it had, and the receipt and the token are good.
func (k *keeper) recognised(t *testing.T) {
	t.Helper()
	older, err := backup.Head(k.Head, k.LogKey)
	k.must(t, err)
	if now, err := backup.Extends(older, k.view(), k.LogKey); err != nil || now.Size == 0 {
		t.Errorf("the log of %d does not begin with the %d that were kept: %v", now.Size, older.Size, err)
	}
	receipt, err := os.ReadFile(filepath.Join(k.home, keptProof))
	if err == nil {
		_, err = audit.Verify(receipt, k.LogKey)
	}
	k.must(t, err)
	if by, err := k.reader().SignIn(k.ctx, k.Token); err != nil || by.ID != k.people["ada"].ID {
		t.Errorf("ada's token opens the door of %+v: %v", by, err)
	}
}

// whole: every invariant holds, and the doctor finds nothing but what it must.
func (k *keeper) whole(t *testing.T) {
	t.Helper()
	k.must(t, invariants(k.ctx, k.world))
	if wrong := k.wrong(); !slices.Equal(wrong, k.Doctor) {
		t.Errorf("the doctor finds %v, not %v", wrong, k.Doctor)
	}
}

// wrong is what a deep look finds wrong.
func (k *keeper) wrong() (codes []string) {
	report := doctor.Examine(k.ctx, doctor.Config{
		Database: k.url, KeyFile: k.keyFile, Catalog: k.world.House.Catalog, Mail: true, SMS: true, Deep: true, Clock: k.world.Clock.Now,
		Room: func(string) (doctor.Room, error) { return doctor.Room{Free: 1 << 40, Total: 1 << 40}, nil },
	})
	for _, f := range report.Wrong() {
		codes = append(codes, f.Area+" "+f.Code)
	}
	return codes
}

func (k *keeper) reader() *store.Reader {
	return store.NewReader(k.world.Store, k.world.House.Calendar)
}

// searched demands that what is typed finds a record, or one of the stopped load by a name
// that the story did not give: then anybody.
func (k *keeper) searched(name, typed string) error {
	found, err := k.reader().Search(k.ctx, k.people["ada"], typed, false, 0)
	if err != nil {
		return err
	}
	id := k.records[name]
	if !slices.ContainsFunc(found, func(f store.Found) bool { return id == "" || f.ID == id }) {
		return fmt.Errorf("%s is not found by %q: %d others are", name, typed, len(found))
	}
	return nil
}

// ask sends one request through the API, with ada's token.
func (k *keeper) ask(x exchange) exchange {
	door := api.New(api.Config{Desk: k.world.Desk, Reader: k.reader(), Clock: k.world.Clock.Now})
	r := httptest.NewRequest(http.MethodPost, x.Path, strings.NewReader(x.Body))
	r.Header.Set("Authorization", "Bearer "+k.Token)
	r.Header.Set("Idempotency-Key", x.Key)
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	x.Status, x.Answer = w.Code, w.Body.String()
	return x
}
