package desk_test

import (
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/downstream"
	"amend/internal/store"
	"amend/notify"
)

// frozen is a request that a customer has objected to: the stewards are asked to decide.
func (h *house) frozen() {
	h.t.Helper()
	fang := h.fang()
	h.ok(h.desk.Dispute(h.ctx, self(fang), h.phone(fang).ID, "it wasn't me"))
}

func TestStaffAreMailedInTheLanguageThatTheyChose(t *testing.T) {
	h := open(t)
	h.person("mei", access.Steward)
	h.ok(h.desk.Prefer(h.ctx, h.staff["mei"], "lang", "zh"))
	h.frozen()
	h.tell()
	told := map[string]notify.Outgoing{}
	for _, m := range h.mail.of(notify.StaffTask) {
		told[m.To] = m
	}
	zh, en := told["mei@house.example.com"], told["sue@house.example.com"]
	if zh.Lang != notify.ZH || !strings.HasPrefix(zh.Subject, "待办：裁定异议（REQ-") || !strings.Contains(zh.Text, "3月2日 10:00") {
		t.Errorf("mei reads %q: %q", zh.Subject, zh.Text)
	}
	if en.Lang != notify.EN || !strings.HasPrefix(en.Subject, "To do: decide a dispute (REQ-") || !strings.Contains(en.Text, "2 Mar at 10:00") {
		t.Errorf("sue, who chose nothing, reads %q: %q", en.Subject, en.Text)
	}
}

func TestNoticesOfStaffAreStoredAsCodes(t *testing.T) {
	h := open(t)
	h.frozen()
	h.approve(h.review(h.fang()).ID)
	stored := map[notify.Kind]map[string]string{}
	for _, reader := range []string{"sue", "otto"} {
		found, err := h.reader().Notices(h.ctx, h.staff[reader], store.Slice{Limit: 200})
		h.ok(err)
		for _, n := range found.Items {
			stored[notify.Kind(n.Kind)] = n.Params
			if at, err := time.Parse(time.RFC3339, n.Params["time"]); err != nil || at.After(h.clock.Now()) {
				t.Errorf("%s at %q: %v", n.Kind, n.Params["time"], err)
			}
			if err := notify.Check(notify.Kind(n.Kind), n.Params); err != nil {
				t.Errorf("%s: %v", n.Kind, err)
			}
		}
	}
	if task, role := stored[notify.StaffTask]["task"], stored[notify.Credential]["role"]; task != "decide_dispute" || role == "" {
		t.Errorf("stored %v", stored)
	}
}

func TestEveryReasonThatADeliveryStopsForCanBeTold(t *testing.T) {
	for _, w := range []downstream.Why{downstream.Waiting, downstream.Held, downstream.Unreachable, downstream.Refused, downstream.Differs,
		downstream.Contested, downstream.Ahead, downstream.NotRaised} {
		params := map[string]string{"system": "CRM", "reason": string(w), "time": notify.Stamp(monday), "link": "https://portal.example.com/console/systems/crm"}
		if err := notify.Check(notify.Exception, params); err != nil {
			t.Errorf("%s: %v", w, err)
		}
	}
}

func TestNoticeThatAnOlderVersionWordedIsMailedAsItIs(t *testing.T) {
	h := open(t)
	h.tell()
	n := store.Notice{Audience: "role:steward"}
	n.Kind, n.Channel, n.Lang, n.Due = notify.StaffTask, notify.Mail, notify.ZH, monday
	n.Params = map[string]string{"ref": "REQ-7KQ2H", "task": "裁定异议", "time": "1月5日 10:26", "link": "https://portal.example.com/console/changes/1"}
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		n.ID = tx.NewID()
		return tx.QueueNotice(n)
	}))
	h.tell()
	if told := h.mail.of(notify.StaffTask); len(told) != 1 || !strings.Contains(told[0].Text, "裁定异议") || !strings.Contains(told[0].Text, "1月5日 10:26") {
		t.Errorf("told %+v", told)
	}
}
