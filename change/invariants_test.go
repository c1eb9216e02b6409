package change_test

import (
	"errors"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/change/changetest"
	"amend/fault"
)

// broke fails t unless err names the broken invariant, "" for none.
func broke(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := ""
	var f *fault.Error
	if errors.As(err, &f) {
		got = f.Params["which"]
		if f.Kind != fault.Internal || f.Code != "invariant_broken" {
			t.Errorf("%s: %v of kind %d", what, f, f.Kind)
		}
	}
	if got != want {
		t.Errorf("%s: broke %q, want %q", what, got, want)
	}
}

func TestEveryPlantedBreakIsFound(t *testing.T) {
	levels := []change.Gate{changetest.Evidence(1, change.Sighted), changetest.Level("L1", 2)}
	bob := func(r *change.Request) *change.Decision { return &r.Decisions[0] }
	reverted := func(r *change.Request, votes ...string) {
		r.End, r.EndedAt, r.EndCode = change.Reverted, changetest.At(20*day), "disputed"
		r.Dispute = &change.Disagreement{By: changetest.Customer(), Outcome: change.Revert, Proofs: []change.Proof{proof("dispute", change.SMSCode)}}
		for _, id := range votes {
			r.Dispute.Votes = append(r.Dispute.Votes, change.Vote{By: changetest.Staff(id), Outcome: change.Revert})
		}
	}
	for name, c := range map[string]struct {
		plant func(*change.Request)
		want  string
	}{
		"sound":                          {func(*change.Request) {}, ""},
		"no item":                        {func(r *change.Request) { r.Items = nil }, "items_differ"},
		"the same item twice":            {func(r *change.Request) { r.Items = append(r.Items, r.Items[0]) }, "items_differ"},
		"one person twice":               {func(r *change.Request) { bob(r).By.ID = "carol" }, "deciders_differ"},
		"a person and their delegate":    {func(r *change.Request) { bob(r).For = "carol" }, "deciders_differ"},
		"the requester":                  {func(r *change.Request) { r.Filed.ID = "bob" }, "deciders_uninvolved"},
		"the collector":                  {func(r *change.Request) { r.Collector = &change.Party{ID: "bob"} }, "deciders_uninvolved"},
		"the verifier":                   {func(r *change.Request) { bob(r).By.ID = "clerk-sighted" }, "deciders_uninvolved"},
		"a delegate of the verifier":     {func(r *change.Request) { bob(r).For = "clerk-sighted" }, "deciders_uninvolved"},
		"who proved an earlier proposal": {func(r *change.Request) { r.Unproven = []change.Proof{{By: changetest.Staff("bob")}} }, "deciders_uninvolved"},
		"a customer":                     {func(r *change.Request) { bob(r).By.Sort = access.Customer }, "deciders_uninvolved"},
		"an unknown verdict":             {func(r *change.Request) { bob(r).Verdict = "perhaps" }, "rejection_ends"},
		"a word after the rejection":     {func(r *change.Request) { bob(r).Verdict = change.Rejected }, "rejection_ends"},
		"a rejection without an end":     {func(r *change.Request) { r.Decisions[1].Verdict = change.Rejected }, "rejection_ends"},
		"an end without a rejection": {func(r *change.Request) {
			r.End, r.EndedAt, r.EndCode = change.Refused, changetest.At(day), "value_wrong"
		}, "rejection_ends"},
		"an end without a time":   {func(r *change.Request) { r.End, r.EndCode = change.Confirmed, "confirmed" }, "end_whole"},
		"an end without a reason": {func(r *change.Request) { r.End, r.EndedAt = change.Confirmed, changetest.At(day) }, "end_whole"},
		"a time without an end":   {func(r *change.Request) { r.EndedAt = changetest.At(day) }, "end_whole"},
		"an end of no such name": {func(r *change.Request) {
			r.End, r.EndedAt, r.EndCode = change.Cooling, changetest.At(day), "x"
		}, "end_fits"},
		"withdrawn after the apply": {func(r *change.Request) {
			r.End, r.EndedAt, r.EndCode = change.Withdrawn, changetest.At(day), "withdrawn"
		}, "end_fits"},
		"confirmed before the apply": {func(r *change.Request) {
			r.End, r.EndedAt, r.EndCode = change.Confirmed, changetest.At(day), "confirmed"
			r.AppliedAt, r.Version = time.Time{}, 0
		}, "end_fits"},
		"a proof less":              {func(r *change.Request) { r.Proofs = nil }, "gates_met"},
		"an approval less":          {func(r *change.Request) { r.Decisions = r.Decisions[:1] }, "gates_met"},
		"another content":           {func(r *change.Request) { r.Items[0].Now = "+8613900000009" }, "gates_met"},
		"before its effective date": {func(r *change.Request) { r.Effective = changetest.At(90 * day); reapprove(t, r) }, "gates_met"},
		"over an open question":     {func(r *change.Request) { r.Questions = []change.Question{{Text: "why?"}} }, "gates_met"},
		"over a conflict":           {func(r *change.Request) { r.Conflict = &change.Conflict{} }, "gates_met"},
		"without a version":         {func(r *change.Request) { r.Version = 0 }, "gates_met"},
		"a version without apply":   {func(r *change.Request) { r.AppliedAt = time.Time{} }, "gates_met"},
		"reverted without a dispute": {func(r *change.Request) {
			r.End, r.EndedAt, r.EndCode = change.Reverted, changetest.At(day), "disputed"
		}, "dispute_decided"},
		"kept without a dispute": {func(r *change.Request) {
			r.End, r.EndedAt, r.EndCode = change.Kept, changetest.At(day), "kept"
		}, "dispute_decided"},
		"reverted":                  {func(r *change.Request) { reverted(r, "gus") }, ""},
		"reverted by nobody":        {func(r *change.Request) { reverted(r) }, "dispute_decided"},
		"reverted without a proof":  {func(r *change.Request) { reverted(r, "gus", "hal"); r.Dispute.Proofs = nil }, "dispute_decided"},
		"reverted, but it is kept":  {func(r *change.Request) { reverted(r, "gus"); r.End = change.Kept }, "dispute_decided"},
		"reverted by its approver":  {func(r *change.Request) { reverted(r, "bob") }, "voters_uninvolved"},
		"reverted by its verifier":  {func(r *change.Request) { reverted(r, "clerk-sighted") }, "voters_uninvolved"},
		"reverted by one vote less": {func(r *change.Request) { reverted(r, "gus", "gus") }, "voters_uninvolved"},
		"reverted by who froze it":  {func(r *change.Request) { reverted(r, "gus"); r.Dispute.By.ID = "gus" }, "voters_uninvolved"},
		"reverted by who proved":    {func(r *change.Request) { reverted(r, "gus"); r.Dispute.Proofs[0].By.ID = "gus" }, "voters_uninvolved"},
	} {
		r := changetest.Applied(t, levels...)
		c.plant(&r)
		broke(t, name, change.Invariants(r), c.want)
	}
}

