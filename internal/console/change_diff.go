package console

import (
	"strconv"

	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
	"amend/privacy"
)

// Rows are the fields of the request: what is there, what is asked for, and what looking at
// it found.
func (c changePage) Rows() []page.DiffRow {
	rows := make([]page.DiffRow, len(c.Req.Items))
	for i, it := range c.Req.Items {
		rows[i] = c.row(it)
	}
	return rows
}

func (c changePage) row(it store.Item) page.DiffRow {
	r := diffRow(c.lexicon, it, c.values(it))
	f, _ := c.Catalog.Of(it.Field)
	r.Note = joined([]string{c.Word("class", string(f.Class)), c.Word("tier", string(f.Tier))})
	r.NowBy, r.WasG, r.WasBy = c.T("console.diff.this_request"), string(it.WasGrade), c.wasBy(it)
	if r.Kind == page.Three {
		r.PastBy, r.WasBy = c.T("console.diff.reviewed"), c.T("console.diff.changed_since")
	}
	if c.did(change.Rebased) && !it.Conflict {
		r.Flagged = c.T("console.diff.rebased")
	}
	r.Checks = c.checks(it, r)
	if c.High() && c.Req.May.Decide {
		r.Seen = page.Tick{Name: "seen", Value: string(it.Field), Form: "approve", Checked: c.Form.Has("seen", string(it.Field))}
	}
	return r
}

// fieldValues are the values of one item as texts: masked, or in clear for a moment.
type fieldValues struct{ Was, Held, Now string }

func (c changePage) values(it store.Item) fieldValues {
	if clear, ok := c.Clear[it.Field]; ok {
		return fieldValues{Was: c.Value(it.Field, clear.Was), Held: c.Value(it.Field, clear.Held), Now: c.Value(it.Field, clear.Now)}
	}
	return maskedValues(c.lexicon, it)
}

func maskedValues(w lexicon, it store.Item) fieldValues {
	text := func(m *privacy.Masked) string {
		if m == nil {
			return ""
		}
		return w.Value(it.Field, m.Text)
	}
	return fieldValues{Was: text(it.Was), Held: text(it.Current), Now: text(it.Now)}
}

// diffRow compares the values of one item: two, or three where the record moved since.
func diffRow(w lexicon, it store.Item, is fieldValues) page.DiffRow {
	r := page.DiffRow{Field: w.Label(it.Field), Kind: page.Changed}
	switch {
	case it.Conflict:
		r.Kind, r.Past = page.Three, page.Unmarked(orWord(is.Was, w.T("page.diff.none")))
		r.Was, r.Now = page.Differ(orWord(is.Held, w.T("page.diff.none")), orWord(is.Now, w.T("page.diff.removed")))
	case it.Was == nil:
		r.Kind, r.Now = page.Added, page.Whole(is.Now)
	case it.Now == nil:
		r.Kind, r.Was = page.Removed, page.Whole(is.Was)
	default:
		r.Was, r.Now = page.Differ(is.Was, is.Now)
	}
	return r
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// wasBy is where the old value comes from, as long as it is the one on record.
func (c changePage) wasBy(it store.Item) string {
	held, known := c.Req.Values[it.Field]
	if it.Was == nil || !known || !c.Req.AppliedAt.IsZero() || held.Base != it.Base {
		return ""
	}
	return c.heldBy(held)
}

// did reports whether an act stands on record of the request.
func (c changePage) did(verb change.Verb) bool {
	for _, a := range c.Req.Acts {
		if a.Verb == string(verb) {
			return true
		}
	}
	return false
}

// checks are what was found about one proposed value.
func (c changePage) checks(it store.Item, r page.DiffRow) []page.Check {
	var all []page.Check
	add := func(holds bool, tone page.Tone, text string) {
		if holds {
			all = append(all, page.Check{Tone: tone, Text: text})
		}
	}
	f, _ := c.Catalog.Of(it.Field)
	must := c.mustAnswer(it.Field)
	add(it.Now != nil, page.OK, c.T("console.check.format"))
	add(must && c.answers(it.Field), page.OK, c.T("console.check.answers"))
	add(must && !c.answers(it.Field), page.Warn, c.T("console.check.no_answer"))
	for _, s := range c.Req.Shared {
		add(s.Field == it.Field, page.Warn, c.T("console.check.shared", "n", strconv.Itoa(len(s.Others))))
	}
	add(it.Conflict, page.Risk, c.T("console.check.moved"))
	add(c.veiled(it, r), page.Warn, c.T("console.check.veiled"))
	add(it.Now == nil && f.Contact(), page.Warn, c.T("console.check.contact_gone"))
	return all
}

// mustAnswer reports whether the plan demands that the proposed value answers.
func (c changePage) mustAnswer(k customer.Key) bool {
	for _, g := range c.Req.Plan.Gates {
		for _, key := range g.Fields {
			if g.Kind == change.Reachability && key == k {
				return true
			}
		}
	}
	return false
}

// veiled reports whether the masks hide all that differs: only a reveal shows it then.
func (c changePage) veiled(it store.Item, r page.DiffRow) bool {
	if r.Kind != page.Changed || it.Was == nil || it.Now == nil || !it.Now.Hidden {
		return false
	}
	for _, s := range append(r.Was, r.Now...) {
		if s.Mark {
			return false
		}
	}
	return true
}

// Count is how many fields the request changes.
func (c changePage) Count() string { return strconv.Itoa(len(c.Req.Items)) }
