package desk_test

import (
	"context"
	"testing"
	"time"

	"amend/desk"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// A receipt holds a reader while it is made. If it asked for another one, as many receipts
// as there are readers would wait for each other for ever.
func TestReceiptNeedsOneReader(t *testing.T) {
	m, err := keys.New(sameBytes{})
	if err != nil {
		t.Fatal(err)
	}
	url := storetest.SQLite(t)
	h := openAt(t, url, m, sandbox.NewClock(monday))
	h.ok(h.desk.Open(h.ctx, origin))
	fang := h.fang()
	r := h.file(self(fang), proposal(fang, "title", "Dr"))
	h.sequence()
	s, err := store.Open(h.ctx, store.Options{URL: url, Clock: h.clock.Now, Keys: m, Catalog: h.books.Catalog, Solo: func(store.Moment) {}}) // one reader
	h.ok(err)
	t.Cleanup(func() { s.Close() })

	ctx, cancel := context.WithTimeout(h.ctx, 30*time.Second) // so that a failure ends
	defer cancel()
	_, err = desk.New(s, m, h.books, h.out).Receipt(ctx, self(fang), r.ID)
	h.ok(err)
}

// sameBytes is a source of entropy for a test that keeps no secret.
type sameBytes struct{}

func (sameBytes) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 7
	}
	return len(b), nil
}
