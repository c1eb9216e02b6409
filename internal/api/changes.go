package api

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/store"
)

func (d *door) changeOperations() []operation {
	return []operation{
		reads(operation{id: "listChanges", path: "/changes", en: "List requests, newest first", zh: "列出变更申请，新的在前"}, d.listChanges),
		recovers(posts(operation{id: "fileChange", path: "/changes", status: 201, en: "File a change of a record; each lane becomes a request of its own",
			zh: "提交变更申请，每个分道各成一份申请"}, d.fileChange), d.refiled),
		reads(operation{id: "showChange", path: "/changes/{id}", en: "Show one request: plan, values masked, proofs, decisions, systems, messages",
			zh: "查看一份申请：处理方案、打码的值、凭证、审批、系统与通知"}, d.showChange),
		reads(operation{id: "showReceipt", path: "/changes/{id}/receipt", html: true, en: "Get the signed receipt of an applied request, as JSON or as a page to keep",
			zh: "取得已生效申请的签名回执（JSON 或可保存的网页）"}, d.showReceipt),
	}
}

type changesParams struct {
	paged
	State  string `query:"state"`
	Record string `query:"record"`
	Mine   bool   `query:"mine"`
}

func (d *door) listChanges(ctx context.Context, by access.Actor, p changesParams) (store.Page[store.ChangeLine], error) {
	f := store.Filter{State: change.State(p.State), Record: customer.ID(p.Record), Mine: p.Mine}
	return d.reader.Changes(ctx, by, f, store.Slice{Cursor: p.Cursor, Limit: p.Limit})
}

// proposed is one value as a caller proposes it. A null value removes.
type proposed struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value"`
}

// filing is what every filing says.
type filing struct {
	Channel   string     `json:"channel"`
	Reason    string     `json:"reason"`
	Items     []proposed `json:"items"`
	Effective string     `json:"effective_at,omitempty"`
	Source    string     `json:"source,omitempty"`
	Collector string     `json:"collector,omitempty"`
}

type fileBody struct {
	Record string `json:"record_id"`
	filing
	Lost    bool   `json:"lost_channel,omitempty"`
	Appeals string `json:"appeals,omitempty"`
}

type createBody struct {
	Kind string `json:"kind"`
	filing
}

type filedAnswer struct {
	Submission string              `json:"submission"`
	Record     customer.ID         `json:"record_id"`
	Changes    []store.FiledChange `json:"changes"`
}

// ifMatch is the version of the record that the caller saw.
type ifMatch struct {
	Version string `header:"If-Match"`
}

// seen reads an entity tag of ours: its version stands before the dash.
func (m ifMatch) seen() (int64, error) {
	if m.Version == "" || m.Version == "*" {
		return 0, nil
	}
	version, _, _ := strings.Cut(strings.Trim(m.Version, `"`), "-")
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Malformed, "bad_parameter", "field", "If-Match")
	}
	return n, nil
}

func (d *door) fileChange(ctx context.Context, by access.Actor, m ifMatch, b fileBody) (filedAnswer, error) {
	p, err := d.proposal(b.filing)
	if err != nil {
		return filedAnswer{}, err
	}
	if b.Record == "" {
		return filedAnswer{}, fault.New(fault.Invalid, "record_missing", "field", "record_id")
	}
	if p.Seen, err = m.seen(); err != nil {
		return filedAnswer{}, err
	}
	p.Record, p.LostChannel, p.Appeals = customer.ID(b.Record), b.Lost, change.ID(b.Appeals)
	return d.file(ctx, by, p)
}

func (d *door) createCustomer(ctx context.Context, by access.Actor, _ none, b createBody) (filedAnswer, error) {
	p, err := d.proposal(b.filing)
	if err != nil {
		return filedAnswer{}, err
	}
	switch p.RecordKind = customer.Kind(b.Kind); p.RecordKind {
	case customer.Person, customer.Organization, customer.Account:
		return d.file(ctx, by, p)
	}
	return filedAnswer{}, fault.New(fault.Invalid, "unknown_kind", "field", "kind")
}

