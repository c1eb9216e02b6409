package portal

import (
	"slices"
	"strconv"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// recordPage is what is on record of a customer, or of an account that they hold: each value
// masked, with when it was last known to be right and what changing it takes.
type recordPage struct {
	*page.Page
	Frame    page.PortalFrame
	Tabs     []page.Tab
	Base     string // address of the record
	Account  bool
	Groups   []recordGroup
	More     []page.Link // what may be added
	Accounts []page.Link
	Draft    int // values that were typed and not sent
	Open     []store.RequestLine
	Holds    []string
	Still    []customer.Key // what its customer may call still right
	Seen     int64          // version of the record
}

// A recordGroup is the values of one group.
type recordGroup struct {
	Title string
	Note  string
	Rows  []recordRow
}

// A recordRow is one value; one that its customer cannot ask to change has no address.
type recordRow struct {
	Key  customer.Key
	Line page.FieldLine
	Edit string
}

// record is whose pages these are: the customer's own record, or an account of theirs.
func (v *visit) record() customer.ID {
	if id := v.r.PathValue("record"); id != "" {
		return customer.ID(id)
	}
	return customer.ID(v.by().ID)
}

// base is the address of that record.
func (v *visit) base() string {
	if id := v.r.PathValue("record"); id != "" {
		return "/me/account/" + id
	}
	return "/me"
}

// tabs are the views of a record.
func (v *visit) tabs(at string) []page.Tab {
	tab := func(path string) page.Tab {
		return page.Tab{Href: v.base() + path, Text: v.page.T("portal.tab" + path), Current: path == at}
	}
	return []page.Tab{tab(""), tab("/history"), tab("/received")}
}

func meShow(v *visit) error {
	c, err := v.Reader.Customer(v.ctx, v.by(), v.record(), store.Demand{})
	if err != nil {
		return err
	}
	d, err := v.draft()
	if err != nil {
		return err
	}
	needs, err := v.Desk.Needs(v.ctx, v.by(), c.ID, v.mayChange(c))
	if err != nil {
		return err
	}
	account := c.ID != customer.ID(v.by().ID)
	v.title("portal.me.title")
	if account {
		v.title("portal.me.account")
	}
	m := recordPage{
		Page: v.page, Frame: v.frame(), Tabs: v.tabs(""), Base: v.base(), Account: account,
		Groups: v.groups(c, needs), More: v.addable(c), Draft: len(d.of(c.ID)),
	}
	for _, h := range c.Holds {
		m.Holds = append(m.Holds, v.page.T("portal.hold."+h.Action))
	}
	if account {
		m.Frame.Back = page.Link{Href: "/me", Text: v.page.T("portal.me.title")}
	}
	for _, l := range c.Relations {
		if l.Field == "holder" && l.From != c.ID {
			m.Accounts = append(m.Accounts, page.Link{Href: "/me/account/" + string(l.From), Text: v.accountName(l.From)})
		}
	}
	if m.Open, err = v.open(c.ID); err != nil {
		return err
	}
	m.Still, m.Seen = v.affirmable(c, m.Open), c.Version
	return v.show(recordForm(m))
}

// mayChange are the keys of which a customer is told what changing them takes.
func (v *visit) mayChange(c store.Customer) []customer.Key {
	var keys []customer.Key
	for _, h := range c.Values {
		if f, _ := v.House.Catalog.Of(h.Field); editable(f) {
			keys = append(keys, h.Field)
		}
	}
	return keys
}

func (v *visit) groups(c store.Customer, needs map[customer.Key]change.Plan) []recordGroup {
	rows := map[group][]recordRow{}
	slices.SortStableFunc(c.Values, func(a, b store.Held) int { return order(a.Field) - order(b.Field) })
	for _, h := range c.Values {
		f, known := v.House.Catalog.Of(h.Field)
		if !known {
			continue
		}
		row := recordRow{Key: h.Field, Line: page.FieldLine{Label: v.label(h.Field)}}
		if h.Value != nil {
			row.Line.Value = v.shown(h.Field, *h.Value)
			row.Line.Lang = v.langOf(row.Line.Value)
		}
		row.Line.Tone, row.Line.Icon, row.Line.Known = v.freshness(h)
		if editable(f) {
			row.Edit, row.Line.Need = v.base()+"/edit/"+string(h.Field), v.needs(needs[h.Field])
		}
		rows[groupOf(f)] = append(rows[groupOf(f)], row)
	}
	var all []recordGroup
	for _, g := range groupOrder() {
		if len(rows[g]) > 0 {
			note := ""
			if g == useGroup {
				note = v.page.T("portal.group.use_note", "hotline", v.page.House.Hotline)
			}
			all = append(all, recordGroup{v.page.T("portal.group." + string(g)), note, rows[g]})
		}
	}
	return all
}

// freshness says when a value was last known to be right.
func (v *visit) freshness(h store.Held) (page.Tone, string, string) {
	known := v.page.T("portal.known", "ago", v.ago(h.CheckedAt))
	if h.Freshness == store.Fresh {
		return page.Quiet, "check", known
	}
	return page.Warn, "clock", known
}

// ago is how long ago something was, as people say it.
func (v *visit) ago(t time.Time) string {
	days := int(v.page.Now.Sub(t).Hours() / 24)
	say := func(unit string, n int) string {
		if n == 1 {
			return v.page.T("portal.ago." + unit + ".1")
		}
		return v.page.T("portal.ago."+unit, "n", strconv.Itoa(n))
	}
	switch {
	case days < 1:
		return v.page.T("portal.ago.today")
	case days < 60:
		return say("days", days)
	case days < 730:
		return say("months", days/30)
	}
	return say("years", days/365)
}

// addable are the fields that a record may hold more of: contacts always, and whatever it
// holds nothing of.
func (v *visit) addable(c store.Customer) []page.Link {
	held := map[customer.Key]bool{}
	for _, h := range c.Values {
		held[h.Field] = true
	}
	var links []page.Link
	for _, f := range v.Reader.Catalog(v.ctx, v.by()) {
		if !editable(f) || !slices.Contains(f.Kinds, c.Kind) || held[customer.Key(f.Name)] && !f.Multi {
			continue
		}
		k := slot(f, func(k customer.Key) bool { return held[k] })
		text := v.page.Label(f.Label, f.Name)
		if k.Slot() != "" {
			text = v.page.T("portal.me.another", "field", text)
		}
		links = append(links, page.Link{Href: v.base() + "/edit/" + string(k), Text: text})
	}
	rank := func(l page.Link) int { // contacts first
		f, _ := v.House.Catalog.Of(customer.Key(l.Href[len(v.base()+"/edit/"):]))
		return slices.Index(groupOrder(), groupOf(f))*100 + order(customer.Key(f.Name))
	}
	slices.SortStableFunc(links, func(a, b page.Link) int { return rank(a) - rank(b) })
	return links
}

// accountName is what an account is called: its number, masked.
func (v *visit) accountName(id customer.ID) string {
	c, err := v.Reader.Customer(v.ctx, v.by(), id, store.Demand{})
	if err == nil {
		for _, h := range c.Values {
			if slices.Contains([]customer.Key{"account_no", "member_card", "patient_file_no", "contract_no"}, h.Field) && h.Value != nil {
				return v.label(h.Field) + " " + *h.Value
			}
		}
	}
	return v.page.Word("record", string(customer.Account))
}

// open are the requests on a record that go on.
func (v *visit) open(id customer.ID) ([]store.RequestLine, error) {
	all, err := v.Reader.Requests(v.ctx, v.by(), store.Filter{Record: id}, store.Slice{Limit: 20})
	return slices.DeleteFunc(all.Items, func(l store.RequestLine) bool { return !l.EndedAt.IsZero() && l.State != change.Disputed }), err
}
