package console

import (
	"net/url"
	"strconv"

	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// customerHistory is everything that was done to a record, or what one value of it was.
type customerHistory struct {
	customerPage
	Acts  []historyLine
	Next  string // address of the older ones
	Turns []store.Turn
}

// A historyLine is one act as a sentence.
type historyLine struct {
	store.Act
	Who     string
	Request page.Link
}

func historyShow(v *visit) error {
	c, err := v.customer(customer.ID(v.r.PathValue("customer")))
	if err != nil {
		return err
	}
	h := customerHistory{customerPage: c}
	q := v.r.URL.Query()
	h.Title = c.T("console.history.title", "name", c.name())
	if k := customer.Key(q.Get("field")); k != "" {
		if _, known := c.Catalog.Of(k); known {
			h.Field = k
			h.Turns, err = v.Reader.Turns(v.ctx, v.by(), c.Today.ID, k)
			if err != nil {
				return err
			}
			return v.show(turnsForm(h))
		}
	}
	acts, err := v.Reader.HistoryOf(v.ctx, v.by(), c.Today.ID, pastVerbs(h.Act), store.Slice{Cursor: q.Get("before")})
	if err != nil {
		return err
	}
	for _, a := range acts.Items {
		h.Acts = append(h.Acts, h.line(a))
	}
	if acts.Next != "" {
		h.Next = c.Home + "/history?" + url.Values{"act": {h.Act}, "before": {acts.Next}}.Encode()
	}
	return v.show(historyForm(h))
}

func (h customerHistory) line(a store.Act) historyLine {
	l := historyLine{Act: a, Who: who(h.Page, h.Dossier.People, a.By, string(a.Sort))}
	if a.Change != "" {
		l.Request = page.Link{Href: Base + "/changes/" + string(a.Change), Text: h.ref(a.Change)}
	}
	return l
}

// ref is what people quote of a request; one that is long over is named by what it is.
func (h customerHistory) ref(id change.ID) string {
	if r, known := h.Dossier.Requests[id]; known {
		return r.Ref
	}
	return h.T("console.history.request")
}

// place is the number of an entry in the log, "" while it waits for one.
func (l historyLine) place() string {
	if l.Pos == nil {
		return ""
	}
	return "#" + strconv.FormatInt(*l.Pos, 10)
}
