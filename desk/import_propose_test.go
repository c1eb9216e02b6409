package desk_test

import (
	"errors"
	"io"
	"testing"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/intake"
	"amend/internal/store"
)

// rows answers rows one after another.
func rowsOf(rows ...desk.ImportRow) func() (desk.ImportRow, error) {
	i := 0
	return func() (desk.ImportRow, error) {
		if i == len(rows) {
			return desk.ImportRow{}, io.EOF
		}
		i++
		return rows[i-1], nil
	}
}

// says is a row of a person.
func says(line int, pairs ...string) desk.ImportRow {
	r := desk.ImportRow{Line: line, Kind: customer.Person}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Values = append(r.Values, intake.Proposed{Key: customer.Key(pairs[i]), Text: pairs[i+1], Column: pairs[i]})
	}
	return r
}

func TestRowsOfAFileBecomeRequestsOnceEach(t *testing.T) {
	h := open(t)
	sue := h.staff["sue"]
	fang := h.fang() // 13800138000, fang@example.com
	chen := h.customer(map[customer.Key]customer.Content{"legal_name": "陈国", "external_id": "C-77", "employer": "Lanshi"})
	_, err := h.desk.StartProposals(h.ctx, sue, desk.ProposalStart{Name: "fair.csv", Digest: "d1", Source: "staff", Reason: "leads"})
	h.refused(err, "bad_source")
	_, err = h.desk.StartProposals(h.ctx, h.staff["otto"], desk.ProposalStart{Name: "fair.csv", Digest: "d1", Source: "event:fair", Reason: "leads"})
	h.refused(err, "not_allowed")
	start := desk.ProposalStart{Name: "fair.csv", Digest: "d1", Source: "event:spring-fair", Reason: "leads of the fair"}
	run, err := h.desk.StartProposals(h.ctx, sue, start)
	h.ok(err)

	name, err := h.view().Record(fang)
	h.ok(err)
	rows := []desk.ImportRow{
		says(2, "external_id", "C-77", "employer", "Huaxin"),
		says(3, "external_id", "C-77", "employer", "Lanshi"),
		says(4, "phone", "138 0013 8000", "legal_name", string(name.Get("legal_name")), "employer", "Lanshi"),
		says(5, "phone", "138 0013 8000", "legal_name", "别人", "email", "somebody@example.com"),
		says(6, "external_id", "C-77", "phone", "12"),
	}
	fates := map[int64]desk.RowFate{}
	var bad []intake.Fault
	stop := errors.New("the machine died")
	told := func(r store.ImportRun, fate desk.RowFate, faults []intake.Fault) error {
		fates[r.Line] = fate
		bad = append(bad, faults...)
		if r.Line == 3 && len(fates) == 2 {
			return stop
		}
		return nil
	}
	if _, err = h.desk.ProposeTable(h.ctx, sue, run, rowsOf(rows...), told); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	run, err = h.desk.StartProposals(h.ctx, sue, start)
	h.ok(err)
	run, err = h.desk.ProposeTable(h.ctx, sue, run, rowsOf(rows...), told)
	h.ok(err)

	want := map[int64]desk.RowFate{2: desk.RowChanged, 3: desk.RowSame, 4: desk.RowChanged, 5: desk.RowNew, 6: desk.RowSame}
	for line, fate := range want {
		if fates[line] != fate {
			t.Errorf("row %d is %s, want %s", line, fates[line], fate)
		}
	}
	if len(bad) != 1 || bad[0].Line != 6 || bad[0].Column != "phone" {
		t.Errorf("faults %+v", bad)
	}
	if n := h.count(`SELECT COUNT(*) FROM change_request WHERE record_id = $1`, chen); n != 1 {
		t.Errorf("%d requests about chen", n)
	}
	counted, err := h.view().ImportProposal(run.ID)
	if h.ok(err); counted.Changed != 2 || counted.Created != 1 || counted.Same != 2 || run.State != "done" {
		t.Errorf("%+v of %+v", counted, run)
	}
	_, err = h.desk.StartProposals(h.ctx, sue, start)
	h.refused(err, "imported_before")
}

func TestRowThatMayMeanTwoIsHandedBack(t *testing.T) {
	h := open(t)
	for range 2 {
		h.customer(map[customer.Key]customer.Content{"legal_name": "王强", "phone": "+8613600136000"})
	}
	fate, faults, err := h.desk.ForeseeRow(h.ctx, h.staff["sue"], store.ImportRun{}, says(2, "phone", "13600136000", "legal_name", "王强", "employer", "Huaxin"))
	if h.ok(err); fate != desk.RowUnclear || len(faults) != 1 || faults[0].Err.Code != "row_ambiguous" {
		t.Errorf("%s %+v", fate, faults)
	}
	_, _, err = h.desk.ForeseeRow(h.ctx, access.Actor{Sort: access.Staff}, store.ImportRun{}, says(2, "employer", "Huaxin"))
	h.refused(err, "not_allowed")
}
