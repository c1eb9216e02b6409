package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/policy"
)

// file is step 1: the customer rings, an agent files the change, and nothing moves yet.
func (t *story) file(ctx context.Context) error {
	if err := t.months(ctx); err != nil {
		return err
	}
	t.s.title("1/9", t.s.pick("提交：坐席代客户登记，资料还没有变", "Filed: an agent takes it in, and nothing has changed yet"), t.Clock.Now())
	t.s.say("%s打热线：换号了，138 0013 8000 改为 139 0013 9000。坐席%s代她提交。",
		"%s rings the hotline: her number 138 0013 8000 becomes 139 0013 9000. %s, an agent, files it for her.", t.name, t.who.agent.Name)
	filed, err := t.Desk.Propose(ctx, t.who.agent, desk.Proposal{
		Record: t.record, Channel: "hotline", Reason: t.s.pick("换了新号码", "New number"),
		Items: []desk.Proposed{{Key: "phone", Value: jsonText("139 0013 9000")}},
	})
	if err != nil {
		return err
	}
	r := filed.Changes[0]
	t.change = r.ID
	if rec, err := t.Store.View(ctx).Record(t.record); err != nil {
		return err
	} else {
		t.version = rec.Version
	}
	t.s.done("申请 %s：%s", "Request %s: %s", r.Ref(), t.s.lang.Word("state", string(change.Verifying)))
	if err := t.plan(r); err != nil {
		return err
	}
	if err := t.impact(ctx); err != nil {
		return err
	}
	if _, err := t.Settle(ctx); err != nil {
		return err
	}
	heard := t.news(oldPhone)
	if err := expect(len(heard) == 2, "a receipt and a warning on the old number"); err != nil {
		return err
	}
	t.s.blank()
	t.s.say("旧号码马上收到提醒，哪怕这次申请是别人冒名打来的：", "The old number is warned at once, in case somebody else rang in her name:")
	for _, m := range heard {
		if !strings.Contains(m.Text, r.Ref()) {
			t.s.message(m)
		}
	}
	return nil
}

// plan shows what policy demands of the request, and why.
func (t *story) plan(r change.Request) error {
	t.s.blank()
	rows := [][]string{{t.s.pick("需要", "Needed"), t.s.pick("怎样满足", "How")}}
	for _, g := range r.Plan.Gates {
		rows = append(rows, []string{t.s.lang.Word("gate", string(g.Kind)), t.gateWords(g)})
	}
	for _, h := range r.Plan.Holds {
		rows = append(rows, []string{t.s.lang.Word("hold", h.Action), t.s.pick("生效后 ", "for ") + t.s.hours(h.For) + t.s.pick("", " after it applies")})
	}
	t.s.table(rows...)
	why, err := t.because(r)
	t.s.say("因为：%s", "Because: %s", why)
	return err
}

func (t *story) gateWords(g change.Gate) string {
	switch g.Kind {
	case change.Authority, change.Evidence:
		return t.words("method", g.Any[0].Of, t.s.pick("，或", ", or ")) + t.s.pick("：只经过变更前已证明的渠道", ": only through a channel proven before")
	case change.Reachability:
		return t.s.pick("新号码能收到短信；这从不代表客户同意", "the new number answers; that never means that the customer agrees")
	case change.Approval:
		return fmt.Sprintf(t.s.pick("%d 位%s，不能是提交人", "%d %s, never who filed it"), g.Level.Quorum, strings.ToLower(t.s.lang.Word("role", g.Level.Role)))
	}
	return ""
}

// because asks policy which of its rules spoke, in words; it must be those of the plan.
func (t *story) because(r change.Request) (string, error) {
	field, _ := t.House.Catalog.Of("phone")
	f := policy.FactsOf(field)
	f.Kind, f.RecordKind, f.Channel, f.FiledBy, f.Source = r.Kind, r.RecordKind, r.Channel, "staff", r.Source
	f.Authority, f.Factors, f.ChannelAgeDays, f.CustomerClass = policy.Proven, 1, 365, "standard"
	var rules, words []string
	for _, b := range t.House.Policy.Explain(f) {
		if b.Matched {
			rules, words = append(rules, b.Rule), append(words, t.s.pick(b.Zh, b.En))
		}
	}
	return strings.Join(words, t.s.pick("；", ". ")) + t.s.pick("。", "."), expect(slices.Equal(rules, r.Plan.Rules), fmt.Sprintf("the rules of the plan, %v", r.Plan.Rules))
}

// impact shows which systems would receive what.
func (t *story) impact(ctx context.Context) error {
	systems, err := t.systems(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, i := range downstream.Impact(systems, t.scope()) {
		names = append(names, i.Name+" ("+i.Fields[0].Name+")")
	}
	t.s.say("影响 %d 个系统：%s。", "Impact, %d systems: %s.", len(names), strings.Join(names, t.s.pick("、", ", ")))
	return expect(len(names) == 3, "three systems that follow a phone")
}

// proveOld is step 2: the customer agrees, through the phone that was proven in March.
func (t *story) proveOld(ctx context.Context) error {
	t.Clock.Add(2 * time.Minute)
	t.s.title("2/9", t.s.pick("核实旧号码：客户本人同意", "Proven on the old number: the customer agrees"), t.Clock.Now())
	m, err := t.prove(ctx, t.change, oldPhone, false)
	if err != nil {
		return err
	}
	t.s.message(m)
	t.s.done("%s点开链接：原渠道核实完成。坐席看不到验证码，也不能代填。",
		"%s taps the link: authority proven. The agent never sees the code, and can't enter it.", t.name)
	return t.stillOld(ctx)
}

// proveNew is step 3: the new phone answers.
func (t *story) proveNew(ctx context.Context) error {
	t.Clock.Add(time.Minute)
	t.s.title("3/9", t.s.pick("核实新号码：能联系上", "Proven on the new number: it answers"), t.Clock.Now())
	m, err := t.prove(ctx, t.change, newPhone, true)
	if err != nil {
		return err
	}
	t.s.message(m)
	t.s.done("新号码核实完成，申请进入审批。", "The new number answers. The request goes to approval.")
	state, err := t.state(ctx, t.change)
	if err != nil {
		return err
	}
	return expect(state == change.Reviewing, "a request in review")
}

// approve is step 4: four eyes.
func (t *story) approve(ctx context.Context) error {
	t.Clock.Add(12 * time.Minute)
	t.s.title("4/9", t.s.pick("审批：由另一个人决定", "Approved: by somebody else"), t.Clock.Now())
	err := t.denied(t.agree(ctx, t.who.agent, t.change), "own_request",
		t.who.agent.Name+"想自己批准：", t.who.agent.Name+" tries to approve it herself:")
	if err != nil {
		return err
	}
	t.Mailing.Fail(2)
	if err := t.agree(ctx, t.who.approver, t.change); err != nil {
		return err
	}
	t.s.done("审批人%s同意，她看到的内容以指纹锁定：之后改一个字，审批就作废。",
		"%s, an approver, agrees. Her approval is bound to the content she saw: one altered word voids it.", t.who.approver.Name)
	return nil
}

// stillOld checks that nothing reached the record before its time.
func (t *story) stillOld(ctx context.Context) error {
	rec, err := t.Store.View(ctx).Record(t.record)
	if err != nil {
		return err
	}
	return expect(rec.Version == t.version && rec.Get("phone") == customer.Content(oldPhone), "a record that nobody has touched")
}
