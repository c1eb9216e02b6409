package notify_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"amend/fault"
	"amend/notify"
)

func book(t testing.TB) *notify.Book {
	t.Helper()
	b, err := notify.Templates()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var house = notify.House{Brand: "Lan", Hotline: "95000", Domain: "portal.example.com"}

// sample answers fitting parameters of k, as short as real ones.
func sample(k notify.Kind, l notify.Lang) map[string]string {
	zh := map[string]string{"act": "把手机号改为139****9000", "result": "您的登记手机号已改为139****9000", "time": "11月21日14:05",
		"place": "官网", "list": "手机号：139****9000", "field": "手机号", "reason": "证件照片不清晰", "remedy": "重新拍照后可直接补交，不用重填",
		"question": "请补拍证件背面。", "fields": "手机号", "task": "回拨核实", "system": "账单系统"}
	en := map[string]string{"act": "change your phone to 139****9000", "result": "Your phone number is now 139****9000", "time": "14:05 on 21 Nov",
		"place": "on our website", "list": "phone number: 139****9000", "field": "number", "reason": "the ID photo is blurred",
		"remedy": "Retake it and resend", "question": "Send the back of your card.", "fields": "phone", "task": "call back", "system": "Billing"}
	both := map[string]string{"code": "482915", "minutes": "10", "word": "K7", "hours": "2", "link": "https://a.example/x7K2Q", "report": "https://a.example/e9",
		"ref": "REQ-7KQ2H", "record": "0h3k", "level": "L1", "name": "Ada", "role": "approver", "by": "Bob"}
	out := map[string]string{}
	for _, name := range k.Params() {
		out[name] = both[name]
		if v := map[notify.Lang]map[string]string{notify.ZH: zh, notify.EN: en}[l][name]; v != "" {
			out[name] = v
		}
	}
	if !k.Staff() {
		out["report"] = both["report"]
	}
	return out
}

func write(t testing.TB, k notify.Kind, l notify.Lang, m notify.Medium, params map[string]string) notify.Outgoing {
	t.Helper()
	p := notify.Part{ID: "n1", Kind: k, Channel: m, To: "x", Lang: l, Params: params}
	o, err := book(t).Write(house, notify.Message{Parts: []notify.Part{p}})
	if err != nil {
		t.Fatalf("%s %s: %v", k, l, err)
	}
	return o
}

// each calls f for every kind that is filed, in both languages.
func each(f func(k notify.Kind, l notify.Lang)) {
	for _, k := range notify.Kinds() {
		for _, l := range notify.Langs() {
			if k != notify.Joined && k != notify.StaffJoined {
				f(k, l)
			}
		}
	}
}

func TestCopyOfTheSecurityNoticesIsAsDesigned(t *testing.T) {
	for _, c := range []struct {
		kind notify.Kind
		lang notify.Lang
		want string
	}{
		{notify.Code, notify.ZH, "【Lan】验证码 482915，10分钟内有效。您正在申请把手机号改为139****9000。如非本人操作，请勿告知任何人并致电95000。"},
		{notify.Code, notify.EN, "482915 is your Lan code (10 min). You asked to change your phone to 139****9000. Not you? Don't share it. Call 95000.\n@portal.example.com #482915"},
		{notify.AppliedOld, notify.ZH, "【Lan】您的登记手机号已改为139****9000（11月21日14:05，官网）。90天内如有异议：https://a.example/x7K2Q 或95000。我们不会向您索要验证码。"},
		{notify.NewContact, notify.EN, "Lan: this number was added as a customer contact (on our website, 14:05 on 21 Nov). Not yours? Tell us: https://a.example/x7K2Q or call 95000."},
	} {
		if got := write(t, c.kind, c.lang, notify.SMS, sample(c.kind, c.lang)).Text; got != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.kind, c.lang, got, c.want)
		}
	}
}

func TestBothLanguagesSayTheSameParameters(t *testing.T) {
	b := book(t)
	for _, k := range notify.Kinds() {
		zh, _ := b.Of(k, notify.ZH)
		en, _ := b.Of(k, notify.EN)
		own := func(names []string) []string {
			out := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "brand" || n == "domain" })
			slices.Sort(out)
			return out
		}
		if !slices.Equal(own(zh.Params), own(en.Params)) {
			t.Errorf("%s: zh registers %q, en %q", k, zh.Params, en.Params)
		}
		if zh.Register == en.Register {
			t.Errorf("%s: one registered code for two texts", k)
		}
	}
}

