package api

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/verify"
)

func (d *door) houseOperations() []operation {
	sms := operation{id: "takeSMSReceipts", method: "POST", path: "/receipts/sms", open: true, en: "Take delivery receipts that the SMS gateway has signed",
		zh: "接收短信网关签名的回执", params: reflect.TypeFor[none](), body: reflect.TypeFor[json.RawMessage](), answer: reflect.TypeFor[takenAnswer](), run: d.takeReceipts, shape: free()}
	imports := operation{id: "startImport", method: "POST", path: "/imports", table: true, en: "Bring in a table of customers; the same file again goes on where it stopped",
		zh: "导入客户表，重新提交同一文件会从中断处继续", params: reflect.TypeFor[importParams](), body: reflect.TypeFor[string](), answer: reflect.TypeFor[importAnswer](), run: d.startImport}
	notices := operation{id: "listNotices", method: "GET", path: "/notices", en: "List what you, your roles and your department were told, in the language you ask for",
		zh: "列出发给本人、所属角色和部门的通知，以请求的语言表述", params: reflect.TypeFor[paged](), answer: reflect.TypeFor[store.Page[noticeView]](), run: d.listNotices}
	return []operation{
		reads(operation{id: "showBoard", path: "/board", en: "Show what is open, late, frozen and not in sync", zh: "查看在途、超时、冻结和未同步的情况"}, d.showBoard),
		reads(operation{id: "showCheckpoint", path: "/log/checkpoint", en: "Show the newest signed head of the log", zh: "查看日志最新的签名检查点"}, d.showCheckpoint),
		reads(operation{id: "proveEntry", path: "/log/entries/{id}/proof", en: "Prove that an entry is in the log", zh: "证明某条记录在日志中"}, d.proveEntry),
		imports,
		reads(operation{id: "showImport", path: "/imports/{id}", en: "Show how far an import is", zh: "查看导入进度"}, d.showImport),
		posts(operation{id: "approveImport", path: "/imports/{id}/approve", en: "Let somebody else's import go ahead", zh: "同意他人发起的导入"}, d.approveImport),
		reads(operation{id: "showCatalog", path: "/catalog", en: "List the published fields", zh: "列出已发布的字段"}, d.showCatalog),
		reads(operation{id: "showPolicy", path: "/policy", en: "Show the policy in force", zh: "查看现行规则"}, d.showPolicy),
		reads(operation{id: "listPeople", path: "/people", en: "List who works here, and who is away", zh: "列出同事及缺勤情况"}, d.listPeople),
		notices,
		reads(operation{id: "showMe", path: "/me", en: "Show whose credential this is, and what it allows", zh: "查看当前凭证属于谁、能做什么"}, d.showMe),
		sms,
	}
}

func (d *door) showBoard(ctx context.Context, by access.Actor, _ none) (store.Board, error) {
	return d.reader.Board(ctx, by)
}

type checkpointAnswer struct {
	Size       int64  `json:"size"`
	Checkpoint string `json:"checkpoint"` // signed note; empty for an empty log
}

func (d *door) showCheckpoint(ctx context.Context, by access.Actor, _ none) (checkpointAnswer, error) {
	size, note, err := d.reader.Checkpoint(ctx, by)
	return checkpointAnswer{size, note}, err
}

func (d *door) proveEntry(ctx context.Context, by access.Actor, p byID) (store.LogProof, error) {
	return d.reader.LogProof(ctx, by, p.ID)
}

type catalogAnswer struct {
	Fields []customer.Field `json:"fields"`
}

func (d *door) showCatalog(ctx context.Context, by access.Actor, _ none) (catalogAnswer, error) {
	return catalogAnswer{d.reader.Catalog(ctx, by)}, nil
}

type policyAnswer struct {
	Version int64           `json:"version"`
	Policy  json.RawMessage `json:"policy"`
}

func (d *door) showPolicy(ctx context.Context, by access.Actor, _ none) (policyAnswer, error) {
	if f := by.May(access.ReadPolicy); f != nil {
		return policyAnswer{}, f
	}
	p, err := d.desk.Policy(ctx)
	if err != nil {
		return policyAnswer{}, err
	}
	return policyAnswer{p.Version, p.Text()}, nil
}

