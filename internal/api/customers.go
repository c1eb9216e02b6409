package api

import (
	"context"
	"encoding/json"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
)

func (d *door) customerOperations() []operation {
	return []operation{
		reads(operation{id: "listCustomers", path: "/customers", en: "List customers and accounts, names masked", zh: "列出客户与账户（姓名打码）"}, d.listCustomers),
		recovers(posts(operation{id: "createCustomer", path: "/customers", status: 201, en: "File a request for a new customer or account; the record exists once the request is applied",
			zh: "提交新建客户或账户的申请，申请生效后才有这条记录"}, d.createCustomer), d.refiled),
		posts(operation{id: "searchCustomers", path: "/customers/search", en: "Find customers by an identifier or a name; at most 20",
			zh: "按号码或姓名查找客户，最多 20 条"}, d.searchCustomers),
		reads(operation{id: "showCustomer", path: "/customers/{id}", en: "Show one record: values masked, with source, grade and freshness",
			zh: "查看一条记录：值打码，附来源、可信等级与新鲜度"}, d.showCustomer),
		posts(operation{id: "revealCustomer", fresh: true, path: "/customers/{id}/reveal", en: "Show values unmasked for a stated purpose; this is put on record",
			zh: "说明用途后查看原值，本次查看会留下记录"}, d.revealCustomer),
		posts(operation{id: "admitCustomer", fresh: true, path: "/customers/{id}/visits", status: 201, en: "Let a customer who is signed in to your app into the portal: an address that works once, for five minutes",
			zh: "让已在贵方应用登录的客户进入门户：返回一次性地址，五分钟内有效"}, d.admitCustomer),
		reads(operation{id: "showCustomerHistory", path: "/customers/{id}/history", en: "List what was done to a record, newest first; no values",
			zh: "列出对记录做过的事，新的在前，不含值"}, d.showCustomerHistory),
		reads(operation{id: "listCustomerDeliveries", path: "/customers/{id}/deliveries", en: "Show which systems have the record, and which not yet",
			zh: "查看哪些系统已收到这条记录，哪些还没有"}, d.listCustomerDeliveries),
	}
}

type listParams struct {
	paged
	Kind string `query:"kind"`
}

func (d *door) listCustomers(ctx context.Context, by access.Actor, p listParams) (store.Page[store.CustomerLine], error) {
	return d.reader.Customers(ctx, by, customer.Kind(p.Kind), store.Slice{Cursor: p.Cursor, Limit: p.Limit})
}

type searchBody struct {
	Key   string `json:"key,omitempty"`
	Name  string `json:"name,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

type searchAnswer struct {
	Items []store.Found `json:"items"`
}

// searchCustomers takes the key in its body: an identifier never travels in an address.
func (d *door) searchCustomers(ctx context.Context, by access.Actor, _ none, b searchBody) (searchAnswer, error) {
	if f := by.May(access.SearchCustomers); f != nil {
		return searchAnswer{}, f
	}
	if (b.Key == "") == (b.Name == "") {
		return searchAnswer{}, fault.New(fault.Invalid, "search_one_key", "field", "key")
	}
	found, err := d.reader.Search(ctx, by, b.Key+b.Name, b.Name != "", b.Limit)
	return searchAnswer{found}, err
}

type showParams struct {
	byID
	AsOf     string `query:"as_of"`
	MinGrade string `query:"min_grade"`
	MaxAge   string `query:"max_age"`
}

func (p showParams) demand() (store.Demand, error) {
	want := store.Demand{Grade: customer.Grade(p.MinGrade), Age: customer.ParsePeriod(p.MaxAge)}
	if len(p.MinGrade) > 1 || p.MinGrade != "" && (p.MinGrade < "A" || p.MinGrade > "E") {
		return want, fault.New(fault.Malformed, "bad_parameter", "field", "min_grade")
	}
	if p.MaxAge != "" && want.Age == 0 {
		return want, fault.New(fault.Malformed, "bad_parameter", "field", "max_age")
	}
	var err error
	want.AsOf, err = moment("as_of", p.AsOf)
	return want, err
}

// moment reads a time (RFC 3339); "" is the zero time.
func moment(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, fault.New(fault.Malformed, "bad_time", "field", name)
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

// customerAnswer is a record with its version as the entity tag.
type customerAnswer struct{ store.Customer }

func (c customerAnswer) version() int64 { return c.Version }

func (d *door) showCustomer(ctx context.Context, by access.Actor, p showParams) (customerAnswer, error) {
	want, err := p.demand()
	if err != nil {
		return customerAnswer{}, err
	}
	c, err := d.reader.Customer(ctx, by, customer.ID(p.ID), want)
	return customerAnswer{c}, err
}

type revealBody struct {
	Fields  []string `json:"fields"`
	Purpose string   `json:"purpose"`
}

type revealAnswer struct {
	Values map[customer.Key]json.RawMessage `json:"values"`
}

func (d *door) revealCustomer(ctx context.Context, by access.Actor, p byID, b revealBody) (revealAnswer, error) {
	keys := make([]customer.Key, len(b.Fields))
	for i, f := range b.Fields {
		keys[i] = customer.Key(f)
	}
	values, err := d.desk.Reveal(ctx, by, customer.ID(p.ID), keys, b.Purpose)
	return revealAnswer{values}, err
}

type admitAnswer struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires_at"`
}

func (d *door) admitCustomer(ctx context.Context, by access.Actor, p byID, _ none) (admitAnswer, error) {
	address, until, err := d.desk.Admit(ctx, by, customer.ID(p.ID))
	return admitAnswer{address, until}, err
}

type pagedByID struct {
	byID
	paged
}

func (d *door) showCustomerHistory(ctx context.Context, by access.Actor, p pagedByID) (store.Page[store.Act], error) {
	return d.reader.History(ctx, by, customer.ID(p.ID), store.Slice{Cursor: p.Cursor, Limit: p.Limit})
}

type followingAnswer struct {
	Items []store.Following `json:"items"`
}

func (d *door) listCustomerDeliveries(ctx context.Context, by access.Actor, p byID) (followingAnswer, error) {
	items, err := d.reader.Following(ctx, by, customer.ID(p.ID))
	return followingAnswer{items}, err
}
