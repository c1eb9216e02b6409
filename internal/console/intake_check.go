package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"

	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/lang"
	"amend/internal/page"
	"amend/internal/store"
)

// intakeCheckPage reads back what the caller said, and says what it needs, before it is filed.
type intakeCheckPage struct {
	lexicon
	Frame page.ConsoleFrame
	Taken taken
	Lines []aloudLine
	Lanes []laneLine
	Back  string // where the form posts to
	Key   string
}

// An aloudLine is one value as it is read to the caller: their own words, in groups.
type aloudLine struct {
	Key  customer.Key
	Text string // "" gives it up
}

// A laneLine is what some of the fields need, gate by gate.
type laneLine struct {
	Fields []customer.Key
	Gates  []string
}

// intakeFile takes what a caller said: it reads it back first, and files it then.
func intakeFile(v *visit) error {
	p, err := v.intakeFilePage(v.form.Values["field"])
	if err != nil {
		return err
	}
	if do := v.form.Get("do"); do != "check" && do != "file" { // "regions", "back": the form again
		return v.show(intakeFileForm(p))
	}
	proposal, form := p.Taken.proposal(v.page, v.House.Catalog)
	if len(form.Wrong) == 0 {
		if form, err = v.checked(p.Taken, proposal, form); err == nil {
			return nil
		}
	}
	if len(form.Wrong) == 0 {
		return err
	}
	p.Taken.Form = form
	return v.answer(http.StatusUnprocessableEntity, intakeFileForm(p))
}

// errTyped says that a form has to be typed again, for what stands at its entries.
var errTyped = errors.New("typed again")

// checked reads a proposal back, or files it. A form that has to be corrected comes back
// with what is wrong.
func (v *visit) checked(t taken, p desk.Proposal, form page.Form) (page.Form, error) {
	if v.form.Get("do") == "file" {
		return v.filed(p, form)
	}
	foreseen, err := v.Desk.Preview(v.ctx, v.by(), p)
	if err != nil {
		return v.again(form, err)
	}
	c := intakeCheckPage{lexicon: v.lexicon(), Frame: v.frame("/intake"), Taken: t, Back: Base + "/intake/new"}
	if t.Record != "" {
		c.Back = Base + "/intake/" + string(t.Record)
	}
	c.Path, c.Title = c.Back, v.page.T("console.intake.check.title")
	if c.Key, err = v.formKey(); err != nil {
		return form, err
	}
	for _, item := range p.Items {
		c.Lines = append(c.Lines, aloudLine{item.Key, c.aloud(item)})
	}
	for _, lane := range foreseen.Changes {
		c.Lanes = append(c.Lanes, c.lane(lane))
	}
	return form, v.show(intakeCheckForm(c))
}

// again is a form with what a verb found wrong in it, or the error that no correction helps.
func (v *visit) again(form page.Form, err error) (page.Form, error) {
	if form, typed := form.Refused(v.page, err); typed {
		return form, errTyped
	}
	return page.Form{}, err
}

// filed files what was read back, once for each form: a second press leads to what the first
// one did.
func (v *visit) filed(p desk.Proposal, form page.Form) (page.Form, error) {
	if v.form.Get("key") == "" {
		return page.Form{}, fault.New(fault.Malformed, "bad_parameter", "field", "key")
	}
	sum := sha256.Sum256([]byte("intake\x00" + v.by().ID + "\x00" + v.form.Get("key")))
	name := hex.EncodeToString(sum[:])
	if was, err := v.Reader.Repeat(v.ctx, v.by(), name); err == nil {
		return page.Form{}, v.filedBefore(was)
	} else if !errors.Is(err, store.ErrNoRow) {
		return page.Form{}, err
	}
	filed, err := v.Desk.Propose(store.Once(v.ctx, name, sum[:]), v.by(), p)
	if err != nil {
		return v.again(form, err)
	}
	return page.Form{}, v.goTo(Base+"/intake/changes/"+string(filed.Changes[0].ID), "filed")
}

func (v *visit) filedBefore(was store.Repeat) error {
	requests, err := v.Reader.FiledAt(v.ctx, v.by(), was.At)
	if err != nil {
		return err
	}
	return v.goTo(Base+"/intake/changes/"+string(requests[0].ID), "filed")
}

// aloud is a value as it is read, "" for one that is given up.
func (c intakeCheckPage) aloud(item desk.Proposed) string {
	if string(item.Value) == "null" {
		return ""
	}
	return c.Value(item.Key, plainText(item.Value))
}

// lane says the gates of some fields in words.
func (c intakeCheckPage) lane(r change.Request) laneLine {
	l := laneLine{Fields: r.Keys()}
	for _, g := range r.Plan.Gates {
		l.Gates = append(l.Gates, c.gate(g))
	}
	if len(l.Gates) == 0 {
		l.Gates = []string{c.T("console.gate.none")}
	}
	return l
}

func (w lexicon) gate(g change.Gate) string {
	switch g.Kind {
	case change.Authority, change.Evidence:
		return w.T("console.gate."+string(g.Kind), "methods", w.combos(g.Any))
	case change.Reachability:
		return w.T("console.gate.reachability", "fields", w.Labels(g.Keys))
	case change.Approval:
		return w.T("console.gate.approval", "role", w.Word("role", g.Level.Role), "n", strconv.Itoa(g.Level.Quorum))
	case change.Cool:
		return w.T("console.gate.cool", "span", w.Span(g.For))
	}
	return w.Word("gate", string(g.Kind))
}

// combos are the ways to open a gate: the preferred one, and how many slower ones there are.
func (w lexicon) combos(any []change.Combo) string {
	if len(any) == 0 {
		return ""
	}
	var of []string
	for _, m := range any[0].Of {
		of = append(of, string(m))
	}
	words := w.Methods(of)
	if any[0].Need > 1 {
		words = w.T("console.gate.need", "n", strconv.Itoa(any[0].Need), "methods", words)
	}
	if more := len(any) - 1; more > 0 {
		words = w.T("console.gate.more", "methods", words, "n", strconv.Itoa(more))
	}
	return words
}

// aloudIn is the script in another language than the page's: the caller's may be another.
func (c intakeCheckPage) aloudIn(l lang.Lang) lexicon {
	other := *c.Page
	other.Lang = l
	return lexicon{&other, c.Catalog}
}

// other is the language that the page does not speak.
func (c intakeCheckPage) other() lang.Lang {
	if c.Lang == lang.ZH {
		return lang.EN
	}
	return lang.ZH
}