type peopleAnswer struct {
	Items []store.Colleague `json:"items"`
}

func (d *door) listPeople(ctx context.Context, by access.Actor, _ none) (peopleAnswer, error) {
	items, err := d.reader.People(ctx, by)
	return peopleAnswer{items}, err
}

// A noticeView is a notice as codes, and worded for its reader.
type noticeView struct {
	store.StaffNotice
	Text string `json:"text"`
}

func (d *door) listNotices(v *visit) (any, error) {
	var p paged
	if err := v.bind(&p); err != nil {
		return nil, err
	}
	found, err := d.reader.Notices(v.ctx, v.by, store.Slice{Cursor: p.Cursor, Limit: p.Limit})
	if err != nil {
		return nil, err
	}
	views := store.Page[noticeView]{Items: make([]noticeView, len(found.Items)), Next: found.Next}
	for i, n := range found.Items {
		worded := d.desk.Worded(notify.Part{Kind: notify.Kind(n.Kind), Lang: notify.Lang(v.lang), Params: n.Params})
		views.Items[i] = noticeView{n, v.lang.Text("notice."+n.Kind, worded.Params)}
	}
	v.w.Header().Set("Content-Language", v.lang.Tag())
	return views, nil
}

type meAnswer struct {
	ID         string        `json:"id"`
	Name       string        `json:"name,omitempty"`
	Sort       access.Sort   `json:"sort"`
	Roles      []access.Role `json:"roles"`
	Department string        `json:"department,omitempty"`
	May        []access.Act  `json:"may"`
}

func (d *door) showMe(_ context.Context, by access.Actor, _ none) (meAnswer, error) {
	me := meAnswer{ID: by.ID, Name: by.Name, Sort: by.Sort, Roles: by.Roles, Department: by.Department, May: []access.Act{}}
	if me.Roles == nil {
		me.Roles = []access.Role{}
	}
	for _, a := range access.Acts() {
		if by.May(a) == nil {
			me.May = append(me.May, a)
		}
	}
	return me, nil
}

type takenAnswer struct {
	Taken int `json:"taken"` // receipts of messages that we sent
}

// takeReceipts takes what the gateway says became of messages. A receipt of a message that
// is not ours is passed over: a gateway may serve several houses.
func (d *door) takeReceipts(v *visit) (any, error) {
	if d.receipts == nil {
		return nil, fault.New(fault.NotFound, "no_such_path")
	}
	receipts, err := d.receipts(v.body, v.r.Header, d.clock())
	if fault.KindOf(err) == fault.Unauthenticated {
		return nil, v.unknown(verify.Network(d.address(v.r)), err)
	}
	if err != nil {
		return nil, err
	}
	taken := 0
	for _, r := range receipts {
		err := d.desk.Received(v.ctx, r)
		switch {
		case err == nil:
			taken++
		case !errors.Is(err, store.ErrNoRow):
			return nil, err
		}
	}
	return takenAnswer{taken}, nil
}

// importView is how far an import is.
type importView struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Mode       string    `json:"mode"`
	State      string    `json:"state"` // waiting, running, done
	StartedBy  string    `json:"started_by"`
	ApprovedBy string    `json:"approved_by,omitempty"`
	HeldSince  time.Time `json:"held_since"`
	StartedAt  time.Time `json:"started_at"`
	Line       int64     `json:"line"`
	Records    int64     `json:"records"`
	Faults     int64     `json:"faults"`
}

func importOf(r store.ImportRun) importView {
	return importView{ID: r.ID, Name: r.Name, Mode: r.Mode, State: r.State, StartedBy: r.StartedBy, ApprovedBy: r.ApprovedBy,
		HeldSince: r.HeldSince, StartedAt: r.StartedAt, Line: r.Line, Records: r.Records, Faults: r.Faults}
}

func (d *door) showImport(ctx context.Context, by access.Actor, p byID) (importView, error) {
	run, err := d.reader.ImportRun(ctx, by, p.ID)
	return importOf(run), err
}

func (d *door) approveImport(ctx context.Context, by access.Actor, p byID, _ none) (importView, error) {
	if err := d.desk.ApproveImport(ctx, by, p.ID); err != nil {
		return importView{}, err
	}
	return d.showImport(ctx, by, p)
}
