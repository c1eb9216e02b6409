package console

import (
	"net/http"
	"net/url"
	"slices"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/page"
	"amend/internal/store"
	"amend/org"
	"amend/policy"
)

// changePage is one request with everything that helps a person judge it, and the acts that
// they may do on it.
type changePage struct {
	lexicon
	Frame    page.ConsoleFrame
	Heading  string
	Peek     bool // it stands beside the list
	Me       access.Actor
	House    desk.House
	Calendar org.Calendar
	Req      store.Review
	Policy   *policy.Policy // the version that made its plan
	Seal     page.Proof     // "" for whoever may not read the log
	SealText string
	Stepped  bool   // the second factor was given lately
	Panel    string // which act's form is open, "" for none
	Form     page.Form
	Against  *page.Notice // what stood against an act that was just tried
	Clear    map[customer.Key]desk.RevealedItem
	Place    listPlace // where it stands in the list that the reader works through
	People   []page.Option
}

// panels are the acts whose forms a request opens below what it shows.
func panels() []string {
	return []string{"approve", "ask", "reject", "assign", "snooze", "freeze", "withdraw", "decide", "answer", "attest", "show"}
}

func changeShow(v *visit) error {
	c, err := v.changePage(v.changeID())
	if err != nil {
		return err
	}
	return v.show(changeSheet(c))
}

// changePanel is the same page with the form of one act open.
func changePanel(v *visit) error {
	panel := v.r.PathValue("panel")
	if !slices.Contains(panels(), panel) {
		return nowhere(v)
	}
	c, err := v.changePage(v.changeID())
	if err != nil {
		return err
	}
	if !c.offers(panel) {
		panel = "" // it was possible when the link was shown
	}
	return v.panel(c, panel, http.StatusOK)
}

// panel shows a request with one form open. What the form must offer is read for it alone.
func (v *visit) panel(c changePage, panel string, status int) error {
	c.Panel = panel
	if panel == "assign" {
		var err error
		if c.People, err = v.deciders(c); err != nil {
			return err
		}
	}
	return v.answer(status, changeSheet(c))
}

// changeID is the request that the address names.
func (v *visit) changeID() change.ID { return change.ID(v.r.PathValue("change")) }

// changePath is the address of a request, or of an act on it.
func changePath(id change.ID, act string) string {
	path := Base + "/changes/" + url.PathEscape(string(id))
	if act != "" {
		path += "/" + act
	}
	return path
}

// changePage reads everything that the page of a request shows.
func (v *visit) changePage(id change.ID) (changePage, error) {
	c, err := v.reviewed(id)
	if err != nil {
		return c, err
	}
	if c.Place, err = v.place(id); err != nil {
		return c, err
	}
	c.Frame = v.frame("/inbox")
	if c.Frame.Undo, err = v.undo(); err != nil {
		return c, err
	}
	c.Title, c.Path = c.Heading, c.Place.here(id)
	return c, nil
}

// reviewed reads a request and checks its newest entry.
func (v *visit) reviewed(id change.ID) (changePage, error) {
	c := changePage{lexicon: v.lexicon(), Me: v.by(), House: v.House, Calendar: v.House.Calendar, Stepped: v.stepped()}
	var err error
	if c.Req, err = v.Reader.Review(v.ctx, v.by(), id); err != nil {
		return c, err
	}
	if c.Policy, err = v.Desk.PolicyOf(v.ctx, c.Req.Plan.Policy); err != nil {
		return c, err
	}
	c.Heading = c.heading()
	return c, v.sealed(&c)
}

// sealed checks the newest entry of the request against the signed head, on this load. Whoever
// may not read the log sees no seal: it would claim what they cannot ask.
func (v *visit) sealed(c *changePage) error {
	if v.by().May(access.ReadLog) != nil || len(c.Req.Acts) == 0 {
		return nil
	}
	p := proofPage{Page: v.page, Full: store.EntryView{EntryLine: store.EntryLine{Act: c.Req.Acts[len(c.Req.Acts)-1]}}}
	if err := v.prove(&p); err != nil {
		return err
	}
	c.Seal, c.SealText = p.Seal, p.Says
	return nil
}

// High reports whether the request needs the second factor again, and every field viewed.
func (c changePage) High() bool { return c.Req.Risk == policy.HighRisk }

// Act is the address of an act on this request, or of its form.
func (c changePage) Act(name string) string { return changePath(c.Req.ID, name) }

// Open is the address of an act's form, which brings its reader back to the same list.
func (c changePage) Open(name string) string {
	q := url.Values{}
	if c.Place.Box != "" {
		q.Set("box", string(c.Place.Box))
	}
	if c.Place.Asked {
		q.Set("to", c.Place.To)
	}
	u := url.URL{Path: c.Act(name), RawQuery: q.Encode(), Fragment: "panel"}
	return u.String()
}

// entries are what every form on the request carries: where to go afterwards, and the list
// that its reader works through.
func (c changePage) entries() []page.Entry {
	return []page.Entry{{Name: "box", Value: string(c.Place.Box)}, {Name: "to", Value: c.Place.To}, {Name: "back", Value: c.shut()}}
}

// decision is what the form of a decision carries besides: the content that was seen.
func (c changePage) decision() []page.Entry {
	return append(c.entries(), page.Entry{Name: "content_hash", Value: c.Req.ContentHash})
}

// frame is the console around the page. While values are in clear, a browser without a
// script loads it again without them after the same half minute.
func (c changePage) frame() page.ConsoleFrame {
	f := c.Frame
	if len(c.Clear) > 0 {
		f.Doc.Head = page.Refresh(hideAfter)
	}
	return f
}
