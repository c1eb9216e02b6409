package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/sandbox"
)

// apply is step 5: the approval was the last gate, so that the request is due.
func (t *story) apply(ctx context.Context) error {
	t.s.title("5/9", t.s.pick("生效：资料、同步、通知、记录一次写成", "Applied: record, deliveries, notices and log by one act"), t.Clock.Now())
	if err := t.Desk.Due(ctx, t.change); err != nil {
		return err
	}
	v := t.Store.View(ctx)
	r, err := v.Change(t.change)
	if err != nil {
		return err
	}
	rec, err := v.Record(t.record)
	if err != nil {
		return err
	}
	it, now := r.Items[0], rec.Values["phone"]
	t.s.table(
		[]string{t.s.pick("电话", "Phone"), t.s.pick("值", "Value"), t.s.pick("等级", "Grade"), t.s.pick("来源", "Provenance"), t.s.pick("版本", "Version")},
		[]string{t.s.pick("原来", "before"), t.masked("phone", it.Was.Content), string(it.Was.Grade), t.provenance(*it.Was), fmt.Sprint(t.version)},
		[]string{t.s.pick("现在", "now"), t.masked("phone", now.Content), string(now.Grade), t.provenance(now), fmt.Sprint(rec.Version)},
	)
	return expect(rec.Version == t.version+1 && now.Content == customer.Content(newPhone) && now.Grade == customer.GradeB && !now.ProvenSince.IsZero(), "the next version, with the new phone at grade B")
}

func (t *story) provenance(v customer.Value) string {
	var methods []change.Method
	for _, p := range v.Proofs {
		methods = append(methods, change.Method(p))
	}
	return v.Since.In(t.s.zone).Format("2006-01-02") + " " + t.s.lang.Word("channel", v.Channel) + t.s.pick("：", ": ") + t.words("method", methods, " + ")
}

// synchronise is step 6: three systems follow, and the one that fails is waited for.
func (t *story) synchronise(ctx context.Context) error {
	t.s.title("6/9", t.s.pick("同步：三个系统都要跟上，一个也不漏", "Synchronised: three systems follow, and none is forgotten"), t.Clock.Now())
	for tries := 0; ; tries++ {
		if _, err := t.Settle(ctx); err != nil {
			return err
		}
		lines, err := t.standing(ctx)
		if err != nil {
			return err
		}
		if tries == 0 || downstream.Complete(lines) {
			t.lines(lines)
		}
		if downstream.Complete(lines) {
			return t.follow(tries)
		}
		again, err := t.again(ctx)
		if err != nil {
			return err
		}
		if err := expect(tries < 5 && again.After(t.Clock.Now()), "a system that is tried again"); err != nil {
			return err
		}
		t.Clock.Set(again)
		t.s.jump(t.Clock.Now(), "Mailing 没有应答，退避后再试", "Mailing didn't answer, so it is tried again after a back-off")
	}
}

// again answers when Mailing is tried again: once both the system and the delivery have
// rested long enough.
func (t *story) again(ctx context.Context) (time.Time, error) {
	v := t.Store.View(ctx)
	row, err := v.System(sandbox.Mailing)
	if err != nil {
		return time.Time{}, err
	}
	d, err := v.Delivery(sandbox.Mailing, t.record)
	if d.DueAt.After(row.DownUntil) {
		return d.DueAt, err
	}
	return row.DownUntil, err
}

// lines is the completeness of the change: one row for each subscribed system.
func (t *story) lines(lines []downstream.Line) {
	rows := [][]string{{t.s.pick("系统", "System"), t.s.pick("已确认收到", "Acknowledged"), t.s.pick("原因", "Why")}}
	for _, l := range lines {
		acked, why := t.s.pick("是", "yes"), t.s.pick("签名应答", "signed, answered")
		if l.Confirmed {
			why = t.s.pick("已回读，内容一致", "read back, and agrees")
		}
		if !l.Acked {
			acked, why = t.s.pick("否", "no"), t.s.lang.Word("delivery_why", string(l.Why))+" ("+l.Code+")"
		}
		rows = append(rows, []string{l.Name, acked, why})
	}
	t.s.table(rows...)
}

