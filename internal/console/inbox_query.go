package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
	"amend/org"
	"amend/policy"
)

// An inboxQuery is which part of which box is shown, in which order. It is the address of the
// page: it names codes and references, never a customer's value.
type inboxQuery struct {
	Box     store.Box
	Risk    string
	Channel string
	Field   string
	State   string
	Due     string // "soon": little time is left
	Ref     string // the beginning of a reference
	Sort    string // "" is by urgency; "new", "old"
	At      change.ID
}

// readInboxQuery reads the address of an inbox. What is no code of ours asks for nothing.
func readInboxQuery(q url.Values, box store.Box) inboxQuery {
	asked := inboxQuery{
		Box: store.Box(q.Get("box")), Channel: q.Get("channel"), Field: q.Get("field"), State: q.Get("state"), Due: q.Get("due"),
		Risk: q.Get("risk"), Ref: strings.ToUpper(strings.TrimSpace(q.Get("ref"))), Sort: q.Get("sort"), At: change.ID(q.Get("at")),
	}
	if !slices.Contains(store.Boxes(), asked.Box) {
		asked.Box = box
	}
	return asked
}

// values are the parts of the query that ask for something.
func (q inboxQuery) values() url.Values {
	all := url.Values{"box": {string(q.Box)}}
	for name, value := range map[string]string{
		"risk": q.Risk, "channel": q.Channel, "field": q.Field, "state": q.State, "due": q.Due, "ref": q.Ref, "sort": q.Sort, "at": string(q.At),
	} {
		if value != "" {
			all.Set(name, value)
		}
	}
	return all
}

// path is the address of the inbox under the query.
func (q inboxQuery) path() string { return Base + "/inbox?" + q.values().Encode() }

// at is the query with a request beside the list.
func (q inboxQuery) at(id change.ID) inboxQuery {
	q.At = id
	return q
}

// Narrow reports whether the query leaves anything out.
func (q inboxQuery) Narrow() bool {
	return q != inboxQuery{Box: q.Box, Sort: q.Sort, At: q.At}
}

// narrowed are the lines that the query asks for, in its order.
func (q inboxQuery) narrowed(lines []store.InboxLine, now time.Time, calendar org.Calendar) []store.InboxLine {
	kept := slices.DeleteFunc(slices.Clone(lines), func(l store.InboxLine) bool { return !q.keeps(l, now, calendar) })
	if q.Sort == "new" || q.Sort == "old" {
		slices.SortStableFunc(kept, func(a, b store.InboxLine) int {
			if q.Sort == "new" {
				a, b = b, a
			}
			return a.FiledAt.Compare(b.FiledAt)
		})
	}
	return kept
}

func (q inboxQuery) keeps(l store.InboxLine, now time.Time, calendar org.Calendar) bool {
	touches := slices.ContainsFunc(l.Items, func(it store.Item) bool { return it.Field.Field() == q.Field })
	return (q.Risk == "" || string(l.Risk) == q.Risk) &&
		(q.Channel == "" || l.Channel == q.Channel) &&
		(q.Field == "" || touches) &&
		(q.State == "" || string(l.State) == q.State) &&
		(q.Due != "soon" || near(l, now, calendar)) &&
		strings.HasPrefix(l.Ref, q.Ref)
}

// near reports whether little working time is left for a request, or none.
func near(l store.InboxLine, now time.Time, calendar org.Calendar) bool {
	return !l.Due.IsZero() && !l.Paused && calendar.Between(now, l.Due) < slaNear
}

// The choices of the query bar.

func (p inboxPage) sorts() []page.Option {
	return []page.Option{{Text: p.T("console.inbox.sort.urgency")}, {Value: "new", Text: p.T("console.inbox.sort.new")}, {Value: "old", Text: p.T("console.inbox.sort.old")}}
}

func (p inboxPage) risks() []page.Option {
	all := []page.Option{{Text: p.T("console.inbox.any_risk")}}
	for _, r := range []policy.Risk{policy.HighRisk, policy.MediumRisk, policy.LowRisk} {
		all = append(all, page.Option{Value: string(r), Text: p.Word("risk", string(r))})
	}
	return all
}

func (p inboxPage) dues() []page.Option {
	return []page.Option{{Text: p.T("console.inbox.any_time")}, {Value: "soon", Text: p.T("console.inbox.soon")}}
}

// channels and fields are those of the requests that are there, and the one that is asked for.
func (p inboxPage) channels() []page.Option {
	found := []string{}
	for _, l := range p.Lines {
		found = append(found, l.Channel)
	}
	return p.options(p.T("console.inbox.any_channel"), append(found, p.Query.Channel), func(code string) string { return p.Word("channel", code) })
}

func (p inboxPage) changed() []page.Option {
	found := []string{}
	for _, l := range p.Lines {
		for _, it := range l.Items {
			found = append(found, it.Field.Field())
		}
	}
	return p.options(p.T("console.inbox.any_field"), append(found, p.Query.Field), func(name string) string { return p.Label(customer.Key(name)) })
}

func (p inboxPage) options(any string, codes []string, word func(string) string) []page.Option {
	slices.Sort(codes)
	all := []page.Option{{Text: any}}
	for _, code := range slices.Compact(codes) {
		if code != "" {
			all = append(all, page.Option{Value: code, Text: word(code)})
		}
	}
	return all
}
