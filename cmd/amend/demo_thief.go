package main

import (
	"context"
	"fmt"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
)

// thief is the coda: somebody who holds nothing but the phone that he wants on record.
func (t *story) thief(ctx context.Context) error {
	t.Clock.Add(3 * time.Minute)
	t.s.title("·", t.s.pick("尾声：只有新手机的骗子能得到什么", "Coda: what a thief with only the new phone gets"), t.Clock.Now())
	name, phone := t.s.pick("李秀英", "Emily Johnson"), t.s.pick("+8613512340002", "+12025550142")
	victim, err := t.find(ctx, name)
	if err != nil {
		return err
	}
	t.s.say("有人冒充%s打热线，要把电话改成自己的号码。新号码他能答，旧号码他没有。", "Somebody rings as %s and wants his own phone on her record. He can answer the new number, not hers.", name)
	filed, err := t.Desk.Propose(ctx, t.who.agent, desk.Proposal{
		Record: victim, Channel: "hotline", Reason: t.s.pick("换了新号码", "New number"), Items: []desk.Proposed{{Key: "phone", Value: jsonText(thiefPhone)}},
	})
	if err != nil {
		return err
	}
	id := filed.Changes[0].ID
	if err := t.attempts(ctx, id); err != nil {
		return err
	}
	return t.rescue(ctx, id, victim, name, phone)
}

// attempts are the thief's three ways, and the refusals.
func (t *story) attempts(ctx context.Context, id change.ID) error {
	hers, err := t.Desk.Challenge(ctx, t.who.agent, id, desk.Ask{Method: change.SMSCode, To: "phone"})
	if err != nil {
		return err
	}
	if _, err := t.Desk.Challenge(ctx, t.who.agent, id, desk.Ask{Method: change.SMSCode, To: "phone", New: true}); err != nil {
		return err
	}
	if _, err := t.Settle(ctx); err != nil {
		return err
	}
	tap, err := t.Tap(ctx, thiefPhone, access.Address, true)
	if err != nil {
		return err
	}
	err = t.denied(t.Desk.Prove(ctx, tap.By, id, hers.Challenge, tap.Code), "link_other_purpose",
		"他用发到自己手机上的链接，去答发给旧号码的验证：", "He answers the old number's check with the link that came to his own phone:")
	if err != nil {
		return err
	}
	err = t.denied(t.Desk.Prove(ctx, t.who.agent, id, hers.Challenge, "123456"), "customer_only",
		"他请坐席代填一个验证码：", "He asks the agent to enter a code for him:")
	if err != nil {
		return err
	}
	if err := t.Desk.Prove(ctx, tap.By, id, tap.Challenge, tap.Code); err != nil {
		return err
	}
	return t.denied(t.agree(ctx, t.who.approver, id), "not_in_review",
		"他答出了新号码，但这不代表客户同意；再催审批人先通过：", "He answers on the new number, which proves no authority, and urges an approver:")
}

// rescue is the customer's one tap.
func (t *story) rescue(ctx context.Context, id change.ID, victim customer.ID, name, phone string) error {
	tap, err := t.Tap(ctx, phone, access.Dispute, false)
	if err != nil {
		return err
	}
	if err := t.Desk.Dispute(ctx, tap.By, id, "not_me"); err != nil {
		return err
	}
	if _, err := t.Settle(ctx); err != nil {
		return err
	}
	state, err := t.state(ctx, id)
	if err != nil {
		return err
	}
	rec, err := t.Store.View(ctx).Record(victim)
	if err != nil {
		return err
	}
	t.s.done("旧号码早已收到提醒，%s一点就冻结了：%s。档案没有变，仍是第 %d 版。",
		"Her old number had been warned; %s froze it with one tap: %s. Her record is as it was, version %d.", name, t.s.lang.Word("state", string(state)), rec.Version)
	return expect(state == change.Disputed && rec.Version == 1 && rec.Get("phone") == customer.Content(phone), "a frozen request and an untouched record")
}

// find answers the record of a sample customer.
func (t *story) find(ctx context.Context, name string) (customer.ID, error) {
	v := t.Store.View(ctx)
	page, err := v.RecordIDs(customer.Person, "", 100)
	if err != nil {
		return "", err
	}
	for _, row := range page {
		rec, err := v.Record(row.ID)
		if err != nil {
			return "", err
		}
		if rec.Get("legal_name") == customer.Content(name) {
			return rec.ID, nil
		}
	}
	return "", fmt.Errorf("no sample customer of that name among %d", len(page))
}

// closing brings the clock to the present and counts what came about.
func (t *story) closing(ctx context.Context) error {
	t.Clock.Set(t.end)
	if _, err := t.Settle(ctx); err != nil {
		return err
	}
	health, err := t.Store.View(ctx).Health(t.Clock.Now())
	if err != nil {
		return err
	}
	t.s.title("·", t.s.pick("回到现在", "Back in the present"), t.Clock.Now())
	t.s.done("故事按预期讲完：%d 条防篡改记录，%d 条消息，21 位客户，3 个系统全部同步。",
		"The story went as expected: %d entries in the tamper-evident log, %d messages, 21 customers, 3 systems in sync.", health.LogSize, len(t.Mailbox.All()))
	return expect(health.DueDeliveries == 0 && health.Exceptions == 0 && health.Quarantined == 0 && health.Unsequenced == 0, "nothing left to do")
}
