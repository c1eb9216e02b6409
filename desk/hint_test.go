package desk_test

import (
	"strings"
	"testing"

	"amend/access"
	"amend/customer"
	"amend/internal/store"
)

// hints are what is open about a record, as somebody may see it.
func (h *house) hints(by access.Actor, id customer.ID) []store.Hint {
	h.t.Helper()
	d, err := store.NewReader(h.store, h.books.Calendar).Dossier(h.ctx, by, id)
	h.ok(err)
	return d.Hints
}

func TestHintIsATaskWithADateAndItsWordsAreSealed(t *testing.T) {
	h := open(t)
	fang := h.fang()
	const words = "says that she works at Lanshi now"
	h.ok(h.desk.Hint(h.ctx, h.staff["ada"], fang, "employer", words))

	got := h.hints(h.staff["sue"], fang)
	if len(got) != 1 || got[0].Text != words || got[0].By != h.staff["ada"].ID || got[0].Field != "employer" {
		t.Fatalf("a steward sees %+v", got)
	}
	if due := h.books.Calendar.Add(got[0].At, 2*h.books.Calendar.Day()); !got[0].Due.Equal(due) {
		t.Errorf("due %s, not %s", got[0].Due, due)
	}
	board, err := store.NewReader(h.store, h.books.Calendar).Board(h.ctx, h.staff["sue"])
	if h.ok(err); len(board.Tasks) != 1 || board.Tasks[0].Kind != store.HintTask || board.Tasks[0].Role != string(access.Steward) {
		t.Errorf("on the board: %+v", board.Tasks)
	}
	if seen := h.hints(h.staff["bob"], fang); len(seen) != 1 || seen[0].Text != "" {
		t.Errorf("who neither wrote nor judges it sees %+v", seen)
	}
	var body []byte
	h.ok(h.view().Row(`SELECT body FROM entry WHERE id = $1`, got[0].ID).Scan(&body))
	if len(body) == 0 || strings.Contains(string(body), "Lanshi") {
		t.Errorf("the log holds %q", body)
	}
}

func TestHintIsJudgedOnceAndByASteward(t *testing.T) {
	h := open(t)
	fang, other := h.fang(), h.customer(map[customer.Key]customer.Content{"legal_name": "陈国"})
	h.ok(h.desk.Hint(h.ctx, h.staff["ada"], fang, "phone", "a new number"))
	hint := h.hints(h.staff["ada"], fang)[0].ID

	h.refused(h.desk.JudgeHint(h.ctx, h.staff["ada"], fang, hint, "followed"), "not_allowed")
	h.refused(h.desk.JudgeHint(h.ctx, h.staff["sue"], other, hint, "followed"), "no_task")
	h.refused(h.desk.JudgeHint(h.ctx, h.staff["sue"], fang, hint, "forgotten"), "bad_parameter")
	h.ok(h.desk.JudgeHint(h.ctx, h.staff["sue"], fang, hint, "dismissed"))
	h.refused(h.desk.JudgeHint(h.ctx, h.staff["sue"], fang, hint, "followed"), "task_done")
	if open := h.hints(h.staff["sue"], fang); len(open) != 0 {
		t.Errorf("still open: %+v", open)
	}
}

func TestDoubtIsOneActAndOneTaskForEachField(t *testing.T) {
	h := open(t)
	fang := h.fang()
	h.ok(h.desk.Hint(h.ctx, h.staff["ada"], fang, "phone", ""))
	h.ok(h.desk.Hint(h.ctx, h.staff["ada"], fang, "phone", ""))
	h.ok(h.desk.Hint(h.ctx, h.staff["ada"], fang, "email", ""))
	if got := h.hints(h.staff["sue"], fang); len(got) != 2 || got[0].Text != "" || got[1].Text != "" {
		t.Fatalf("a steward sees %+v", got)
	}
	h.ok(h.desk.Hint(h.ctx, h.staff["ada"], fang, "phone", "she has a new one"))
	if got := h.hints(h.staff["sue"], fang); len(got) != 3 {
		t.Errorf("words beside a doubt: %+v", got)
	}
	h.ok(h.desk.JudgeHint(h.ctx, h.staff["sue"], fang, h.hints(h.staff["sue"], fang)[1].ID, "dismissed"))
	if got := h.hints(h.staff["sue"], fang); len(got) != 2 {
		t.Errorf("after one was judged: %+v", got)
	}
}

func TestHintNeedsAFieldOfTheRecord(t *testing.T) {
	h := open(t)
	fang := h.fang()
	h.refused(h.desk.Hint(h.ctx, h.staff["ada"], fang, "shoe", "41"), "unknown_field")
	h.refused(h.desk.Hint(h.ctx, h.staff["ada"], fang, "uscc", "of a company"), "field_not_of_kind")
	h.refused(h.desk.Hint(h.ctx, h.staff["ada"], fang, "phone", strings.Repeat("x", 1001)), "too_long")
	h.refused(h.desk.Hint(h.ctx, h.staff["bob"], fang, "phone", "new"), "not_allowed")
	h.refused(h.desk.Hint(h.ctx, self(fang), fang, "phone", "new"), "staff_only")
}
