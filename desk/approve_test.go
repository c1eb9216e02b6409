package desk_test

import (
	"crypto/rand"
	"io"
	"slices"
	"testing"

	"amend/access"
	"amend/customer"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// A draw is entropy whose two-byte reads, which are the draw for a second look, are fixed.
type draw struct {
	io.Reader
	is byte
}

func (d draw) Read(p []byte) (int, error) {
	if len(p) != 2 {
		return d.Reader.Read(p)
	}
	p[0], p[1] = d.is, d.is
	return len(p), nil
}

func TestDrawnDecisionIsATaskForWhoAnswersForTheField(t *testing.T) {
	for is, want := range map[byte]bool{0: true, 0xff: false} {
		m, err := keys.New(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		url, clock := storetest.SQLite(t), sandbox.NewClock(monday)
		h := openAt(t, url, m, clock)
		h.ok(h.desk.Open(h.ctx, origin))
		h.person("ada", access.Agent)
		h.person("bob", access.Approver)
		h.store, err = store.Open(t.Context(), store.Options{URL: url, Clock: clock.Now, Keys: m, Catalog: customer.Shipped(), Rand: draw{rand.Reader, is}})
		h.ok(err)
		t.Cleanup(func() { h.store.Close() })
		h.rebuild()

		r := h.file(h.staff["ada"], proposal(h.fang(), "name_spelling", "WANG Xiaofang"))
		h.ok(h.desk.Reject(h.ctx, h.staff["bob"], r.ID, r.Hash(), "value_wrong", ""))

		tasks, err := h.view().Tasks(r.ID)
		h.ok(err)
		looked := slices.ContainsFunc(tasks, func(task store.Task) bool {
			return task.Kind == "second_look" && task.Role == string(access.Owner) && task.DueAt.After(clock.Now())
		})
		if looked != want || h.request(r.ID).Sampled != want {
			t.Errorf("draw %#x: task %v, want %v", is, looked, want)
		}
	}
}
