package portal

import (
	"errors"
	"slices"
	"time"

	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// checkPage shows what would be sent, beside what is on record, and what happens then.
type checkPage struct {
	*page.Page
	Frame page.PortalFrame
	Form  page.Form
	Base  string
	Key   string // of the form
	Rows  []checkRow
	Lanes []checkLane
	Lost  bool      // it is asked for by the slower way
	Slow  time.Time // when that way would end; zero: it makes no difference
	Olds  string    // the contacts that would be lost
	Today string
}

// A checkRow is one value of the draft.
type checkRow struct {
	Key   customer.Key
	Row   page.DiffRow
	Edit  string
	Alike bool // only what is hidden differs
}

// A checkLane is a part that goes its own way.
type checkLane struct {
	Fields string
	Next   []page.NextThing
	Done   time.Time
}

func checkShow(v *visit) error { return v.check(page.Form{}, 200) }

// check shows the draft, with what the desk says about it now.
func (v *visit) check(form page.Form, status int) error {
	d, err := v.draft()
	if err != nil {
		return err
	}
	id := v.record()
	v.title("portal.check.title")
	c := checkPage{Page: v.page, Frame: v.step(3, v.base()), Form: form, Base: v.base(), Key: d.Key, Lost: form.Has("lost", "yes")}
	c.Today = v.page.Now.In(v.page.Zone).Format(time.DateOnly)
	if len(d.of(id)) == 0 {
		return v.answer(status, checkForm(c))
	}
	p := v.proposal(d, id)
	p.LostChannel = c.Lost
	p.Effective, _ = v.effective(form)
	lanes, err := v.foresee(p)
	if form, refused := v.refusedItems(err); refused {
		c.Form.Wrong = append(c.Form.Wrong, form.Wrong...)
		c.Rows = v.unforeseen(d, id)
		return v.answer(page.Status(err), checkForm(c))
	}
	if err != nil {
		return err
	}
	for _, lane := range lanes {
		c.Lanes = append(c.Lanes, checkLane{v.fields(keysOf(lane)), v.next(lane, c.Lost), v.through(lane.Plan.Gates, lane.Effective)})
		for _, it := range lane.Items {
			c.Rows = append(c.Rows, checkRow{it.Field, v.diff(it), v.base() + "/edit/" + string(it.Field), alike(it)})
		}
	}
	if c.Slow, err = v.slower(p, lanes); err != nil {
		return err
	}
	c.Olds = v.olds(lanes)
	return v.answer(status, checkForm(c))
}

// foresee is what a proposal would become.
func (v *visit) foresee(p desk.Proposal) ([]store.Foreseen, error) {
	filed, err := v.Desk.Preview(v.ctx, v.by(), p)
	if err != nil {
		return nil, err
	}
	return v.Reader.Foreseen(v.ctx, v.by(), filed.Changes)
}

// slower is when the same would be done for somebody whose old contact is lost, where that
// makes a difference.
func (v *visit) slower(p desk.Proposal, lanes []store.Foreseen) (time.Time, error) {
	asks := func(l store.Foreseen) bool {
		return l.Plan.Lost || slices.ContainsFunc(l.Plan.Gates, func(g store.GateView) bool { return g.Kind == change.Authority })
	}
	if !slices.ContainsFunc(lanes, asks) || v.olds(lanes) == "" {
		return time.Time{}, nil
	}
	p.LostChannel = true
	lost, err := v.foresee(p)
	if err != nil {
		return time.Time{}, err
	}
	var last time.Time
	for _, l := range lost {
		last = later(last, v.through(l.Plan.Gates, l.Effective))
	}
	return last, nil
}

// olds are the contacts that are replaced, as a list.
func (v *visit) olds(lanes []store.Foreseen) string {
	var keys []customer.Key
	for _, l := range lanes {
		for _, it := range l.Items {
			if f, _ := v.House.Catalog.Of(it.Field); f.Channel() && it.Was != nil {
				keys = append(keys, it.Field)
			}
		}
	}
	return v.fields(keys)
}

// refusedItems is what is wrong with the values of a draft by now, each with its field.
func (v *visit) refusedItems(err error) (page.Form, bool) {
	var first *fault.Error
	if !errors.As(err, &first) || first.Kind != fault.Invalid && first.Kind != fault.Conflict {
		return page.Form{}, false
	}
	var form page.Form
	for _, one := range append([]*fault.Error{first}, first.More...) {
		alone := *one
		alone.More = nil
		_, text := v.page.Lang.Fault(v.dated(&alone))
		switch {
		case alone.Field == "effective_at":
			form.Wrong = append(form.Wrong, page.Wrong{Name: "effective", Text: text})
		case alone.Field != "":
			form.Wrong = append(form.Wrong, page.Wrong{Text: v.page.T("portal.check.wrong", "field", v.label(customer.Key(alone.Field)), "text", text)})
		default:
			form.Wrong = append(form.Wrong, page.Wrong{Text: text})
		}
	}
	return form, true
}

// alike reports whether two values look the same once they are masked.
func alike(it store.Item) bool {
	return it.Was != nil && it.Now != nil && it.Was.Text == it.Now.Text
}

// unforeseen are the values of a draft that cannot be sent as they are: each can be changed.
func (v *visit) unforeseen(d draft, id customer.ID) []checkRow {
	var rows []checkRow
	for _, t := range d.of(id) {
		rows = append(rows, checkRow{t.Key, page.DiffRow{Field: v.label(t.Key), Kind: page.Changed}, v.base() + "/edit/" + string(t.Key), false})
	}
	return rows
}

func keysOf(l store.Foreseen) []customer.Key {
	keys := make([]customer.Key, len(l.Items))
	for i, it := range l.Items {
		keys[i] = it.Field
	}
	return keys
}

// effective is the day that the form names: its beginning in the company's zone, or now for
// today.
func (v *visit) effective(form page.Form) (time.Time, error) {
	day := form.Get("effective")
	if day == "" || day == v.page.Now.In(v.page.Zone).Format(time.DateOnly) {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, day, v.page.Zone)
	if err != nil {
		return at, fault.New(fault.Invalid, "bad_date", "field", "effective")
	}
	return at, nil
}

// checkDrop takes one value out of the draft.
func checkDrop(v *visit) error {
	d, err := v.draft()
	if err != nil {
		return err
	}
	if err := v.keep(d.drop(v.record(), customer.Key(v.form.Get("field")))); err != nil {
		return err
	}
	return v.goTo(v.base()+"/check", "")
}
