package desk_test

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/customer"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/notify"
)

// An odd channel does something else each time it takes a message.
type odd struct {
	box
	does func()
}

func (o *odd) Send(ctx context.Context, m notify.Outgoing) (notify.Answer, error) {
	a, err := o.box.Send(ctx, m)
	o.does()
	return a, err
}

// untold is a house with n news that wait to be sent by sms. Its store has the hooks of o.
func untold(t *testing.T, n int, sms notify.Channel, o store.Options) *house {
	t.Helper()
	m, err := keys.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	url := storetest.SQLite(t)
	h := openAt(t, url, m, sandbox.NewClock(monday))
	h.ok(h.desk.Open(h.ctx, origin))
	fang := h.fang()
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		for range n {
			p := notify.Part{ID: tx.NewID(), Kind: notify.Enrolled, Record: fang, Channel: notify.SMS, To: "+8613800138000", Lang: notify.EN, Due: monday}
			p.Params = map[string]string{"time": "10:00", "place": "a shop", "link": "portal.example.com", "report": "portal.example.com"}
			if err := tx.QueueNotice(store.Notice{Part: p, Change: "c1", Audience: "phone"}); err != nil {
				return err
			}
		}
		return nil
	}))
	o.URL, o.Clock, o.Keys, o.Catalog = url, h.clock.Now, m, customer.Shipped()
	if h.store, err = store.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	h.out.Channels[notify.SMS] = sms
	h.rebuild()
	return h
}

// outcomes is a tap that counts the notices which each act saved.
func outcomes(acts *[]int) func([]store.Statement) {
	return func(act []store.Statement) {
		n := 0
		for _, st := range act {
			if strings.HasPrefix(st.Query, "UPDATE notice SET state") {
				n++
			}
		}
		*acts = append(*acts, n)
	}
}

// onRecord counts the notices that were sent, and the entries that say so.
func (h *house) onRecord() (sent, entries int64) {
	h.t.Helper()
	return h.count(`SELECT COUNT(*) FROM notice WHERE state = 'sent'`), h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'tell'`)
}

func TestOutcomesOfManyMessagesAreStoredByOneAct(t *testing.T) {
	var acts []int
	sms := &box{}
	h := untold(t, 40, sms, store.Options{Solo: func(store.Moment) {}, Tap: outcomes(&acts)})
	h.tell()
	if !slices.Equal(acts, []int{32, 8}) {
		t.Errorf("acts of %v notices", acts)
	}
	if sent, entries := h.onRecord(); sent != 40 || entries != 40 || len(sms.sent) != 40 {
		t.Errorf("%d messages, %d sent, %d entries", len(sms.sent), sent, entries)
	}
}

func TestOutcomesDoNotWaitForASlowChannel(t *testing.T) {
	var acts []int
	sms := &odd{}
	h := untold(t, 10, sms, store.Options{Solo: func(store.Moment) {}, Tap: outcomes(&acts)})
	sms.does = func() { h.clock.Add(400 * time.Millisecond) }
	h.tell()
	if !slices.Equal(acts, []int{3, 3, 3, 1}) {
		t.Errorf("acts of %v notices", acts)
	}
}

func TestMessagesOfAProcessThatDiedGoAgainUnderTheSameIDs(t *testing.T) {
	for _, at := range []store.Moment{store.Decided, store.Written} {
		sms, dies := &box{}, true
		h := untold(t, 5, sms, store.Options{Solo: func(m store.Moment) {
			if dies && m == at {
				panic("the machine stops")
			}
		}})
		func() {
			defer func() { _ = recover() }()
			h.tell()
			t.Error("nothing stopped")
		}()
		if sent, entries := h.onRecord(); sent != 0 || entries != 0 {
			t.Errorf("%d sent and %d entries by a process that died", sent, entries)
		}
		dies = false
		h.tell()
		var first, again []string
		for i, m := range sms.sent {
			if i < 5 {
				first = append(first, m.ID)
			} else {
				again = append(again, m.ID)
			}
		}
		if !slices.Equal(first, again) {
			t.Errorf("%v went again as %v", first, again)
		}
		if sent, entries := h.onRecord(); sent != 5 || entries != 5 {
			t.Errorf("%d sent, %d entries", sent, entries)
		}
	}
}

func TestWhatHasLeftIsStoredThoughItsCallerGaveUp(t *testing.T) {
	sms := &odd{}
	h := untold(t, 3, sms, store.Options{})
	ctx, giveUp := context.WithCancel(h.ctx)
	sms.does = func() {
		if giveUp(); len(sms.sent) > 1 {
			sms.fails = context.Canceled
		}
	}
	told, err := h.desk.Tell(ctx, 100)
	if sent, entries := h.onRecord(); err != nil || told != 2 || sent != 2 || entries != 2 {
		t.Errorf("%d told, %d sent, %d entries, %v", told, sent, entries, err)
	}
}