func TestNoActFollowsAnEnd(t *testing.T) {
	withdrawn := changetest.Verified(t)
	_, err := withdrawn.Withdraw(changetest.Customer(), changetest.At(2*time.Hour))
	ok(t, err)
	held := frozen(t, changetest.Approved(t), changetest.At(3*time.Hour))
	ended := func(r *change.Request) { r.End, r.EndedAt, r.EndCode = change.Expired, changetest.At(day), "too_late" }
	for name, c := range map[string]struct {
		was  change.Request
		act  func(*change.Request)
		want string
	}{
		"an approval":                 {changetest.Verified(t), func(r *change.Request) { changetest.Approve(t, r, "bob", changetest.At(2*time.Hour)) }, ""},
		"a dispute after the end":     {changetest.Applied(t), func(r *change.Request) { *r = frozen(t, *r, changetest.At(11*day)) }, ""},
		"another record":              {changetest.Filed(), func(r *change.Request) { r.Record = "eve" }, "same_request"},
		"another requester":           {changetest.Filed(), func(r *change.Request) { r.Filed.ID = "eve" }, "same_request"},
		"a second end":                {withdrawn, ended, "one_end"},
		"an end taken back":           {withdrawn, func(r *change.Request) { r.End = "" }, "one_end"},
		"an apply undone":             {changetest.Applied(t), func(r *change.Request) { r.AppliedAt = time.Time{} }, "applied_once"},
		"another version":             {changetest.Applied(t), func(r *change.Request) { r.Version++ }, "applied_once"},
		"a proof after the end":       {withdrawn, func(r *change.Request) { r.Proofs = append(r.Proofs, change.Proof{}) }, "nothing_after_the_end"},
		"a decision after the apply":  {changetest.Applied(t), func(r *change.Request) { r.Decisions = append(r.Decisions, change.Decision{}) }, "nothing_after_the_end"},
		"a proposal after the apply":  {changetest.Applied(t), func(r *change.Request) { r.Items = []change.Item{{Key: "phone", Now: "x"}} }, "nothing_after_the_end"},
		"a question while frozen":     {held, func(r *change.Request) { r.Questions = []change.Question{{}} }, "nothing_after_the_end"},
		"an apply while frozen":       {held, func(r *change.Request) { r.AppliedAt = changetest.At(day) }, "frozen"},
		"an end while frozen":         {held, ended, "frozen"},
		"the decision of the dispute": {held, func(r *change.Request) { _, err := vote(r, "gus", change.Reject); ok(t, err) }, ""},
	} {
		is := c.was
		c.act(&is)
		broke(t, name, change.Follows(c.was, is), c.want)
	}
}
