package console_test

import (
	"strings"
	"testing"

	"amend/access"
	"amend/customer"
	"amend/internal/lang"
	"amend/internal/store"
	"amend/notify"
)

func TestTwoReadersOfOneNoticeReadItInTheirLanguages(t *testing.T) {
	w := newWorld(t)
	w.ok(w.Desk.Dispute(t.Context(), w.staff["bob"], w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang"), "the caller sounded forced"))
	sue, otto := w.in("sue"), w.in("otto")

	sue.get("/notices").says("needs you: decide a dispute (2 Mar at 10:0").hides("裁定异议", "月2日")
	sue.speaks(lang.ZH).get("/notices").says("裁定异议", "3月2日 10:0").hides("decide", "Mar")
	otto.get("/notices").says("sue was given a credential, role steward (10:00 on 2 Mar)")
	otto.speaks(lang.ZH).get("/notices").says("sue", "资料管理员", "3月2日10:00").hides("steward")
}

func TestNoticeThatAnOlderVersionWordedIsShownAsItIs(t *testing.T) {
	w := newWorld(t)
	n := store.Notice{Audience: "role:steward"}
	n.Kind, n.Channel, n.Lang, n.Due = notify.StaffChange, notify.Mail, notify.ZH, w.Clock.Now()
	n.Params = map[string]string{"ref": "REQ-7KQ2H", "record": "0c8v7t3m1q2r5s6a9b4d", "fields": "电话, 电子邮箱", "time": "1月5日10:26", "link": "https://portal.example.com/console/changes/1"}
	w.ok(w.Store.Write(t.Context(), "", func(tx *store.Tx) error {
		n.ID = tx.NewID()
		return tx.QueueNotice(n)
	}))
	w.in("sue").get("/notices").says("REQ-7KQ2H changed: 电话, 电子邮箱 (1月5日10:26)")
}

// A mail and a page call a role by the same name.
func TestRolesAreCalledTheSameInMailsAndOnPages(t *testing.T) {
	w := newWorld(t)
	for _, l := range lang.Langs() {
		for _, r := range access.Roles() {
			said := w.House.Book.Worded(notify.Part{Kind: notify.Credential, Lang: notify.Lang(l), Params: map[string]string{"role": string(r)}}, customer.Shipped(), cst)
			if called := said.Params["role"]; !strings.EqualFold(called, l.Word("role", string(r))) {
				t.Errorf("%s: %s is %q in mails and %q on pages", l, r, called, l.Word("role", string(r)))
			}
		}
	}
}
