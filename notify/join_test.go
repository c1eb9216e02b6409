package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/customer"
	"amend/notify"
)

func part(id string, k notify.Kind, minute int) notify.Part {
	return notify.Part{ID: id, Kind: k, Record: "c1", Channel: notify.Mail, To: "a@b.example", Lang: notify.EN,
		Due: clock.Add(time.Duration(minute) * time.Minute), Params: sample(k, notify.EN)}
}

// ids writes messages as "a+b c".
func ids(messages []notify.Message) string {
	var out []string
	for _, m := range messages {
		var in []string
		for _, p := range m.Parts {
			in = append(in, p.ID)
		}
		out = append(out, strings.Join(in, "+"))
	}
	return strings.Join(out, " ")
}

func TestMessagesWithinTenMinutesTravelTogether(t *testing.T) {
	got := notify.Join([]notify.Part{part("c", notify.Expired, 11), part("a", notify.Accepted, 0), part("b", notify.Changed, 10)})
	if ids(got) != "a+b c" || !got[0].Due.Equal(clock) {
		t.Fatalf("got %s", ids(got))
	}
}

func TestLanesOfOneSubmissionAreToldTogether(t *testing.T) {
	one, two, other := part("a", notify.Accepted, 0), part("b", notify.Accepted, 60), part("c", notify.Reminder, 60*24)
	one.Submission, one.Lane = "REQ-1", 1
	two.Submission, two.Lane = "REQ-1", 2
	other.Submission, other.Lane = "REQ-1", 2
	if got := notify.Join([]notify.Part{one, two, other}); ids(got) != "a+b c" {
		t.Fatalf("got %s", ids(got))
	}
}

func TestCodesLinksAndSecurityNoticesGoAlone(t *testing.T) {
	for _, k := range notify.Kinds() {
		got := notify.Join([]notify.Part{part("a", k, 0), part("b", k, 0), part("c", notify.Changed, 0)})
		if k.Alone() && !slices.Contains(strings.Fields(ids(got)), "a") {
			t.Errorf("%s: got %s", k, ids(got))
		}
	}
	if !notify.Kind("unheard of").Alone() || !notify.Kind("unheard of").Secret() {
		t.Error("an unknown kind is not handled as the most careful one")
	}
}

func TestTwoCustomersOnOnePhoneGetTwoMessages(t *testing.T) {
	a, b := part("a", notify.Changed, 0), part("b", notify.Changed, 0)
	b.Record = customer.ID("c2")
	if got := notify.Join([]notify.Part{a, b}); ids(got) != "a b" {
		t.Fatalf("got %s", ids(got))
	}
}

func TestEveryPartTravelsOnceAndOnlyWithItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		var parts []notify.Part
		for i := range n {
			p := part(string(rune('a'+i)), rapid.SampledFrom(notify.Kinds()).Draw(t, "kind"), rapid.IntRange(0, 40).Draw(t, "due"))
			p.To = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "to")
			p.Submission, p.Lane = rapid.SampledFrom([]string{"", "R1"}).Draw(t, "submission"), rapid.IntRange(1, 3).Draw(t, "lane")
			parts = append(parts, p)
		}
		seen := map[string]bool{}
		for _, m := range notify.Join(parts) {
			for _, p := range m.Parts {
				if seen[p.ID] || p.To != m.Parts[0].To || (len(m.Parts) > 1 && p.Kind.Alone()) {
					t.Fatalf("%+v", m)
				}
				seen[p.ID] = true
			}
		}
		shuffled := rapid.Permutation(parts).Draw(t, "order")
		if len(seen) != n || ids(notify.Join(shuffled)) != ids(notify.Join(parts)) {
			t.Fatal("a part was lost, or the order of filing matters")
		}
	})
}

func TestJoinedMessageSaysEveryPartAndReportsOnce(t *testing.T) {
	b := book(t)
	for _, l := range notify.Langs() {
		m := notify.Message{}
		for i, k := range []notify.Kind{notify.Accepted, notify.Changed, notify.Confirm} {
			m.Parts = append(m.Parts, notify.Part{ID: string(rune('a' + i)), Kind: k, Channel: notify.SMS, Lang: l, Params: sample(k, l)})
		}
		sms, err := b.Write(house, m)
		if err != nil {
			t.Fatal(err)
		}
		if sms.Kind != notify.Joined || !strings.Contains(sms.Text, "https://a.example/x7K2Q") || strings.Count(sms.Text, "e9") != 1 {
			t.Errorf("got %s", sms.Text)
		}
		for i := range m.Parts {
			m.Parts[i].Channel = notify.Mail
		}
		mail, err := b.Write(house, m)
		if err != nil || strings.Count(mail.Text, "e9") != 1 || strings.Count(mail.Text, "139****9000") < 3 {
			t.Errorf("got %v: %s", err, mail.Text)
		}
		if sms.ID != mail.ID || sms.ID == "a" {
			t.Errorf("ids %q and %q", sms.ID, mail.ID)
		}
	}
}

func TestStaffMailCarriesTheStaffFrame(t *testing.T) {
	m := notify.Message{Parts: []notify.Part{part("a", notify.StaffChange, 0), part("b", notify.Escalation, 0)}}
	o, err := book(t).Write(house, m)
	if err != nil || !strings.Contains(o.Text, "Sign in to see them.") || strings.Contains(o.Text, "{") {
		t.Fatalf("got %v: %s", err, o.Text)
	}
	m.Parts[0].Channel, m.Parts[1].Channel = notify.SMS, notify.SMS
	if o, err := book(t).Write(house, m); err != nil || strings.Contains(o.Text, "{") {
		t.Fatalf("got %v: %s", err, o.Text)
	}
}
