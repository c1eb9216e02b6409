package desk_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
)

func crm() downstream.System {
	return downstream.System{
		ID: "crm", Name: "CRM", Connector: "far", Settings: json.RawMessage(`{}`), Owner: "sales",
		Fields: []downstream.Subscription{{Key: "phone"}, {Key: "title"}}, Kinds: []customer.Kind{customer.Person},
	}
}

// connected is a house with one system and n customers that it follows, all raised.
func connected(t *testing.T, n int) (*house, []customer.ID) {
	h := open(t)
	return h, h.connect(n)
}

// connect connects the CRM, with n customers that it follows, all raised.
func (h *house) connect(n int) []customer.ID {
	h.t.Helper()
	h.ok(h.desk.AddSystem(h.ctx, h.staff["ivy"], crm(), []byte("hush hush")))
	var ids []customer.ID
	for i := range n {
		ids = append(ids, h.customer(map[customer.Key]customer.Content{"phone": customer.Content(fmt.Sprintf("+86138001380%02d", i))}))
	}
	total, err := h.desk.Load(h.ctx, h.staff["ivy"], "crm")
	if err != nil || total != n {
		h.t.Fatalf("loaded %d, %v", total, err)
	}
	return ids
}

func (h *house) deliver(limit int) int {
	h.t.Helper()
	n, err := h.desk.Deliver(h.ctx, "crm", limit)
	h.ok(err)
	return n
}

func (h *house) delivery(id customer.ID) downstream.Delivery {
	h.t.Helper()
	d, err := h.view().Delivery("crm", id)
	h.ok(err)
	return d
}

func (h *house) exceptions() []downstream.Exception {
	h.t.Helper()
	xs, err := h.view().Exceptions(100)
	h.ok(err)
	return xs
}

func answers(a downstream.Answer) func(downstream.Envelope) (downstream.Answer, error) {
	return func(downstream.Envelope) (downstream.Answer, error) { return a, nil }
}

func TestSystemThatCannotWorkIsNotConnected(t *testing.T) {
	h := open(t)
	for code, edit := range map[string]func(s *downstream.System){
		"bad_system_id":          func(s *downstream.System) { s.ID = "C R M" },
		"system_incomplete":      func(s *downstream.System) { s.Owner = "" },
		"system_follows_nothing": func(s *downstream.System) { s.Kinds = nil },
		"unknown_subscription":   func(s *downstream.System) { s.Fields = []downstream.Subscription{{Key: "shoe_size"}} },
		"unknown_connector":      func(s *downstream.System) { s.Connector = "carrier pigeon" },
	} {
		s := crm()
		edit(&s)
		before := h.rows()
		h.refused(h.desk.AddSystem(h.ctx, h.staff["ivy"], s, nil), code)
		if h.rows() != before {
			t.Errorf("%s wrote something", code)
		}
	}
	if err := h.desk.AddSystem(h.ctx, h.staff["ada"], crm(), nil); fault.KindOf(err) != fault.Denied {
		t.Errorf("ada connects a system: %v", err)
	}
	h.ok(h.desk.AddSystem(h.ctx, h.staff["ivy"], crm(), []byte("hush hush")))
	h.refused(h.desk.AddSystem(h.ctx, h.staff["ivy"], crm(), nil), "system_exists")
	h.absent("hush hush")
}