func TestNoLanguageStraysIntoTheOther(t *testing.T) {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	b := book(t)
	for _, k := range notify.Kinds() {
		en, _ := b.Of(k, notify.EN)
		zh, _ := b.Of(k, notify.ZH)
		for _, s := range []string{en.SMS, en.Subject, en.Mail, en.Line} {
			if han(s) || strings.Contains(strings.ToLower(s), "please") {
				t.Errorf("%s en: %s", k, s)
			}
		}
		for _, s := range []string{zh.SMS, zh.Subject, zh.Mail, zh.Line} {
			if s != "" && s != "{list}" && !han(s) {
				t.Errorf("%s zh: %s", k, s)
			}
		}
	}
}

// One short message of Chinese holds 70 characters; a code must not need three.
func TestShortMessagesStayShort(t *testing.T) {
	each(func(k notify.Kind, l notify.Lang) {
		enc, parts := notify.Segments(write(t, k, l, notify.SMS, sample(k, l)).Text)
		if l == notify.EN && enc != notify.GSM7 {
			t.Errorf("%s en travels as %s", k, enc)
		}
		if most := map[bool]int{true: 2, false: 3}[k.Alone()]; parts > most {
			t.Errorf("%s %s takes %d parts, want at most %d", k, l, parts, most)
		}
	})
}

func TestEveryCustomerMessageOffersToReportAnError(t *testing.T) {
	each(func(k notify.Kind, l notify.Lang) {
		if k.Staff() {
			return
		}
		p := sample(k, l)
		if mail := write(t, k, l, notify.Mail, p).Text; !strings.Contains(mail, p["report"]) || !strings.Contains(mail, house.Hotline) {
			t.Errorf("%s %s: mail has no report link or hotline", k, l)
		}
		// A short message that carries an act link offers the report on that link's page;
		// a code carries no link at all, so that no reader learns to follow one from it.
		sms := write(t, k, l, notify.SMS, p).Text
		code := p["code"] != ""
		if code == strings.Contains(sms, "https://") && !strings.HasPrefix(string(k), "frozen") {
			t.Errorf("%s %s: %s", k, l, sms)
		}
		if !k.Alone() && !strings.Contains(sms, p["report"]) {
			t.Errorf("%s %s: no report link: %s", k, l, sms)
		}
	})
}

func TestSecurityNoticesSayWhenWhereAndWhomToCall(t *testing.T) {
	for _, k := range []notify.Kind{notify.RequestedOld, notify.AppliedOld, notify.NewContact, notify.Enrolled, notify.Frozen, notify.FrozenAfter} {
		for _, l := range notify.Langs() {
			for _, m := range []notify.Medium{notify.SMS, notify.Mail} {
				p := sample(k, l)
				o := write(t, k, l, m, p)
				for _, s := range []string{p["time"], p["place"], house.Hotline} {
					if !strings.Contains(o.Text, s) {
						t.Errorf("%s %s %s does not say %q", k, l, m, s)
					}
				}
			}
		}
	}
}

func TestTemplateSyntaxInAValuePrintsLiterally(t *testing.T) {
	for _, probe := range []string{"{{7*7}}", "${7*7}", "{code}", "{brand}", "{", "}", "{}", "{x", "%s", "<script>alert(1)</script>"} {
		p := sample(notify.Question, notify.EN)
		p["question"] = probe
		for _, m := range []notify.Medium{notify.SMS, notify.Mail} {
			if o := write(t, notify.Question, notify.EN, m, p); !strings.Contains(o.Text, probe) {
				t.Errorf("%s: %q is not literal in %q", m, probe, o.Text)
			}
		}
	}
}

func TestLineBreaksAndTurnedTextNeverReachASubject(t *testing.T) {
	p := sample(notify.StaffChange, notify.EN)
	p["fields"] = "phone\r\nBcc: x@y.example\u202e\u0000"
	o := write(t, notify.StaffChange, notify.EN, notify.Mail, p)
	if o.Subject != "Customer details changed: phone Bcc: x@y.example" || strings.ContainsAny(o.Text, "\r\u202e\u0000") {
		t.Fatalf("got %q, %q", o.Subject, o.Text)
	}
	sms := write(t, notify.StaffChange, notify.EN, notify.SMS, p)
	if i := slices.IndexFunc(sms.Params, func(p notify.Param) bool { return p.Name == "fields" }); sms.Params[i].Value != "phone Bcc: x@y.example" {
		t.Fatalf("got %q", sms.Params)
	}
}

