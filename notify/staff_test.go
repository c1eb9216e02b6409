package notify_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"amend/customer"
	"amend/fault"
	"amend/notify"
)

// staff are the kinds that staff receive, as they are filed.
func staff() []notify.Kind {
	return slices.DeleteFunc(notify.Kinds(), func(k notify.Kind) bool { return !k.Staff() || k == notify.StaffJoined })
}

// stored are the codes that a parameter of a staff message may hold, nil for what is the same
// in every language.
func stored(t testing.TB, name string) []string {
	t.Helper()
	section, ok := map[string]string{"task": "tasks", "level": "roles", "role": "roles", "reason": "stops"}[name]
	switch {
	case name == "fields":
		return slices.Sorted(maps.Keys(customer.Shipped()))
	case name == "time":
		return []string{notify.Stamp(clock), notify.Stamp(clock.Add(time.Hour))}
	case !ok:
		return nil
	}
	var book map[string]any
	data, err := os.ReadFile("templates/zh.json")
	if err == nil {
		err = json.Unmarshal(data, &book)
	}
	words, _ := book[section].(map[string]any)
	if err != nil || len(words) == 0 {
		t.Fatal("no words of", section, err)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(words)), func(code string) bool {
		p := codes(notify.StaffTask)
		p["task"] = code
		return name == "task" && notify.Check(notify.StaffTask, p) != nil // what a customer's contact is asked by other ways
	})
}

// codes are parameters of k as they are stored.
func codes(k notify.Kind) map[string]string {
	all := map[string]string{"ref": "REQ-7KQ2H/2", "record": "0h3k", "fields": "phone address/work", "time": notify.Stamp(clock), "link": "https://a.example/console/changes/1",
		"task": "decide_dispute", "level": "approver", "system": "CRM", "reason": "refused", "name": "Ada", "role": "approver owner", "by": "Bob"}
	params := map[string]string{}
	for _, name := range k.Params() {
		params[name] = all[name]
	}
	return params
}