func TestLoadedRecordsReachTheSystemAndItsAnswerIsOnRecord(t *testing.T) {
	h, ids := connected(t, 3)
	if n := h.deliver(100); n != 3 || len(h.crm.calls) != 3 {
		t.Errorf("%d delivered, %d calls", n, len(h.crm.calls))
	}
	for _, id := range ids {
		if d := h.delivery(id); d.State != downstream.Settled || !d.InSync(1) {
			t.Errorf("%+v", d)
		}
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'deliver'`); n != 1 {
		t.Errorf("%d entries for one batch", n)
	}
	if n := h.deliver(100); n != 0 {
		t.Errorf("%d delivered again", n)
	}
	if _, err := h.desk.Load(h.ctx, h.staff["ivy"], "erp"); fault.CodeOf(err) != "no_system" {
		t.Errorf("got %v", err)
	}
	if _, err := h.desk.Load(h.ctx, h.staff["ada"], "crm"); fault.KindOf(err) != fault.Denied {
		t.Errorf("got %v", err)
	}
}

func TestSystemGoneForTheHorizonBecomesExceptionsAndIsFoundBack(t *testing.T) {
	h, ids := connected(t, 3)
	h.crm.answer = answers(downstream.Answer{Outcome: downstream.Retry, Down: true, Code: "http_503"})
	if h.deliver(100) != 1 {
		t.Error("a dead system was called more than once")
	}
	if h.deliver(100) != 0 {
		t.Error("no pause between probes")
	}
	for range 120 {
		h.clock.Add(time.Hour)
		h.deliver(100)
	}
	xs := h.exceptions()
	if len(xs) < 2 || xs[0].Why != downstream.Unreachable || xs[0].Owner != "sales" {
		t.Errorf("exceptions %+v", xs)
	}
	h.tell()
	if told := h.mail.of(notify.Exception); len(told) != 0 {
		t.Errorf("nobody works in sales, yet told %v", told)
	}
	h.crm.answer = nil
	for _, id := range ids {
		h.clock.Add(2 * time.Hour)
		if d := h.delivery(id); d.State == downstream.Stopped {
			h.ok(h.desk.Retry(h.ctx, h.staff["ivy"], "crm", id))
		}
		h.deliver(100)
	}
	if left := h.exceptions(); len(left) != 0 {
		t.Errorf("still open after the system took everything: %+v", left)
	}
}

func TestSystemThatSaysGoneIsNeverCalledAgain(t *testing.T) {
	h, _ := connected(t, 2)
	h.crm.answer = answers(downstream.Answer{Outcome: downstream.Permanent, Disable: true, Code: "http_410"})
	h.deliver(100)
	calls := len(h.crm.calls)
	h.clock.Add(24 * time.Hour)
	if n := h.deliver(100); n != 0 || len(h.crm.calls) != calls {
		t.Errorf("%d deliveries, %d more calls", n, len(h.crm.calls)-calls)
	}
	if row, err := h.view().System("crm"); err != nil || !row.Paused {
		t.Errorf("%+v %v", row, err)
	}
	if is, err := h.view().Health(h.clock.Now()); err != nil || is.DueDeliveries != 0 || is.Exceptions != 1 {
		t.Errorf("what waits for a paused system is late, or nobody is asked to look: %+v %v", is, err)
	}
}

func TestCallGivenUpByItsOwnCallerWritesNothing(t *testing.T) {
	h, _ := connected(t, 2)
	h.crm.answer = func(downstream.Envelope) (downstream.Answer, error) {
		return downstream.Answer{}, fmt.Errorf("cancelled")
	}
	before := h.rows()
	if n := h.deliver(100); n != 0 || h.rows() != before {
		t.Errorf("%d delivered", n)
	}
}

func TestRecordThatCannotBeReadDoesNotKeepTheOthersWaiting(t *testing.T) {
	h, ids := connected(t, 3)
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.Exec(`UPDATE golden_record SET mac = x'00' WHERE id = $1`, ids[0])
		tx.Exec(`UPDATE delivery SET due_at = 1 WHERE record_id = $1`, ids[0])
		return nil
	}))
	h.deliver(100)
	for _, id := range ids[1:] {
		if d := h.delivery(id); d.State != downstream.Settled {
			t.Errorf("%s waits: %+v", id, d)
		}
	}
	if xs := h.exceptions(); len(xs) != 1 || xs[0].Record != ids[0] || xs[0].Code != "record_altered" {
		t.Errorf("shown %+v", xs)
	}
}

func TestStoppedDeliveryIsRetriedOrSkippedByAPersonWhoSaysWhy(t *testing.T) {
	h, ids := connected(t, 1)
	ivy := h.staff["ivy"]
	h.refused(h.desk.Skip(h.ctx, ivy, "crm", ids[0], "not needed"), "delivery_not_stopped")
	h.refused(h.desk.Retry(h.ctx, ivy, "crm", "nobody"), "no_delivery")
	h.crm.answer = answers(downstream.Answer{Outcome: downstream.Conflict, Code: "http_409"})
	h.deliver(1)
	if len(h.exceptions()) != 1 {
		t.Fatal("no exception")
	}
	h.refused(h.desk.Skip(h.ctx, ivy, "crm", ids[0], ""), "skip_needs_reason")
	for _, err := range []error{h.desk.Skip(h.ctx, h.staff["ada"], "crm", ids[0], "x"), h.desk.Retry(h.ctx, h.staff["ada"], "crm", ids[0])} {
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("ada: %v", err)
		}
	}
	h.ok(h.desk.Skip(h.ctx, ivy, "crm", ids[0], "the account is closed there"))
	if len(h.exceptions()) != 0 {
		t.Error("skipped, and still open")
	}
	h.crm.answer = nil
	h.ok(h.desk.Retry(h.ctx, ivy, "crm", ids[0]))
	h.ok(h.desk.Retry(h.ctx, ivy, "crm", ids[0]))
	h.deliver(1)
	if d := h.delivery(ids[0]); d.State != downstream.Settled {
		t.Errorf("%+v", d)
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb IN ('delivery.skip', 'delivery.retry') AND actor_id = $1`, ivy.ID); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestRevealNeedsAPurposeAndLeavesAnEntry(t *testing.T) {
	h := open(t)
	fang, ada := h.fang(), h.staff["ada"]
	read := func(by access.Actor, purpose string, ks ...customer.Key) (map[customer.Key]json.RawMessage, error) {
		return h.desk.Reveal(h.ctx, by, fang, ks, purpose)
	}
	before := h.rows()
	for code, call := range map[string]func() (map[customer.Key]json.RawMessage, error){
		"purpose_unknown": func() (map[customer.Key]json.RawMessage, error) { return read(ada, "curiosity", "phone") },
		"no_items":        func() (map[customer.Key]json.RawMessage, error) { return read(ada, "service_call") },
		"too_many_items": func() (map[customer.Key]json.RawMessage, error) {
			return read(ada, "service_call", make([]customer.Key, 51)...)
		},
		"unknown_field": func() (map[customer.Key]json.RawMessage, error) {
			return read(ada, "service_call", "phone", "shoe_size")
		},
		"no_customer": func() (map[customer.Key]json.RawMessage, error) {
			return h.desk.Reveal(h.ctx, ada, "nobody", []customer.Key{"phone"}, "service_call")
		},
	} {
		shown, err := call()
		h.refused(err, code)
		if shown != nil || h.rows() != before {
			t.Errorf("%s: shown %v", code, shown)
		}
	}
	if shown, err := read(h.staff["ivy"], "service_call", "phone"); fault.KindOf(err) != fault.Denied || shown != nil {
		t.Errorf("ivy sees %v, %v", shown, err)
	}
	shown, err := read(ada, "service_call", "phone", "address")
	if err != nil || len(shown) != 1 || string(shown["phone"]) != `"+8613800138000"` {
		t.Errorf("%s %v", shown, err)
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'reveal' AND actor_id = $1 AND record_id = $2`, ada.ID, fang); n != 1 {
		t.Errorf("%d entries", n)
	}
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.Exec(`CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
		return nil
	}))
	if shown, err := read(ada, "service_call", "phone"); err == nil || shown != nil {
		t.Errorf("shown without an entry: %v", shown)
	}
}