// follow looks into the systems themselves: what they hold is what was told.
func (t *story) follow(tries int) error {
	crm, _ := t.CRM.Holding(string(t.record))
	mailing, _ := t.Mailing.Holding(string(t.record))
	erp, err := t.ERP.Mobile(string(t.record))
	if err != nil {
		return err
	}
	t.s.done("Mailing 恢复后自动补上；密码重置和付款在各系统冻结 72 小时。", "Mailing has caught up by itself. Password resets and payouts are on hold for 72 h.")
	return expect(tries == 2 && crm.Fields["phone"] == newPhone && mailing.Fields["phone"] == newPhone && erp == newPhone && len(mailing.Holds) == 2,
		"the new phone and two holds in every system, at the third try")
}

// notify is step 7: the old and the new number are told.
func (t *story) notify(context.Context) error {
	t.s.title("7/9", t.s.pick("通知：新旧号码都告知", "Told: on the old number and on the new one"), t.Clock.Now())
	old, fresh := t.news(oldPhone), t.news(newPhone)
	for _, m := range append(old, fresh...) {
		t.s.message(m)
	}
	return expect(len(old) == 2 && len(fresh) == 1, "two messages on the old number and one on the new")
}

// confirm is step 8: the customer has the last word.
func (t *story) confirm(ctx context.Context) error {
	t.Clock.Add(6 * time.Minute)
	t.s.title("8/9", t.s.pick("确认：客户说了算", "Confirmed: the customer has the last word"), t.Clock.Now())
	tap, err := t.Tap(ctx, oldPhone, access.Confirm, false)
	if err != nil {
		return err
	}
	if err := t.Desk.Confirm(ctx, tap.By, t.change); err != nil {
		return err
	}
	state, err := t.state(ctx, t.change)
	if err != nil {
		return err
	}
	t.s.done("%s点开链接，确认结果无误：%s。链接只能用一次。", "%s taps the link: the result is right. %s. The link works once.", t.name, t.s.lang.Word("state", string(state)))
	return expect(state == change.Confirmed, "a confirmed change")
}

// receipt is step 9: a receipt that anybody can check without us.
func (t *story) receipt(ctx context.Context) error {
	t.Clock.Add(time.Minute)
	t.s.title("9/9", t.s.pick("记录：回执可以离线核对", "Recorded: a receipt that verifies offline"), t.Clock.Now())
	if _, err := t.Settle(ctx); err != nil {
		return err
	}
	receipt, err := t.Desk.Receipt(ctx, t.who.approver, t.change)
	if err != nil {
		return err
	}
	key, err := t.Desk.LogKey(ctx)
	if err != nil {
		return err
	}
	file, err := t.keep(receipt, key)
	if err != nil {
		return err
	}
	t.s.done("回执（JSON 和可以自查的网页）写在数据目录里。核对只要公钥，不要网络：", "The receipt, as JSON and as a page that checks itself, is in the data directory. Checking needs the public key and no network:")
	t.s.command(t.s.amend+" receipt verify "+file, "--key "+filepath.Join(t.dir, "log.pub"))
	return t.check(file, key)
}

// keep writes the receipt and the log's public key into the data directory, and answers
// the receipt's file.
func (t *story) keep(r audit.Receipt, key string) (string, error) {
	raw, err := r.JSON()
	if err != nil {
		return "", err
	}
	page, err := r.HTML(string(t.s.lang))
	if err != nil {
		return "", err
	}
	name := "receipt-" + r.Statement.Ref + ".json"
	for file, content := range map[string][]byte{name: raw, r.FileName(): page, "log.pub": []byte(key + "\n")} {
		if err := os.WriteFile(filepath.Join(t.dir, file), content, 0o600); err != nil {
			return "", err
		}
	}
	return filepath.Join(t.dir, name), nil
}

// check verifies the receipt's file, and then a copy in which one character was altered.
func (t *story) check(file, key string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	v, err := audit.Verify(raw, key)
	if err != nil {
		return err
	}
	t.s.done("签名、检查点、记录路径、内容，%d 项全部相符；%d 条记录里的第 %d 条。", "Seal, checkpoint, path and contents: all %d checks hold; entry %[3]d of %[2]d.",
		len(v.Passed), v.Checkpoint.Size, v.Receipt.Entries[0].Pos+1)
	altered := strings.Replace(string(raw), "139****9000", "139****9001", 1)
	_, err = audit.Verify([]byte(altered), key)
	return t.denied(err, "receipt_altered", "把回执里的 139****9000 改成 139****9001，再核对：", "One character altered, 139****9000 to 139****9001, and checked again:")
}
