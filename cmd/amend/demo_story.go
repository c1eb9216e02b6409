package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/fault"
	"amend/internal/sandbox"
	"amend/privacy"
)

// A story is the demo while it is told: the world it happens in, and what is remembered
// from one step to the next. Every step acts through the desk, as the server does, and
// fails where the outcome is not the one that it tells.
type story struct {
	*sandbox.World
	s          *screen
	dir        string
	begin, end time.Time
	who        cast
	name       string // of the customer whose phone changes
	record     customer.ID
	version    int64 // of the record before the change
	change     change.ID
	read       map[string]int // messages already shown, by number
}

// The phones of the story: the customer's old and new one, and a thief's.
const (
	oldPhone   = "+8613800138000"
	newPhone   = "+8613900139000"
	thiefPhone = "+8613700137000"
)

// cast is who works in the company of the story.
type cast struct {
	agent, clerk, approver, second, operator, integrator, auditor access.Actor
}

// tell tells the story from its beginning to the present.
func (t *story) tell(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		t.opening, t.register, t.file, t.proveOld, t.proveNew, t.approve,
		t.apply, t.synchronise, t.notify, t.confirm, t.receipt, t.thief, t.closing,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// opening connects the systems, names the people and brings sample customers in.
func (t *story) opening(ctx context.Context) error {
	t.s.head(t.dir, t.begin)
	t.s.title("·", t.s.pick("开场：一家公司接上 Amend", "Opening: a company sets Amend up"), t.Clock.Now())
	if err := t.employ(ctx); err != nil {
		return err
	}
	if err := t.Connect(ctx, t.who.integrator); err != nil {
		return err
	}
	t.s.done("接通三个系统：CRM 和 Mailing 走签名 Webhook，ERP 走一张 SQL 表", "Three systems connected: CRM and Mailing by signed webhook, ERP by a SQL table")
	n, err := t.LoadSample(ctx, t.who.operator, t.begin.AddDate(-4, 0, 0))
	if err != nil {
		return err
	}
	did, err := t.Settle(ctx)
	if err != nil {
		return err
	}
	t.s.done("迁入 %d 位样例客户（中外都有），并同步到三个系统；来源记为“迁移”，等级 D：沿用的值不算已证明",
		"%d sample customers migrated, Chinese and western, and synchronised; their values are grade D: inherited is not proven", n)
	return expect(n == 20 && did > 60, "20 customers in three systems")
}

func (t *story) employ(ctx context.Context) error {
	for _, p := range []struct {
		to     *access.Actor
		zh, en string
		roles  []access.Role
	}{
		{&t.who.agent, "林晓", "Lin Xiao", []access.Role{access.Agent, access.Steward}},
		{&t.who.clerk, "沈一鸣", "Shen Yiming", []access.Role{access.Agent}},
		{&t.who.approver, "周岚", "Zhou Lan", []access.Role{access.Approver}},
		{&t.who.second, "高远", "Gao Yuan", []access.Role{access.Approver}},
		{&t.who.operator, "何静", "He Jing", []access.Role{access.Operator}},
		{&t.who.integrator, "吴桐", "Wu Tong", []access.Role{access.Integrator}},
		{&t.who.auditor, "孙悦", "Sun Yue", []access.Role{access.Auditor}},
	} {
		a, _, err := t.Desk.AddPerson(ctx, access.Actor{Name: t.s.pick(p.zh, p.en), Roles: p.roles}, "")
		if err != nil {
			return err
		}
		*p.to = a
	}
	return nil
}

// register creates the customer's record in March, so that the phone is old enough later.
func (t *story) register(ctx context.Context) error {
	t.name = t.s.pick("王小芳", "Wang Xiaofang")
	t.Clock.Set(t.begin.AddDate(0, 0, 1).Add(time.Hour))
	t.s.title("·", t.s.pick("次日：王小芳到店登记", "The next day: Wang Xiaofang registers in a shop"), t.Clock.Now())
	filed, err := t.Desk.Propose(ctx, t.who.agent, desk.Proposal{
		RecordKind: customer.Person, Channel: "shop", Reason: t.s.pick("新客户登记", "New customer"),
		Items: []desk.Proposed{{Key: "legal_name", Value: jsonText(t.name)}, {Key: "phone", Value: jsonText("138 0013 8000")}},
	})
	if err != nil {
		return err
	}
	r := filed.Changes[0]
	t.record = r.Record
	if _, err := t.prove(ctx, r.ID, oldPhone, true); err != nil {
		return err
	}
	sight := desk.Attestation{Kind: change.Sighted, Passed: true, Document: t.s.pick("居民身份证", "Identity card"), Compared: t.s.pick("姓名、照片", "Name, photograph")}
	if err := t.Desk.Attest(ctx, t.who.clerk, r.ID, sight); err != nil {
		return err
	}
	for _, by := range []access.Actor{t.who.approver, t.who.second} {
		if err := t.agree(ctx, by, r.ID); err != nil {
			return err
		}
	}
	if _, err := t.Settle(ctx); err != nil {
		return err
	}
	rec, err := t.Store.View(ctx).Record(t.record)
	if err != nil {
		return err
	}
	t.s.done("查看身份证原件，短信核实电话，两人审批；档案第 %d 版：姓名 %s 级，电话 %s 级",
		"Identity card seen, phone proven by SMS, two people approved; record version %d: name grade %s, phone grade %s",
		rec.Version, rec.Values["legal_name"].Grade, rec.Values["phone"].Grade)
	return expect(rec.Version == 1 && rec.Values["legal_name"].Grade == customer.GradeA && rec.Values["phone"].Grade == customer.GradeB, "a record by the create recipe")
}

// months lets the time pass until the day of the story; what falls due meanwhile is done.
func (t *story) months(ctx context.Context) error {
	registered := t.Clock.Now()
	for _, day := range []int{3, 10, 15} {
		t.Clock.Set(registered.AddDate(0, 0, day))
		if _, err := t.Settle(ctx); err != nil {
			return err
		}
	}
	t.Clock.Set(t.end.Add(-50 * time.Minute))
	_, err := t.Settle(ctx)
	t.news(oldPhone)
	t.s.jump(t.Clock.Now(), "她一直没有回复确认，电话降为 C 级；这个号码仍是证明过的", "she never confirmed, so her phone fell to grade C; it remains a proven channel")
	return err
}

// prove sends a code to a phone, lets the message arrive, and taps its link. It answers
// the message.
func (t *story) prove(ctx context.Context, id change.ID, phone string, isNew bool) (sandbox.Message, error) {
	t.news(phone)
	if _, err := t.Desk.Challenge(ctx, t.who.agent, id, desk.Ask{Method: change.SMSCode, To: "phone", New: isNew}); err != nil {
		return sandbox.Message{}, err
	}
	if _, err := t.Settle(ctx); err != nil {
		return sandbox.Message{}, err
	}
	purpose := access.Status
	if isNew {
		purpose = access.Address
	}
	tap, err := t.Tap(ctx, phone, purpose, true)
	if err != nil {
		return sandbox.Message{}, err
	}
	for _, m := range t.news(phone) {
		if strings.Contains(m.Text, tap.Challenge) {
			return m, t.Desk.Prove(ctx, tap.By, id, tap.Challenge, tap.Code)
		}
	}
	return sandbox.Message{}, errors.New("no message carried the code")
}

// agree approves what the request holds now.
func (t *story) agree(ctx context.Context, by access.Actor, id change.ID) error {
	r, err := t.Store.View(ctx).Change(id)
	if err != nil {
		return err
	}
	return t.Desk.Approve(ctx, by, id, r.Hash(), "")
}

// state answers where a request stands now.
func (t *story) state(ctx context.Context, id change.ID) (change.State, error) {
	r, err := t.Store.View(ctx).Change(id)
	if err != nil {
		return "", err
	}
	state, _ := r.Next(t.Clock.Now())
	return state, nil
}

// news answers the messages that came to a number since it was asked last.
func (t *story) news(to string) []sandbox.Message {
	all := t.Mailbox.To(to)
	fresh := all[t.read[to]:]
	t.read[to] = len(all)
	return fresh
}

// denied checks that an act was refused with a code, and tells what, in Amend's own words.
func (t *story) denied(err error, code, zh, en string) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		return fmt.Errorf("wanted %s, got %v", code, err)
	}
	_, words := t.s.lang.Fault(f)
	t.s.refused(t.s.pick(zh, en), words)
	return nil
}

