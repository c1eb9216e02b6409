package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// A stormSlot is one field of one record with its only author, who changes it one step
// after the other and remembers every answer. Other authors change other fields of the
// same record meanwhile.
type stormSlot struct {
	record, field string
	sent          int        // changes that were sent; the value of a change is its number
	doubt         bool       // the last of them has no answer yet
	asked         int        // how often
	again         time.Time  // when to ask for it again
	acked         []stormAck // the journal
}

// A stormAck is a change that the program said it has stored.
type stormAck struct{ id, value string }

// value is the value, and the idempotency key, of the slot's last change.
func (s *stormSlot) value() string { return fmt.Sprintf("%s-%s-%06d", s.record, s.field, s.sent) }

// A stormWriter is one client: it writes to its slots in turn, and asks again under the
// same key wherever no answer came.
type stormWriter struct {
	served *served
	client *http.Client
	token  string
	slots  []*stormSlot
	acks   chan<- struct{} // one for each change that was acknowledged

	repeats int            // changes that were acknowledged when they were asked for again
	refused map[string]int // answers that said "not now", by code
	noes    atomic.Int64   // how many of them nobody could store
	problem error          // an answer that nothing excuses
}

// stormPause is how long a client waits that found nobody to talk to, or nothing to do.
const stormPause = 5 * time.Millisecond

// run writes until ctx ends.
func (w *stormWriter) run(ctx context.Context) {
	for next := 0; ctx.Err() == nil && w.problem == nil; next++ {
		slot := w.slots[next%len(w.slots)]
		if next%len(w.slots) == 0 && !w.ready() {
			stormRest(ctx)
		}
		if slot.again.After(time.Now()) {
			continue
		}
		w.write(ctx, slot)
	}
}

// settle asks for every answer that is still open, until none is.
func (w *stormWriter) settle(ctx context.Context) {
	for _, slot := range w.slots {
		for slot.doubt && ctx.Err() == nil && w.problem == nil {
			if slot.again.After(time.Now()) {
				stormRest(ctx)
				continue
			}
			w.write(ctx, slot)
		}
	}
}

func (w *stormWriter) ready() bool {
	for _, slot := range w.slots {
		if !slot.again.After(time.Now()) {
			return true
		}
	}
	return false
}

func stormRest(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(stormPause):
	}
}

// write sends the next change of a slot, or the one in doubt again.
func (w *stormWriter) write(ctx context.Context, slot *stormSlot) {
	if w.served.at.Load() == "" {
		stormRest(ctx)
		return
	}
	if !slot.doubt {
		slot.sent, slot.asked, slot.doubt = slot.sent+1, 0, true
	}
	slot.asked++
	status, answer, err := w.served.ask(ctx, w.client, http.MethodPost, "/api/v1/changes",
		fmt.Sprintf(`{"record_id":%q,"channel":"app","reason":"a wish","items":[{"field":%q,"value":[%q]}]}`, slot.record, slot.field, slot.value()),
		"Authorization", "Bearer "+w.token, "Amend-Customer", slot.record, "Content-Type", "application/json", "Idempotency-Key", slot.value())
	switch {
	case err != nil:
		stormRest(ctx)
	case status == http.StatusCreated:
		w.heard(ctx, slot, answer)
	default:
		w.heardNo(slot, status, answer)
	}
}

func (w *stormWriter) heard(ctx context.Context, slot *stormSlot, answer []byte) {
	var filed struct {
		Changes []struct{ ID, State string }
	}
	if err := json.Unmarshal(answer, &filed); err != nil || len(filed.Changes) != 1 || filed.Changes[0].State != "applied" {
		w.problem = fmt.Errorf("%s was answered with %s", slot.value(), answer)
		return
	}
	slot.acked, slot.doubt = append(slot.acked, stormAck{filed.Changes[0].ID, slot.value()}), false
	if slot.asked > 1 {
		w.repeats++
	}
	select {
	case w.acks <- struct{}{}:
	case <-ctx.Done():
	}
}

// heardNo knows the answers after which a client asks again later: the first request is
// still on its way, or nothing can be stored now.
func (w *stormWriter) heardNo(slot *stormSlot, status int, answer []byte) {
	var p struct{ Code string }
	err := json.Unmarshal(answer, &p)
	waits := p.Code == "repeat_running" || status == http.StatusServiceUnavailable || p.Code == "disk_full" && status == http.StatusInsufficientStorage
	if err != nil || !waits {
		w.problem = fmt.Errorf("%s was answered with %d %s", slot.value(), status, answer)
		return
	}
	w.refused[p.Code]++
	if p.Code == "repeat_running" {
		slot.again = time.Now().Add(time.Second) // what Retry-After says
	} else {
		w.noes.Add(1)
	}
}
