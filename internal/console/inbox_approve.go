package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
	"amend/policy"
)

// inboxApproved says of each request what became of it.
type inboxApproved struct {
	lexicon
	Frame page.ConsoleFrame
	Lines []approvedLine
	Back  string
}

// An approvedLine is one request and how its approval went.
type approvedLine struct {
	ID   change.ID
	Ref  string
	What string
	Text string // what stood against it; "" if nothing did
}

// maxBulk bounds how many requests are approved at once: more are not read.
const maxBulk = 50

// inboxApprove approves several requests, each by itself: one that may not be, because its
// risk is not low any more or its content moved, holds up no other.
func inboxApprove(v *visit) error {
	picked := v.form.Values["pick"]
	switch {
	case len(picked) == 0:
		return fault.New(fault.Invalid, "nothing_picked")
	case len(picked) > maxBulk:
		return fault.New(fault.Invalid, "too_many_items", "max", maxBulk)
	}
	v.page.Title = v.page.T("console.bulk.title")
	out := inboxApproved{lexicon: v.lexicon(), Frame: v.frame("/inbox"), Back: page.Back(v.form.Get("back"), Base+"/inbox")}
	var fields []customer.Key
	for _, pick := range picked {
		id, hash, _ := strings.Cut(pick, ":")
		l, keys, err := v.approveOne(change.ID(id), hash, fields)
		if err != nil {
			return err
		}
		if len(fields) == 0 {
			fields = keys
		}
		out.Lines = append(out.Lines, l)
	}
	return v.answer(http.StatusOK, inboxDone(out))
}

// approveOne approves one of them, if it changes the same fields as the first.
func (v *visit) approveOne(id change.ID, hash string, fields []customer.Key) (approvedLine, []customer.Key, error) {
	l := approvedLine{ID: id, Ref: string(id)}
	req, err := v.Reader.Review(v.ctx, v.by(), id)
	keys := keysOf(req.Items)
	if err == nil {
		l.Ref, l.What = req.Ref, listedFields(v.lexicon(), req.Items, 3)
		err = bulkFits(req, keys, fields)
	}
	if err == nil {
		err = v.Desk.Intend(v.ctx, v.by(), id, change.Decision{Verdict: change.Approved, Hash: hash})
	}
	if err == nil {
		return l, keys, nil
	}
	f := asFault(err)
	if f == nil {
		return l, keys, err
	}
	_, l.Text = v.page.Lang.Fault(f)
	return l, keys, nil
}

// bulkFits refuses what must be read alone.
func bulkFits(req store.Review, keys, fields []customer.Key) error {
	switch {
	case req.Risk != policy.LowRisk:
		return fault.New(fault.Denied, "bulk_not_low")
	case len(fields) > 0 && !slices.Equal(keys, fields):
		return fault.New(fault.Invalid, "bulk_other_fields")
	}
	return nil
}

// Done counts the approvals that are on record.
func (a inboxApproved) Done() int {
	n := 0
	for _, l := range a.Lines {
		if l.Text == "" {
			n++
		}
	}
	return n
}

func (a inboxApproved) lede() string {
	return a.T("console.bulk.lede", "n", strconv.Itoa(a.Done()), "of", strconv.Itoa(len(a.Lines)))
}