func worded(t testing.TB, k notify.Kind, l notify.Lang, params map[string]string) map[string]string {
	t.Helper()
	return book(t).Worded(notify.Part{Kind: k, Lang: l, Params: params}, customer.Shipped(), clock.Location()).Params
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestOneNoticeIsReadInTheLanguageOfEachReader(t *testing.T) {
	for _, c := range []struct {
		kind   notify.Kind
		name   string
		zh, en string
	}{
		{notify.StaffChange, "fields", "电话、地址", "Phone, Address"},
		{notify.StaffChange, "time", "11月21日14:05", "14:05 on 21 Nov"},
		{notify.StaffTask, "task", "裁定异议", "decide a dispute"},
		{notify.StaffTask, "time", "11月21日 14:05", "21 Nov at 14:05"},
		{notify.Escalation, "level", "审批人", "approver"},
		{notify.Exception, "reason", "系统拒收", "it refuses a delivery"},
		{notify.Credential, "role", "审批人、数据负责人", "approver, owner"},
		{notify.Credential, "name", "Ada", "Ada"},
		{notify.StaffChange, "ref", "REQ-7KQ2H/2", "REQ-7KQ2H/2"},
	} {
		params := codes(c.kind)
		zh, en := worded(t, c.kind, notify.ZH, params)[c.name], worded(t, c.kind, notify.EN, params)[c.name]
		if zh != c.zh || en != c.en {
			t.Errorf("%s of %s: %q and %q, want %q and %q", c.name, c.kind, zh, en, c.zh, c.en)
		}
		if !maps.Equal(params, codes(c.kind)) {
			t.Errorf("%s: wording altered what is stored: %v", c.kind, params)
		}
	}
}

func TestEveryKindAndEveryCodeForStaffIsWordedInBothLanguages(t *testing.T) {
	for _, k := range staff() {
		for name, one := range codes(k) {
			if one == "" {
				t.Fatalf("no test knows %s of %s", name, k)
			}
			for _, code := range stored(t, name) {
				params := codes(k)
				params[name] = code
				if err := notify.Check(k, params); err != nil {
					t.Errorf("%s %s=%s: %v", k, name, code, err)
				}
				zh, en := worded(t, k, notify.ZH, params)[name], worded(t, k, notify.EN, params)[name]
				if !han(zh) || han(en) || en == "" || strings.Contains(en, "_") || name == "fields" && en == code {
					t.Errorf("%s %s=%s is %q and %q", k, name, code, zh, en)
				}
			}
		}
	}
}

// Whatever passes the check is worded, so that no reader meets a code or another language.
func TestWhatMayBeFiledForStaffIsWordedInBothLanguages(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(staff()).Draw(t, "kind")
		params := codes(k)
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(params))).Draw(t, "name")
		params[name] = rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z_]{1,9}( [a-z_/]{1,9})?`), rapid.SampledFrom([]string{
			"电话, 地址", "裁定异议", "11月21日14:05", "14:05 on 21 Nov", "decide a dispute", "审批人", "refused by the system", "an approver", "bank_card",
		})).Draw(t, "value")
		if notify.Check(k, params) != nil || name == "fields" && !catalogued(params[name]) {
			return
		}
		for _, l := range notify.Langs() {
			p := b.Worded(notify.Part{ID: "n", Kind: k, Channel: notify.Mail, Lang: l, Params: params}, customer.Shipped(), time.UTC)
			for name, was := range params {
				own := slices.Contains([]string{"name", "by", "system", "ref", "record", "link"}, name)
				if own && p.Params[name] != was || !own && han(p.Params[name]) != (l == notify.ZH) {
					t.Errorf("%s %s of %s says %q for %q", l, name, k, p.Params[name], was)
				}
			}
			if _, err := b.Write(house, notify.Message{Parts: []notify.Part{p}}); err != nil {
				t.Errorf("%s can't be written: %v", k, err)
			}
		}
	})
}

// catalogued reports whether keys are of fields that the house knows.
func catalogued(keys string) bool {
	return !slices.ContainsFunc(strings.Fields(keys), func(k string) bool {
		_, ok := customer.Shipped().Of(customer.Key(k))
		return !ok
	})
}

func TestWordsAreNotFiledForStaff(t *testing.T) {
	for name, words := range map[string]string{
		"fields": "电话, 地址", "task": "裁定异议", "time": "11月21日14:05", "level": "审批人", "role": "审批人", "reason": "系统拒收", "ref": "the request", "link": "see there",
	} {
		for _, k := range staff() {
			params := codes(k)
			if params[name] == "" {
				continue
			}
			params[name] = words
			if err := notify.Check(k, params); fault.CodeOf(err) != "message_param_worded" {
				t.Errorf("%s with %s=%s: %v", k, name, words, err)
			}
		}
	}
}

func TestNoticeOfAnOlderVersionIsReadAsItWasWorded(t *testing.T) {
	old := map[string]string{"ref": "REQ-7KQ2H", "record": "0h3k", "fields": "电话, 电子邮箱", "time": "11月21日14:05", "link": "https://a.example/1"}
	for _, l := range notify.Langs() {
		if got := worded(t, notify.StaffChange, l, old); !maps.Equal(got, old) {
			t.Errorf("%s reads %v", l, got)
		}
		if o := write(t, notify.StaffChange, l, notify.Mail, worded(t, notify.StaffChange, l, old)); !strings.Contains(o.Text, "电话, 电子邮箱") {
			t.Errorf("%s is mailed %q", l, o.Text)
		}
	}
}

func TestCustomersAreToldInTheWordsThatWereFiled(t *testing.T) {
	p := sample(notify.Refused, notify.ZH)
	p["reason"], p["time"] = "refused", notify.Stamp(clock)
	if got := worded(t, notify.Refused, notify.EN, p); !maps.Equal(got, p) {
		t.Errorf("got %v", got)
	}
}
