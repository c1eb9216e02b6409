package oncall

import (
	"slices"
	"strings"
	"testing"

	"amend/fault"
	"amend/notify"
)

func TestRosterIsReadLevelByLevel(t *testing.T) {
	ops, night, head := Contact{notify.Mail, "ops@example.com"}, Contact{notify.SMS, "+8613800000000"}, Contact{notify.Mail, "head-of-it@example.com"}
	for text, want := range map[string]Roster{
		"": nil, "  ": nil,
		"mail:ops@example.com": {{ops}},
		"mail:ops@example.com,sms:+8613800000000;mail:head-of-it@example.com":        {{ops, night}, {head}},
		" mail:ops@example.com , sms:+8613800000000 ; mail:head-of-it@example.com\n": {{ops, night}, {head}},
	} {
		got, err := Parse(text)
		if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestRosterThatCannotWorkIsRefusedAndNotRepeated(t *testing.T) {
	for text, want := range map[string]string{
		"ops@example.com": "on_call_bad", "mail:": "on_call_bad", "mail:ops": "on_call_bad", "mail:a b@example.com": "on_call_bad",
		"mail:Ops <ops@example.com>": "on_call_bad", "mail:ops@example.com;": "on_call_bad", "mail:ops@example.com,,sms:+8613800000000": "on_call_bad",
		"sms:13800000000": "on_call_bad", "sms:+86 138": "on_call_bad", "fax:+8613800000000": "on_call_bad", "mail：ops@example.com": "on_call_bad",
		"mail:ops@example.com；mail:b@example.com": "on_call_bad", "mail:ops@example.com\r\nBcc: x@example.com": "on_call_bad",
		"mail:ops@example.com;mail:ops@example.com":                                                "on_call_twice",
		"mail:a@b.c;mail:b@b.c;mail:c@b.c;mail:d@b.c;mail:e@b.c;mail:f@b.c":                        "on_call_many",
		"sms:+861380000000" + strings.Join(strings.Split("01234567890", ""), ",sms:+861380000000"): "on_call_many",
	} {
		_, err := Parse(text)
		if fault.CodeOf(err) != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
			continue
		}
		for name, value := range err.(*fault.Error).Params {
			if len(value) > 2 {
				t.Errorf("%q: %s repeats %q", text, name, value)
			}
		}
	}
}

func TestContactThatNoChannelLeadsToIsRefusedWithTheSettingThatIsMissing(t *testing.T) {
	roster, err := Parse("mail:ops@example.com;sms:+8613800000000")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		mail, sms bool
		want      string
	}{{true, true, ""}, {false, true, "AMEND_SMTP_URL"}, {true, false, "AMEND_SMS_URL"}, {false, false, "AMEND_SMTP_URL"}} {
		got := ""
		if f, ok := roster.Check(tt.mail, tt.sms).(*fault.Error); ok && f.Code == "on_call_mute" {
			got = f.Params["name"]
		}
		if got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
	if err := (Roster)(nil).Check(false, false); err != nil {
		t.Error(err)
	}
}

func FuzzRoster(f *testing.F) {
	for _, text := range []string{"", "mail:ops@example.com,sms:+8613800000000;mail:head@example.com", ";", "mail:a@b;;", "sms:+", "mail:\x00@x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		roster, err := Parse(text)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || roster != nil {
				t.Fatalf("%v, %v", roster, err)
			}
			return
		}
		var levels []string
		for _, level := range roster {
			var written []string
			for _, c := range level {
				if strings.ContainsAny(c.To, " ,;:\r\n<>\"") || c.To == "" {
					t.Fatalf("%q", c.To)
				}
				written = append(written, string(c.Medium)+":"+c.To)
			}
			levels = append(levels, strings.Join(written, ","))
		}
		again, err := Parse(strings.Join(levels, ";"))
		if err != nil || !slices.EqualFunc(roster, again, slices.Equal) {
			t.Fatalf("%v became %v: %v", roster, again, err)
		}
	})
}
