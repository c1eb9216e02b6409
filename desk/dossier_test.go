package desk_test

import (
	"testing"

	"amend/access"
	"amend/customer"
	"amend/internal/store"
)

func (h *house) reader() *store.Reader { return store.NewReader(h.store, h.books.Calendar) }

func (h *house) dossier(by access.Actor, id customer.ID) store.Dossier {
	h.t.Helper()
	d, err := h.reader().Dossier(h.ctx, by, id)
	h.ok(err)
	return d
}

func TestDossierTellsWhatIsOpenWhoFollowsAndWhoLooked(t *testing.T) {
	h := open(t)
	fang := h.fang()
	auditor := h.person("aud", access.Auditor)
	_, err := h.desk.Reveal(h.ctx, h.staff["sue"], fang, []customer.Key{"phone"}, "service_call")
	h.ok(err)
	r := h.file(h.staff["ada"], proposal(fang, "phone", "13900139000"))

	d := h.dossier(h.staff["bob"], fang)
	if d.Name.Text != "王*芳" || len(d.Versions) != 1 || len(d.Versions[0].Keys) != 4 {
		t.Errorf("it begins %+v, %+v", d.Name, d.Versions)
	}
	if len(d.Open) != 1 || d.Open[0].ID != r.ID || d.Open[0].Items[0].Now.Text != "139****9000" || len(d.Waits["phone"]) != 1 {
		t.Errorf("open is %+v", d.Open)
	}
	if d.Requests[r.ID].Ref != r.Ref() || len(d.Touches[r.ID]) != 1 || d.People[h.staff["sue"].ID] != "sue" {
		t.Errorf("the request is named %+v", d.Requests)
	}
	if len(d.Reveals) != 1 || d.Reveals[0].By != h.staff["sue"].ID || d.Reveals[0].Purpose != "" {
		t.Errorf("an approver hears of looks %+v", d.Reveals)
	}
	if d := h.dossier(auditor, fang); d.Reveals[0].Purpose != "service_call" {
		t.Errorf("an auditor hears %+v", d.Reveals)
	}
	_, err = h.reader().Dossier(h.ctx, self(fang), fang)
	h.refused(err, "staff_only")
	_, err = h.reader().Dossier(h.ctx, h.staff["otto"], fang)
	h.refused(err, "not_allowed")
}

// The seal of a record is drawn by this: the fold of its entries, a commitment for every
// value, and the log's signed head above the newest entry.
func TestRecordAgreesWithItsLogOnceTheHeadCoversIt(t *testing.T) {
	h := open(t)
	id := h.customer(map[customer.Key]customer.Content{"title": "Mr"})
	h.file(self(id), proposal(id, "title", "Dr"))
	if got := h.dossier(h.staff["sue"], id).Agrees; got != store.AgreesYet {
		t.Errorf("before the log has it: %s", got)
	}
	h.sequence()
	if got := h.dossier(h.staff["sue"], id).Agrees; got != store.Agrees {
		t.Errorf("once the log has it: %s", got)
	}
	if got := h.dossier(h.staff["sue"], h.fang()).Agrees; got != store.Disagrees {
		t.Errorf("a value that the log never committed to: %s", got)
	}
}

func TestTurnsTellWhatAValueWas(t *testing.T) {
	h := open(t)
	fang := h.fang()
	first := h.file(self(fang), proposal(fang, "title", "Dr"))
	h.file(self(fang), proposal(fang, "interests", "tea"))
	h.file(self(fang), proposal(fang, "title", ""))

	turns, err := h.reader().Turns(h.ctx, h.staff["bob"], fang, "title")
	h.ok(err)
	if len(turns) != 2 || turns[0].Value != nil || turns[0].Number != 4 || turns[1].Value.Text != "Dr" || turns[1].Change != first.ID {
		t.Errorf("got %+v", turns)
	}
	_, err = h.reader().Turns(h.ctx, h.staff["otto"], fang, "title")
	h.refused(err, "not_allowed")
}

func TestHistoryOfSomeVerbsLeavesTheOthersOut(t *testing.T) {
	h := open(t)
	fang := h.fang()
	for range 3 {
		_, err := h.desk.Reveal(h.ctx, h.staff["sue"], fang, []customer.Key{"phone"}, "service_call")
		h.ok(err)
	}
	h.file(self(fang), proposal(fang, "title", "Dr"))
	page, err := h.reader().HistoryOf(h.ctx, h.staff["bob"], fang, []string{"reveal"}, store.Slice{Limit: 2})
	if h.ok(err); len(page.Items) != 2 || page.Next == "" || page.Items[0].Verb != "reveal" {
		t.Fatalf("got %+v", page)
	}
	rest, err := h.reader().HistoryOf(h.ctx, h.staff["bob"], fang, []string{"reveal"}, store.Slice{Limit: 2, Cursor: page.Next})
	if h.ok(err); len(rest.Items) != 1 || rest.Next != "" {
		t.Errorf("the rest is %+v", rest)
	}
	all, err := h.reader().HistoryOf(h.ctx, h.staff["bob"], fang, nil, store.Slice{})
	if h.ok(err); len(all.Items) != 5 {
		t.Errorf("all is %+v", all.Items)
	}
}

func TestRequestIsFoundByItsReference(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.file(h.staff["ada"], proposal(fang, "phone", "13900139000"))
	id, err := h.reader().ByRef(h.ctx, h.staff["bob"], r.Ref())
	if h.ok(err); id != r.ID {
		t.Errorf("got %s", id)
	}
	_, err = h.reader().ByRef(h.ctx, h.staff["bob"], "REQ-0000000")
	h.refused(err, "no_change")
	_, err = h.reader().ByRef(h.ctx, h.staff["otto"], r.Ref())
	h.refused(err, "not_allowed")
}