func (d *door) file(ctx context.Context, by access.Actor, p desk.Proposal) (filedAnswer, error) {
	filed, err := d.desk.Propose(ctx, by, p)
	if err != nil {
		return filedAnswer{}, err
	}
	return d.filed(ctx, by, filed.Changes)
}

func (d *door) filed(ctx context.Context, by access.Actor, requests []change.Request) (filedAnswer, error) {
	changes, err := d.reader.Filed(ctx, by, requests)
	if err != nil || len(changes) == 0 {
		return filedAnswer{}, err
	}
	return filedAnswer{Submission: changes[0].Submission, Record: changes[0].Record, Changes: changes}, nil
}

// refiled finds what the caller filed when its answer was lost.
func (d *door) refiled(ctx context.Context, by access.Actor, _ none, at time.Time) (filedAnswer, error) {
	requests, err := d.reader.FiledAt(ctx, by, at)
	if err != nil {
		return filedAnswer{}, err
	}
	return d.filed(ctx, by, requests)
}

// proposal checks what only this door can say better: which item is wrong, by its place.
func (d *door) proposal(f filing) (desk.Proposal, error) {
	p := desk.Proposal{Channel: f.Channel, Source: f.Source, Reason: f.Reason, Collector: f.Collector}
	items, wrong := d.items(f.Items)
	if err := fault.Join(wrong...); err != nil {
		return p, err
	}
	var err error
	p.Items = items
	p.Effective, err = moment("effective_at", f.Effective)
	return p, err
}

// items names a field that the catalogue does not have by its place: the name is the caller's.
func (d *door) items(list []proposed) ([]desk.Proposed, []*fault.Error) {
	out := make([]desk.Proposed, len(list))
	var wrong []*fault.Error
	for i, it := range list {
		key, err := customer.ParseKey(it.Field)
		if err != nil || !d.known[key.Field()] {
			wrong = append(wrong, fault.New(fault.Invalid, "unknown_field").On("items/"+strconv.Itoa(i)+"/field"))
		}
		if it.Value == nil {
			it.Value = json.RawMessage("null")
		}
		out[i] = desk.Proposed{Key: key, Value: it.Value}
	}
	return out, wrong
}

func (d *door) showChange(ctx context.Context, by access.Actor, p byID) (store.Change, error) {
	c, err := d.reader.Change(ctx, by, change.ID(p.ID))
	for i := range c.Tasks {
		c.Tasks[i].Script = script(c.Tasks[i].Kind)
	}
	return c, err
}

type receiptParams struct {
	byID
	Format string `query:"format"`
	Lang   string `query:"lang"`
}

// receiptAnswer is a receipt as a file.
type receiptAnswer struct {
	audit.Receipt
	page []byte
}

func (a receiptAnswer) reply() reply {
	if a.page != nil {
		return reply{status: 200, media: "text/html; charset=utf-8", body: a.page, file: a.FileName()}
	}
	body, err := a.JSON()
	if err != nil {
		body = nil // a receipt that was verified a moment ago always encodes
	}
	return reply{status: 200, media: "application/json", body: body}
}

func (d *door) showReceipt(ctx context.Context, by access.Actor, p receiptParams) (receiptAnswer, error) {
	if p.Format != "" && p.Format != "json" && p.Format != "html" {
		return receiptAnswer{}, fault.New(fault.Malformed, "bad_parameter", "field", "format")
	}
	receipt, err := d.desk.Receipt(ctx, by, change.ID(p.ID))
	if err != nil || p.Format != "html" {
		return receiptAnswer{Receipt: receipt}, err
	}
	language := string(d.lang)
	if p.Lang == "zh" || p.Lang == "en" {
		language = p.Lang
	}
	page, err := receipt.HTML(language)
	return receiptAnswer{receipt, page}, err
}