// masked answers a value as the product shows it.
func (t *story) masked(k customer.Key, c customer.Content) string {
	field, _ := t.House.Catalog.Of(k)
	return privacy.Mask(access.Amend(), field, c, false).Text
}

// standing answers how each subscribed system stands towards the change.
func (t *story) standing(ctx context.Context) ([]downstream.Line, error) {
	v := t.Store.View(ctx)
	systems, err := t.systems(ctx)
	if err != nil {
		return nil, err
	}
	deliveries, err := v.Deliveries(t.record)
	if err != nil {
		return nil, err
	}
	r, err := v.Change(t.change)
	return downstream.Completeness(systems, deliveries, t.scope(), r.Version), err
}

func (t *story) systems(ctx context.Context) ([]downstream.System, error) {
	rows, err := t.Store.View(ctx).Systems()
	systems := make([]downstream.System, len(rows))
	for i, row := range rows {
		systems[i] = row.System
	}
	return systems, err
}

func (t *story) scope() downstream.Scope {
	return downstream.Scope{Kind: customer.Person, Catalog: t.House.Catalog, Keys: []customer.Key{"phone"}}
}

// expect is how a step says what must have come about.
func expect(ok bool, what string) error {
	if ok {
		return nil
	}
	return errors.New("expected " + what)
}

func jsonText(s string) json.RawMessage {
	raw, _ := json.Marshal(s)
	return raw
}

// words joins what a list holds, in words of a family.
func (t *story) words(family string, codes []change.Method, between string) string {
	words := make([]string, 0, len(codes))
	for _, c := range slices.Compact(codes) {
		words = append(words, t.s.lang.Word(family, string(c)))
	}
	return strings.Join(words, between)
}