func TestRegisteredParametersComeInTheirOrder(t *testing.T) {
	o := write(t, notify.Code, notify.ZH, notify.SMS, sample(notify.Code, notify.ZH))
	want := []notify.Param{{"code", "482915"}, {"minutes", "10"}, {"act", "把手机号改为139****9000"}, {"hotline", "95000"}}
	if o.Template != "AMEND_CODE_ZH" || !slices.Equal(o.Params, want) || o.Brand != "Lan" || o.ID != "n1" {
		t.Fatalf("got %+v", o)
	}
}

func TestMissingUnknownOrUnprintableParameterIsAFault(t *testing.T) {
	for code, spoil := range map[string]func(map[string]string){
		"message_param_missing": func(p map[string]string) { delete(p, "code") },
		"message_param_unknown": func(p map[string]string) { p["extra"] = "1" },
		"message_param_bad":     func(p map[string]string) { p["act"] = "\xff" },
	} {
		p := sample(notify.Code, notify.EN)
		spoil(p)
		if err := notify.Check(notify.Code, p); fault.CodeOf(err) != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	if err := notify.Check("nonsense", nil); fault.CodeOf(err) != "message_kind_unknown" {
		t.Errorf("got %v", err)
	}
	if _, err := book(t).Write(notify.House{}, notify.Message{}); fault.CodeOf(err) != "message_house_missing" {
		t.Errorf("got %v", err)
	}
}

func TestBrokenBookIsRefused(t *testing.T) {
	read := func() map[notify.Lang][]byte {
		files := map[notify.Lang][]byte{}
		for _, l := range notify.Langs() {
			data, err := os.ReadFile("templates/" + string(l) + ".json")
			if err != nil {
				t.Fatal(err)
			}
			files[l] = data
		}
		return files
	}
	for _, c := range []struct{ old, new, code string }{
		{"{minutes}", "ten", "template_broken"},               // a placeholder is missing
		{"{minutes}", "{minutes}{colour}", "template_broken"}, // one is too many
		{`"params": ["code", `, `"params": [`, "template_broken"},
		{`"withdrawn": {`, `"withdrawing": {`, "template_missing"},
		{`"subject"`, `"title"`, "template_file_bad"},
		{"Report an error: {report}", "", "template_broken"},
		{`"act_several"`, `"act_many"`, "template_broken"},
		{`"item_remove"`, `"item_gone"`, "template_broken"},
		{`"second": "`, `"instant": "`, "template_broken"},
		{`"other": "`, `"else": "`, "template_broken"},
		{`"comma": "`, `"stroke": "`, "template_broken"},
		{`"decide_dispute": "`, `"judge": "`, "template_broken"},
		{`"steward": "`, `"butler": "`, "template_broken"},
		{`"not_raised": "`, `"sunk": "`, "template_broken"},
		{`"call_us": "`, `"pray": "`, "template_broken"},
	} {
		files := read()
		files[notify.EN] = []byte(strings.ReplaceAll(string(files[notify.EN]), c.old, c.new))
		if _, err := notify.ParseBook(files); fault.CodeOf(err) != c.code {
			t.Errorf("%s → %s: got %v, want %s", c.old, c.new, err, c.code)
		}
	}
}

func FuzzValuesNeverAddALineToASubject(f *testing.F) {
	f.Add("phone\r\nBcc: x")
	f.Add("{fields}{{.}}${x}")
	b := book(f)
	f.Fuzz(func(t *testing.T, value string) {
		p := sample(notify.StaffChange, notify.ZH)
		p["fields"] = value
		part := notify.Part{ID: "n", Kind: notify.StaffChange, Channel: notify.Mail, Lang: notify.ZH, Params: p}
		o, err := b.Write(house, notify.Message{Parts: []notify.Part{part}})
		if fault.CodeOf(err) == "message_param_missing" || fault.CodeOf(err) == "message_param_bad" {
			return
		}
		if err != nil || strings.ContainsAny(o.Subject, "\r\n\x00") {
			t.Fatalf("%q: %v", o.Subject, err)
		}
	})
}
